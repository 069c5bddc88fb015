#include "config.h"

#include "compose_secrets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "memory.h"
#include "pattern.h"

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

/* A whole folder that is missing, or closed to whom runs this: another machine's, or root's. */
static bool is_folder_hidden(const char *path)
{
    struct stat status;
    char *folder = mem_copy_n(path, (size_t)(strrchr(path, '/') - path));
    bool hidden = *folder && stat(folder, &status) != 0;
    free(folder);
    return hidden;
}

static void tell_missing(const struct place *place, bool is_relative)
{
    int number = errno;
    if (number == EACCES || (!is_relative && is_folder_hidden(place->path))) {
        if (!place->findings->not_seen)
            place->findings->not_seen =
                mem_copy_n(place->path, (size_t)(strrchr(place->path, '/') - place->path));
        return;
    }
    add(place, "secret-missing",
        mem_format("%s uses the file %s, which is not there", place->service, place->path),
        mem_format("write it ('managed-db setup --compose FILE' writes the URL of the managed "
                   "database) before the service is started"));
}

/* Docker mounts the file as it is: its owner and mode count within the container. */
static void check_reader(const struct place *place, const struct node *user,
                         const struct stat *status)
{
    struct span groups[PATTERN_GROUPS];
    const char *text = node_text(user);
    if (!text || !pattern_match(&user_pattern, text, strlen(text), 0, groups))
        return;
    unsigned long uid = strtoul(groups[1].start, NULL, 10);
    bool has_group = groups[2].start != NULL;
    unsigned long gid = has_group ? strtoul(groups[2].start, NULL, 10) : 0;
    mode_t needed = status->st_uid == uid                ? S_IRUSR
                    : has_group && status->st_gid == gid ? S_IRGRP
                                                         : S_IROTH;
    if (uid != 0 && !(status->st_mode & needed))
        add(place, "secret-unreadable",
            mem_format("%s runs as user %s and cannot read %s, which belongs to %lu:%lu with mode "
                       "%04o",
                       place->service, text, place->path, (unsigned long)status->st_uid,
                       (unsigned long)status->st_gid, (unsigned)(status->st_mode & 07777)),
            mem_format("give it away: 'managed-db setup' and 'save' take --secret-owner %s", text));
}

static void check_file(const struct place *place, bool is_relative, const struct node *user)
{
    struct stat status;
    if (strcmp(place->path, "/dev/null") == 0)
        return;
    if (stat(place->path, &status) != 0) {
        tell_missing(place, is_relative);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        add(place, "secret-missing",
            mem_format("%s uses %s, which is no regular file", place->service, place->path),
            mem_format("remove it and write the secret there: Docker makes a folder of a file that "
                       "is missing"));
        return;
    }
    if (status.st_mode & S_IRWXO)
        add(place, "secret-exposed",
            mem_format("%s uses %s, which every user of this host can read", place->service,
                       place->path),
            mem_format("chmod 600 %s; --secret-owner gives the file to the container's user",
                       place->path));
    check_reader(place, user, &status);
}

void check_secret_files(struct findings *findings, const struct compose *compose, const char *name,
                        const struct node *service)
{
    const struct node *mounts = node_get(service, "secrets");
    for (size_t i = 0; mounts && i < mounts->count; i++) {
        const struct node *source = node_get(mounts->items[i], "source");
        const struct node *file = node_get(node_get(compose->secrets, source->text), "file");
        if (!node_text(file))
            continue;
        char *path = compose_path(compose->files, file->text);
        struct place place = {findings, source, name, path};
        check_file(&place, *file->text != '/' && *file->text != '~', node_get(service, "user"));
        free(path);
    }
}
