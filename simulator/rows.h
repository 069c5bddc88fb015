/*
 * rows: what the imitated account holds, as rows of strings.
 *
 * Calling sequence: rows_clear() or rows_read(), then look and change, then rows_write(). A pointer
 * to a row is good until the next rows_add() or rows_remove() of its kind. All strings belong to
 * the arena and are never NULL. Who changes a field of a row sets `changed`; rows_add(),
 * rows_remove() and rows_set_counter() do it themselves.
 *
 * As text a row is a line: the kind, then the fields, with tabs between. Control characters and `%`
 * are written as %XX.
 */
#ifndef SIMULATOR_ROWS_H
#define SIMULATOR_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* A row is nothing but strings, in the order of the file. */
struct cluster {
    const char *id, *name, *engine, *version, *nodes, *region, *status, *size, *storage;
    const char *vpc, *created, *password;
    const char *polls;  /* how many more answers say `status`; -1: all of them */
    const char *early;  /* "yes": credentials are shown while it is being created */
    const char *tags;   /* with commas between */
    const char *backup; /* when the last one was made, as doctl shows it; "": none */
};

struct pool {
    const char *cluster, *name, *user, *size, *database, *mode;
};

/* A database user beside doadmin. */
struct user {
    const char *cluster, *name, *password;
};

/* A database beside defaultdb. */
struct database {
    const char *cluster, *name;
};

struct rule {
    const char *cluster, *uuid, *type, *value;
};

struct vpc {
    const char *id, *name, *description, *range, *region, *created;
    const char *standard; /* "yes": the default VPC of its region */
    const char *leaving;  /* how many more tries to delete it find members that are gone already */
};

struct droplet {
    const char *id, *name, *public, *private, *region, *size, *image, *vpc, *tags;
    const char *status, *polls; /* as a cluster's; at last it is `active` */
};

/* A Cloud Firewall; its tags are those of Droplets. */
struct cloud_firewall {
    const char *id, *name, *status, *created, *inbound, *outbound, *droplets, *tags;
};

struct key {
    const char *id, *name, *fingerprint;
};

/* A number that is kept from call to call. */
struct counter {
    const char *name, *value;
};

enum kind {
    CLUSTERS,
    POOLS,
    USERS,
    DATABASES,
    RULES,
    VPCS,
    DROPLETS,
    CLOUD_FIREWALLS,
    KEYS,
    COUNTERS,
    KINDS
};

struct row_list {
    char *data;
    size_t count, room;
};

struct rows {
    struct arena *arena;
    struct row_list lists[KINDS];
    bool changed;
};

void rows_clear(struct rows *rows);
/* Reads the text that rows_write() makes; false with the number of the first line that is wrong.
 * The text is changed and must live as long as the rows. */
bool rows_read(struct rows *rows, char *text, size_t *wrong_line);
void rows_write(const struct rows *rows, struct buffer *text);

size_t rows_count(const struct rows *rows, enum kind kind);
/* The row at an index below rows_count(). */
void *rows_at(const struct rows *rows, enum kind kind, size_t index);
/* A new row at the end, all fields "". */
void *rows_add(struct rows *rows, enum kind kind);
void rows_remove(struct rows *rows, enum kind kind, size_t index);
/* Removes the row that the pointer names. */
void rows_remove_row(struct rows *rows, enum kind kind, const void *row);

const char *rows_kind_name(enum kind kind);
size_t rows_field_count(enum kind kind);
const char *rows_field_name(enum kind kind, size_t field);

/* 0 when there is no counter of that name. */
long rows_counter(const struct rows *rows, const char *name);
void rows_set_counter(struct rows *rows, const char *name, long value);

#endif
