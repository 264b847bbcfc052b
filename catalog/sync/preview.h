/*
 * preview.h - what a location would bring, were it registered: its entities, or what is wrong with them. Nothing is written.
 *
 * Order     as Backstage's dry run: the Location that would stand for it, then what it leads to, depth first from the last document
 * Form      an entity as it is processed: with its annotations and its namespace, without uid, etag, relations and status
 * Errors    every document and target that is wrong, with its place: as one text, in Backstage's words where it has some, and one by
 *           one for who shows them beside what is good. All of them are told, where Backstage stops at the first entity
 * Limits    those of visit.h, and CB_PREVIEW_*
 * Threads   a worker's
 */
#ifndef CB_SYNC_PREVIEW_H
#define CB_SYNC_PREVIEW_H

#include "catalog/sync/visit.h"

#define CB_PREVIEW_FILE_MAX 500
#define CB_PREVIEW_ENTITY_MAX 5000
#define CB_PREVIEW_BYTES_MAX (32 * 1024 * 1024)
#define CB_PREVIEW_DEPTH_MAX 32 /* Locations from the first */
#define CB_PREVIEW_ERROR_MAX 50 /* that are told */

/* One mistake, and the file it is in. */
struct cb_preview_error {
    struct cb_problem problem; /* at.path empty: the location itself */
    cb_str location;           /* "url:https://…/catalog-info.yaml"; empty with the path */
};

struct cb_preview {
    struct cb_entity *entities; /* the good ones, when there are errors */
    size_t entity_n;
    cb_str errors; /* one text, ", " between; empty: it could be registered */
    struct cb_preview_error *error_list; /* the first CB_PREVIEW_ERROR_MAX */
    size_t error_n, error_total;
};

/*
 * TYPE "url" or "file" and TARGET as for registering. All in the visit's arena.
 * CB_ETIMEOUT, CB_ECANCELLED, CB_EUNAVAILABLE, CB_ELIMIT: it could not be found out. What is wrong with the location itself is in errors.
 */
enum cb_code cb_preview(struct cb_preview *out, struct cb_visit *v, cb_str type, cb_str target, struct cb_err *err) CB_MUSTCHECK;
/* ENTITY in its processed form, as JSON. */
void cb_preview_put(struct cb_buf *out, struct cb_arena *a, const struct cb_entity *entity);
/* A mistake as a dry run tells it: "TypeError: /spec must have … (catalog-info.yaml:7:3)" */
cb_str cb_preview_words(struct cb_arena *a, const struct cb_problem *p);

#endif
