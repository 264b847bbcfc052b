#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[256];
static pid_t owner;

static void remove_it(void)
{
    char command[600];

    if (getpid() != owner) /* a forked test */
        return;
    snprintf(command, sizeof(command), "chmod -R u+rwx '%s' 2>/dev/null; rm -rf '%s'", dir, dir);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", dir);
}

const char *cb_scratch(void)
{
    const char *tmp = getenv("TMPDIR");

    if (!dir[0]) {
        snprintf(dir, sizeof(dir), "%s/callboard-test-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(dir)) {
            perror(dir);
            exit(99);
        }
        owner = getpid();
        atexit(remove_it);
    }
    return dir;
}

int cb_scratch_sh(const char *fmt, ...)
{
    char command[8192];
    va_list ap;
    int n = snprintf(command, sizeof(command), "cd '%s' && { ", cb_scratch());

    va_start(ap, fmt);
    n += vsnprintf(command + n, sizeof(command) - (size_t)n, fmt, ap);
    va_end(ap);
    snprintf(command + n, sizeof(command) - (size_t)n, "\n} >/dev/null");
    return system(command);
}

static const char *join(const char *folder, const char *name)
{
    static char paths[4][1024];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

const char *cb_scratch_path(const char *name)
{
    return join(cb_scratch(), name);
}

const char *cb_scratch_source(const char *name)
{
    return join(getenv("top_srcdir") ? getenv("top_srcdir") : ".", name);
}
