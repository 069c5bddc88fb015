#include "config.h"

#include "commands/about.h"

#include <string.h>

#include "base/memory.h"
#include "flow/state.h"

/* Made from completions/ by the Makefile. */
static const struct {
    const char *shell, *text;
} completions[] = {
    {
        "bash",
#include "completion.bash.inc"
    },
    {
        "zsh",
#include "completion.zsh.inc"
    },
    {
        "fish",
#include "completion.fish.inc"
    },
};

bool command_completion(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *shell = flow_get(flow, SETTING_SHELL);
    size_t at = 0;
    (void)error;
    while (at < 2 && strcmp(completions[at].shell, shell) != 0)
        at++;
    result->text = mem_copy(completions[at].text);
    return true;
}

bool command_version(struct flow *flow, struct command_result *result, struct error *error)
{
    (void)flow;
    (void)error;
    result->text = mem_copy(PACKAGE_VERSION);
    return true;
}
