/*
 * What the imitated account holds, kept in a folder between calls.
 *
 * Calling sequence: state_open() once; then, as often as needed,
 * state_begin() ... look and change ... state_end(). Between begin and end
 * this process is the only one that sees the folder (a record lock on the
 * file `lock`, which the system takes back when the process dies). Pointers to
 * rows are good until the next state_begin() or state_add() of the same kind.
 *
 * Everything is one file, `state`, replaced by rename: a call that is killed
 * at any moment leaves the state before it or the state after it. One row a
 * line, the kind first, fields separated by tabs, control characters and `%`
 * written as %XX.
 *
 * All functions that return bool put a message into `state->problem` when
 * they return false; the simulator is then out of order (exit 70).
 */
#ifndef SIMULATOR_STATE_H
#define SIMULATOR_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* A row is nothing but strings, never NULL, in the order of the file. */
struct cluster {
    const char *id, *name, *engine, *version, *nodes, *region, *status, *size, *storage;
    const char *vpc, *created, *password;
    const char *polls; /* how many more looks say `status`; -1: all of them */
    const char *early; /* "yes": credentials are shown while it is being created */
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
    const char *standard; /* "yes": where things of the region go that ask for none */
    const char *leaving;  /* how many more tries to delete it find members that are gone already */
};

struct droplet {
    const char *id, *name, *public, *private, *region, *size, *image, *vpc, *tags;
    const char *status, *polls; /* as a cluster's; at last it is `active` */
};

struct key {
    const char *id, *name, *fingerprint;
};

/* A number that survives the call: calls counted for a fault, values drawn from a seed. */
struct count {
    const char *name, *value;
};

enum kind { CLUSTERS, POOLS, USERS, DATABASES, RULES, VPCS, DROPLETS, KEYS, COUNTS, KINDS };

struct rows {
    char *data;
    size_t count, room;
};

struct state {
    struct arena *arena;
    struct text problem;
    const char *folder;
    int folder_fd, lock_fd;
    bool with_auth; /* a state made now has a token stored */
    bool changed;
    struct rows rows[KINDS];
};

bool state_open(struct state *state, struct arena *arena, const char *folder, bool with_auth);
bool state_begin(struct state *state);
bool state_end(struct state *state);
void state_close(struct state *state);

size_t state_count(const struct state *state, enum kind kind);
void *state_at(const struct state *state, enum kind kind, size_t index);
/* A new row at the end, all fields "". */
void *state_add(struct state *state, enum kind kind);
void state_remove(struct state *state, enum kind kind, size_t index);

/* The word that stands for a kind in the file. */
const char *state_kind_name(enum kind kind);
size_t state_kind_fields(enum kind kind);
const char *state_kind_field(enum kind kind, size_t field);

long state_counter(const struct state *state, const char *name);
void state_counter_set(struct state *state, const char *name, long value);

/* The content of a small file of the folder, without trailing white space; NULL when there is none.
 */
const char *state_file(struct state *state, const char *name);
bool state_file_write(struct state *state, const char *name, const char *content);

#endif
