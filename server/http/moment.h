/*
 * moment.h - a generation of one database, as clients name it: in ?wait=, ?after= and the ids of a watch's events.
 *
 * Text      "42": of whatever database is served; "<epoch>:42": of that one alone. The epoch is the database's (36 characters),
 *           or the first eight of it, which every ETag shows
 * Threads   pure
 */
#ifndef CB_HTTP_MOMENT_H
#define CB_HTTP_MOMENT_H

#include "catalog/base/str.h"

#define CB_MOMENT_TEXT_MAX 64                      /* bytes of a text that is one, NUL included */
#define CB_MOMENT_GENERATION_MAX (INT64_C(1) << 53) /* what JSON's readers can tell apart */

struct cb_moment {
    cb_str epoch; /* borrowed; empty: any */
    int64_t generation;
};

/* False when TEXT is none. */
bool cb_moment_parse(struct cb_moment *out, cb_str text);
/* Is M of the database with this EPOCH (36 characters)? */
bool cb_moment_is_of(const struct cb_moment *m, const char *epoch);
/* "<epoch>:<generation>"; gives its length. */
size_t cb_moment_format(char out[CB_MOMENT_TEXT_MAX], const char *epoch, int64_t generation);

#endif
