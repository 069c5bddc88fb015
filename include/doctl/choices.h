/*
 * choices: what DigitalOcean offers: versions, sizes and regions of clusters, sizes and images of
 * Droplets. Questions that only the shipped doctl knows (docs/DOCTL.md, "The service").
 */
#ifndef MANAGED_DB_DOCTL_CHOICES_H
#define MANAGED_DB_DOCTL_CHOICES_H

#include "doctl/client.h"

/* The values of one kind; `nodes` is what a cluster of a size may have, "[1,2,3]". */
struct choices {
    char **values;
    char **nodes;
    size_t count;
};
void choices_free(struct choices *choices);

/*
 * Asks one of CALL_VERSIONS, CALL_SIZES, CALL_REGIONS, CALL_DROPLET_SIZES, CALL_IMAGES. The result
 * is the caller's to free, on success alone. Fails as ask() does; an empty answer is
 * ERROR_UNREADABLE, so that nothing is refused because of one.
 */
bool choices_read(struct doctl *doctl, enum call_id id, struct choices *choices,
                  struct error *error);

/* Where a value is among them; choices->count where it is not. */
size_t choices_find(const struct choices *choices, const char *value);

/* Whether a list such as "[1,2,3]" has the value. */
bool choices_has(const char *list, const char *value);

/* Whether there is an image of this slug or ID. Fails as ask() does. */
bool choices_image(struct doctl *doctl, const char *image, bool *exists, struct error *error);

#endif
