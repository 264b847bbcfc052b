/*
 * entity_store.h - entities as the served catalog needs them: all at one generation, then generation by generation.
 */
#ifndef CB_PERSIST_ENTITY_STORE_H
#define CB_PERSIST_ENTITY_STORE_H

#include "catalog/entity/entity.h"
#include "catalog/persist/conn.h"

struct cb_version_row {
    int64_t generation; /* that it came with */
    cb_str id;          /* lower-case ref */
    bool gone;          /* in this generation the entity went; the rest is empty */
    cb_str body, terms; /* entity.h */
    cb_str status;      /* JSON, or empty */
    uint32_t flags;
    const struct cb_edge *edges; /* borrowed for the call */
    size_t edge_n;
    int64_t source_id;
    cb_str path;
    uint32_t line;
};

/* Edges that were read from a row; fini with cb_vec_fini. */
struct cb_edges {
    struct cb_edge *v;
    size_t n, cap;
};

/*
 * A column of edges in PostgreSQL's binary form (text[]): into OUT, which is cleared first; targets borrow from ARRAY.
 * A type that a newer callboard wrote is left out. False: damaged.
 */
bool cb_entity_edges(struct cb_edges *out, cb_str array);

typedef int cb_version_fn(const struct cb_version_row *row, void *ctx); /* non-zero stops */

/*
 * All entities of one consistent moment, in order of id (bytes), and the generation it shows. Streamed (binary, single-row or
 * cursor): memory does not grow with the catalog.
 */
enum cb_code cb_entity_load(struct cb_conn *c, int64_t *generation, cb_version_fn *each, void *ctx,
                            struct cb_err *err) CB_MUSTCHECK;
/*
 * The same as it was served at GENERATION of the database whose epoch is EPOCH.
 * CB_ENOTFOUND: there is no such generation, or it is kept no more. CB_EUNAVAILABLE: another epoch.
 */
enum cb_code cb_entity_load_at(struct cb_conn *c, int64_t generation, const char *epoch,
                               cb_version_fn *each, void *ctx, struct cb_err *err) CB_MUSTCHECK;
/*
 * What generations FROM + 1 .. *TO brought, in order; *TO comes back as the last one there is (at most FROM + CB_DELTA_MAX).
 * CB_ENOTFOUND: FROM is before the oldest generation that is kept (history_store.h).
 */
#define CB_DELTA_MAX 64
enum cb_code cb_entity_delta(struct cb_conn *c, int64_t from, int64_t *to, cb_version_fn *each,
                             void *ctx, struct cb_err *err) CB_MUSTCHECK;
/* The newest generation and the database's epoch (36 characters and a NUL). */
enum cb_code cb_entity_newest(struct cb_conn *c, int64_t *generation, char epoch[37],
                              struct cb_err *err) CB_MUSTCHECK;

#endif
