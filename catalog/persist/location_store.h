/*
 * location_store.h - the locations that were registered over the API.
 *
 * Identity  a random uuid; type and target are unique together; the name of its entity is made of the first target and stays
 * Entity    a file "<id>" of one source, CB_LOCATION_SOURCE, that all of them share: what writes a location runs the
 *           pass of that file in the same transaction (catalog/sync/register.h)
 */
#ifndef CB_PERSIST_LOCATION_STORE_H
#define CB_PERSIST_LOCATION_STORE_H

#include "catalog/persist/conn.h"

#define CB_LOCATION_SOURCE CB_LIT("locations") /* the key of that source */

struct cb_location_row {
    cb_str id;           /* uuid, lower case */
    cb_str type, target; /* "url", "https://…" */
    cb_str entity_ref;   /* "location:default/generated-<sha1 of type:target>" */
    int64_t created_at_us;
    cb_str created_by;
};

/* All of them, in order of id. Texts in A, here and below. */
enum cb_code cb_location_all(struct cb_location_row **out, size_t *n, struct cb_arena *a,
                             struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
/* CB_ENOTFOUND "Found no location with ID …". ID is any text. */
enum cb_code cb_location_get(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                             cb_str id, struct cb_err *err) CB_MUSTCHECK;
/* CB_ENOTFOUND "Found no location with type … and target …". */
enum cb_code cb_location_find(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                              cb_str type, cb_str target, struct cb_err *err) CB_MUSTCHECK;

/*
 * Within a transaction of passes (cb_pass_together), before a location is written: the source of their entities, locked (made
 * when there is none, with SETTINGS), and whoever reads it fenced out. *READ_SETTINGS in A: those of its last pass.
 */
enum cb_code cb_location_lock(int64_t *source_id, int64_t *fence, cb_str *read_settings,
                              struct cb_arena *a, struct cb_conn *c, cb_str settings,
                              struct cb_err *err) CB_MUSTCHECK;
/* Behind it. Fills the rest of ROW; *NEW false: it was there, and ROW is that one. */
enum cb_code cb_location_put(struct cb_location_row *row, bool *new, struct cb_arena *a,
                             struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
/*
 * CB_ENOTFOUND as get's; *TAKEN: another has that type and target, nothing was changed.
 */
enum cb_code cb_location_set(struct cb_location_row *out, bool *taken, struct cb_arena *a,
                             struct cb_conn *c, cb_str id, cb_str type, cb_str target,
                             struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_location_del(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                             cb_str id, struct cb_err *err) CB_MUSTCHECK;

#endif
