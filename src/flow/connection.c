#include "config.h"

#include "flow/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secretfile.h"
#include "flow/flow.h"

static bool read_url(const char *path, struct conninfo *info, struct error *error)
{
    char *text;
    size_t length;
    if (!secretfile_read(path, &text, &length, error))
        return false;
    if (!text)
        return error_set(error, ERROR_LOCAL, ENOENT,
                         "there is no URL in %s: 'managed-db setup' writes it, --secret-file names "
                         "another file",
                         path);
    bool good = (conninfo_parse(text, info, error) && conninfo_check(info, error)) ||
                error_precede(error, path);
    mem_free_secret(text);
    return good;
}

bool connection_verify_saved(struct flow *flow, struct verified *verified, struct error *error)
{
    struct conninfo info = CONNINFO_INIT;
    bool good = read_url(flow_get(flow, SETTING_SECRET_FILE), &info, error) &&
                verify_connection(flow, &info, flow_get(flow, SETTING_CA_FILE), verified, error);
    conninfo_free(&info);
    return good;
}

bool connection_verify_cluster(struct flow *flow, const char *cluster_id, struct verified *verified,
                               struct error *error)
{
    char *ca_file = NULL;
    bool good = read_connection(flow, cluster_id, true, error) &&
                connection_certificate(flow, cluster_id, &ca_file, error) &&
                verify_connection(flow, &flow->chosen, ca_file, verified, error);
    free(ca_file);
    return good;
}

/* The folder for what can be fetched again; NULL where no variable names a place. */
static char *cache_file(const char *cluster_id)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache && *cache == '/')
        return mem_format("%s/managed-db/%s.crt", cache, cluster_id);
    return home && *home == '/' ? mem_format("%s/.cache/managed-db/%s.crt", home, cluster_id)
                                : NULL;
}

bool connection_certificate(struct flow *flow, const char *cluster_id, char **path,
                            struct error *error)
{
    const char *usual = flow_get(flow, SETTING_CA_FILE);
    bool is_named = flow->settings->sources[SETTING_CA_FILE] > SOURCE_DEFAULT;
    *path = is_named ? NULL : cache_file(cluster_id);
    if (!*path)
        *path = mem_copy(usual);
    if (is_named)
        return true;
    struct error failure = ERROR_INIT;
    if (download_ssl_certificate(flow, cluster_id, *path, &failure))
        return true;
    /* A doctl that is too old to fetch it: perhaps somebody has put it in its place. */
    bool good = failure.kind == ERROR_UNSUPPORTED && access(usual, R_OK) == 0;
    free(*path);
    *path = good ? mem_copy(usual) : NULL;
    if (!good)
        *error = failure;
    return good;
}
