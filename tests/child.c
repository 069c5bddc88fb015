/*
 * child: what the tests of process.c run. The first argument says what to do; each tells what only
 * a child can see, or misbehaves in a way that a shell script cannot do portably.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void touch(const char *format, const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, format);
    close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int count(const char *folder, const char *ending)
{
    int found = 0;
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name);
        found +=
            length > strlen(ending) && !strcmp(entry->d_name + length - strlen(ending), ending);
    }
    if (directory)
        closedir(directory);
    return found;
}

static void nap(void)
{
    nanosleep(&(struct timespec){0, 5000000}, NULL);
}

static void all_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

/* `total` bytes to each stream, a block to the one, a block to the other. 0: without end. */
static int flood(size_t total)
{
    char blocks[2][4096];
    memset(blocks[0], 'o', sizeof blocks[0]);
    memset(blocks[1], 'e', sizeof blocks[1]);
    for (size_t done = 0; !total || done < total; done += sizeof blocks[0]) {
        size_t size = total && total - done < sizeof blocks[0] ? total - done : sizeof blocks[0];
        for (int i = 0; i < 2; i++)
            for (size_t at = 0; at < size;) {
                ssize_t wrote = write(i + 1, blocks[i] + at, size - at);
                if (wrote < 0)
                    return 1;
                at += (size_t)wrote;
            }
    }
    return 0;
}

/* `total` bytes into a pipe that is made large enough to take them while nobody reads. */
static int large(size_t total)
{
#ifdef F_SETPIPE_SZ
    fcntl(1, F_SETPIPE_SZ, 1 << 20);
#endif
    for (size_t done = 0; done < total; done++)
        putchar('o');
    return fflush(stdout) == 0 ? 0 : 1;
}

/* Tells how many of its kind it saw at a time; the first ones meet before they go on. */
static int turn(const char *folder, const char *name, int meet)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.running", folder, name);
    touch(".running", folder, name);
    touch(".started", folder, name);
    int most = count(folder, ".running");
    for (int i = 0; i < 2 || count(folder, ".started") < meet; i++) {
        int now = count(folder, ".running");
        most = now > most ? now : most;
        nap();
    }
    printf("%s %d\n", name, most);
    unlink(path);
    return 0;
}

/* Waits for a signal and puts its number into FOLDER/NAME.got. */
static int await(const char *folder, const char *name)
{
    sigset_t set;
    int number;
    char path[4096];
    all_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    touch(".ready", folder, name);
    sigwait(&set, &number);
    snprintf(path, sizeof path, "%s/%s.got", folder, name);
    FILE *file = fopen(path, "w");
    fprintf(file, "%d", number);
    fclose(file);
    return 0;
}

static int see_signals(int ignored)
{
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (ignored ? sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN
                    : sigismember(&mask, number) == 1)
            printf("%d ", number);
    }
    return 0;
}

static int see_descriptors(void)
{
    for (int i = 0; i < 256; i++)
        if (fcntl(i, F_GETFD) >= 0)
            printf("%d ", i);
    return 0;
}

static int see_stdin(void)
{
    struct stat mine;
    struct stat null;
    char byte;
    fstat(0, &mine);
    stat("/dev/null", &null);
    printf("%zd %d", read(0, &byte, 1), mine.st_rdev == null.st_rdev && S_ISCHR(mine.st_mode));
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "arguments") == 0)
        for (int i = 0; i < argc; i++)
            printf("[%s]", argv[i]);
    else if (strcmp(what, "env") == 0)
        for (char **entry = environ; *entry; entry++)
            printf("[%s]", *entry);
    else if (strcmp(what, "descriptors") == 0)
        return see_descriptors();
    else if (strcmp(what, "blocked") == 0 || strcmp(what, "ignored") == 0)
        return see_signals(*what == 'i');
    else if (strcmp(what, "stdin") == 0)
        return see_stdin();
    else if (strcmp(what, "group") == 0)
        printf("%d", getpgrp() == getpid());
    else if (strcmp(what, "flood") == 0 && argc > 2)
        return flood((size_t)strtoul(argv[2], NULL, 10));
    else if (strcmp(what, "large") == 0 && argc > 2)
        return large((size_t)strtoul(argv[2], NULL, 10));
    else if (strcmp(what, "turn") == 0 && argc > 4)
        return turn(argv[2], argv[3], atoi(argv[4]));
    else if (strcmp(what, "await") == 0 && argc > 3)
        return await(argv[2], argv[3]);
    else if (strcmp(what, "deaf") == 0 && argc > 3) {
        sigset_t set;
        all_signals(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        touch(".ready", argv[2], argv[3]);
        printf("deaf\n");
        fflush(stdout);
        for (;;)
            pause();
    } else if (strcmp(what, "pause") == 0)
        for (;;)
            pause();
    else
        return 99;
    return 0;
}
