/*
 * intern.h - process-wide ids for texts that many segments share: refs of entities, keys of terms.
 *
 * Shape     id 0, 1, 2 ... in order of arrival; a text keeps its id for the life of the table
 * Lifetime  texts are copied and never freed alone; ids of entities that are gone stay (some 60 bytes each)
 * Hash      keyed with random bytes: a stranger cannot choose collisions
 * Threads   find, text and plain: any, without a lock, beside one put; put takes a lock
 */
#ifndef CB_RELATE_INTERN_H
#define CB_RELATE_INTERN_H

#include "catalog/base/str.h"

struct cb_intern;

#define CB_INTERN_NONE UINT32_MAX

struct cb_intern *cb_intern_new(void);
void cb_intern_free(struct cb_intern *t); /* accepts NULL */
uint32_t cb_intern_put(struct cb_intern *t, cb_str text);
/* CB_INTERN_NONE when it was never put. */
uint32_t cb_intern_find(const struct cb_intern *t, cb_str text);
cb_str cb_intern_text(const struct cb_intern *t, uint32_t id);
/* The text stands in JSON as it is: nothing in it is escaped. */
bool cb_intern_plain(const struct cb_intern *t, uint32_t id);
/* Bring what text(ID) reads into the cache: first the entry, then, asked again a little later, the text. */
void cb_intern_prefetch(const struct cb_intern *t, uint32_t id, bool text);
uint32_t cb_intern_n(const struct cb_intern *t);
size_t cb_intern_bytes(const struct cb_intern *t);
/* The table's keyed hash, for other tables over the same kind of text. */
uint64_t cb_intern_hash(const struct cb_intern *t, cb_str text);

#endif
