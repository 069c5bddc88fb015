/*
 * rotate: another password for the application, without a login that fails. Beyond the plan.
 *
 * Of the two users that take turns (turns.h) the one that is not in use gets a new password, its
 * rights and its pool, and is tried; then the files and the sinks get its URL (deliver.h); only
 * then the other password is ended. A file SECRET_FILE.rotation, "FROM TO", stands for as long as
 * that takes: a run that was ended anywhere is gone on with by the next one, and what is written
 * can always log in.
 *
 * The old password is ended after --grace seconds; without them at once where a sink has handed the
 * new one over, else by a later run with --finish. With --emergency it is ended first.
 *
 * An application that is doadmin has no second user: between its new password and the new URL no
 * login works. How long that was is told.
 */
#ifndef MANAGED_DB_FLOW_ROTATE_H
#define MANAGED_DB_FLOW_ROTATE_H

#include "flow/state.h"

/*
 * Rotates the application of the settings, or goes on with it. Fails with ERROR_CONFLICT where the
 * secret file has no URL of the application, or the other user is not of a rotation; with
 * ERROR_NOT_THERE where --finish finds nothing to end, or the old password of an earlier run waits
 * for it; and as what it calls.
 */
bool rotate_application(struct flow *flow, const char *cluster_id, struct error *error);

#endif
