#include "calllog.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"

static bool is_plain(const char *argument)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    return *argument && strspn(argument, plain) == strlen(argument);
}

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7f;
}

static bool has_control(const char *argument)
{
    for (; *argument; argument++)
        if (is_control(*argument))
            return true;
    return false;
}

/* `'…'`, or `$'…'` where control characters have to be escaped to stay on one line. */
static void quote(struct buffer *line, const char *argument)
{
    bool escapes = has_control(argument);
    buffer_add_text(line, escapes ? "$'" : "'");
    for (; *argument; argument++) {
        if (is_control(*argument))
            buffer_add_format(line, "\\%03o", (unsigned)(unsigned char)*argument);
        else if (*argument == '\'')
            buffer_add_text(line, escapes ? "\\'" : "'\\''");
        else if (*argument == '\\' && escapes)
            buffer_add_text(line, "\\\\");
        else
            buffer_add_byte(line, *argument);
    }
    buffer_add_byte(line, '\'');
}

bool calllog_append(struct arena *arena, const char *path, int argc, char **argv)
{
    struct buffer line = {.arena = arena};
    for (int i = 1; i < argc; i++) {
        buffer_add_text(&line, i == 1 ? "" : " ");
        if (is_plain(argv[i]))
            buffer_add_text(&line, argv[i]);
        else
            quote(&line, argv[i]);
    }
    buffer_add_byte(&line, '\n');
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    /* In one piece: other calls append at the same time. */
    bool written = write(fd, line.data, line.length) == (ssize_t)line.length;
    return close(fd) == 0 && written;
}
