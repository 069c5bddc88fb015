/*
 * children: child processes of a test, run by include/process.h.
 */
#ifndef MANAGED_DB_CHILDREN_H
#define MANAGED_DB_CHILDREN_H

#include "base/process.h"

#define ARGV(...) ((char *const[]){__VA_ARGS__, NULL})
#define SHELL(script)                                                                              \
    (struct process_request)                                                                       \
    {                                                                                              \
        .path = "/bin/sh", .argv = ARGV("sh", "-c", script), .envp = environ                       \
    }
#define HELPER(...)                                                                                \
    (struct process_request)                                                                       \
    {                                                                                              \
        .path = unit_child, .argv = ARGV("child", __VA_ARGS__), .envp = environ                    \
    }

extern char **environ;

/* A set of children with the signals caught, and its end. */
struct process_set *children_begin(size_t limit);
void children_end(struct process_set *set);

/* One child from start to end; the descriptors and the children are as before. */
struct process_result children_run(struct process_request request);

/* Serves the set until a file is there; the test's own time limit ends a wait in vain. */
void children_wait_for(struct process_set *set, const char *folder, const char *name);

#endif
