/*
 * forms: the forms that the service demands of names, tags and addresses. Pure: strings in, answers
 * out.
 */
#ifndef SIMULATOR_FORMS_H
#define SIMULATOR_FORMS_H

#include <stdbool.h>

bool forms_cluster_name(const char *name);
bool forms_pool_name(const char *name);
/* A user's or a database's. */
bool forms_user_name(const char *name);
/* A Droplet's name has the same form. */
bool forms_vpc_name(const char *name);
bool forms_tag(const char *tag);
bool forms_uuid(const char *uuid);
/* An IPv4 address, or a range of them. */
bool forms_address(const char *address);

/* An IPv4 range in CIDR notation: its first address, and how many bits are fixed. */
bool forms_read_range(const char *range, unsigned long *first, unsigned *bits);
bool forms_ranges_overlap(const char *one, const char *other);

#endif
