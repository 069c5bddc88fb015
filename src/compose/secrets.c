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

struct place {
    struct findings *findings;
    const struct node *at; /* the name where the service uses the secret */
    const char *service, *path;
};

static void add(const struct place *place, const char *rule, char *text, char *advice)
{
    findings_add(place->findings, place->at, rule, text, advice);
}

/* Closed to whom runs this, or the default folder of another machine's. */
static void tell_missing(const struct place *place, bool may_be_elsewhere)
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
            mem_format("write it ('managed-db setup --compose FILE' writes the URL of the managed "
                       "database) before the service is started"));
    }
    free(folder);
}

/*
 * Docker mounts the file as it is: its owner and mode count within the container. A group that is
 * not told may be any: the image's, or one of group_add by its name.
 */
static void check_reader(const struct place *place, const struct node *service,
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
            mem_format("give it away: 'managed-db setup' and 'save' take --secret-owner %s", text));
}

/* Whether every user of this host can read the file: the folder may be closed. A certificate may be. */
static bool is_open(const char *path, const struct stat *status)
{
    struct stat above;
    const char *dot = strrchr(path, '.');
    if (dot && (strcmp(dot, ".crt") == 0 || strcmp(dot, ".pem") == 0))
        return false;
    char *folder = mem_copy_n(path, (size_t)(strrchr(path, '/') - path));
    bool open = status->st_mode & S_IRWXO && (stat(folder, &above) != 0 || above.st_mode & S_IXOTH);
    free(folder);
    return open;
}

static void check_file(const struct place *place, bool may_be_elsewhere, const struct node *service)
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
            mem_format("chmod 600 %s; --secret-owner gives the file to the container's user",
                       place->path));
    check_reader(place, service, &status);
}

void check_secret_files(struct findings *findings, const struct compose *compose, const char *name,
                        const struct node *service, bool may_be_elsewhere)
{
    const struct node *mounts = node_get(service, "secrets");
    for (size_t i = 0; mounts && i < mounts->count; i++) {
        const struct node *source = node_get(mounts->items[i], "source");
        const struct node *file = node_get(node_get(compose->secrets, source->text), "file");
        if (!node_text(file))
            continue;
        char *path = compose_path(compose->files, file->text);
        struct place place = {findings, source, name, path};
        check_file(&place, may_be_elsewhere, service);
        free(path);
    }
}
