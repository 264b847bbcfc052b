/*
 * history.h - what became of an entity, as JSON: the same over HTTP and on the command line.
 *
 * Document  what is compared: the entity as its author wrote it, with status; without relations, which follow from it
 * Ref       lower case
 * Threads   one that may block
 */
#ifndef CB_HTTP_HISTORY_H
#define CB_HTTP_HISTORY_H

#include "catalog/base/buf.h"
#include "catalog/persist/history_store.h"

#define CB_HISTORY_LIMIT 20
#define CB_HISTORY_LIMIT_MAX 100
#define CB_HISTORY_FIELD_MAX 20 /* fields of a change that are named; the rest is counted */

/* {"ref":…,"items":[…],"pageInfo":{}}: newest first, before generation BEFORE (INT64_MAX: all). */
enum cb_code cb_history_put_list(struct cb_buf *out, struct cb_conn *c, cb_str ref, int64_t before, int64_t limit,
                                 struct cb_err *err) CB_MUSTCHECK;
/* The version that was served at MOMENT, a text as cb_history_moment takes it. CB_ENOTFOUND: there was none. */
enum cb_code cb_history_put_version(struct cb_buf *out, struct cb_arena *a, struct cb_conn *c, cb_str ref, cb_str moment,
                                    struct cb_err *err) CB_MUSTCHECK;
/*
 * What is different at moment TO from what was at FROM. TO empty: now. FROM empty: just before the last change up to TO.
 * "changes" is a JSON Patch with the old values beside the new, "text" a unified difference of the two as YAML.
 */
enum cb_code cb_history_put_diff(struct cb_buf *out, struct cb_arena *a, struct cb_conn *c, cb_str ref, cb_str from, cb_str to,
                                 struct cb_err *err) CB_MUSTCHECK;
/* ,"generation":…,"at":… and what else is known of a pass, as members. */
void cb_history_put_pass(struct cb_buf *out, const struct cb_history_pass *pass);

#endif
