/*
 * handlers: the functions that carry out the commands, one a command. A file's functions are those
 * that begin with its name: databases.c, pools.c, tenants.c, firewalls.c, vpcs.c, droplets.c, account.c,
 * listing.c, cloud.c.
 *
 * Each runs with the account held, after the command line was found to be right, and puts its
 * answer into the call. It returns whether the call is a success; if not, the answer is an error.
 */
#ifndef SIMULATOR_HANDLERS_H
#define SIMULATOR_HANDLERS_H

#include "call.h"

bool account_get(struct call *call);
bool account_keys(struct call *call);
bool account_regions(struct call *call);
bool account_version(struct call *call);

bool listing_versions(struct call *call);
bool listing_sizes(struct call *call);
bool listing_regions(struct call *call);
bool listing_droplet_sizes(struct call *call);
bool listing_images(struct call *call);
bool listing_image(struct call *call);

bool databases_list(struct call *call);
bool databases_get(struct call *call);
bool databases_create(struct call *call);
bool databases_delete(struct call *call);
bool databases_backups(struct call *call);
bool databases_resize(struct call *call);
bool databases_connection(struct call *call);
bool databases_get_ca(struct call *call);
bool databases_ca_get(struct call *call);

bool pools_list(struct call *call);
bool pools_get(struct call *call);
bool pools_create(struct call *call);
bool pools_update(struct call *call);

bool tenants_list(struct call *call);
bool tenants_get(struct call *call);
bool tenants_create(struct call *call);
bool tenants_reset(struct call *call);
bool tenants_databases(struct call *call);
bool tenants_create_database(struct call *call);

bool firewalls_list(struct call *call);
bool firewalls_append(struct call *call);
bool firewalls_remove(struct call *call);
bool firewalls_replace(struct call *call);

bool cloud_list(struct call *call);
bool cloud_create(struct call *call);
bool cloud_delete(struct call *call);

bool vpcs_list(struct call *call);
bool vpcs_create(struct call *call);
bool vpcs_delete(struct call *call);

bool droplets_list(struct call *call);
bool droplets_get(struct call *call);
bool droplets_create(struct call *call);
bool droplets_delete(struct call *call);

#endif
