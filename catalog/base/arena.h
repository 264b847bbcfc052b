/*
 * arena.h - memory with one lifetime: a request, a pass, a call. Nothing in it is freed alone.
 *
 * Limits    none of its own: callers check the size of what a stranger sent before they ask
 * Errors    none: out of memory aborts
 * Threads   one thread at a time
 */
#ifndef CB_BASE_ARENA_H
#define CB_BASE_ARENA_H

#include <stdarg.h>

#include "catalog/base/str.h"

struct cb_arena;

struct cb_arena *cb_arena_new(void);
/* Accepts NULL. */
void cb_arena_free(struct cb_arena *a);
/* Forget all that was given out, keep one block, of a megabyte at most, for the next use. */
void cb_arena_reset(struct cb_arena *a);
/* Uninitialised, aligned for any type, never NULL; 0 bytes give a unique pointer. */
void *cb_arena_alloc(struct cb_arena *a, size_t bytes);
void *cb_arena_zalloc(struct cb_arena *a, size_t bytes);
/* Copy with a NUL behind it. */
char *cb_arena_dup(struct cb_arena *a, const void *p, size_t n);
/* The same as a slice; the NUL is not counted. */
cb_str cb_arena_str(struct cb_arena *a, cb_str s);
cb_str cb_arena_printf(struct cb_arena *a, const char *fmt, ...) CB_PRINTF(2, 3);
cb_str cb_arena_vprintf(struct cb_arena *a, const char *fmt, va_list ap) CB_PRINTF(2, 0);
/* ASCII and Unicode simple lower-casing of UTF-8 (utf8proc); returns S itself when nothing changes. */
cb_str cb_arena_lower(struct cb_arena *a, cb_str s);
/* Run FN(ARG) when the arena is freed or reset, newest first. */
void cb_arena_defer(struct cb_arena *a, void (*fn)(void *arg), void *arg);
/* Bytes given out since the last reset: for limits and metrics. */
size_t cb_arena_used(const struct cb_arena *a);

#define CB_NEW(a, type) ((type *)cb_arena_zalloc((a), sizeof(type)))
#define CB_NEW_N(a, type, n) ((type *)cb_arena_zalloc((a), sizeof(type) * (n)))

#endif
