/* Blocks that double up to a bound, and the one way out of a template that failed. */
#include "plugins/templates/heap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/templates/limit.h"

#define BLOCK_MIN 16384
#define BLOCK_MAX (1024 * 1024)
#define ALIGN 16
#define WORK_STEP 256 /* steps between two looks at the clock: a single one may compare texts of many MB */

struct tpl_block {
    struct tpl_block *next;
    size_t n; /* bytes behind the head */
};

static char *bytes_of(struct tpl_block *b)
{
    return (char *)b + ((sizeof(*b) + ALIGN - 1) & ~(size_t)(ALIGN - 1));
}

void tpl_heap_init(struct tpl_heap *h, size_t max)
{
    memset(h, 0, sizeof(*h));
    h->max = max;
}

static void release(struct tpl_block *b)
{
    while (b) {
        struct tpl_block *next = b->next;

        free(b);
        b = next;
    }
}

void tpl_heap_fini(struct tpl_heap *h)
{
    release(h->first);
    h->first = NULL;
    h->cur = h->end = NULL;
    h->used = 0;
}

void tpl_heap_reset(struct tpl_heap *h)
{
    h->work = 0;
    h->cpu_ms = h->wall_ms = 0;
    if (h->first && h->first->n > BLOCK_MAX) { /* a big one is not kept */
        tpl_heap_fini(h);
        return;
    }
    if (h->first) {
        release(h->first->next);
        h->first->next = NULL;
        h->cur = bytes_of(h->first);
        h->end = h->cur + h->first->n;
        h->used = h->first->n;
    }
}

static void more(struct tpl_heap *h, size_t n)
{
    size_t size = h->first ? h->first->n * 2 : BLOCK_MIN;
    struct tpl_block *b;

    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (n > h->max || h->used > h->max - n)
        tpl_fail(h, CALLBOARD_ELIMIT, "its values take more than %zu MiB of memory", h->max >> 20);
    if (size > h->max - h->used)
        size = h->max - h->used;
    if (size < n + ALIGN)
        size = n + ALIGN;
    if (!(b = malloc(sizeof(*b) + ALIGN + size)))
        abort();
    b->next = h->first;
    b->n = size;
    h->first = b;
    h->cur = bytes_of(b);
    h->end = h->cur + size;
    h->used += size;
}

void *tpl_take(struct tpl_heap *h, size_t n)
{
    char *p = (char *)(((uintptr_t)h->cur + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1));

    if (!h->cur || p > h->end || n > (size_t)(h->end - p)) {
        more(h, n);
        p = h->cur;
    }
    h->cur = p + n;
    return p;
}

void *tpl_take_n(struct tpl_heap *h, size_t n, size_t size)
{
    void *p;

    if (n > h->max / size)
        tpl_fail(h, CALLBOARD_ELIMIT, "its values take more than %zu MiB of memory", h->max >> 20);
    p = tpl_take(h, n * size);
    memset(p, 0, n * size);
    return p;
}

char *tpl_take_bytes(struct tpl_heap *h, size_t n)
{
    char *p = h->cur;

    if (!p || n > (size_t)(h->end - p)) {
        more(h, n);
        p = h->cur;
    }
    h->cur = p + n;
    return p;
}

bool tpl_stretch(struct tpl_heap *h, const char *p, size_t n, size_t wanted)
{
    if (!h->cur || p + n != h->cur || wanted > (size_t)(h->end - h->cur))
        return false;
    h->cur += wanted;
    return true;
}

static _Noreturn void leave(struct tpl_heap *h, int code, size_t at, const char *format, va_list args)
{
    h->error.code = code;
    h->error.at = at;
    vsnprintf(h->error.text, sizeof(h->error.text), format, args);
    longjmp(*h->out, 1);
}

void tpl_fail(struct tpl_heap *h, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    leave(h, code, h->at, format, args);
}

void tpl_fail_at(struct tpl_heap *h, size_t at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    leave(h, CALLBOARD_EINVAL, at, format, args);
}

static int64_t now_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

/* By this thread's own time, so that a machine with much to do makes no template fail; by the clock only where the call would be given up. */
static void check_time(struct tpl_heap *h)
{
    int64_t cpu = now_ms(CLOCK_THREAD_CPUTIME_ID), wall = now_ms(CLOCK_MONOTONIC);

    if (!h->cpu_ms) {
        h->cpu_ms = cpu;
        h->wall_ms = wall;
    } else if (cpu - h->cpu_ms > TPL_CPU_MS || wall - h->wall_ms > TPL_WALL_MS) {
        tpl_fail(h, CALLBOARD_ELIMIT, "it computes for more than %d s", (cpu - h->cpu_ms > TPL_CPU_MS ? TPL_CPU_MS : TPL_WALL_MS) / 1000);
    }
}

void tpl_work(struct tpl_heap *h, size_t n)
{
    if (n > TPL_WORK_MAX || h->work > TPL_WORK_MAX - n)
        tpl_fail(h, CALLBOARD_ELIMIT, "it takes more than %d steps", TPL_WORK_MAX);
    if ((h->work + n) / WORK_STEP != h->work / WORK_STEP)
        check_time(h);
    h->work += n;
}
