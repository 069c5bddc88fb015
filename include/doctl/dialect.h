/*
 * dialect: the words in which doctl is asked, as data. No other room holds a doctl command line.
 *
 * There are two dialects (docs/DOCTL.md): the plan's, which test harnesses with a fake doctl speak,
 * and the shipped one, which every release since 1.94 speaks. A call has
 *   - the plan's words only: both kinds of doctl know them;
 *   - both: where doctl does not know the one, the other is tried;
 *   - shipped words only: a question that the plan does not ask, and a hand-made doctl need not know.
 */
#ifndef MANAGED_DB_DOCTL_DIALECT_H
#define MANAGED_DB_DOCTL_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#define CALL_ARGUMENTS 9

/* The arguments of a call, from 1 on. */
#define ARGUMENTS(...) ((const char *const[CALL_ARGUMENTS]){NULL, __VA_ARGS__})
#define NO_ARGUMENTS   ((const char *const[CALL_ARGUMENTS]){NULL})

enum call_id {
    CALL_ACCOUNT_GET,     /* no argument */
    CALL_ACCOUNT_TEAM,    /* no argument */
    CALL_VPC_LIST,        /* no argument */
    CALL_VPC_CREATE,      /* 1 name, 2 region, 3 IP range */
    CALL_CLUSTER_LIST,    /* no argument */
    CALL_CLUSTER_CREATE,  /* 1 name, 2 version, 3 region, 4 size, 5 nodes, 6 VPC UUID or "",
                                7 tags or "", which the plan's words leave out, 8 storage in MiB
                                or "" */
    CALL_CLUSTER_STATUS,  /* 1 cluster */
    CALL_CLUSTER_INFO,    /* 1 cluster */
    CALL_POOL_LIST,       /* 1 cluster */
    CALL_POOL_INFO,       /* 1 cluster */
    CALL_POOL_CREATE,     /* 1 cluster, 2 pool, 3 database, 4 user, 5 size, 6 mode */
    CALL_POOL_UPDATE,     /* the same */
    CALL_CLUSTER_RESIZE,  /* 1 cluster, 2 nodes, 3 size */
    CALL_POOL_GET,        /* 1 cluster, 2 pool */
    CALL_CERTIFICATE,     /* 1 cluster, 2 scratch file */
    CALL_CONNECTION,      /* 1 cluster */
    CALL_DROPLET_GET,     /* 1 Droplet */
    CALL_RULE_LIST,       /* 1 cluster */
    CALL_RULE_APPEND,     /* 1 cluster, 2 rule */
    CALL_RULES_REPLACE,   /* 1 cluster, 2 rules with commas between */
    CALL_RULE_REMOVE,     /* 1 cluster, 2 the rule's UUID */
    CALL_CLUSTER_DETAILS, /* 1 cluster */
    CALL_DROPLET_DETAILS, /* 1 Droplet */
    CALL_USER_LIST,       /* 1 cluster */
    CALL_USER_GET,        /* 1 cluster, 2 user */
    CALL_USER_CREATE,     /* 1 cluster, 2 user */
    CALL_USER_RESET,      /* 1 cluster, 2 user */
    CALL_DATABASE_LIST,   /* 1 cluster */
    CALL_DATABASE_CREATE, /* 1 cluster, 2 database */
    CALL_DROPLET_LIST,    /* no argument */
    CALL_DROPLET_STATUS,  /* 1 Droplet */
    CALL_DROPLET_CREATE,  /* 1 name, 2 region, 3 size, 4 image, 5 SSH key, 6 VPC UUID, 7 tags,
                                8 file for cloud-init; 6 to 8 may be "" */
    CALL_KEY_LIST,        /* no argument */
    CALL_REGION_LIST,     /* no argument */
    CALL_VERSIONS,        /* no argument; this and the next two: of PostgreSQL clusters */
    CALL_SIZES,           /* no argument */
    CALL_REGIONS,         /* no argument */
    CALL_DROPLET_SIZES,   /* no argument */
    CALL_IMAGES,          /* no argument: of distributions */
    CALL_IMAGE_GET,       /* 1 image */
    CALL_KUBERNETES_LIST, /* no argument */
    CALL_APP_LIST,        /* no argument: of the App Platform */
    CALL_VPC_DETAILS,     /* no argument */
    CALL_BACKUPS,         /* 1 cluster */
    CALL_FIREWALL_LIST,   /* no argument: Cloud Firewalls, in front of Droplets */
    CALL_FIREWALL_CREATE, /* 1 name, 2 inbound rules, 3 outbound rules, 4 tag */
    CALL_FIREWALL_DELETE, /* 1 firewall */
    CALL_DROPLET_DELETE,  /* 1 Droplet */
    CALL_CLUSTER_DELETE,  /* 1 cluster */
    CALL_VPC_DELETE,      /* 1 VPC */
    CALL_PROBE            /* no argument: shows whether doctl is a released one */
};

/* What an answer has to look like. */
enum shape {
    SHAPE_ANY,   /* success is enough */
    SHAPE_TEXT,  /* a text to be shown as it is */
    SHAPE_ROWS,  /* rows without a header row, the wording's columns in each */
    SHAPE_TABLE, /* a table with a header row that has the wording's columns */
    SHAPE_ID,    /* one ID: alone on a line, or in the column ID of a table */
    SHAPE_JSON,  /* JSON: a list of one object */
    SHAPE_PEM,   /* a certificate on stdout */
    SHAPE_FILE   /* a certificate in the file of argument 2 */
};

struct wording {
    const char *words; /* with blanks between them; see dialect_argv(); NULL: no such words */
    enum shape shape;
    const char *const *columns; /* NULL-terminated, or NULL */
};

struct call {
    const char *doing; /* "list the database clusters", with $1… for arguments; for messages */
    const char *scope; /* of a token, without which DigitalOcean answers 403; NULL: sends nothing */
    bool mutation;
    bool must_be_whole; /* what is not on the list may be created */
    bool has_pages;     /* doctl puts the list together from several answers */
    size_t least_rows;  /* fewer are not an answer */
    struct wording plan, shipped;
};

const struct call *dialect_call(enum call_id id);

/*
 * The argv of a wording, "doctl" first and NULL last. In `words`, "$N" stands for argument N, and
 * "?N" before two words drops them where argument N is empty. One block of memory, arguments
 * included: the caller frees the array.
 */
char **dialect_argv(const struct wording *wording, const char *const arguments[CALL_ARGUMENTS]);

/* Whether doctl is to wait until a cluster is online. */
bool dialect_waits(const struct wording *wording);

/* What the call does, for messages, with its arguments put in; the caller frees it. */
char *dialect_doing(const struct call *call, const char *const arguments[CALL_ARGUMENTS]);

#endif
