/*
 * lead.h - Location entities that lead to another repository or branch: what they mean, and the sources made for them.
 *
 * Source    one for each (clone URL, branch, path), however many Locations name it and in whatever form of URL; made by the pass
 *           that finds the first of them, let go of when no Location that is reached names it any more
 * Reached   from the configured sources and the registered locations along the links of the database, at most
 *           CB_LEAD_DEPTH_MAX sources away; Locations that lead in a circle are harmless. The nearest way, and of equals the first
 *           by order of sources, decides the origin, the rules and the interval
 * Forges    a known forge or one of the integrations only: no other host is ever asked, but for the repositories of the configured
 *           sources; and of those of this machine the ones below an integration's `clone` and callboard's own folder of repositories
 * Branches  "<branch>/<path>" is one text (forge.h): whoever reads it tries which of its first parts is a branch
 */
#ifndef CB_SYNC_LEAD_H
#define CB_SYNC_LEAD_H

#include "catalog/persist/pass_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/source.h"

#define CB_LEAD_DEPTH_MAX 8  /* sources from where reading began */
#define CB_LEAD_BRANCH_MAX 6 /* parts of "<branch>/<path>" that may be the branch */

/* What a URL names. */
struct cb_lead {
    cb_str key;    /* of the source's row */
    cb_str url;    /* clone URL without credentials */
    cb_str branch; /* empty: the default one */
    cb_str path;   /* a file; "*" and "?" make it a pattern */
};

/* CB_EINVAL, CB_ENOTFOUND, CB_EDENIED: the sentence says what to do. */
enum cb_code cb_lead_of(struct cb_lead *out, struct cb_arena *a, const struct cb_sync_conf *conf, cb_str url,
                        struct cb_err *err) CB_MUSTCHECK;
/* Is PLACE where an integration, or every callboard, knows a forge? */
bool cb_lead_is_forge(struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_forge_place *place);
/* The first configured source that reads the repository CLONE; NULL: none. Its URL may hold a credential. */
const struct cb_source_conf *cb_lead_source_of(struct cb_arena *a, const struct cb_sync_conf *conf, cb_str clone);
/* May a template push to the repository CLONE: on a forge, on a configured source's host and port, or on one of publish_hosts? */
bool cb_lead_publishes(struct cb_arena *a, const struct cb_sync_conf *conf, cb_str clone);
/* May PLACE be read because somebody names it? */
bool cb_lead_allows(struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_forge_place *place);
/* The I-th way to split TAIL ("<branch>/<path>") after the first one, which is BRANCH; false when there is no other. */
bool cb_lead_split(cb_str *branch, cb_str *path, cb_str tail, cb_str first, size_t i);

/* As Backstage: not "[". */
bool cb_lead_is_pattern(cb_str path);
/* The row's `paths`. */
cb_str cb_lead_paths(struct cb_arena *a, cb_str path);

/* A source of the database as the links lead to it. */
struct cb_lead_source {
    struct cb_source_row row;
    bool reached;
    uint32_t depth;
    int64_t root_id;  /* the source that it began with: its rules hold */
    cb_str origin;    /* origin location of what it brings */
    bool optional;    /* every Location that names it says so */
};

/* All sources, in the order of their rows; those that are not derived are reached. Texts in A. */
enum cb_code cb_lead_plan(struct cb_lead_source **out, size_t *n, struct cb_arena *a, struct cb_conn *conn,
                          struct cb_err *err) CB_MUSTCHECK;
/*
 * Within cb_pass_together: let go of every derived source that is not reached now. OUT is added to; its generation is the last.
 */
enum cb_code cb_lead_drop(struct cb_pass_result *out, struct cb_arena *a, struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;

#endif
