#include "offers.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct region offers_regions[] = {
    {"nyc1", "New York 1", true},      {"sfo1", "San Francisco 1", false},
    {"nyc2", "New York 2", true},      {"ams2", "Amsterdam 2", false},
    {"sgp1", "Singapore 1", true},     {"lon1", "London 1", true},
    {"nyc3", "New York 3", true},      {"ams3", "Amsterdam 3", true},
    {"fra1", "Frankfurt 1", true},     {"tor1", "Toronto 1", true},
    {"sfo2", "San Francisco 2", true}, {"blr1", "Bangalore 1", true},
    {"sfo3", "San Francisco 3", true}, {"syd1", "Sydney 1", true},
    {"atl1", "Atlanta 1", true},       {"ric1", "Richmond 1", true},
};

const size_t offers_region_count = COUNT(offers_regions);

const char *const offers_versions[] = {"13", "14", "15", "16", "17", "18", NULL};

const char *const offers_database_sizes[] = {
    "db-s-1vcpu-1gb",      "db-s-1vcpu-2gb",      "db-s-2vcpu-4gb",
    "db-s-4vcpu-8gb",      "db-s-6vcpu-16gb",     "db-s-8vcpu-32gb",
    "db-s-16vcpu-64gb",    "db-intel-1vcpu-1gb",  "db-intel-1vcpu-2gb",
    "db-intel-2vcpu-4gb",  "db-intel-2vcpu-8gb",  "db-intel-4vcpu-8gb",
    "db-intel-4vcpu-16gb", "db-intel-8vcpu-32gb", "db-intel-16vcpu-64gb",
    "db-amd-1vcpu-1gb",    "db-amd-1vcpu-2gb",    "db-amd-2vcpu-4gb",
    "db-amd-2vcpu-8gb",    "db-amd-4vcpu-8gb",    "db-amd-4vcpu-16gb",
    "db-amd-8vcpu-32gb",   "db-amd-16vcpu-64gb",  "gd-2vcpu-8gb",
    "gd-4vcpu-16gb",       "gd-8vcpu-32gb",       "gd-16vcpu-64gb",
    "gd-32vcpu-128gb",     "gd-40vcpu-160gb",     "m-2vcpu-16gb",
    "m-4vcpu-32gb",        "m-8vcpu-64gb",        "m-16vcpu-128gb",
    "m-24vcpu-192gb",      "m-32vcpu-256gb",      "so1_5-2vcpu-16gb",
    "so1_5-4vcpu-32gb",    "so1_5-8vcpu-64gb",    "so1_5-16vcpu-128gb",
    "so1_5-24vcpu-192gb",  "so1_5-32vcpu-256gb",  NULL,
};

const struct droplet_size offers_droplet_sizes[] = {
    {"s-1vcpu-512mb-10gb", 512, 1, 10},
    {"s-1vcpu-1gb", 1024, 1, 25},
    {"s-1vcpu-2gb", 2048, 1, 50},
    {"s-2vcpu-2gb", 2048, 2, 60},
    {"s-2vcpu-4gb", 4096, 2, 80},
    {"s-4vcpu-8gb", 8192, 4, 160},
    {"s-8vcpu-16gb", 16384, 8, 320},
    {"s-1vcpu-1gb-intel", 1024, 1, 25},
    {"s-1vcpu-2gb-intel", 2048, 1, 50},
    {"s-2vcpu-2gb-intel", 2048, 2, 60},
    {"s-2vcpu-4gb-intel", 4096, 2, 80},
    {"s-4vcpu-8gb-intel", 8192, 4, 160},
    {"s-1vcpu-1gb-amd", 1024, 1, 25},
    {"s-1vcpu-2gb-amd", 2048, 1, 50},
    {"s-2vcpu-2gb-amd", 2048, 2, 60},
    {"s-2vcpu-4gb-amd", 4096, 2, 80},
    {"s-4vcpu-8gb-amd", 8192, 4, 160},
    {"s-2vcpu-8gb-160gb-intel", 8192, 2, 160},
    {"s-4vcpu-16gb-320gb-intel", 16384, 4, 320},
    {"c-2", 4096, 2, 25},
    {"c-4", 8192, 4, 50},
    {"c-8", 16384, 8, 100},
    {"g-2vcpu-8gb", 8192, 2, 25},
    {"g-4vcpu-16gb", 16384, 4, 50},
    {"g-8vcpu-32gb", 32768, 8, 100},
    {"gd-2vcpu-8gb", 8192, 2, 50},
    {"gd-4vcpu-16gb", 16384, 4, 100},
    {"m-2vcpu-16gb", 16384, 2, 50},
    {"m-4vcpu-32gb", 32768, 4, 100},
    {"m-8vcpu-64gb", 65536, 8, 200},
    {"so-2vcpu-16gb", 16384, 2, 300},
    {"so1_5-2vcpu-16gb", 16384, 2, 450},
};

const size_t offers_droplet_size_count = COUNT(offers_droplet_sizes);

const struct image offers_images[] = {
    {"ubuntu-22-04-x64", "Ubuntu 22.04 (LTS) x64"},
    {"ubuntu-24-04-x64", "Ubuntu 24.04 (LTS) x64"},
    {"ubuntu-25-04-x64", "Ubuntu 25.04 x64"},
    {"debian-12-x64", "Debian 12 x64"},
    {"debian-13-x64", "Debian 13 x64"},
    {"fedora-42-x64", "Fedora 42 x64"},
    {"centos-stream-9-x64", "CentOS 9 Stream x64"},
    {"almalinux-9-x64", "AlmaLinux 9 x64"},
    {"rockylinux-9-x64", "Rocky Linux 9 x64"},
};

const size_t offers_image_count = COUNT(offers_images);

bool offers_region(const char *slug)
{
    for (size_t i = 0; i < offers_region_count; i++)
        if (strcmp(offers_regions[i].slug, slug) == 0)
            return offers_regions[i].open;
    return false;
}

bool offers_database_size(const char *slug)
{
    for (size_t i = 0; offers_database_sizes[i]; i++)
        if (strcmp(offers_database_sizes[i], slug) == 0)
            return true;
    return false;
}

const struct droplet_size *offers_droplet_size(const char *slug)
{
    for (size_t i = 0; i < offers_droplet_size_count; i++)
        if (strcmp(offers_droplet_sizes[i].slug, slug) == 0)
            return &offers_droplet_sizes[i];
    return NULL;
}

const struct image *offers_image(const char *slug)
{
    for (size_t i = 0; i < offers_image_count; i++)
        if (strcmp(offers_images[i].slug, slug) == 0)
            return &offers_images[i];
    return NULL;
}

/* FAMILY-Nvcpu-Ngb, where the family has pieces of its own, as in gd-, so1_5-, db-s-, db-amd-. */
static long size_gib(const char *size)
{
    const char *gib = strrchr(size, '-');
    if (!gib || strspn(size, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(size))
        return 0;
    const char *cpus = gib;
    while (cpus > size && cpus[-1] != '-')
        cpus--;
    size_t length = strspn(cpus, digits);
    if (cpus == size || length == 0 || strncmp(cpus + length, "vcpu-", 5) != 0)
        return 0;
    length = strspn(gib + 1, digits);
    if (length == 0 || length > 5 || strcmp(gib + 1 + length, "gb") != 0)
        return 0;
    return strtol(gib + 1, NULL, 10);
}

long offers_backend_connections(const char *size)
{
    long connections = 25 * size_gib(size) - 3;
    return connections > 997 ? 997 : connections;
}

long offers_storage_mib(const char *size)
{
    long gib = size_gib(size);
    return gib <= 1 ? 10240 : gib * 15360;
}
