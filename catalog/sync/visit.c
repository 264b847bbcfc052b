#include "catalog/sync/visit.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "catalog/sync/lead.h"

/* A repository at a branch, or a folder of this machine. */
struct opened {
    cb_str url, asked; /* asked: the branch, empty for the default one */
    struct cb_source_conf source;
    struct cb_address address;
    struct cb_mirror *mirror;
    struct cb_tree *tree;
};

struct cb_visit {
    struct cb_visit_opts opts;
    struct cb_arena *arena, *scratch;
    int64_t until_us;
    cb_str own_dir; /* of mirrors that only visits use */
    bool owned;     /* it was used */
    CB_VEC(struct opened *) opened;
};

static atomic_int under_way;

/* ---- life */

enum cb_code cb_visit_open(struct cb_visit **out, const struct cb_visit_opts *opts, struct cb_err *err)
{
    struct cb_visit *v;

    if (atomic_fetch_add(&under_way, 1) >= CB_VISIT_N_MAX) {
        atomic_fetch_sub(&under_way, 1);
        return cb_fail(err, CB_EUNAVAILABLE, "%d other locations are being looked at: try again in a moment", CB_VISIT_N_MAX);
    }
    v = calloc(1, sizeof(*v));
    if (!v)
        abort();
    v->opts = *opts;
    v->arena = cb_arena_new();
    v->scratch = cb_arena_new();
    v->until_us = cb_clock_mono_us() + CB_VISIT_US;
    v->own_dir = cb_arena_printf(v->arena, "%s/visits", opts->conf->data_dir);
    *out = v;
    return CB_OK;
}

void cb_visit_close(struct cb_visit *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->opened.n; i++) {
        struct opened *o = v->opened.v[i];

        if (o->tree)
            o->tree->ops->close(o->tree);
        cb_mirror_close(o->mirror);
    }
    if (v->owned)
        (void)cb_mirror_sweep(v->own_dir.p, NULL, 0, CB_VISIT_KEEP_US);
    cb_vec_fini(&v->opened);
    cb_arena_free(v->scratch);
    cb_arena_free(v->arena);
    free(v);
    atomic_fetch_sub(&under_way, 1);
}

struct cb_arena *cb_visit_arena(struct cb_visit *v)
{
    return v->arena;
}

const struct cb_rules *cb_visit_rules(const struct cb_visit *v)
{
    return &v->opts.conf->rules;
}

static enum cb_code check_time(struct cb_visit *v, struct cb_err *err)
{
    if (v->opts.over && v->opts.over(v->opts.ctx))
        return cb_fail(err, CB_ECANCELLED, "whoever asked is gone");
    if (cb_clock_mono_us() > v->until_us)
        return cb_fail(err, CB_ETIMEOUT, "looking at it took longer than %lld s", (long long)(CB_VISIT_US / CB_S_US));
    return CB_OK;
}

/* ---- repositories */

static cb_str plain_url(cb_str url)
{
    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    if (cb_str_ends(url, CB_LIT(".git")))
        url.n -= 4;
    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    return url;
}

static enum cb_code check_known(struct cb_visit *v, cb_str clone, struct cb_err *err)
{
    if (!v->opts.known_only)
        return CB_OK;
    for (size_t i = 0; i < v->opts.known_n; i++)
        if (cb_str_eq_nocase(plain_url(cb_git_url_clean(v->arena, v->opts.known[i])), plain_url(clone)))
            return CB_OK;
    return cb_fail(err, CB_EDENIED, "%" CB_FMT " is no source of this catalog: who may register locations may have it read",
                   CB_ARG(clone));
}

static struct opened *find_opened(struct cb_visit *v, cb_str url, cb_str branch)
{
    for (size_t i = 0; i < v->opened.n; i++) {
        struct opened *o = v->opened.v[i];

        if (cb_str_eq(o->url, url) && (cb_str_eq(o->asked, branch) || (branch.n && cb_str_eq(o->address.branch, branch))))
            return o;
    }
    return NULL;
}

static enum cb_code add_opened(struct opened **out, struct cb_visit *v, cb_str url, cb_str branch, struct cb_err *err)
{
    struct opened *o = CB_NEW(v->arena, struct opened);
    enum cb_code rc = check_time(v, err);

    if (rc != CB_OK)
        return rc;
    if (v->opened.n >= CB_VISIT_TREE_MAX)
        return cb_fail(err, CB_ELIMIT, "it leads to more than %d repositories and branches", CB_VISIT_TREE_MAX);
    o->url = url;
    o->asked = branch;
    o->address = (struct cb_address){.conf = v->opts.conf, .source = &o->source, .url = url};
    *out = o;
    return CB_OK;
}

static void keep_opened(struct cb_visit *v, struct opened *o)
{
    cb_vec_push(&v->opened, o);
}

static enum cb_code open_branch(struct opened **out, struct cb_visit *v, cb_str url, cb_str branch, struct cb_err *err)
{
    const struct cb_sync_conf *conf = v->opts.conf;
    struct cb_mirror_opts opts = {.secrets = conf->secrets, .file_urls = true};
    struct opened *o = find_opened(v, url, branch);
    enum cb_code rc;
    cb_str commit;

    if (o) {
        *out = o;
        return CB_OK;
    }
    if ((rc = check_known(v, url, err)) != CB_OK || (rc = add_opened(&o, v, url, branch, err)) != CB_OK)
        return rc;
    opts.data_dir = conf->data_dir;
    if (!cb_mirror_exists(conf->data_dir, url)) {
        opts.data_dir = v->own_dir.p;
        opts.disk_max_bytes = CB_VISIT_DISK_MAX;
        v->owned = true;
    }
    opts.deadline_us = v->until_us - cb_clock_mono_us();
    if (opts.deadline_us < CB_S_US)
        opts.deadline_us = CB_S_US;
    o->source.git = true;
    o->source.url = url;
    if ((rc = cb_mirror_open(&o->mirror, url, &opts, err)) == CB_OK &&
        (rc = cb_mirror_update(o->mirror, branch, v->arena, &commit, err)) == CB_OK)
        rc = cb_mirror_tree(&o->tree, o->mirror, commit, err);
    if (rc != CB_OK) {
        cb_mirror_close(o->mirror);
        return rc;
    }
    o->address.branch = cb_arena_str(v->arena, cb_mirror_branch(o->mirror));
    o->source.branch = o->address.branch;
    keep_opened(v, o);
    *out = o;
    return CB_OK;
}

/* Only the repository knows which part of "<branch>/<path>" is the branch. */
static enum cb_code open_page(struct opened **out, cb_str *path, struct cb_visit *v, cb_str url, cb_str first, cb_str first_path,
                              cb_str tail, struct cb_err *err)
{
    enum cb_code rc = open_branch(out, v, url, first, err);
    cb_str branch;

    *path = first_path;
    for (size_t i = 0; rc == CB_ENOTFOUND && first.n && cb_lead_split(&branch, path, tail, first, i); i++) {
        struct cb_err other;
        enum cb_code again = open_branch(out, v, url, branch, &other);

        if (again == CB_OK || again == CB_ETIMEOUT || again == CB_ECANCELLED)
            return again == CB_OK ? CB_OK : cb_fail(err, again, "%s", other.text);
    }
    return rc;
}

enum cb_code cb_visit_url(struct cb_visit_place *out, struct cb_visit *v, cb_str url, struct cb_err *err)
{
    struct cb_lead lead;
    struct opened *o;
    cb_str tail, path;
    enum cb_code rc;

    if ((rc = cb_lead_of(&lead, v->arena, v->opts.conf, cb_str_trim(url), err)) != CB_OK)
        return rc;
    tail = cb_str_sub(lead.key, cb_str_find_char(lead.key, '#', 0) + 1, lead.key.n);
    if ((rc = open_page(&o, &path, v, lead.url, lead.branch, lead.path, tail, err)) != CB_OK)
        return rc;
    *out = (struct cb_visit_place){o->tree, &o->address, path};
    return CB_OK;
}

enum cb_code cb_visit_repository(struct cb_visit_place *out, struct cb_visit *v, cb_str url, struct cb_err *err)
{
    const struct cb_forge_table *forges = v->opts.conf->forges;
    struct cb_forge_place place;
    struct cb_lead ignored;
    struct opened *o;
    cb_str path;
    enum cb_code rc;

    /* What may be read of it is what a Location may lead to: any file would do. */
    if ((rc = cb_forge_parse(&place, v->arena, forges, url, err)) != CB_OK ||
        (rc = cb_lead_of(&ignored, v->arena, v->opts.conf, cb_forge_view(v->arena, forges, place.clone, CB_LIT("main"), CB_LIT("x")),
                         err)) != CB_OK ||
        (rc = open_page(&o, &path, v, place.clone, place.branch, place.path, place.tail, err)) != CB_OK)
        return rc;
    *out = (struct cb_visit_place){o->tree, &o->address, CB_LIT("")};
    return CB_OK;
}

enum cb_code cb_visit_file(struct cb_visit_place *out, struct cb_visit *v, cb_str path, struct cb_err *err)
{
    struct opened *o;
    size_t slash = path.n;
    cb_str folder;
    enum cb_code rc;

    while (slash && path.p[slash - 1] != '/')
        slash--;
    if (!cb_str_starts(path, CB_LIT("/")) || slash == path.n)
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is no absolute path of a file", CB_ARG(cb_str_cut(path, 300)));
    folder = cb_arena_str(v->arena, cb_str_sub(path, 0, slash > 1 ? slash - 1 : 1));
    if (!(o = find_opened(v, folder, CB_LIT("")))) {
        if ((rc = add_opened(&o, v, folder, CB_LIT(""), err)) != CB_OK || (rc = cb_folder_tree(&o->tree, folder.p, err)) != CB_OK)
            return rc;
        o->source.url = cb_arena_str(v->arena, path);
        keep_opened(v, o);
    }
    *out = (struct cb_visit_place){o->tree, &o->address, cb_str_sub(path, slash, path.n)};
    return CB_OK;
}

enum cb_code cb_visit_target(struct cb_visit_place *out, struct cb_visit *v, const struct cb_visit_place *from,
                             const struct cb_target *target, struct cb_err *err)
{
    cb_str path;

    switch (cb_address_target(&path, v->arena, from->address, from->path, target, err)) {
    case CB_TARGET_PATH:
        *out = (struct cb_visit_place){from->tree, from->address, path};
        return CB_OK;
    case CB_TARGET_LEAD:
        return cb_visit_url(out, v, target->text, err);
    default:
        return CB_EINVAL;
    }
}

/* ---- files */

struct listing {
    struct cb_visit *v;
    CB_VEC(cb_str) paths;
    size_t most;
    bool over;
};

static int add_path(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct listing *l = ctx;

    (void)id;
    if (l->paths.n >= l->most) {
        l->over = true;
        return 1;
    }
    cb_vec_push(&l->paths, cb_arena_str(l->v->arena, path));
    return 0;
}

enum cb_code cb_visit_list(cb_str **out, size_t *n, struct cb_visit *v, const struct cb_visit_place *at, const cb_str *globs, size_t glob_n,
                           size_t most, struct cb_err *err)
{
    struct listing l = {.v = v, .most = most};
    enum cb_code rc = check_time(v, err);

    if (rc == CB_OK)
        rc = at->tree->ops->each(at->tree, globs, glob_n, add_path, &l, err);
    if (rc == CB_OK && l.over)
        rc = cb_fail(err, CB_ELIMIT, "it leads to more than %zu files", most);
    if (rc == CB_OK && l.paths.n)
        rc = at->tree->ops->want(at->tree, l.paths.v, l.paths.n, err);
    *out = CB_NEW_N(v->arena, cb_str, l.paths.n + 1);
    *n = l.paths.n;
    if (l.paths.n)
        memcpy(*out, l.paths.v, l.paths.n * sizeof(**out));
    cb_vec_fini(&l.paths);
    return rc;
}

struct including {
    struct cb_visit *v;
    const struct cb_visit_place *at;
};

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path, struct cb_err *err)
{
    struct including *in = ctx;
    enum cb_code rc = check_time(in->v, err);

    *path = CB_LIT("");
    return rc == CB_OK ? cb_address_include(a, in->at->address, in->at->tree, from, target, bytes, path, err) : rc;
}

enum cb_code cb_visit_read(struct cb_descriptor *d, cb_str *location, struct cb_visit *v, const struct cb_visit_place *at, cb_str path,
                           cb_str origin, const struct cb_rules *rules, struct cb_err *err)
{
    struct including in = {v, at};
    struct cb_descriptor_opts opts = {.rules = rules, .include = include, .include_ctx = &in, .scratch = v->scratch};
    struct cb_descriptor_at *where = CB_NEW(v->arena, struct cb_descriptor_at);
    cb_str bytes;
    enum cb_code rc;

    cb_address_of(where, v->arena, at->address, path, origin);
    if (location)
        *location = where->location;
    if ((rc = check_time(v, err)) != CB_OK || (rc = at->tree->ops->read(at->tree, v->scratch, path, &bytes, err)) != CB_OK)
        return rc;
    cb_descriptor_read(d, v->arena, bytes, where, &opts);
    cb_arena_reset(v->scratch);
    return check_time(v, err);
}

cb_str cb_visit_words(struct cb_arena *a, cb_str type, const struct cb_err *why)
{
    const char *name = why->code == CB_ENOTFOUND ? "NotFoundError" : "Error";

    return cb_arena_printf(a, "%s: Unable to read %" CB_FMT ", %s: %s", name, CB_ARG(type), name, why->text);
}
