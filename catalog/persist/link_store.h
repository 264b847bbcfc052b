/*
 * link_store.h - which Location entity leads where: to a file of its own source, or to another source that is made for it.
 *
 * Rows      one for each Location entity, the file that has it, and what it leads to; a pass replaces those of its source
 * Ancestry  cb_location_parents: the Location entities that led to a file. A file whose parents are none is where a source
 *           begins: matched by its globs. Of an entity, ask with the source and path of its claim (cb_doc_source, cb_problem_place);
 *           then of each parent in turn, until there is none or it was there already (Locations may name one another)
 */
#ifndef CB_PERSIST_LINK_STORE_H
#define CB_PERSIST_LINK_STORE_H

#include "catalog/persist/conn.h"

/* As a pass finds it. */
struct cb_location_link {
    cb_str path;   /* of the file with the Location */
    cb_str entity; /* its ref */
    cb_str target; /* the file of the same source that it leads to; empty: another source */
    cb_str key, url, branch, paths; /* that source, made when there is none; paths as JSON */
    bool optional;
};

/* From one source to another. */
struct cb_link_row {
    int64_t source_id, target_id;
    cb_str path, entity;
    cb_str origin; /* origin location of the file; empty: it is gone, and the Location waits to be deleted */
    bool optional;
};

/*
 * Within a pass's transaction: the links of the source are these; with ONLY, those of that file. Links of Locations that are
 * stale or held stay. *MOVED: what leads to other sources is not as it was.
 */
enum cb_code cb_link_replace(struct cb_conn *c, int64_t source_id, const struct cb_location_link *links,
                             size_t n, cb_str only, bool *moved, struct cb_err *err) CB_MUSTCHECK;
/* All that lead to other sources. Texts in A. */
enum cb_code cb_link_all(struct cb_link_row **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                         struct cb_err *err) CB_MUSTCHECK;
/* The sources made for Locations that failed at the last try: EACH's texts are borrowed for the call. */
enum cb_code cb_link_failing(struct cb_conn *c, int (*each)(cb_str key, cb_str error, void *ctx),
                             void *ctx, struct cb_err *err) CB_MUSTCHECK;
/* Have what the Location ENTITY leads to read again soon; notifies. */
enum cb_code cb_link_nudge(struct cb_conn *c, cb_str entity, struct cb_err *err) CB_MUSTCHECK;
/* Refs of the Location entities that led to PATH of a source, in order, in A. */
enum cb_code cb_location_parents(cb_str **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                                 int64_t source_id, cb_str path, struct cb_err *err) CB_MUSTCHECK;

#endif
