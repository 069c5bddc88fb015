/*
 * offers: what the imitated service has on offer: regions, sizes, images, and what a size holds.
 *
 * The lists are a choice of DigitalOcean's own; what is not in them is refused, as the API refuses
 * a slug that it does not know. Limits are those that DigitalOcean documents for PostgreSQL.
 */
#ifndef SIMULATOR_OFFERS_H
#define SIMULATOR_OFFERS_H

#include <stdbool.h>
#include <stddef.h>

struct region {
    const char *slug, *name;
    bool open; /* new things can be made there */
};

struct droplet_size {
    const char *slug;
    int memory; /* MiB */
    int cpus;
    int disk; /* GiB */
};

struct image {
    const char *slug;
    const char *shown; /* distribution and name */
};

extern const struct region offers_regions[];
extern const size_t offers_region_count;

/* Whether the region is there and open. */
bool offers_region(const char *slug);
/* Of PostgreSQL; ends with NULL. */
extern const char *const offers_versions[];
extern const char *const offers_database_sizes[];
bool offers_database_size(const char *slug);
extern const struct droplet_size offers_droplet_sizes[];
extern const size_t offers_droplet_size_count;
extern const struct image offers_images[];
extern const size_t offers_image_count;

/* NULL: not on offer. */
const struct droplet_size *offers_droplet_size(const char *slug);
const struct image *offers_image(const char *slug);

/* What the slug of a database size says, such as db-s-1vcpu-2gb. For a slug of another form: as if
 * it had 0 GiB. */
long offers_backend_connections(const char *size);
long offers_storage_mib(const char *size);

#endif
