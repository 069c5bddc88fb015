/*
 * engine: runs Docker Compose and takes its answer.
 *
 * It is the Compose that will start the stack: the words of --compose-command, else `docker compose`,
 * else `docker-compose`, the first of these that is Compose 2 or later. Its version is asked only
 * where it does not answer (1.x does not know --format). Compose finds its files, profiles,
 * environment and project folder as it always does; nothing of that is read here.
 *
 * Calling sequence:
 *     struct engine engine = {.command = "", .env_file = "", .files = paths, .count = 2, …};
 *     struct engine_answer answer = ENGINE_ANSWER_INIT;
 *     engine_ask(&engine, &variables, &answer, 1, &error);
 *     answer.refusal, or answer.out
 *     engine_answer_free(&answer);
 */
#ifndef MANAGED_DB_COMPOSE_ENGINE_H
#define MANAGED_DB_COMPOSE_ENGINE_H

#include "base/bytes.h"
#include "base/console.h"

struct engine {
    const char *command;  /* words with blanks between them; "": the usual ones */
    const char *env_file; /* in place of .env; "": none */
    char *const *files;   /* may be none: Compose looks for its usual ones */
    size_t count;
    int timeout_ms; /* one run */
    const struct console *console;
};

struct engine_answer {
    struct buffer
        out;       /* the configuration, as JSON; it may hold secrets, and is wiped when freed */
    char *refusal; /* what Compose says where it does not take the files, without out; or NULL */
};

#define ENGINE_ANSWER_INIT                                                                         \
    {                                                                                              \
        BUFFER_INIT, NULL                                                                          \
    }

/*
 * Asks for the configuration that the files come to, `count` times at once: each time with other
 * variables of the environment (NAME=VALUE, NULL last). Fails with ERROR_NO_PROGRAM: there is no
 * Compose 2; ERROR_DEADLINE; ERROR_UNREADABLE: it crashed, or printed too much; ERROR_USAGE: the
 * command has too many words; ERROR_SIGNAL. The caller frees the answers in any case.
 */
bool engine_ask(const struct engine *engine, char *const *const *variables,
                struct engine_answer *answers, size_t count, struct error *error);

void engine_answer_free(struct engine_answer *answer);

#endif
