#include "config.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static bool all_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

START_TEST(allocations_are_zeroed)
{
    char *memory = mem_alloc(1000);
    ck_assert(all_zero(memory, 1000));
    free(memory);
    memory = mem_array(100, 10);
    ck_assert(all_zero(memory, 1000));
    free(memory);
    /* Nothing is something to free. */
    memory = mem_alloc(0);
    ck_assert_ptr_nonnull(memory);
    free(memory);
    memory = mem_array(0, 10);
    ck_assert_ptr_nonnull(memory);
    memory = mem_grow(memory, 0, 10);
    ck_assert_ptr_nonnull(memory);
    memory = mem_grow(memory, 3, 2);
    memcpy(memory, "abcde", 6);
    memory = mem_grow(memory, 1000, 2);
    ck_assert_str_eq(memory, "abcde");
    free(memory);
}
END_TEST

START_TEST(copies)
{
    ck_assert_ptr_null(mem_copy(NULL));
    char *copy = mem_copy("abc");
    ck_assert_str_eq(copy, "abc");
    free(copy);
    copy = mem_copy_n("abcdef", 3);
    ck_assert_str_eq(copy, "abc");
    free(copy);
    copy = mem_copy_n(NULL, 0);
    ck_assert_str_eq(copy, "");
    free(copy);
    copy = mem_format("%s-%d-%5s", "a", 7, "x");
    ck_assert_str_eq(copy, "a-7-    x");
    free(copy);
    char big[5000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    copy = mem_format("%s%s", big, big);
    ck_assert_uint_eq(strlen(copy), 2 * (sizeof big - 1));
    free(copy);
}
END_TEST

START_TEST(buffers)
{
    struct buffer buffer = BUFFER_INIT;
    ck_assert_str_eq(buffer_text(&buffer), "");
    buffer_add_text(&buffer, "abc");
    buffer_add(&buffer, "\0def", 4);
    ck_assert_uint_eq(buffer.length, 7);
    ck_assert_mem_eq(buffer.data, "abc\0def", 8);
    buffer_add_format(&buffer, "<%d>", 42);
    ck_assert_mem_eq(buffer.data, "abc\0def<42>", 12);
    buffer_add(&buffer, NULL, 0);
    ck_assert_uint_eq(buffer.length, 11);
    memcpy(buffer_reserve(&buffer, 2), "xy", 2);
    ck_assert_uint_eq(buffer.length, 11);
    buffer.length += 2;
    buffer_add_text(&buffer, "z");
    ck_assert_mem_eq(buffer.data, "abc\0def<42>xyz", 15);
    char *taken = buffer_take(&buffer);
    ck_assert_mem_eq(taken, "abc\0def<42>xyz", 15);
    free(taken);
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.length, 0);
    taken = buffer_take(&buffer);
    ck_assert_str_eq(taken, "");
    free(taken);
    buffer_free(&buffer);
    buffer_free(&buffer);
}
END_TEST

/* At every length, also where the room runs out just then. */
START_TEST(buffers_grow)
{
    struct buffer buffer = BUFFER_INIT;
    for (size_t i = 0; i < 3000; i++) {
        buffer_add(&buffer, "x", 1);
        ck_assert_uint_eq(buffer.length, i + 1);
        ck_assert_uint_gt(buffer.capacity, buffer.length);
        ck_assert_int_eq(buffer.data[i + 1], '\0');
    }
    ck_assert_uint_eq(strspn(buffer.data, "x"), 3000);
    buffer.length = 3;
    buffer.data[3] = '\0';
    buffer_reserve(&buffer, 100000);
    ck_assert_str_eq(buffer_text(&buffer), "xxx");
    buffer_free(&buffer);
    buffer_reserve(&buffer, 0);
    ck_assert_str_eq(buffer_text(&buffer), "");
    buffer_free(&buffer);
    static char large[1 << 20];
    memset(large, 'y', sizeof large - 1);
    buffer_add_text(&buffer, large);
    buffer_add_format(&buffer, "%s", large);
    ck_assert_uint_eq(strspn(buffer.data, "y"), 2 * (sizeof large - 1));
    buffer_free(&buffer);
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.capacity, 0);
}
END_TEST

START_TEST(wiping)
{
    char secret[] = "AVNS_secret";
    mem_wipe(secret + 1, 4);
    ck_assert_mem_eq(secret, "A\0\0\0\0secret", 12);
    mem_wipe(secret, 0);
    ck_assert_int_eq(secret[0], 'A');
    mem_wipe(NULL, 0);
    mem_free_secret(NULL);
    mem_free_secret(mem_copy("x"));
}
END_TEST

/* ---- the end ---- */

static void last_words(void)
{
    ssize_t ignored = write(STDERR_FILENO, "last ", 5);
    (void)ignored;
}

static void first_words(void)
{
    ssize_t ignored = write(STDERR_FILENO, "first ", 6);
    (void)ignored;
}

static void exhaust(void *how)
{
    int which = *(int *)how;
    pid_t pid = fork();
    if (pid == 0) {
        struct buffer buffer = BUFFER_INIT;
        mem_at_exhaustion(last_words);
        mem_at_exhaustion(first_words);
        mem_at_exhaustion(first_words);
        buffer_add_text(&buffer, "abc");
        if (which == 0)
            mem_array(SIZE_MAX / 2 + 2, 2);
        else if (which == 1)
            free(mem_grow(NULL, SIZE_MAX / 2 + 2, 2));
        else if (which == 2)
            buffer_reserve(&buffer, SIZE_MAX - 2);
        else
            mem_exhausted();
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 6);
}

/* The cleaning up runs, the last one first, each once; then one line, and exit status 6. */
START_TEST(out_of_memory)
{
    char *said = unit_stderr(exhaust, &_i);
    ck_assert_msg(strncmp(said, "first last ", 11) == 0, "%s", said);
    ck_assert_ptr_nonnull(strstr(said, "out of memory"));
    ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = unit_case(suite, "memory");
    tcase_add_test(tests, allocations_are_zeroed);
    tcase_add_test(tests, copies);
    tcase_add_test(tests, buffers);
    tcase_add_test(tests, buffers_grow);
    tcase_add_test(tests, wiping);
    tcase_add_loop_test(tests, out_of_memory, 0, 4);
    return unit_run(suite);
}
