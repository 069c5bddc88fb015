#include "config.h"

#include "compose/secrets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/pattern.h"

#define DEFAULT_FOLDER "/opt/freshtrack-pro/secrets"

static struct pattern user_pattern = PATTERN("\\A([0-9]{1,9})(?::([0-9]{1,9}))?\\z");

struct details {
    struct findings *findings;
    const struct node *at; /* where the service uses the secret */
    const char *service, *path;
    bool is_ours; /* managed-db writes it */
};

static void add(const struct details *place, const char *rule, char *text, char *advice)
{
    findings_add(place->findings, place->at, rule, text, advice);
}

/* Closed to whom runs this, or the default folder of another machine's. */
static void tell_missing(const struct details *place, bool may_be_elsewhere)
{
    int number = errno;
    char *folder = mem_copy_n(place->path, (size_t)(strrchr(place->path, '/') - place->path));
    struct stat status;
    bool hidden =
        may_be_elsewhere && strcmp(folder, DEFAULT_FOLDER) == 0 && stat(folder, &status) != 0;
    if (number == EACCES || hidden) {
        if (!place->findings->not_seen)
            place->findings->not_seen = mem_copy(folder);
    } else {
        add(place, "secret-missing",
            mem_format("%s uses the file %s, which is not there", place->service, place->path),
            mem_copy(place->is_ours ? "'managed-db setup --compose FILE' writes it"
                                    : "write it before the service is started"));
    }
    free(folder);
}

/*
 * Docker mounts the file as it is: its owner and mode count within the container. A group that is
 * not told may be any: the image's, or one of group_add by its name.
 */
static void check_reader(const struct details *place, const struct node *service,
                         const struct stat *status)
{
    struct span groups[PATTERN_GROUPS];
    const char *text = node_text(node_get(service, "user"));
    const struct node *more = node_get(service, "group_add");
    if (!text || !pattern_match(&user_pattern, text, strlen(text), 0, groups))
        return;
    unsigned long uid = strtoul(groups[1].start, NULL, 10);
    bool is_known = groups[2].start != NULL;
    bool is_in_group = is_known && strtoul(groups[2].start, NULL, 10) == status->st_gid;
    for (size_t i = 0; more && i < more->count; i++) {
        char *rest;
        is_in_group |= strtoul(more->items[i]->text, &rest, 10) == status->st_gid && !*rest;
        is_known &= !*rest;
    }
    mode_t needed = status->st_uid == uid ? S_IRUSR : is_in_group ? S_IRGRP : S_IROTH;
    bool may_be_in_group = !is_known && !is_in_group && status->st_uid != uid;
    if (uid != 0 && !(status->st_mode & needed) && !(may_be_in_group && status->st_mode & S_IRGRP))
        add(place, "secret-unreadable",
            mem_format("%s runs as user %s and cannot read %s, which belongs to %lu:%lu with mode "
                       "%04o",
                       place->service, text, place->path, (unsigned long)status->st_uid,
                       (unsigned long)status->st_gid, (unsigned)(status->st_mode & 07777)),
            place->is_ours
                ? mem_format("'managed-db setup' and 'save' give it away with --secret-owner %s",
                             text)
                : mem_format("chown %s %s", text, place->path));
}

/* Whether a folder above keeps other users out. */
static bool is_closed_above(const char *path)
{
    struct stat above;
    char *folder = mem_copy(path);
    bool closed = false;
    for (char *slash; !closed && (slash = strrchr(folder, '/'));) {
        *slash = '\0';
        closed = stat(*folder ? folder : "/", &above) == 0 && !(above.st_mode & S_IXOTH);
    }
    free(folder);
    return closed;
}

/* Whether every user of this host can read the file. A certificate is no secret. */
static bool is_open(const char *path, const struct stat *status)
{
    const char *dot = strrchr(path, '.');
    return status->st_mode & S_IRWXO &&
           !(dot && (strcmp(dot, ".crt") == 0 || strcmp(dot, ".pem") == 0)) &&
           !is_closed_above(path);
}

static void check_file(const struct details *place, bool may_be_elsewhere,
                       const struct node *service)
{
    struct stat status;
    if (strcmp(place->path, "/dev/null") == 0)
        return;
    if (stat(place->path, &status) != 0) {
        tell_missing(place, may_be_elsewhere);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        add(place, "secret-missing",
            mem_format("%s uses %s, which is no regular file", place->service, place->path),
            mem_format("remove it and write the secret there: Docker makes a folder of a file that "
                       "is missing"));
        return;
    }
    if (is_open(place->path, &status))
        add(place, "secret-exposed",
            mem_format("%s uses %s, which every user of this host can read", place->service,
                       place->path),
            mem_format("chmod 600 %s", place->path));
    check_reader(place, service, &status);
}

/* What setup writes for a service: the URLs, where the managed database's is read, and the CA. */
static bool is_ours(const struct node *mount, const char *path, bool is_managed)
{
    const char *name = strrchr(path, '/');
    char *target = compose_secret_target(mount);
    bool ours = (is_managed && (strcmp(target, "/run/secrets/database_url") == 0 ||
                                strcmp(target, "/run/secrets/database_url_direct") == 0)) ||
                (name && (strcmp(name, "/do_database_url") == 0 ||
                          strcmp(name, "/ca-certificate.crt") == 0));
    free(target);
    return ours;
}

void check_secret_files(struct findings *findings, const struct compose *compose, const char *name,
                        const struct node *service, bool is_managed, bool may_be_elsewhere)
{
    const struct node *mounts = node_get(service, "secrets");
    for (size_t i = 0; mounts && i < mounts->count; i++) {
        const char *path;
        struct error ignored = ERROR_INIT;
        if (!compose_mount_file(compose, mounts->items[i], &path, &ignored) || *path != '/')
            continue;
        struct details place = {findings, mounts->items[i], name, path,
                                is_ours(mounts->items[i], path, is_managed)};
        check_file(&place, may_be_elsewhere, service);
    }
}
