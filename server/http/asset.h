/*
 * asset.h - the built portal: its files in memory, hashed names for ever, index.html fresh with a nonce.
 *
 * Start     every regular file under the directory is read once, at most CB_ASSET_BYTES_MAX in all; name.gz and name.br
 *           beside a file are its compressed forms. A link that leads out of the directory is left out
 * Answer    the exact path, looked up in a table (there is no path to traverse); else index.html for a page's path;
 *           a missing file of /assets/ is 404, so that a stale page fails plainly
 * Without   a built portal: a page that says how to build one
 */
#ifndef CB_HTTP_ASSET_H
#define CB_HTTP_ASSET_H

#include "server/http/reply.h"

#define CB_ASSET_BYTES_MAX (64 * 1024 * 1024) /* all files, compressed forms counted */
#define CB_ASSET_N_MAX 10000

struct cb_assets;

/* DIR empty or missing: the page that says how to build. CB_ELIMIT, CB_EINVAL (a file that cannot be read). */
enum cb_code cb_assets_load(struct cb_assets **out, cb_str dir, struct cb_err *err) CB_MUSTCHECK;
void cb_assets_free(struct cb_assets *as);
/* Is this path the portal's: not under /api, /.backstage? */
bool cb_asset_is_ours(cb_str path);
void cb_asset_answer(struct cb_request *rq, struct cb_reply *rp);

#endif
