#include "config.h"

#include "children.h"

#include <unistd.h>

#include "base/signals.h"
#include "unit.h"

static struct error error;

struct process_set *children_begin(size_t limit)
{
    unit_worked(signals_catch(&error), &error);
    return process_set_new(limit);
}

void children_end(struct process_set *set)
{
    process_set_free(set);
    signals_release();
}

struct process_result children_run(struct process_request request)
{
    struct process_result result;
    size_t open = unit_descriptors();
    struct process_set *set = children_begin(2);
    struct process *child = process_start(set, &request);
    unit_worked(process_wait(set, child, &result, &error), &error);
    children_end(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_descriptors(), open);
    return result;
}

void children_wait_for(struct process_set *set, const char *folder, const char *name)
{
    char *path = unit_path(folder, name);
    while (access(path, F_OK) != 0)
        unit_worked(process_pause(set, 5, &error), &error);
}
