/*
 * str.h - a borrowed slice of bytes: pointer and length, passed by copy.
 *
 * Shape     not NUL-terminated unless the giver says so; a NULL pointer only with length 0
 * Lifetime  borrows from whoever made it (arena, literal, snapshot)
 * Threads   pure; call from anywhere
 */
#ifndef CB_BASE_STR_H
#define CB_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CB_MUSTCHECK __attribute__((warn_unused_result))
#define CB_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define CB_COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct cb_str {
    const char *p;
    size_t n;
} cb_str;

/* For formats: printf("%" CB_FMT, CB_ARG(s)). */
#define CB_FMT ".*s"
#define CB_ARG(s) (int)(s).n, (s).p ? (s).p : ""
#define CB_LIT(literal) ((cb_str){"" literal, sizeof(literal) - 1})

static inline cb_str cb_str_make(const char *p, size_t n)
{
    return (cb_str){p, n};
}

/* The slice of a NUL-terminated text; NULL gives the empty slice. */
static inline cb_str cb_str_cstr(const char *text)
{
    return (cb_str){text, text ? strlen(text) : 0};
}

static inline bool cb_str_eq(cb_str a, cb_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Order of bytes, then of length: what PostgreSQL calls collation "C". */
int cb_str_cmp(cb_str a, cb_str b);
/* Equal when ASCII letters are folded. */
bool cb_str_eq_nocase(cb_str a, cb_str b);
bool cb_str_starts(cb_str s, cb_str prefix);
bool cb_str_ends(cb_str s, cb_str suffix);
/* Index of the first C at or after FROM; SIZE_MAX when there is none. */
size_t cb_str_find_char(cb_str s, char c, size_t from);
/* Index of the first NEEDLE in S; SIZE_MAX when there is none; 0 for an empty needle. */
size_t cb_str_find(cb_str s, cb_str needle);
/* FROM up to, not including, TO; both are cut to the length of S. */
cb_str cb_str_sub(cb_str s, size_t from, size_t to);
/* Without ASCII white space (space, tab, CR, LF, FF, VT) at both ends. */
cb_str cb_str_trim(cb_str s);
/*
 * Take the part of *REST before the first SEP into OUT and move *REST behind it; false when *REST
 * was used up. "a,,b" gives "a", "", "b"; the empty text gives one empty part.
 */
bool cb_str_split(cb_str *out, cb_str *rest, char sep);
/* Whole text as a decimal in [MIN, MAX]; false otherwise (empty, sign only, overflow, tail). */
bool cb_str_to_int(int64_t *out, cb_str s, int64_t min, int64_t max);
bool cb_str_is_utf8(cb_str s);
/* Bytes (1 to 4) of the well-formed UTF-8 character at AT; 0 when there is none. */
size_t cb_str_utf8_at(cb_str s, size_t at);
/* The longest start of S of at most MAX bytes that does not cut a character. */
cb_str cb_str_cut(cb_str s, size_t max);

#endif
