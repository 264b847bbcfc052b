/*
 * remote.h - what a clone URL says: whom to ask, how, and for what.
 *
 * Forms     https:// http:// ssh:// git:// file://, scp-like "git@host:org/repo.git", and plain
 *           paths
 * Refused   any other scheme or "helper::" form, control bytes, a '?' or '#', hosts and paths that
 *           look like an option ("-oProxyCommand=..."), anything over CB_REMOTE_URL_MAX
 * Lifetime  slices live in the arena
 * Threads   pure; call from anywhere
 */
#ifndef CB_FETCH_REMOTE_H
#define CB_FETCH_REMOTE_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_REMOTE_URL_MAX 2048 /* bytes */

enum cb_remote_scheme {
    CB_REMOTE_LOCAL,
    CB_REMOTE_HTTPS,
    CB_REMOTE_HTTP,
    CB_REMOTE_SSH,
    CB_REMOTE_GIT
};

struct cb_remote {
    enum cb_remote_scheme scheme;
    cb_str user;     /* decoded; "git" of an ssh URL too */
    cb_str password; /* decoded; a secret */
    cb_str host;     /* lower case, without port, IPv6 without brackets; empty for a local one */
    cb_str port;     /* digits, or empty */
    cb_str path;     /* of a local one: the folder */
    cb_str clean; /* the URL as git is told and as people may see it: no password, no https user */
};

/* CB_EINVAL with a sentence that names the URL without its secrets. */
enum cb_code cb_remote_parse(struct cb_remote *out, struct cb_arena *a, cb_str url,
                             struct cb_err *err) CB_MUSTCHECK;
/* Without %XX; a '%' that is no escape stays. */
cb_str cb_remote_decode(struct cb_arena *a, cb_str s);
/* Is it on this machine's loopback? */
bool cb_remote_is_loopback(const struct cb_remote *r);

#endif
