/*
 * A library to be preloaded: makes the N-th allocation or system call of a program fail, or kills
 * the program there. tests/torture/run and tests/crash/run use it.
 *
 *   TORTURE_AT=N        the call that fails, from 1 on; 0: none, calls are only counted
 *   TORTURE_MODE=M      0, 1, 2, …: with the first, second, third failure that fits the call; calls
 *                       without that many are not counted. stay: with the first one, and so do all
 *                       later calls of the same function. calls: the same as 0, but allocations
 *                       are not counted. kill: SIGKILL in place of the call, likewise. stop: nothing
 *                       fails, but before a temporary file gets its last name the program stops
 *                       itself (SIGSTOP)
 *   TORTURE_REPORT=F    what was done, appended: "failed FUNCTION FAILURE OBJECT" (what it was about,
 *                       see object_of()), and at the end of the program "ended CALLS DESCRIPTORS
 *                       CHILDREN LEAKED": calls counted, descriptors left open, children not waited
 *                       for, descriptors that a child was given
 *
 * Only the process that was started with it is meant: these variables and LD_PRELOAD are taken out
 * of the environment. A program that hangs is ended by SIGALRM after 20 s.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHORT       (-1) /* half of the bytes */
#define NONE        0    /* goes well */
#define DESCRIPTORS 256

#define KILL  (-2)
#define STAY  (-3)
#define CALLS (-4)
#define STOP  (-5)

static bool counting;
static long calls;
static long fail_at;
static int mode;
static const char *staying; /* the function whose calls go on failing */
static int staying_failure;
static char report[PATH_MAX];
static char functions[1024]; /* ",NAME,NAME," */
static bool there_before[DESCRIPTORS];
static int leaked;

/* ---- the report, by system calls that are not counted ---- */

static void tell(const char *format, ...)
{
    char line[256];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    long file =
        syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || length < 0)
        return;
    syscall(SYS_write, (int)file, line, (size_t)length);
    syscall(SYS_close, (int)file);
}

static bool is_open(int descriptor)
{
    return syscall(SYS_fcntl, descriptor, F_GETFD) >= 0;
}

static void tell_end(void)
{
    static bool reported;
    if (!counting || reported)
        return;
    reported = true;
    counting = false;
    int left = 0;
    for (int i = 0; i < DESCRIPTORS; i++)
        left += !there_before[i] && is_open(i);
    int status;
    bool children = syscall(SYS_wait4, -1, &status, WNOHANG | __WALL, NULL) >= 0;
    tell("ended %ld %d %d %d\n", calls, left, (int)children, leaked);
}

/* ---- what a call is about ---- */

/* A path, or a descriptor where there is none. */
struct object {
    const char *path;
    int file;
    int flags; /* those of open() */
};

#define NOTHING       ((struct object){"", -1, 0})
#define PATH(path)    ((struct object){path, -1, O_WRONLY})
#define FILE_OF(file) ((struct object){NULL, file, 0})

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t most = strlen(end);
    return length >= most && strcmp(text + length - most, end) == 0;
}

/*
 * "temporary": a temporary file that is written, or its name; "folder"; "gone": a file without a
 * name; "lock"; "pipe"; "stream": what the program was started with; "-": another one, or none.
 */
static const char *object_of(struct object object)
{
    char link[PATH_MAX] = "";
    if (!object.path) {
        char place[64];
        snprintf(place, sizeof place, "/proc/self/fd/%d", object.file);
        long length = syscall(SYS_readlinkat, AT_FDCWD, place, link, sizeof link - 1);
        link[length > 0 ? length : 0] = '\0';
        object.path = link;
        object.flags = (int)syscall(SYS_fcntl, object.file, F_GETFL);
    }
    if (object.file >= 0 && object.file < DESCRIPTORS && there_before[object.file])
        return "stream";
    if (object.flags & O_DIRECTORY)
        return "folder";
    if (ends_with(object.path, " (deleted)"))
        return "gone";
    if (ends_with(object.path, ".tmp"))
        return (object.flags & O_ACCMODE) == O_RDONLY ? "-" : "temporary";
    if (ends_with(object.path, ".lock"))
        return "lock";
    return strncmp(object.path, "pipe:", 5) == 0 ? "pipe" : "-";
}

/* ---- whether a call fails ---- */

static int which(const int *failures)
{
    int count = 0;
    while (failures[count] != NONE)
        count++;
    if (mode < 0)
        return failures[0];
    return mode < count ? failures[mode] : NONE;
}

static bool counts(const char *function)
{
    char name[64];
    snprintf(name, sizeof name, ",%s,", function);
    return !*functions || strstr(functions, name);
}

/* The failure of this call: an errno, SHORT or NONE. `failures` ends with NONE. */
static int failure_of(const char *function, bool allocates, struct object object,
                      const int *failures)
{
    if (!counting || mode == STOP)
        return NONE;
    if (staying && strcmp(staying, function) == 0) {
        tell("failed %s %d %s\n", function, staying_failure, object_of(object));
        return staying_failure;
    }
    int failure = counts(function) ? which(failures) : NONE;
    if (failure == NONE || (allocates && (mode == KILL || mode == CALLS)) || ++calls != fail_at)
        return NONE;
    tell("failed %s %d %s\n", function, failure, object_of(object));
    if (mode == KILL)
        syscall(SYS_kill, getpid(), SIGKILL);
    if (mode == STAY && failure != EINTR) {
        staying = function;
        staying_failure = failure;
    }
    return failure;
}

#define FAILURES(...) ((const int[]){__VA_ARGS__, NONE})

/* Fails an integer or pointer call that sets errno. */
#define FAIL(value, function, object, ...)                                                         \
    do {                                                                                           \
        int failure = failure_of(function, false, object, FAILURES(__VA_ARGS__));                  \
        if (failure != NONE) {                                                                     \
            errno = failure;                                                                       \
            return value;                                                                          \
        }                                                                                          \
    } while (0)

/* The next definition of a function. POSIX lets a data pointer hold one. */
#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

/* ---- allocations ---- */

static bool no_memory(const char *function)
{
    return failure_of(function, true, NOTHING, FAILURES(ENOMEM)) != NONE;
}

/* For what dlsym() itself may want before malloc() is found. */
static char early[4096] __attribute__((aligned(16)));
static size_t early_used;

static void *early_memory(size_t size)
{
    void *memory = early + early_used;
    early_used += (size + 15) & ~(size_t)15;
    if (early_used > sizeof early)
        _exit(99);
    return memory;
}

static bool is_early(const void *memory)
{
    return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

void *malloc(size_t size)
{
    static bool looking;
    static void *(*real)(size_t);
    if (!real) {
        if (looking)
            return early_memory(size);
        looking = true;
        *(void **)&real = dlsym(RTLD_NEXT, "malloc");
        looking = false;
    }
    if (no_memory("malloc")) {
        errno = ENOMEM;
        return NULL;
    }
    return real(size);
}

void *calloc(size_t count, size_t size)
{
    static bool looking;
    static void *(*real)(size_t, size_t);
    if (!real) {
        if (looking)
            return early_memory(count * size);
        looking = true;
        *(void **)&real = dlsym(RTLD_NEXT, "calloc");
        looking = false;
    }
    if (no_memory("calloc")) {
        errno = ENOMEM;
        return NULL;
    }
    return real(count, size);
}

void *realloc(void *memory, size_t size)
{
    REAL(realloc);
    if (no_memory("realloc")) {
        errno = ENOMEM;
        return NULL;
    }
    return real(memory, size);
}

void free(void *memory)
{
    REAL(free);
    if (!is_early(memory))
        real(memory);
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    REAL(realpath);
    FAIL(NULL, "realpath", NOTHING, EIO);
    return real(path, resolved);
}

/* PCRE2 asks for memory that can be executed. */
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset)
{
    REAL(mmap);
    FAIL(MAP_FAILED, "mmap", NOTHING, ENOMEM);
    return real(address, length, protection, flags, file, offset);
}

/* ---- files ---- */

static mode_t mode_argument(int flags, va_list values)
{
    return flags & O_CREAT ? (mode_t)va_arg(values, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    REAL(open);
    va_list values;
    va_start(values, flags);
    mode_t permissions = mode_argument(flags, values);
    va_end(values);
    FAIL(-1, "open", ((struct object){path, -1, flags}), flags & O_CREAT ? ENOSPC : EMFILE, EIO,
         EACCES);
    return real(path, flags, permissions);
}

/* What open() becomes in a fortified program. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

int openat(int folder, const char *path, int flags, ...)
{
    REAL(openat);
    va_list values;
    va_start(values, flags);
    mode_t permissions = mode_argument(flags, values);
    va_end(values);
    FAIL(-1, "openat", ((struct object){path, -1, flags}), EMFILE, EIO, EACCES);
    return real(folder, path, flags, permissions);
}

int __openat_2(int folder, const char *path, int flags);
int __openat_2(int folder, const char *path, int flags)
{
    return openat(folder, path, flags);
}

FILE *fopen(const char *restrict path, const char *restrict how)
{
    REAL(fopen);
    FAIL(NULL, "fopen", NOTHING, EMFILE, EIO);
    return real(path, how);
}

DIR *opendir(const char *path)
{
    REAL(opendir);
    FAIL(NULL, "opendir", NOTHING, EMFILE, EACCES);
    return real(path);
}

int closedir(DIR *folder)
{
    REAL(closedir);
    int failure = failure_of("closedir", false, NOTHING, FAILURES(EIO));
    int result = real(folder);
    if (failure == NONE)
        return result;
    errno = failure;
    return -1;
}

struct dirent *readdir(DIR *folder)
{
    REAL(readdir);
    FAIL(NULL, "readdir", NOTHING, EIO);
    return real(folder);
}

ssize_t read(int file, void *bytes, size_t size)
{
    REAL(read);
    int failure = failure_of("read", false, FILE_OF(file), FAILURES(EIO, EINTR, SHORT));
    if (failure == SHORT)
        return real(file, bytes, size > 1 ? 1 : size);
    if (failure != NONE) {
        errno = failure;
        return -1;
    }
    return real(file, bytes, size);
}

ssize_t __read_chk(int file, void *bytes, size_t size, size_t room);
ssize_t __read_chk(int file, void *bytes, size_t size, size_t room)
{
    if (size > room)
        abort();
    return read(file, bytes, size);
}

ssize_t write(int file, const void *bytes, size_t size)
{
    REAL(write);
    /* What cannot be told on stderr has nowhere else to go, but an interruption is no end. */
    int failure =
        file == STDERR_FILENO
            ? failure_of("story", false, FILE_OF(file), FAILURES(EINTR, SHORT))
            : failure_of("write", false, FILE_OF(file), FAILURES(ENOSPC, EINTR, SHORT, EIO));
    if (failure == SHORT)
        return real(file, bytes, size > 1 ? size / 2 : size);
    if (failure != NONE) {
        errno = failure;
        return -1;
    }
    return real(file, bytes, size);
}

size_t fwrite(const void *restrict bytes, size_t size, size_t count, FILE *restrict stream)
{
    REAL(fwrite);
    FAIL(0, "fwrite", NOTHING, EIO);
    return real(bytes, size, count, stream);
}

int puts(const char *text)
{
    REAL(puts);
    FAIL(EOF, "puts", NOTHING, EIO);
    return real(text);
}

int fflush(FILE *stream)
{
    REAL(fflush);
    FAIL(EOF, "fflush", NOTHING, EIO, ENOSPC);
    return real(stream);
}

/* A close that fails has closed all the same. */
int close(int file)
{
    REAL(close);
    int failure = failure_of("close", false, FILE_OF(file), FAILURES(EIO, EINTR));
    int result = real(file);
    if (failure == NONE)
        return result;
    errno = failure;
    return -1;
}

int fsync(int file)
{
    REAL(fsync);
    FAIL(-1, "fsync", FILE_OF(file), EIO, ENOSPC);
    return real(file);
}

int chmod(const char *path, mode_t permissions)
{
    REAL(chmod);
    FAIL(-1, "chmod", PATH(path), EPERM, EIO);
    return real(path, permissions);
}

int fchmod(int file, mode_t permissions)
{
    REAL(fchmod);
    FAIL(-1, "fchmod", FILE_OF(file), EPERM, EIO);
    return real(file, permissions);
}

int fchown(int file, uid_t user, gid_t group)
{
    REAL(fchown);
    FAIL(-1, "fchown", FILE_OF(file), EPERM, EIO);
    return real(file, user, group);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    if (counting && mode == STOP && !ends_with(to, ".tmp")) {
        counting = false;
        syscall(SYS_kill, getpid(), SIGSTOP);
    }
    FAIL(-1, "rename", PATH(from), EIO, ENOSPC, EACCES);
    return real(from, to);
}

int unlink(const char *path)
{
    REAL(unlink);
    FAIL(-1, "unlink", PATH(path), EIO, EACCES);
    return real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    REAL(unlinkat);
    FAIL(-1, "unlinkat", PATH(path), EIO, EACCES);
    return real(folder, path, flags);
}

int mkdir(const char *path, mode_t permissions)
{
    REAL(mkdir);
    FAIL(-1, "mkdir", PATH(path), ENOSPC, EACCES);
    return real(path, permissions);
}

struct passwd *getpwnam(const char *name)
{
    REAL(getpwnam);
    FAIL(NULL, "getpwnam", NOTHING, EIO);
    return real(name);
}

char *getcwd(char *path, size_t size)
{
    REAL(getcwd);
    FAIL(NULL, "getcwd", NOTHING, ENOENT, EACCES);
    return real(path, size);
}

int stat(const char *restrict path, struct stat *restrict status)
{
    REAL(stat);
    FAIL(-1, "stat", NOTHING, EIO, EACCES);
    return real(path, status);
}

int lstat(const char *restrict path, struct stat *restrict status)
{
    REAL(lstat);
    FAIL(-1, "lstat", NOTHING, EIO, EACCES);
    return real(path, status);
}

int fstat(int file, struct stat *status)
{
    REAL(fstat);
    FAIL(-1, "fstat", FILE_OF(file), EIO);
    return real(file, status);
}

int fstatat(int folder, const char *restrict path, struct stat *restrict status, int flags)
{
    REAL(fstatat);
    FAIL(-1, "fstatat", NOTHING, EIO);
    return real(folder, path, status, flags);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask,
          struct statx *restrict status)
{
    REAL(statx);
    FAIL(-1, "statx", NOTHING, ENOSYS, EACCES);
    return real(folder, path, flags, mask, status);
}

int access(const char *path, int wanted)
{
    REAL(access);
    FAIL(-1, "access", PATH(path), EIO, EACCES);
    return real(path, wanted);
}

int flock(int file, int operation)
{
    REAL(flock);
    /* It ends with the descriptor as well. */
    if (operation == LOCK_UN)
        return real(file, operation);
    FAIL(-1, "flock", FILE_OF(file), ENOLCK, EINTR);
    return real(file, operation);
}

int fcntl(int file, int command, ...)
{
    REAL(fcntl);
    va_list values;
    va_start(values, command);
    long argument = va_arg(values, long);
    va_end(values);
    FAIL(-1, "fcntl", FILE_OF(file), ENOMEM);
    return real(file, command, argument);
}

/* ---- processes ---- */

int pipe(int ends[2])
{
    REAL(pipe);
    FAIL(-1, "pipe", NOTHING, EMFILE, ENFILE);
    return real(ends);
}

int pipe2(int ends[2], int flags)
{
    REAL(pipe2);
    FAIL(-1, "pipe2", NOTHING, EMFILE, ENFILE);
    return real(ends, flags);
}

int poll(struct pollfd *waits, nfds_t count, int milliseconds)
{
    REAL(poll);
    FAIL(-1, "poll", NOTHING, EINTR, ENOMEM);
    return real(waits, count, milliseconds);
}

pid_t waitpid(pid_t child, int *status, int options)
{
    REAL(waitpid);
    FAIL(-1, "waitpid", NOTHING, EINTR);
    return real(child, status, options);
}

/* A signal that is refused was not sent. */
int kill(pid_t process, int number)
{
    REAL(kill);
    FAIL(-1, "kill", NOTHING, EPERM);
    return real(process, number);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limits)
{
    REAL(setrlimit);
    FAIL(-1, "setrlimit", NOTHING, EPERM);
    return real(resource, limits);
}

static void look_for_leaks(void)
{
    for (int i = 3; i < DESCRIPTORS; i++) {
        long flags = syscall(SYS_fcntl, i, F_GETFD);
        leaked += flags >= 0 && !(flags & FD_CLOEXEC) && !there_before[i];
    }
}

/* posix_spawn() and its relatives return the error. */
#define REFUSE(function, ...)                                                                      \
    do {                                                                                           \
        int failure = failure_of(function, false, NOTHING, FAILURES(__VA_ARGS__));                 \
        if (failure != NONE)                                                                       \
            return failure;                                                                        \
    } while (0)

int posix_spawn(pid_t *restrict child, const char *restrict path,
                const posix_spawn_file_actions_t *restrict actions,
                const posix_spawnattr_t *restrict attributes, char *const argv[restrict],
                char *const envp[restrict])
{
    REAL(posix_spawn);
    if (counting)
        look_for_leaks();
    REFUSE("posix_spawn", EAGAIN, ENOMEM);
    return real(child, path, actions, attributes, argv, envp);
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    REAL(posix_spawn_file_actions_init);
    REFUSE("posix_spawn_file_actions_init", ENOMEM);
    return real(actions);
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int file,
                                     const char *restrict path, int flags, mode_t permissions)
{
    REAL(posix_spawn_file_actions_addopen);
    REFUSE("posix_spawn_file_actions_addopen", ENOMEM);
    return real(actions, file, path, flags, permissions);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
    REAL(posix_spawn_file_actions_adddup2);
    REFUSE("posix_spawn_file_actions_adddup2", ENOMEM);
    return real(actions, from, to);
}

int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
    REAL(posix_spawnattr_init);
    REFUSE("posix_spawnattr_init", ENOMEM);
    return real(attributes);
}

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags)
{
    REAL(posix_spawnattr_setflags);
    REFUSE("posix_spawnattr_setflags", EINVAL);
    return real(attributes, flags);
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attributes, pid_t group)
{
    REAL(posix_spawnattr_setpgroup);
    REFUSE("posix_spawnattr_setpgroup", EINVAL);
    return real(attributes, group);
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attributes,
                                  const sigset_t *restrict set)
{
    REAL(posix_spawnattr_setsigdefault);
    REFUSE("posix_spawnattr_setsigdefault", EINVAL);
    return real(attributes, set);
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attributes, const sigset_t *restrict set)
{
    REAL(posix_spawnattr_setsigmask);
    REFUSE("posix_spawnattr_setsigmask", EINVAL);
    return real(attributes, set);
}

/* ---- beginning and end ---- */

void _exit(int status)
{
    tell_end();
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void begin(void)
{
    const char *wanted = setting("TORTURE_MODE");
    fail_at = atol(setting("TORTURE_AT"));
    mode = strcmp(wanted, "kill") == 0    ? KILL
           : strcmp(wanted, "stay") == 0  ? STAY
           : strcmp(wanted, "calls") == 0 ? CALLS
           : strcmp(wanted, "stop") == 0  ? STOP
                                          : atoi(wanted);
    snprintf(report, sizeof report, "%s", setting("TORTURE_REPORT"));
    if (*setting("TORTURE_FUNCTIONS"))
        snprintf(functions, sizeof functions, ",%s,", setting("TORTURE_FUNCTIONS"));
    if (!*report)
        return;
    unsetenv("TORTURE_AT");
    unsetenv("TORTURE_MODE");
    unsetenv("TORTURE_REPORT");
    unsetenv("TORTURE_FUNCTIONS");
    unsetenv("LD_PRELOAD");
    for (int i = 0; i < DESCRIPTORS; i++)
        there_before[i] = is_open(i);
    alarm(20);
    counting = true;
}

__attribute__((destructor)) static void end(void)
{
    tell_end();
}
