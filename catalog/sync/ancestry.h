/*
 * ancestry.h - by which Locations an entity came here: those that led to its file, those that led to theirs, up to where reading began.
 *
 * Order     the entity, then depth first, as Backstage: of several parents the last one first, each entity once
 * Top       the Location that stands for a configured file or a registered location. What the globs of a repository match has none
 * Circles   Locations may name one another: harmless
 * Limits    CB_ANCESTRY_MAX entities; what lies beyond is named as a parent and not looked at
 * Threads   a worker's: it asks the database
 */
#ifndef CB_SYNC_ANCESTRY_H
#define CB_SYNC_ANCESTRY_H

#include "catalog/persist/conn.h"
#include "catalog/relate/snapshot.h"

#define CB_ANCESTRY_MAX 200

struct cb_ancestor {
    cb_doc doc;
    const cb_str *parents; /* lower-case refs of entities that are served */
    size_t parent_n;
};

/* *OUT in A; the first one is DOC. */
enum cb_code cb_ancestry(struct cb_ancestor **out, size_t *n, struct cb_arena *a, const struct cb_snapshot *s, struct cb_conn *conn,
                         cb_doc doc, struct cb_err *err) CB_MUSTCHECK;

#endif
