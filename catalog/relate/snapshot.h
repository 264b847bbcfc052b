/*
 * snapshot.h - the served catalog at one generation: a counted list of immutable segments and their deletions.
 *
 * Published by swapping one pointer (cb_catalog); a reader takes a reference without a lock and sees one generation
 * from first to last byte. Refs, keys and relation types have process-wide ids.
 *
 *   cb_catalog (process) -> cb_snapshot (counted) -> cb_segment (counted, immutable)
 *                                               \-> live documents of each segment (one bit each)
 *
 * Served bytes  body with the etag put in, relations of both directions spliced in (unique, by type then targetRef,
 *               order of bytes), status when there is one, in the order metadata, apiVersion, kind, spec, relations, status.
 *               The etag is a hash of all of it, 40 hex digits; an author's own stays.
 * Threads       everything here may be called from any thread with a snapshot it holds
 */
#ifndef CB_RELATE_SNAPSHOT_H
#define CB_RELATE_SNAPSHOT_H

#include "catalog/base/arena.h"
#include "catalog/base/buf.h"
#include "catalog/base/err.h"
#include "catalog/entity/entity.h"

struct cb_catalog;
struct cb_snapshot;

/* A document of a snapshot; only good with the snapshot it came from. */
typedef struct cb_doc {
    uint32_t segment, n;
} cb_doc;

struct cb_catalog *cb_catalog_new(void);
void cb_catalog_free(struct cb_catalog *c);
/* The newest snapshot, counted: give it back with unref. Never NULL; empty before the first load. Wait-free. */
struct cb_snapshot *cb_catalog_snapshot(struct cb_catalog *c);
struct cb_snapshot *cb_snapshot_ref(struct cb_snapshot *s);
void cb_snapshot_unref(struct cb_snapshot *s); /* accepts NULL */

int64_t cb_snapshot_generation(const struct cb_snapshot *s); /* 0 before the first load */
bool cb_snapshot_loaded(const struct cb_snapshot *s);
const char *cb_snapshot_epoch(const struct cb_snapshot *s);    /* 36 characters */
int64_t cb_snapshot_published_us(const struct cb_snapshot *s); /* when, UTC */
size_t cb_snapshot_doc_n(const struct cb_snapshot *s);         /* live entities */
size_t cb_snapshot_bytes(const struct cb_snapshot *s);         /* heap it holds: for metrics */
size_t cb_snapshot_segment_n(const struct cb_snapshot *s);

/* By lower-case ref, by uid. False when it is not there. */
bool cb_snapshot_find(cb_doc *out, const struct cb_snapshot *s, cb_str id);
bool cb_snapshot_find_uid(cb_doc *out, const struct cb_snapshot *s, const uint8_t uid[16]);

cb_str cb_doc_id(const struct cb_snapshot *s, cb_doc d);     /* lower-case ref */
cb_str cb_doc_body(const struct cb_snapshot *s, cb_doc d);   /* as stored */
cb_str cb_doc_status(const struct cb_snapshot *s, cb_doc d); /* JSON or empty */
int64_t cb_doc_source(const struct cb_snapshot *s, cb_doc d);
/* The whole entity as it is served, appended to OUT. */
void cb_doc_put(struct cb_buf *out, const struct cb_snapshot *s, cb_doc d);
/* Rough size of that, for reserving. */
size_t cb_doc_put_size(const struct cb_snapshot *s, cb_doc d);

/* One edge as seen from an entity: both directions, unique, by (type name, other's id). */
struct cb_relation_seen {
    uint8_t type;     /* as seen from here: relation.h */
    bool stored;      /* said by this entity itself; false: by the other end */
    bool missing;     /* nobody has registered OTHER */
    cb_str other;     /* lower-case ref, borrowed from the snapshot */
    cb_doc other_doc; /* when not missing */
};
size_t cb_doc_relations(struct cb_relation_seen **out, struct cb_arena *a,
                        const struct cb_snapshot *s, cb_doc d);

/* Refs that are named by some entity though nobody has registered them: who says so, the type, the target. */
int cb_snapshot_each_dangling(const struct cb_snapshot *s,
                              int (*each)(cb_doc from, uint8_t type, cb_str target, void *ctx),
                              void *ctx);

#endif
