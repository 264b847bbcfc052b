/*
 * register.h - registered locations: each write is one transaction of the row, its entity, and what it leads to.
 *
 * Entity    as Backstage's: kind Location, name generated-<sha1 of "type:target"> (an update keeps the name), spec type and target; a
 *           file "<id>" of the source "locations". A target that cannot be followed is a status on it, at once
 * Below     what the target names is a source of its own (lead.h), made in the same transaction, read right afterwards by
 *           whoever runs; gone in the transaction in which the last Location that names it goes
 * Threads   a worker's: it asks the database
 */
#ifndef CB_SYNC_REGISTER_H
#define CB_SYNC_REGISTER_H

#include "catalog/persist/location_store.h"
#include "catalog/persist/pass_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/source.h"

#define CB_REGISTER_TARGET_MAX 8192 /* bytes of a target */

/* CB_EINVAL: over CB_REGISTER_TARGET_MAX. */
enum cb_code cb_register_check(cb_str target, struct cb_err *err) CB_MUSTCHECK;
/* The ref of the entity that a location of TYPE and TARGET would have. */
cb_str cb_register_ref(struct cb_arena *a, cb_str type, cb_str target);
/*
 * ROW has type, target and created_by. *NEW false: it is registered already, ROW is that one, nothing was written.
 * CB_EINVAL: an entity with that target would be no entity.
 */
enum cb_code cb_register_put(struct cb_location_row *row, bool *new, int64_t *generation, struct cb_arena *a,
                             const struct cb_sync_conf *conf, struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;
/* *TAKEN: another location has that type and target. CB_ENOTFOUND. */
enum cb_code cb_register_set(struct cb_location_row *row, bool *taken, int64_t *generation, struct cb_arena *a, cb_str by,
                             const struct cb_sync_conf *conf, struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;
/* With its entity and everything below it that nobody else names. CB_ENOTFOUND. */
enum cb_code cb_register_del(cb_str id, int64_t *generation, struct cb_arena *a, cb_str by, const struct cb_sync_conf *conf,
                             struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;
/* The pass over all of them, as cb_pass_run. */
enum cb_code cb_register_pass(struct cb_pass_result *out, const struct cb_sync_conf *conf, const struct cb_source_row *row,
                              struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;

#endif
