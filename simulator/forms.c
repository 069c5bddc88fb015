#include "forms.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"

#define DIGITS  "0123456789"
#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define LETTERS LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { MOST_NAME = 63, MOST_LABEL = 255 };

/* Only characters of the set, and between `least` and `most` of them. */
static bool made_of(const char *string, const char *set, size_t least, size_t most)
{
    size_t length = strlen(string);
    return length >= least && length <= most && strspn(string, set) == length;
}

bool forms_cluster_name(const char *name)
{
    return made_of(name, LOWER DIGITS "-", 3, MOST_NAME) && *name != '-' &&
           name[strlen(name) - 1] != '-';
}

bool forms_pool_name(const char *name)
{
    return made_of(name, LETTERS DIGITS "_-", 3, MOST_NAME);
}

bool forms_user_name(const char *name)
{
    return made_of(name, LETTERS DIGITS "_-", 1, MOST_NAME) && *name != '-';
}

bool forms_vpc_name(const char *name)
{
    return made_of(name, LETTERS DIGITS ".-", 1, MOST_LABEL);
}

bool forms_tag(const char *tag)
{
    return made_of(tag, LETTERS DIGITS "_:-", 1, MOST_LABEL);
}

bool forms_uuid(const char *uuid)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(uuid) != strlen(form))
        return false;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '-' ? uuid[i] != '-' : !strchr(DIGITS "abcdefABCDEF", uuid[i]))
            return false;
    return true;
}

/* One of the four numbers of an address; moves *string over it. */
static bool read_octet(const char **string, unsigned long *value)
{
    size_t length = strspn(*string, DIGITS);
    if (length == 0 || length > 3 || (length > 1 && **string == '0'))
        return false;
    *value = strtoul(*string, NULL, 10);
    *string += length;
    return *value <= 255;
}

/* *end is what follows the address. */
static bool read_ipv4(const char *string, unsigned long *address, const char **end)
{
    *address = 0;
    for (int part = 0; part < 4; part++) {
        unsigned long value;
        if ((part > 0 && *string++ != '.') || !read_octet(&string, &value))
            return false;
        *address = *address << 8 | value;
    }
    *end = string;
    return true;
}

static unsigned long mask(unsigned bits)
{
    return bits == 0 ? 0 : 0xffffffffUL << (32 - bits) & 0xffffffffUL;
}

bool forms_read_range(const char *range, unsigned long *first, unsigned *bits)
{
    const char *rest;
    long length;
    if (!read_ipv4(range, first, &rest) || *rest != '/' || !made_of(rest + 1, DIGITS, 1, 2) ||
        !number_read(rest + 1, &length) || length > 32)
        return false;
    *bits = (unsigned)length;
    *first &= mask(*bits);
    return true;
}

bool forms_address(const char *address)
{
    unsigned long first;
    unsigned bits;
    const char *rest;
    return (read_ipv4(address, &first, &rest) && !*rest) ||
           forms_read_range(address, &first, &bits);
}

bool forms_ranges_overlap(const char *one, const char *other)
{
    unsigned long first[2];
    unsigned bits[2];
    if (!forms_read_range(one, &first[0], &bits[0]) ||
        !forms_read_range(other, &first[1], &bits[1]))
        return false;
    unsigned long wider = mask(bits[0] < bits[1] ? bits[0] : bits[1]);
    return (first[0] & wider) == (first[1] & wider);
}
