#include "catalog/base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/base/clock.h"

static const char *const names[] = {"debug", "info", "warn", "error"};
static _Atomic int least_level = CB_LOG_INFO;
static _Atomic int log_fd = 2;

void cb_log_set_level(enum cb_log_level least)
{
    least_level = (int)least;
}

bool cb_log_level_parse(enum cb_log_level *out, cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(names); i++) {
        if (cb_str_eq(name, cb_str_cstr(names[i]))) {
            *out = (enum cb_log_level)i;
            return true;
        }
    }
    return false;
}

void cb_log_set_fd(int fd)
{
    log_fd = fd;
}

/* One event is one line, whatever its facts hold. */
static void flatten(char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
}

static void write_line(const char *line, size_t n)
{
    ssize_t wrote;

    do
        wrote = write(log_fd, line, n);
    while (wrote < 0 && errno == EINTR);
}

void cb_log_write(const char *lines, size_t n)
{
    ssize_t wrote;

    while (n) {
        wrote = write(log_fd, lines, n);
        if (wrote < 0 && errno != EINTR)
            return;
        if (wrote > 0) {
            lines += wrote;
            n -= (size_t)wrote;
        }
    }
}

void cb_log(enum cb_log_level level, const char *event, const char *fmt, ...)
{
    char line[CB_LOG_LINE_MAX + 8], at[32];
    size_t n;
    va_list ap;
    int put;

    if ((int)level < least_level)
        return;
    cb_clock_format(at, cb_clock_now_us());
    put = snprintf(line, sizeof(line), "%s %s %s ", at, names[level], event);
    n = put < 0 ? 0 : (size_t)put;
    if (n < sizeof(line)) {
        va_start(ap, fmt);
        put = vsnprintf(line + n, sizeof(line) - n, fmt, ap);
        va_end(ap);
        n += put < 0 ? 0 : (size_t)put;
    }
    if (n > CB_LOG_LINE_MAX - 1) {
        n = cb_str_cut((cb_str){line, sizeof(line) - 1}, CB_LOG_LINE_MAX - 4).n;
        memcpy(line + n, "...", 3);
        n += 3;
    } else if (line[n - 1] == ' ') {
        n--;
    }
    flatten(line, n);
    line[n] = '\n';
    write_line(line, n + 1);
}

static bool is_plain(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\')
            return false;
    return s.n > 0 && cb_str_is_utf8(s);
}

const char *cb_log_quote(struct cb_arena *a, cb_str s, size_t max)
{
    cb_str cut = cb_str_cut(s, max);
    struct cb_buf b = CB_BUF_INIT;
    const char *quoted;

    if (cut.n == s.n && is_plain(s))
        return cb_arena_dup(a, s.p, s.n);
    cb_buf_put_char(&b, '"');
    for (size_t i = 0, step; i < cut.n; i += step) {
        char c = cut.p[i];

        step = cb_str_utf8_at(cut, i);
        if (c == '"' || c == '\\')
            cb_buf_put(&b, (char[]){'\\', c}, 2);
        else if (c == '\n')
            cb_buf_put(&b, "\\n", 2);
        else if (step == 0 || (step == 1 && ((unsigned char)c < 0x20 || c == 0x7f)))
            cb_buf_printf(&b, "\\x%02x", (unsigned)(unsigned char)c);
        else
            cb_buf_put(&b, cut.p + i, step);
        if (step == 0)
            step = 1;
    }
    cb_buf_put_cstr(&b, cut.n < s.n ? "...\"" : "\"");
    quoted = cb_arena_dup(a, b.p, b.n);
    cb_buf_fini(&b);
    return quoted;
}
