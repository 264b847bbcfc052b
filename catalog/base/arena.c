#include "catalog/base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16 /* bytes nobody may touch behind each piece */
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define RED_ZONE 0
#endif

#define ALIGN 16
#define FIRST_BYTES 4064    /* of the first block: a page with its heads */
#define BLOCK_MAX (1 << 20) /* blocks double up to here */
#define LINE_BYTES 256      /* what a printf is tried in first */

struct block {
    struct block *next; /* older */
    size_t cap, used;
    char data[] __attribute__((aligned(ALIGN)));
};

struct deferred {
    struct deferred *next; /* older */
    void (*fn)(void *arg);
    void *arg;
};

struct cb_arena {
    struct block *top;
    struct deferred *deferred;
    size_t next_bytes, used;
};

static struct block *block_new(struct block *next, size_t bytes)
{
    struct block *b = malloc(sizeof(*b) + bytes);

    if (!b)
        abort();
    *b = (struct block){.next = next, .cap = bytes};
    ASAN_POISON_MEMORY_REGION(b->data, bytes);
    return b;
}

static void block_free(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->cap);
    free(b);
}

struct cb_arena *cb_arena_new(void)
{
    struct cb_arena *a = malloc(sizeof(*a));

    if (!a)
        abort();
    *a = (struct cb_arena){.top = block_new(NULL, FIRST_BYTES), .next_bytes = FIRST_BYTES * 2};
    return a;
}

static void run_deferred(struct cb_arena *a)
{
    while (a->deferred) {
        struct deferred d = *a->deferred;

        a->deferred = d.next;
        d.fn(d.arg);
    }
}

void cb_arena_free(struct cb_arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    while (a->top) {
        struct block *next = a->top->next;

        block_free(a->top);
        a->top = next;
    }
    free(a);
}

void cb_arena_reset(struct cb_arena *a)
{
    struct block *keep;

    run_deferred(a);
    keep = a->top;
    while (keep->cap > BLOCK_MAX && keep->next)
        keep = keep->next;
    for (struct block *b = a->top, *next; b; b = next) {
        next = b->next;
        if (b != keep)
            block_free(b);
    }
    keep->next = NULL;
    a->top = keep;
    ASAN_POISON_MEMORY_REGION(a->top->data, a->top->cap);
    a->top->used = 0;
    a->used = 0;
    a->next_bytes = keep->cap * 2 < BLOCK_MAX ? keep->cap * 2 : BLOCK_MAX;
}

/* A piece that the top block has no room for: a new top, or a block of its own below the top. */
static void *alloc_slow(struct cb_arena *a, size_t bytes)
{
    struct block *b;

    if (bytes > a->next_bytes / 4) {
        b = block_new(a->top->next, bytes);
        a->top->next = b;
    } else {
        b = block_new(a->top, a->next_bytes);
        a->top = b;
        if (a->next_bytes < BLOCK_MAX)
            a->next_bytes *= 2;
    }
    b->used = bytes;
    return b->data;
}

void *cb_arena_alloc(struct cb_arena *a, size_t bytes)
{
    size_t take;
    void *p;

    if (bytes > SIZE_MAX / 2)
        abort();
    take = ((bytes ? bytes : 1) + RED_ZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (take <= a->top->cap - a->top->used) {
        p = a->top->data + a->top->used;
        a->top->used += take;
    } else {
        p = alloc_slow(a, take);
    }
    a->used += bytes;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return p;
}

void *cb_arena_zalloc(struct cb_arena *a, size_t bytes)
{
    return memset(cb_arena_alloc(a, bytes), 0, bytes);
}

char *cb_arena_dup(struct cb_arena *a, const void *p, size_t n)
{
    char *copy = cb_arena_alloc(a, n + 1);

    if (n > 0)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}

cb_str cb_arena_str(struct cb_arena *a, cb_str s)
{
    return (cb_str){cb_arena_dup(a, s.p, s.n), s.n};
}

cb_str cb_arena_vprintf(struct cb_arena *a, const char *fmt, va_list ap)
{
    char line[LINE_BYTES];
    va_list again;
    char *p;
    int n;

    va_copy(again, ap);
    n = vsnprintf(line, sizeof(line), fmt, ap);
    if (n < 0)
        abort();
    if ((size_t)n < sizeof(line)) {
        p = cb_arena_dup(a, line, (size_t)n);
    } else {
        p = cb_arena_alloc(a, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return (cb_str){p, (size_t)n};
}

cb_str cb_arena_printf(struct cb_arena *a, const char *fmt, ...)
{
    va_list ap;
    cb_str s;

    va_start(ap, fmt);
    s = cb_arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

/* Lower-case S into TO, which has room for two bytes per byte of S; bytes that are no UTF-8 stay. */
static size_t lower_into(char *to, cb_str s)
{
    size_t n = 0, i = 0;

    while (i < s.n) {
        size_t step = cb_str_utf8_at(s, i);
        utf8proc_int32_t c;

        if (step <= 1) {
            to[n++] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i]);
            i++;
            continue;
        }
        utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)step, &c);
        n += (size_t)utf8proc_encode_char(utf8proc_tolower(c), (utf8proc_uint8_t *)to + n);
        i += step;
    }
    return n;
}

cb_str cb_arena_lower(struct cb_arena *a, cb_str s)
{
    bool ascii = true, upper = false;
    char *to;
    size_t n;

    for (size_t i = 0; i < s.n; i++) {
        upper |= s.p[i] >= 'A' && s.p[i] <= 'Z';
        ascii &= (unsigned char)s.p[i] < 0x80;
    }
    if (ascii && !upper)
        return s;
    /* A two-byte character may become three bytes long (U+023A), none more than doubles. */
    to = cb_arena_alloc(a, (ascii ? s.n : s.n * 2) + 1);
    n = lower_into(to, s);
    to[n] = '\0';
    return n == s.n && memcmp(to, s.p, n) == 0 ? s : (cb_str){to, n};
}

void cb_arena_defer(struct cb_arena *a, void (*fn)(void *arg), void *arg)
{
    struct deferred *d = CB_NEW(a, struct deferred);

    *d = (struct deferred){.next = a->deferred, .fn = fn, .arg = arg};
    a->deferred = d;
}

size_t cb_arena_used(const struct cb_arena *a)
{
    return a->used;
}
