/*
 * term.h - what filters, facets, ordering and text search see of an entity: keys and values.
 *
 * Rows      as Backstage's search table (reference: catalog API, "Search index"): each scalar leaf under its dotted
 *           path without array indexes; each string item s of an array also as key "path.s" with value true;
 *           null leaves as a key without value; metadata.name, metadata.namespace, metadata.uid always; never below
 *           "relations", "status", metadata.etag, "attachments".
 * Status    is kept apart from the document and changes without it: it has a packed text of its own, made from its JSON
 *           by who needs it
 * Beyond    inner paths (objects, arrays, empty ones too) have a row of type CB_TERM_INNER, so that existence of
 *           "spec" or "metadata.annotations" can be asked; values have no length limit but CB_TERM_VALUE_MAX (a longer one keeps its row as CB_TERM_NULL)
 * Keys      lower-cased (Unicode); values keep the author's case, readers lower them
 * Packed    repeated: varint(type), varint(key bytes), key, varint(value bytes), value. Sorted by (key, value), unique
 *           on (key, lower-cased value): of "Foo" and "foo" the first original wins
 * Relations are not in it: they are answered from the edges
 */
#ifndef CB_ENTITY_TERM_H
#define CB_ENTITY_TERM_H

#include "catalog/base/node.h"

enum cb_term_type { CB_TERM_VALUE, CB_TERM_NULL, CB_TERM_INNER };

#define CB_TERM_VALUE_MAX 8192 /* bytes */
#define CB_TERM_KEY_MAX 1024   /* bytes; a longer path has no row, and gets a problem */
#define CB_TERM_N_MAX 20000    /* rows of one entity */

struct cb_term {
    enum cb_term_type type;
    cb_str key;   /* lower case */
    cb_str value; /* original */
};

/* Flatten ENTITY (the whole document with metadata.uid and namespace set), packed into OUT. CB_ELIMIT over CB_TERM_N_MAX. */
enum cb_code cb_term_pack(struct cb_buf *out, const struct cb_node *entity, struct cb_err *err) CB_MUSTCHECK;
/* The same of an entity's STATUS, under "status". */
enum cb_code cb_term_pack_status(struct cb_buf *out, const struct cb_node *status, struct cb_err *err) CB_MUSTCHECK;
/* What packing saw on its way. */
struct cb_term_notes {
    struct cb_arena *arena;          /* in: where texts go */
    cb_str clashes;                  /* "'spec.owner', 'spec.type'": keys that differ only in case; empty: none */
    cb_str one, other;               /* the first such pair, as written */
    const struct cb_node *clash;     /* where the second of the pair is */
    const struct cb_node *long_key;  /* the first leaf whose path is over CB_TERM_KEY_MAX; NULL: none */
};

/* The same, with notes (may be NULL). */
enum cb_code cb_term_pack_noting(struct cb_buf *out, const struct cb_node *entity, struct cb_term_notes *notes,
                                 struct cb_err *err) CB_MUSTCHECK;
/* Next row of a packed text; slices borrow from it. False at the end or when it is damaged. */
bool cb_term_next(struct cb_term *out, cb_str *rest);
/* The least next row of two packed texts: both together are in order. */
bool cb_term_next_of(struct cb_term *out, cb_str *rest, cb_str *other);

#endif
