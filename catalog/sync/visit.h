/*
 * visit.h - look at descriptors where they lie, without keeping anything of them in the catalog.
 *
 * What for  trying a location before it is registered, judging an entity that is not committed yet, seeing what a repository has
 * May       what a Location may lead to (lead.h); with opts.known_only, of the known repositories alone
 * Mirror    a repository that has one, being a source, is read by it. Any other gets one under data_dir/visits, of at most
 *           CB_VISIT_DISK_MAX, which serves the visits of the next CB_VISIT_KEEP_US; any visit after that removes it
 * Limits    CB_VISIT_N_MAX at once in a process, CB_VISIT_US and CB_VISIT_TREE_MAX branches of repositories each
 * Lifetime  places and what is read live until the visit is closed
 * Threads   a worker's, one for each visit: it waits for Git servers
 */
#ifndef CB_SYNC_VISIT_H
#define CB_SYNC_VISIT_H

#include "catalog/sync/address.h"

#define CB_VISIT_N_MAX 2
#define CB_VISIT_US (INT64_C(20) * 1000000)      /* after which nothing new is asked; what is under way may take as long again */
#define CB_VISIT_KEEP_US (INT64_C(600) * 1000000)
#define CB_VISIT_DISK_MAX (INT64_C(512) << 20)   /* bytes of a mirror that only visits use */
#define CB_VISIT_TREE_MAX 16

struct cb_visit;

struct cb_visit_opts {
    const struct cb_sync_conf *conf;
    bool (*over)(void *ctx); /* is it called off? NULL: nobody can */
    void *ctx;
    bool known_only;
    const cb_str *known;     /* clone URLs of sources */
    size_t known_n;
};

/* A file or pattern of an open tree. */
struct cb_visit_place {
    struct cb_tree *tree;
    const struct cb_address *address;
    cb_str path; /* empty: the repository as a whole */
};

/* CB_EUNAVAILABLE: too many visits are under way. Borrows OPTS' members. */
enum cb_code cb_visit_open(struct cb_visit **out, const struct cb_visit_opts *opts, struct cb_err *err) CB_MUSTCHECK;
void cb_visit_close(struct cb_visit *v); /* accepts NULL */
/* For what has to live as long as the visit. */
struct cb_arena *cb_visit_arena(struct cb_visit *v);
/* What a registered location may bring. */
const struct cb_rules *cb_visit_rules(const struct cb_visit *v);
/*
 * The file or pattern that a page's URL names. CB_EINVAL, CB_ENOTFOUND, CB_EDENIED: the sentence says what to do. CB_EUPSTREAM,
 * CB_ETIMEOUT, CB_ELIMIT, CB_ECANCELLED: it cannot be read.
 */
enum cb_code cb_visit_url(struct cb_visit_place *out, struct cb_visit *v, cb_str url, struct cb_err *err) CB_MUSTCHECK;
/* The repository of any of its pages: the page's branch, or the default one. */
enum cb_code cb_visit_repository(struct cb_visit_place *out, struct cb_visit *v, cb_str url, struct cb_err *err) CB_MUSTCHECK;
/* A descriptor of this machine, by its absolute path. */
enum cb_code cb_visit_file(struct cb_visit_place *out, struct cb_visit *v, cb_str path, struct cb_err *err) CB_MUSTCHECK;
/* What TARGET, written in the file FROM, names. */
enum cb_code cb_visit_target(struct cb_visit_place *out, struct cb_visit *v, const struct cb_visit_place *from,
                             const struct cb_target *target, struct cb_err *err) CB_MUSTCHECK;
/*
 * The files that AT names, at most MOST of them (CB_ELIMIT), and their bytes are here. A pattern may match none; a file must be there
 * (CB_ENOTFOUND).
 */
enum cb_code cb_visit_list(cb_str **out, size_t *n, struct cb_visit *v, const struct cb_visit_place *at, const cb_str *globs, size_t glob_n,
                           size_t most, struct cb_err *err) CB_MUSTCHECK;
/*
 * Read the descriptor PATH of AT's tree; ORIGIN empty: it is its own. LOCATION (may be NULL) is what it is called. Mistakes in it are
 * D's problems, with their place; an error is the repository's.
 */
enum cb_code cb_visit_read(struct cb_descriptor *d, cb_str *location, struct cb_visit *v, const struct cb_visit_place *at, cb_str path,
                           cb_str origin, const struct cb_rules *rules, struct cb_err *err) CB_MUSTCHECK;
/* The words of an error for a location that cannot be read, as Backstage's: "Error: Unable to read url, Error: …" */
cb_str cb_visit_words(struct cb_arena *a, cb_str type, const struct cb_err *why);

#endif
