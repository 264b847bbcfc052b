/*
 * descriptor.h - the documents of one file to entities, edges and problems.
 *
 * Verdict   on every field the same as Backstage's: envelope, entity schema, field formats, kind schemas
 * Order     placeholders ($text, $json, $yaml) are filled in first; then validation; then relations are derived
 * Never     a bad document hurting its siblings: each gives an entity or problems
 * Threads   one call at a time for each arena
 */
#ifndef CB_PARSE_DESCRIPTOR_H
#define CB_PARSE_DESCRIPTOR_H

#include "catalog/base/node.h"
#include "catalog/entity/entity.h"
#include "catalog/entity/problem.h"
#include "catalog/entity/rules.h"

#define CB_INCLUDE_MAX 200               /* includes of one file */
#define CB_INCLUDE_BYTES_MAX (16 * 1024 * 1024)
#define CB_TARGET_MAX 10000              /* targets of one Location */

/* Where the file is, in the words that end in annotations. */
struct cb_descriptor_at {
    cb_str path;            /* within the tree */
    cb_str location;        /* managed-by-location: "url:https://…" or "file:/…" */
    cb_str origin_location; /* managed-by-origin-location */
    cb_str view_url;        /* empty: none */
    cb_str edit_url;
    cb_str source_location; /* "url:https://…/" ; empty: none */
    cb_str location_type;   /* "url" or "file": what a Location without spec.type has */
};

/* How a placeholder reads: TARGET as written, relative to the file. Gives the bytes and the path that was read. */
typedef enum cb_code cb_include_fn(void *ctx, struct cb_arena *a, cb_str from_path, cb_str target, cb_str *bytes,
                                   cb_str *path, struct cb_err *err);

struct cb_descriptor_opts {
    const struct cb_rules *rules; /* NULL: everything is allowed */
    cb_include_fn *include;       /* NULL: placeholders fail */
    void *include_ctx;
    struct cb_arena *scratch;     /* for what is not in the result: trees, included bytes. The caller resets it after
                                     the call; NULL: it goes to the result's arena, several times its size */
};

/* A target that a Location entity names. */
struct cb_target {
    cb_str entity; /* id of the Location */
    cb_str type;   /* "file", "url", ... */
    cb_str text;   /* as written */
    bool optional; /* presence: optional */
    struct cb_origin at;
};

/* A document that gives no entity, though it may be told which entity it was meant to be. */
struct cb_broken {
    cb_str id; /* empty: nobody knows; then nothing of this file may be taken away */
    struct cb_origin at;
};

struct cb_descriptor {
    struct cb_entity *entities;
    size_t entity_n;
    struct cb_problem *problems;
    size_t problem_n;
    struct cb_target *targets;
    size_t target_n;
    cb_str *includes; /* paths in the tree that were read, or asked for and missing */
    size_t include_n;
    struct cb_broken *broken;
    size_t broken_n;
    uint32_t doc_n;
};

/* Read BYTES. Never fails as a whole; the result lives in A, and borrows AT and the rules. */
void cb_descriptor_read(struct cb_descriptor *out, struct cb_arena *a, cb_str bytes, const struct cb_descriptor_at *at,
                        const struct cb_descriptor_opts *opts);
/*
 * One entity that is already a tree (validate-entity, a plugin's source, a Location that we generate ourselves).
 * CB_EINVAL with the first problem's sentence; PROBLEMS (may be NULL) gets all of them.
 */
enum cb_code cb_descriptor_entity(struct cb_entity *out, struct cb_arena *a, struct cb_node *doc,
                                  const struct cb_descriptor_at *at, const struct cb_descriptor_opts *opts,
                                  struct cb_problem **problems, size_t *problem_n, struct cb_err *err) CB_MUSTCHECK;
/* The generated Location that stands for a configured or registered location: name generated-<sha1 of type:target>. */
struct cb_node *cb_descriptor_location(struct cb_arena *a, cb_str type, cb_str target, cb_str presence);

#endif
