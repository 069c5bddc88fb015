#include "config.h"

#include "flow/application.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/paths.h"
#include "doctl/users.h"
#include "flow/recover.h"
#include "flow/save.h"
#include "flow/verify.h"
#include "psql/reason.h"
#include "psql/rights.h"

bool has_application(const struct flow *flow)
{
    return *flow_get(flow, SETTING_APP_USER) && !flow->is_plain;
}

const char *application_user(const struct flow *flow)
{
    return has_application(flow) ? flow_get(flow, SETTING_APP_USER) : PLAN_USER;
}

const char *application_database(const struct flow *flow)
{
    return has_application(flow) ? flow_get(flow, SETTING_APP_DATABASE) : PLAN_DATABASE;
}

/* ---- by doctl ---- */

typedef bool exists_function(struct doctl *doctl, const char *cluster_id, const char *name,
                             bool *exists, struct error *error);
typedef bool create_function(struct doctl *doctl, const char *cluster_id, const char *name,
                             struct error *error);

static bool make(struct flow *flow, const char *cluster_id, const char *what, const char *name,
                 exists_function *exists, create_function *create, struct error *error)
{
    bool there = false;
    struct error failure = ERROR_INIT;
    if (!exists(flow->doctl, cluster_id, name, &there, error))
        return false;
    if (there) {
        note(flow, MARK_SAME, what + strlen("the "), name, "%s", "");
        console_success(flow->console, "Found %s: %s", what, name);
        return true;
    }
    note(flow, MARK_MAKE, what + strlen("the "), name, "%s", "");
    if (!create(flow->doctl, cluster_id, name, &failure)) {
        bool found = may_have_happened(flow, &failure) &&
                     exists(flow->doctl, cluster_id, name, &there, &(struct error)ERROR_INIT) &&
                     found_after_all(flow, there, what);
        if (!found) {
            *error = failure;
            return false;
        }
    }
    flow->changes++;
    doctl_forget(flow->doctl, CALL_USER_GET, cluster_id, name);
    console_success(flow->console, "Created %s: %s", what, name);
    return true;
}

bool make_application(struct flow *flow, const char *cluster_id, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (!has_application(flow))
        return true;
    console_step(flow->console, "Looking after the application's user and database...");
    if (make(flow, cluster_id, "the user", application_user(flow), doctl_user_exists,
             doctl_user_create, &failure) &&
        make(flow, cluster_id, "the database", application_database(flow), doctl_database_exists,
             doctl_database_create, &failure))
        return true;
    if (failure.kind != ERROR_UNSUPPORTED) {
        *error = failure;
        return false;
    }
    console_warning(flow->console,
                    "This doctl knows no users and databases: the pool and the URL are those of "
                    "%s and %s",
                    PLAN_USER, PLAN_DATABASE);
    flow->is_plain = true;
    return true;
}

struct pool_request wanted_pool(const struct flow *flow, const char *name, const char *size)
{
    return (struct pool_request){.name = name,
                                 .database = application_database(flow),
                                 .user = application_user(flow),
                                 .size = size,
                                 .mode = flow_get(flow, SETTING_POOL_MODE)};
}

bool take_application_user(struct flow *flow, const char *cluster_id, bool use_pool,
                           struct conninfo *info, struct error *error)
{
    char *password = NULL;
    if (!has_application(flow))
        return true;
    if (!doctl_user_password(flow->doctl, cluster_id, application_user(flow), &password, error))
        return false;
    free(info->user);
    mem_free_secret(info->password);
    info->user = mem_copy(application_user(flow));
    info->password = password;
    if (!use_pool) {
        free(info->database);
        info->database = mem_copy(application_database(flow));
    }
    return true;
}

/* ---- by SQL ---- */

static struct rights wanted_rights(const struct flow *flow)
{
    const char *first = flow_get(flow, SETTING_APP_FIRST);
    return (struct rights){.user = application_user(flow),
                           .database = application_database(flow),
                           .name = *first ? first : application_user(flow)};
}

/* What is missing, one a line; "" where nothing is. */
static bool ask_missing(const struct flow *flow, const struct session *session, char **missing,
                        struct error *error)
{
    struct buffer sql = BUFFER_INIT;
    struct session_result result;
    const struct rights rights = wanted_rights(flow);
    rights_add_check(&sql, &rights);
    bool good = session_run(session, buffer_text(&sql), &result, error);
    buffer_free(&sql);
    if (!good)
        return false;
    good = result.process.exit_status == 0 ||
           reason_explain(session, &result, "cannot see to the rights at", error);
    *missing = good ? mem_copy(buffer_text(&result.process.out)) : NULL;
    session_result_free(&result);
    return good;
}

/* A database that is moved over may have many objects. */
static bool run_grant(const struct flow *flow, const struct session *session, const char *sql,
                      struct error *error)
{
    struct session patient = *session;
    struct session_result result;
    patient.work_ms = settings_ms(flow->settings, SETTING_TIMEOUT);
    if (!session_run(&patient, sql, &result, error))
        return false;
    bool good = result.process.exit_status == 0 ||
                reason_explain(&patient, &result, "cannot grant the rights at", error);
    session_result_free(&result);
    return good;
}

#define RIGHTS_IN "in the database %s"

static bool see_to_rights(struct flow *flow, const struct session *session, const char *sql,
                          struct error *error)
{
    char *missing = NULL;
    if (!ask_missing(flow, session, &missing, error))
        return false;
    bool was_there = !*missing;
    free(missing);
    missing = NULL;
    if (was_there) {
        note(flow, MARK_SAME, "rights", application_user(flow), RIGHTS_IN,
             application_database(flow));
        console_success(flow->console, "The user %s has its rights in the database %s",
                        application_user(flow), application_database(flow));
        return true;
    }
    if (!run_grant(flow, session, sql, error) || !ask_missing(flow, session, &missing, error))
        return false;
    bool good = !*missing;
    if (good)
        console_success(flow->console, "Granted the user %s its rights in the database %s",
                        application_user(flow), application_database(flow));
    else
        error_set(error, ERROR_CONFLICT, 0,
                  "the rights were granted, and yet there is missing: %.*s",
                  (int)strcspn(missing, "\n"), missing);
    if (good)
        note(flow, MARK_MAKE, "rights", application_user(flow), RIGHTS_IN,
             application_database(flow));
    flow->changes += good;
    free(missing);
    return good;
}

/* For who can reach the database. */
static bool write_for_review(struct flow *flow, const char *sql, struct error *error)
{
    const char *beside = flow_get(flow, SETTING_SECRET_FILE);
    struct error failure = ERROR_INIT;
    if (flow->settings->no_secret_file)
        return error_advise(error, "run 'managed-db grant' where the database can be reached, or "
                                   "with --via");
    char *folder = path_folder(beside);
    char *path = mem_format("%s/grant-%s.sql", folder, application_user(flow));
    if (save_prepare(flow, path, &failure) &&
        save_file(
            flow, path, sql, strlen(sql),
            &(struct save_words){"SQL for the rights saved", "SQL for the rights unchanged", false},
            &failure))
        error_advise(error,
                     "the rights are not granted: run 'managed-db grant' where the database "
                     "can be reached, or with --via, or review %s and run it with psql",
                     path);
    else
        error_advise(error, "%s", failure.text);
    free(path);
    free(folder);
    return false;
}

/* Where the database cannot be reached it is not known whether something is missing. */
static bool rehearse_rights(struct flow *flow, const char *ca_file, struct error *error)
{
    char *missing = NULL;
    struct error failure = ERROR_INIT;
    const struct session session = verify_session(flow, &flow->admin, ca_file);
    if (url_is_unknown(flow)) {
        note(flow, MARK_MAKE, "rights", application_user(flow), "in the database %s, by SQL",
             application_database(flow));
    } else if (ask_missing(flow, &session, &missing, &failure)) {
        note(flow, *missing ? MARK_MAKE : MARK_SAME, "rights", application_user(flow),
             "in the database %s%s", application_database(flow), *missing ? ", by SQL" : "");
        free(missing);
    } else if (failure.kind == ERROR_SIGNAL) {
        *error = failure;
        return false;
    } else {
        console_warning(flow->console, "The rights of %s are not known: %s", application_user(flow),
                        failure.text);
    }
    return true;
}

bool grant_rights(struct flow *flow, const char *ca_file, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (!has_application(flow))
        return true;
    if (flow->settings->dry_run)
        return rehearse_rights(flow, ca_file, error);
    console_step(flow->console, "Looking after the rights of %s in %s...", application_user(flow),
                 application_database(flow));
    const struct session session = verify_session(flow, &flow->admin, ca_file);
    struct buffer sql = BUFFER_INIT;
    const struct rights rights = wanted_rights(flow);
    rights_add_grant(&sql, &rights);
    bool good = see_to_rights(flow, &session, buffer_text(&sql), &failure);
    if (!good) {
        *error = failure;
        if (failure.kind == ERROR_NO_PROGRAM || failure.kind == ERROR_NETWORK ||
            failure.kind == ERROR_DEADLINE)
            write_for_review(flow, buffer_text(&sql), error);
    }
    buffer_free(&sql);
    return good;
}
