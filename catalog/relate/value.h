/*
 * value.h - the text of one value in one word: where it lies, how long it is, how to read it in lower case.
 *
 * Why       most values stand in the entity's body already: a pointer there costs no second copy
 * Order     by the lower-cased bytes, as PostgreSQL's collation "C" orders lower-cased values
 * Lifetime  points into a blob of the segment, or at an interned ref
 * Threads   pure
 */
#ifndef CB_RELATE_VALUE_H
#define CB_RELATE_VALUE_H

#include "catalog/base/arena.h"
#include "catalog/base/buf.h"

typedef uint64_t cb_value_text; /* 48 bits of address, 14 of length, 2 of form */

enum cb_value_form {
    CB_VALUE_PLAIN, /* lower case already */
    CB_VALUE_FOLD,  /* lower case differs in ASCII letters only */
    CB_VALUE_BOTH, /* elsewhere too: behind the text lie 4 bytes of length and the lower-case text */
    CB_VALUE_ESCAPED, /* as it stands in JSON; lower case differs in ASCII letters at most */
};

#define CB_VALUE_BYTES_MAX 16383 /* what the length has room for: more than CB_TERM_VALUE_MAX */

static inline cb_value_text cb_value_make(const char *p, size_t n, enum cb_value_form form)
{
    return ((uint64_t)(uintptr_t)p & UINT64_C(0xffffffffffff)) | (uint64_t)n << 48 |
           (uint64_t)form << 62;
}

static inline const char *cb_value_at(cb_value_text v)
{
    return (const char *)(uintptr_t)(v & UINT64_C(0xffffffffffff));
}

static inline size_t cb_value_n(cb_value_text v)
{
    return v >> 48 & 0x3fff;
}

static inline enum cb_value_form cb_value_form(cb_value_text v)
{
    return (enum cb_value_form)(v >> 62);
}

/* How S would be kept: PLAIN, FOLD or BOTH. */
enum cb_value_form cb_value_form_of(cb_str s);
/* As written; only an escaped one is unpacked into A. */
cb_str cb_value_text_of(cb_value_text v, struct cb_arena *a);
/* In lower case, borrowed from V where that is possible, else in SCRATCH (overwritten). */
cb_str cb_value_lower(cb_value_text v, struct cb_buf *scratch);
/* Eight bytes in lower case from the SKIPth on, as a number that orders as they do; 0 bytes behind the end. */
uint64_t cb_value_prefix(cb_value_text v, size_t skip);
/* By lower-case bytes: negative, 0, positive. */
int cb_value_cmp(cb_value_text x, cb_value_text y);
/* The same, equal ones by the bytes as written: 0 only for the same text. */
int cb_value_cmp_exact(cb_value_text x, cb_value_text y);
/* Of two different texts: the same in lower case? Mostly told without reading them. */
bool cb_value_same(cb_value_text x, cb_value_text y);
/* Against a text that is in lower case. */
int cb_value_cmp_str(cb_value_text x, cb_str lower);
/* As written, the same bytes? */
bool cb_value_is(cb_value_text x, cb_str text);
bool cb_value_starts(cb_value_text x, cb_str lower);

/* A text in lower case that is looked for in many values. */
struct cb_needle {
    cb_str text;
    uint8_t step[256]; /* by the byte under the needle's end: how far the needle may move on */
};

void cb_needle_init(struct cb_needle *n, cb_str lower);
/* Is it somewhere in X, in lower case? */
bool cb_value_contains(cb_value_text x, const struct cb_needle *n, struct cb_buf *scratch);

#endif
