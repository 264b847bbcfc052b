/*
 * pass.h - make the catalog agree with one source: fetch, parse, persist, in one transaction.
 *
 * Work      only descriptors whose content changed since the last pass are read, and those that include a changed file
 *           or name a target that came or went; the rest is known by the ids of its content
 * Reach     files that match the source's globs, then what their Location entities name (relative, `file:` below the
 *           root, and `url:` of the same repository and branch), breadth first, each file once
 *           A `url:` of another repository or branch makes a source of its own (lead.h)
 * Limits    CB_PASS_DEPTH_MAX hops from a matched file, CB_PASS_FILE_MAX files
 * Never     an unreachable repository, a missing branch or a missing root descriptor deletes anything: the pass fails
 */
#ifndef CB_SYNC_PASS_H
#define CB_SYNC_PASS_H

#include "catalog/persist/pass_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/source.h"

#define CB_PASS_DEPTH_MAX 32
#define CB_PASS_FILE_MAX 200000
#define CB_PASS_TRIES 5 /* of a pass that met another one on the same names */

/* What the reader of a source keeps between passes. */
struct cb_pass_source {
    const struct cb_source_conf *conf;
    int64_t id;
    cb_str key;
    struct cb_mirror *mirror; /* NULL for a file */
    struct cb_tree *tree;     /* of a plugin: what it emitted, for one pass; whoever set it closes it */
};

/* Of a file source URL: is PATH of its tree the descriptor that it names, and which Location stands for that? */
bool cb_pass_is_root(cb_str url, cb_str path);
cb_str cb_pass_root_ref(struct cb_arena *a, cb_str url);
/* What decides how a source is read, as a short hash: a change makes the next pass read everything anew. */
cb_str cb_pass_settings(struct cb_arena *a, const struct cb_sync_conf *all, const struct cb_source_conf *conf);
/* Open the tree that is current now: *COMMIT is empty for a folder. Close with tree->ops->close. */
enum cb_code cb_pass_tree(struct cb_tree **out, const struct cb_pass_source *src, cb_str commit, struct cb_err *err) CB_MUSTCHECK;
/*
 * Read COMMIT (hex; empty for a file source) and keep what it says. ROW is the source's row as of now.
 * CB_ECONFLICT: the lease went to somebody else. Others: nothing was written.
 */
enum cb_code cb_pass_run(struct cb_pass_result *out, const struct cb_sync_conf *conf, const struct cb_pass_source *src,
                         const struct cb_source_row *row, cb_str commit, struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;
/* Let go of everything that a source which is no longer configured claims. JOINED: in the transaction of cb_pass_together. */
enum cb_code cb_pass_drop(struct cb_pass_result *out, const struct cb_source_row *row, bool joined, struct cb_conn *conn,
                          struct cb_err *err) CB_MUSTCHECK;

#endif
