/*
 * buf.h - growing bytes on the heap: for building output.
 *
 * Shape     always NUL-terminated behind its length once something was put
 * Errors    none: out of memory aborts
 * Threads   one thread at a time
 */
#ifndef CB_BASE_BUF_H
#define CB_BASE_BUF_H

#include <stdarg.h>

#include "catalog/base/str.h"

struct cb_buf {
    char *p;
    size_t n, cap;
};

#define CB_BUF_INIT ((struct cb_buf){0})

void cb_buf_fini(struct cb_buf *b);
void cb_buf_clear(struct cb_buf *b);
/* Room for N more bytes at the returned address; the caller adds to b->n what it wrote. */
char *cb_buf_reserve(struct cb_buf *b, size_t n);
void cb_buf_put(struct cb_buf *b, const void *p, size_t n);
void cb_buf_put_str(struct cb_buf *b, cb_str s);
void cb_buf_put_cstr(struct cb_buf *b, const char *s);
void cb_buf_put_char(struct cb_buf *b, char c);
void cb_buf_put_int(struct cb_buf *b, int64_t i); /* in decimal */
void cb_buf_printf(struct cb_buf *b, const char *fmt, ...) CB_PRINTF(2, 3);
/* S as a JSON string with its quotes; valid UTF-8 passes, each bad byte becomes U+FFFD. */
void cb_buf_put_json(struct cb_buf *b, cb_str s);
/* Base 128, low group first: what packed columns use. */
void cb_buf_put_varint(struct cb_buf *b, uint64_t v);
/* Read one; false when *REST ends inside it or it is longer than 64 bits. */
bool cb_varint_get(uint64_t *out, cb_str *rest);
/* The bytes so far, borrowed until the next put. */
cb_str cb_buf_str(const struct cb_buf *b);
/* The bytes so far, now owned by the caller (free()); B is empty afterwards. */
char *cb_buf_take(struct cb_buf *b, size_t *n);

#endif
