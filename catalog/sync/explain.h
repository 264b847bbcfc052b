/*
 * explain.h - why an entity is as it is, and why one is not here: the facts as typed JSON, each with a sentence for people.
 *
 * Findings  {"type","sentence",…}, the most telling first:
 *   of a name   served, stale, held, lost-claim, refused, removed, never-seen, source-failing, source-unread, did-you-mean
 *   of a URL    no-source, other-branch, source-failing, source-unread, no-glob, not-there, not-read, problem, gives, gives-nothing
 * Places    a file is told by its page at its forge, where that is known, and not by what callboard clones
 * Work      questions to PostgreSQL: a worker's
 */
#ifndef CB_SYNC_EXPLAIN_H
#define CB_SYNC_EXPLAIN_H

#include "catalog/fetch/forge.h"
#include "catalog/persist/conn.h"
#include "catalog/relate/snapshot.h"

/* The entity named ID (lower-case ref), there or not. */
enum cb_code cb_explain_ref(struct cb_buf *out, struct cb_arena *a, const struct cb_forge_table *forges, const struct cb_snapshot *s,
                            struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;
/*
 * The file at URL: a forge's page of it, "<clone URL>#<branch>:<path>", "<path of a repository or folder here>/<path>".
 * CB_EINVAL: no URL of a file.
 */
enum cb_code cb_explain_url(struct cb_buf *out, struct cb_arena *a, const struct cb_forge_table *forges, struct cb_conn *c, cb_str url,
                            struct cb_err *err) CB_MUSTCHECK;

#endif
