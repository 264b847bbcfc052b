/*
 * project.h - the fields parameter: chosen parts of an entity, cut out of its bytes.
 *
 * Paths     dotted; a part that is no key is joined with the next one ("metadata.annotations.example.com/a.b"), the
 *           shortest key first; case counts; missing ones are skipped; a number indexes an array, a name in one
 *           yields nothing
 * Health    "health" is no part of an entity: it is how the entity is, in a word (standing.h), behind all others
 * Output    keys in the order asked
 * Threads   one question: one at a time
 */
#ifndef CB_SEARCH_PROJECT_H
#define CB_SEARCH_PROJECT_H

#include "catalog/relate/snapshot.h"

#define CB_FIELD_MAX 100        /* fields of one question */
#define CB_FIELD_BYTES_MAX 4096 /* bytes of one */

struct cb_fields;

/* Comma lists (when SPLIT), repeated; CB_EINVAL for array brackets. NULL in OUT: the whole entity. */
enum cb_code cb_fields_parse(struct cb_fields **out, struct cb_arena *a, const cb_str *params,
                             size_t param_n, bool split, struct cb_err *err) CB_MUSTCHECK;
/* The chosen fields of a served entity, appended: reads only what it needs. */
void cb_fields_put(struct cb_buf *out, const struct cb_fields *f, const struct cb_snapshot *s,
                   cb_doc d);
/* Is health among them? It takes a look at all problems. */
bool cb_fields_health(const struct cb_fields *f);
/* The same of an entity's JSON (compact, valid), without its health. */
void cb_fields_cut(struct cb_buf *out, const struct cb_fields *f, cb_str json);

#endif
