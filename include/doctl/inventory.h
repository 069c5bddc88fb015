/*
 * inventory: what an account holds: Droplets, clusters, VPCs and Cloud Firewalls, with what tells
 * whose they are. For taking a deployment down: everything else is asked one by one (compute.h,
 * doctl.h).
 */
#ifndef MANAGED_DB_DOCTL_INVENTORY_H
#define MANAGED_DB_DOCTL_INVENTORY_H

#include "doctl/client.h"

enum item_kind { ITEM_DROPLET, ITEM_CLUSTER, ITEM_VPC, ITEM_FIREWALL };

struct item {
    enum item_kind kind;
    char *id, *name;
    char *vpc_uuid;  /* of Droplets; "" where doctl tells none */
    char *tags;      /* of Droplets and firewalls, with commas between */
    char *engine;    /* of clusters */
    bool is_default; /* of VPCs: the one of its region that cannot be deleted */
};

struct inventory {
    struct item *items;
    size_t count;
};
void inventory_free(struct inventory *inventory);

/*
 * Reads all four lists; the caller frees the result, on success alone. A doctl that knows no Cloud
 * Firewalls, or a token that may not see them, shows none. Fails as ask() does, and with
 * ERROR_UNREADABLE.
 */
bool inventory_read(struct doctl *doctl, struct inventory *inventory, struct error *error);

/*
 * The one item of a kind with this name, or with this ID: *found is NULL where there is none;
 * ERROR_CONFLICT where several have the name.
 */
bool inventory_find(const struct inventory *inventory, enum item_kind kind, const char *name,
                    const struct item **found, struct error *error);
const struct item *inventory_by_id(const struct inventory *inventory, enum item_kind kind,
                                   const char *id);

/* Whether a list with commas between has the tag; capitals do not count (docs/DOCTL.md). */
bool inventory_has_tag(const char *tags, const char *tag);

/* When the last backup of a cluster was made, "2026-01-24 08:45:00 +0000 UTC"; "" where none was. */
bool inventory_last_backup(struct doctl *doctl, const char *cluster_id, char **when,
                           struct error *error);

#endif
