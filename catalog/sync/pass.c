#include "catalog/sync/pass.h"

#include <stdio.h>
#include <string.h>

#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/glob.h"
#include "catalog/persist/link_store.h"
#include "catalog/sync/address.h"
#include "catalog/sync/lead.h"
#include "catalog/sync/register.h"
#include "catalog/sync/status.h"

/* Goes up when the same bytes would be read to something else: every source is then read anew once. */
#define READING_VERSION "2"
#define BATCH_FILES 500           /* files whose blobs are wanted at once */
#define ROOT_PATH CB_LIT(".")     /* the pseudo file of a file source's generated Location: the folder itself */

/* A file that the pass has reached. */
struct reached {
    cb_str path;
    cb_str origin; /* empty: its own */
    struct cb_tree_id id;
    uint32_t depth;
};

/* What the last pass kept of a file. */
struct known {
    cb_str content_id, origin;
    struct cb_node *state; /* {"includes":[[path,id]], "targets":[…], "failing":[text]} */
    bool reached;
};

struct reading {
    const struct cb_sync_conf *conf;
    const struct cb_pass_source *src;
    const struct cb_source_row *row;
    struct cb_conn *conn;
    struct cb_tree *tree;
    struct cb_address address;
    struct cb_pass *store;
    struct cb_arena *pass_arena; /* until the end of the pass */
    struct cb_arena *file_arena; /* until the end of a file */
    struct cb_map known;         /* path -> struct known */
    struct cb_map seen;          /* path -> 1 */
    struct cb_map failing;       /* key of a source that a Location leads to -> why it failed at its last try */
    CB_VEC(struct cb_location_link) links; /* where the Locations of this source lead */
    CB_VEC(struct reached) queue;
    bool everything;             /* settings changed: trust no id */
    int64_t read_n, same_n;
    struct cb_err each_err;
};

cb_str cb_source_key(struct cb_arena *a, const struct cb_source_conf *s)
{
    if (s->plugin)
        return cb_arena_printf(a, "plugin:%" CB_FMT, CB_ARG(s->url));
    if (!s->git)
        return cb_arena_printf(a, "file:%" CB_FMT, CB_ARG(s->url));
    cb_str clean = cb_git_url_clean(a, s->url);

    return cb_arena_printf(a, "git:%" CB_FMT "#%" CB_FMT, CB_ARG(clean), CB_ARG(s->branch));
}

cb_str cb_pass_settings(struct cb_arena *a, const struct cb_sync_conf *all, const struct cb_source_conf *conf)
{
    struct cb_buf text = CB_BUF_INIT;
    uint8_t sum[CB_SHA256_BYTES];
    char *hex = cb_arena_alloc(a, 33);

    cb_buf_put_cstr(&text, READING_VERSION);
    for (size_t i = 0; i < conf->path_n; i++)
        cb_buf_printf(&text, "\npath %" CB_FMT, CB_ARG(conf->paths[i]));
    for (size_t i = 0; i < conf->rules.n; i++) {
        const struct cb_rule *r = &conf->rules.v[i];

        cb_buf_printf(&text, "\nrule %" CB_FMT " %" CB_FMT " %" CB_FMT " %d", CB_ARG(r->kind), CB_ARG(r->spec_type),
                      CB_ARG(r->location), r->glob);
    }
    if (conf->led)
        cb_buf_printf(&text, "\nled %" CB_FMT " %u %d", CB_ARG(conf->origin), conf->depth, conf->optional);
    for (size_t i = 0; all->forges && i < all->forges->n; i++) { /* they decide what a URL means */
        const struct cb_forge *f = &all->forges->v[i];

        cb_buf_printf(&text, "\nforge %s %d %s", f->host, (int)f->type, f->clone ? f->clone : "");
    }
    cb_sha256(sum, cb_buf_str(&text));
    cb_hex(hex, sum, 16);
    cb_buf_fini(&text);
    return cb_str_make(hex, 32);
}

static cb_str id_hex(struct cb_arena *a, const struct cb_tree_id *id)
{
    char *hex = cb_arena_alloc(a, 2 * (size_t)id->n + 1);

    cb_hex(hex, id->bytes, id->n);
    return cb_str_make(hex, 2 * (size_t)id->n);
}

/* The folder part of an absolute path, without a '/' at its end; "/" stays. */
static cb_str folder_of(cb_str path)
{
    size_t n = path.n;

    while (n > 1 && path.p[n - 1] != '/')
        n--;
    return cb_str_sub(path, 0, n > 1 ? n - 1 : n);
}

static cb_str file_of(cb_str path)
{
    cb_str folder = folder_of(path);

    return cb_str_sub(path, folder.n == 1 ? 1 : folder.n + 1, path.n);
}

bool cb_pass_is_root(cb_str url, cb_str path)
{
    return cb_str_eq(file_of(url), path);
}

cb_str cb_pass_root_ref(struct cb_arena *a, cb_str url)
{
    struct cb_node *doc = cb_descriptor_location(a, CB_LIT("file"), url, CB_LIT(""));

    return cb_arena_printf(a, "location:default/%" CB_FMT, CB_ARG(cb_node_path(doc, "metadata.name")->text));
}

enum cb_code cb_pass_tree(struct cb_tree **out, const struct cb_pass_source *src, cb_str commit, struct cb_err *err)
{
    struct cb_arena *a;
    enum cb_code rc;

    if (src->tree) {
        *out = src->tree;
        return CB_OK;
    }
    if (src->conf->plugin)
        return cb_fail(err, CB_EUNSUPPORTED, "what a plugin emits is known while it is read only");
    if (src->mirror)
        return cb_mirror_tree(out, src->mirror, commit, err);
    a = cb_arena_new();
    rc = cb_folder_tree(out, cb_arena_str(a, folder_of(src->conf->url)).p, err);
    cb_arena_free(a);
    return rc;
}

/* ---- what the last pass left */

static int take_known(const struct cb_file_row *row, void *ctx)
{
    struct reading *r = ctx;
    struct known *k = CB_NEW(r->pass_arena, struct known);
    cb_str state = cb_arena_str(r->pass_arena, row->state);
    struct cb_err ignored;

    k->content_id = cb_arena_str(r->pass_arena, row->content_id);
    k->origin = cb_arena_str(r->pass_arena, row->origin_location);
    if (state.n && cb_node_parse(&k->state, r->pass_arena, state, &ignored) != CB_OK)
        k->state = NULL; /* not ours to understand: the file is read again */
    cb_map_put(&r->known, cb_arena_str(r->pass_arena, row->path), NULL)->p = k;
    return 0;
}

/* ---- reaching files */

static void reach(struct reading *r, cb_str path, cb_str origin, const struct cb_tree_id *id, uint32_t depth)
{
    bool made;
    struct known *k;
    union cb_map_value *v;

    path = cb_arena_str(r->pass_arena, path);
    cb_map_put(&r->seen, path, &made);
    if (!made)
        return;
    if ((v = cb_map_get(&r->known, path))) {
        k = v->p;
        k->reached = true;
    }
    cb_vec_push(&r->queue, (struct reached){path, cb_arena_str(r->pass_arena, origin), *id, depth});
}

static int reach_matched(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct reading *r = ctx;

    if (r->queue.n >= CB_PASS_FILE_MAX) {
        (void)cb_fail(&r->each_err, CB_ELIMIT, "more than %d descriptors match: narrow the source's paths", CB_PASS_FILE_MAX);
        return 1;
    }
    reach(r, path, CB_LIT(""), id, 0);
    return 0;
}

struct below {
    struct reading *r;
    cb_str origin;
    uint32_t depth;
    size_t n;
    const struct cb_location_link *link; /* of the Location; NULL: reading begins here */
};

static void put_link(struct reading *r, const struct cb_location_link *from, cb_str target)
{
    struct cb_location_link link = *from;

    link.path = cb_arena_str(r->pass_arena, link.path);
    link.entity = cb_arena_str(r->pass_arena, link.entity);
    link.target = cb_arena_str(r->pass_arena, target);
    cb_vec_push(&r->links, link);
}

static int reach_target(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct below *b = ctx;

    if (b->r->queue.n >= CB_PASS_FILE_MAX) {
        (void)cb_fail(&b->r->each_err, CB_ELIMIT, "Location entities lead to more than %d files: the rest is left out",
                      CB_PASS_FILE_MAX);
        return 1;
    }
    reach(b->r, path, b->origin, id, b->depth);
    if (b->link)
        put_link(b->r, b->link, path);
    b->n++;
    return 0;
}

/* A target in another repository or branch: whoever reads that source says how it fares. */
static void follow_lead(struct reading *r, const struct cb_location_link *from, cb_str text, struct cb_err *err)
{
    struct cb_location_link link = *from;
    const union cb_map_value *v;
    struct cb_lead lead;

    if (cb_lead_of(&lead, r->pass_arena, r->conf, text, err) != CB_OK)
        return;
    if (r->src->conf->depth >= CB_LEAD_DEPTH_MAX) {
        (void)cb_fail(err, CB_ELIMIT, "%" CB_FMT " is more than %d repositories away from where reading began", CB_ARG(text),
                      CB_LEAD_DEPTH_MAX);
        return;
    }
    link.key = lead.key;
    link.url = lead.url;
    link.branch = lead.branch;
    link.paths = cb_lead_paths(r->pass_arena, lead.path);
    put_link(r, &link, CB_LIT(""));
    err->text[0] = '\0';
    if (!link.optional && (v = cb_map_get(&r->failing, lead.key)))
        (void)cb_fail(err, CB_EUPSTREAM, "%s", (const char *)v->p);
}

/* Follow one target of the file FROM; the sentence of what fails is written into ERR, which begins with text[0] == 0. */
static void follow(struct reading *r, const struct reached *from, cb_str origin, const struct cb_target *t, struct cb_err *err)
{
    struct cb_location_link link = {.path = from->path, .entity = t->entity, .optional = t->optional};
    struct below below = {r, origin, from->depth + 1, 0, &link};
    struct cb_tree_id id;
    cb_str path;

    err->text[0] = '\0';
    switch (cb_address_target(&path, r->file_arena, &r->address, from->path, t, err)) {
    case CB_TARGET_REFUSED:
        return;
    case CB_TARGET_LEAD:
        follow_lead(r, &link, cb_str_trim(t->text), err);
        return;
    case CB_TARGET_PATH:
        break;
    }
    if (below.depth > CB_PASS_DEPTH_MAX) {
        (void)cb_fail(err, CB_ELIMIT, "%" CB_FMT " is more than %d Locations away from where reading began", CB_ARG(t->text),
                      CB_PASS_DEPTH_MAX);
        return;
    }
    if (cb_glob_is_pattern(path)) {
        struct cb_err why = {0};

        if (r->tree->ops->each(r->tree, &path, 1, reach_target, &below, &why) != CB_OK)
            (void)cb_fail(err, why.code, "%s", why.text);
        else if (r->each_err.text[0])
            *err = r->each_err;
        return; /* a glob may match nothing */
    }
    switch (r->tree->ops->id(r->tree, path, &id, err)) {
    case CB_OK:
        err->text[0] = '\0';
        (void)reach_target(path, &id, &below);
        break;
    case CB_ENOTFOUND:
        if (t->optional)
            err->text[0] = '\0';
        else
            (void)cb_fail(err, CB_ENOTFOUND, "%" CB_FMT ", NotFoundError: no file %" CB_FMT " here", CB_ARG(t->text),
                          CB_ARG(path));
        break;
    default:
        break; /* err has the sentence */
    }
}

/* ---- one file */

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path,
                            struct cb_err *err)
{
    struct reading *r = ctx;

    return cb_address_include(a, &r->address, r->tree, from, target, bytes, path, err);
}

/* Includes with the ids they have now ("" for a missing one), targets, and the targets that fail: what to compare next time. */
static cb_str state_of(struct reading *r, const struct cb_descriptor *d, const cb_str *failing)
{
    struct cb_arena *a = r->file_arena;
    struct cb_node *state = cb_node_new(a, CB_OBJECT), *includes = cb_node_new(a, CB_ARRAY),
                   *targets = cb_node_new(a, CB_ARRAY);
    struct cb_buf text = CB_BUF_INIT;
    cb_str out;

    for (size_t i = 0; i < d->include_n; i++) {
        struct cb_node *pair = cb_node_new(a, CB_ARRAY);
        struct cb_tree_id id = {0};
        struct cb_err ignored;

        if (r->tree->ops->id(r->tree, d->includes[i], &id, &ignored) != CB_OK)
            id.n = 0;
        cb_node_push(pair, cb_node_string(a, d->includes[i]));
        cb_node_push(pair, cb_node_string(a, id_hex(a, &id)));
        cb_node_push(includes, pair);
    }
    for (size_t i = 0; i < d->target_n; i++) {
        const struct cb_target *t = &d->targets[i];
        struct cb_node *node = cb_node_new(a, CB_OBJECT);

        cb_node_put(node, CB_LIT("entity"), cb_node_string(a, t->entity));
        cb_node_put(node, CB_LIT("type"), cb_node_string(a, t->type));
        cb_node_put(node, CB_LIT("text"), cb_node_string(a, t->text));
        cb_node_put(node, CB_LIT("optional"), cb_node_bool(a, t->optional));
        cb_node_put(node, CB_LIT("failing"), cb_node_string(a, failing[i]));
        cb_node_push(targets, node);
    }
    cb_node_put(state, CB_LIT("includes"), includes);
    cb_node_put(state, CB_LIT("targets"), targets);
    cb_node_dump(&text, state);
    out = cb_arena_str(a, cb_buf_str(&text));
    cb_buf_fini(&text);
    return out;
}

static enum cb_code read_file(struct reading *r, const struct reached *f, struct cb_err *err)
{
    struct cb_descriptor_opts opts = {.rules = r->src->conf->plugin ? NULL : &r->src->conf->rules, .include = include, .include_ctx = r};
    struct cb_descriptor_at at;
    struct cb_descriptor d;
    struct cb_file_row row = {.path = f->path};
    struct cb_status_set status;
    struct cb_err why = {0};
    cb_str bytes, *failing;
    enum cb_code rc;

    cb_address_of(&at, r->file_arena, &r->address, f->path, f->origin);
    rc = r->tree->ops->read(r->tree, r->file_arena, f->path, &bytes, &why);
    if (rc == CB_EUPSTREAM && !r->src->mirror)
        rc = CB_EDENIED; /* a file of this machine that nobody may read: its problem alone */
    if (rc == CB_EUPSTREAM || rc == CB_ETIMEOUT || rc == CB_ECANCELLED || rc == CB_EUNAVAILABLE)
        return cb_fail(err, rc, "%" CB_FMT ": %s", CB_ARG(f->path), why.text); /* the repository's fault: nothing is judged */
    if (rc == CB_OK)
        cb_descriptor_read(&d, r->file_arena, bytes, &at, &opts);
    else
        cb_status_unreadable(&d, r->file_arena, f->path, &why);

    failing = CB_NEW_N(r->file_arena, cb_str, d.target_n + 1);
    for (size_t i = 0; i < d.target_n; i++) {
        struct cb_err no;

        follow(r, f, at.origin_location, &d.targets[i], &no);
        failing[i] = cb_arena_str(r->file_arena, cb_str_cstr(no.text));
    }
    cb_status_make(&status, r->file_arena, &d, failing, at.location);

    row.content_id = id_hex(r->file_arena, &f->id);
    row.origin_location = at.origin_location;
    row.state = state_of(r, &d, failing);
    r->read_n++;
    return cb_pass_put_file(r->store, &row, &d, status.v, status.n, err);
}

/* Nothing that the file says can have changed: its bytes, its includes and its origin are as they were. */
static bool same_as_known(struct reading *r, const struct reached *f, const struct known *k)
{
    struct cb_descriptor_at at;
    const struct cb_node *includes;

    if (r->everything || !k || !k->state || !cb_str_eq(k->content_id, id_hex(r->file_arena, &f->id)))
        return false;
    cb_address_of(&at, r->file_arena, &r->address, f->path, f->origin);
    if (!cb_str_eq(k->origin, at.origin_location))
        return false;
    includes = cb_node_get(k->state, "includes");
    for (const struct cb_node *pair = includes ? includes->first : NULL; pair; pair = pair->next) {
        struct cb_tree_id id = {0};
        struct cb_err ignored;

        if (!pair->first || !pair->last)
            return false;
        if (r->tree->ops->id(r->tree, pair->first->text, &id, &ignored) != CB_OK)
            id.n = 0;
        if (!cb_str_eq(pair->last->text, id_hex(r->file_arena, &id)))
            return false;
    }
    return true;
}

/* Follow the targets that an unchanged file was known to have; false when one of them fares otherwise than then. */
static bool follow_known(struct reading *r, const struct reached *f, const struct known *k)
{
    const struct cb_node *targets = cb_node_get(k->state, "targets");
    bool same = true;

    for (const struct cb_node *n = targets ? targets->first : NULL; n; n = n->next) {
        const struct cb_node *optional = cb_node_get(n, "optional");
        struct cb_target t = {.entity = cb_node_text(n, "entity"),
                              .type = cb_node_text(n, "type"),
                              .text = cb_node_text(n, "text"),
                              .optional = optional && optional->type == CB_BOOL && optional->b};
        struct cb_err no;

        follow(r, f, k->origin, &t, &no);
        if (!cb_str_eq(cb_str_cstr(no.text), cb_node_text(n, "failing")))
            same = false;
    }
    return same;
}

/* Bring the bytes of what is going to be read from here on, a batch at a time. */
static enum cb_code want_batch(struct reading *r, size_t from, size_t to, struct cb_err *err)
{
    cb_str *paths = CB_NEW_N(r->file_arena, cb_str, to - from + 1);
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        const union cb_map_value *v = cb_map_get(&r->known, r->queue.v[i].path);

        if (!same_as_known(r, &r->queue.v[i], v ? v->p : NULL))
            paths[n++] = r->queue.v[i].path;
    }
    return n ? r->tree->ops->want(r->tree, paths, n, err) : CB_OK;
}

static enum cb_code read_reached(struct reading *r, struct cb_err *err)
{
    size_t wanted = 0;
    enum cb_code rc;

    for (size_t i = 0; i < r->queue.n; i++) {
        const struct reached f = r->queue.v[i]; /* a copy: following targets grows the queue */
        union cb_map_value *v = cb_map_get(&r->known, f.path);
        const struct known *k = v ? v->p : NULL;

        if (i == wanted) {
            wanted = r->queue.n - i > BATCH_FILES ? i + BATCH_FILES : r->queue.n;
            rc = want_batch(r, i, wanted, err);
            cb_arena_reset(r->file_arena);
            if (rc != CB_OK)
                return rc;
        }
        if (same_as_known(r, &f, k) && follow_known(r, &f, k)) {
            r->same_n++;
        } else if ((rc = read_file(r, &f, err)) != CB_OK) {
            return rc;
        }
        cb_arena_reset(r->file_arena);
    }
    return CB_OK;
}

/* ---- where reading begins */

/* The Location that stands for a configured descriptor, as Backstage makes one. */
static enum cb_code put_root(struct reading *r, struct cb_err *err)
{
    struct cb_arena *a = r->file_arena;
    struct cb_descriptor d = {.doc_n = 1};
    struct cb_descriptor_at at = {.path = ROOT_PATH, .location_type = CB_LIT("file")};
    struct cb_descriptor_opts opts = {0};
    struct cb_entity *entity = CB_NEW(a, struct cb_entity);
    struct cb_file_row row = {.path = ROOT_PATH, .content_id = r->src->conf->url, .state = CB_LIT("{}")};
    union cb_map_value *v = cb_map_get(&r->known, ROOT_PATH);
    struct known *k = v ? v->p : NULL;
    enum cb_code rc;

    if (k) {
        k->reached = true;
        if (!r->everything && cb_str_eq(k->content_id, row.content_id)) /* else it was forgotten */
            return CB_OK;
    }
    at.location = cb_arena_printf(a, "file:%" CB_FMT, CB_ARG(r->src->conf->url));
    at.origin_location = at.location;
    rc = cb_descriptor_entity(entity, a, cb_descriptor_location(a, CB_LIT("file"), r->src->conf->url, CB_LIT("")), &at,
                              &opts, NULL, NULL, err);
    if (rc != CB_OK)
        return rc;
    d.entities = entity;
    d.entity_n = 1;
    row.origin_location = at.location;
    return cb_pass_put_file(r->store, &row, &d, NULL, 0, err);
}

/* A source that brings nothing is more often a wrong pattern than an empty repository. */
static enum cb_code say_empty(struct reading *r, struct cb_err *err)
{
    struct cb_buf paths = CB_BUF_INIT;
    struct cb_problem problem = {
        .rule = "source-empty",
        .severity = CB_PROBLEM_WARNING,
        .remedy = CB_LIT("correct the source's paths or branch; a folder that begins with a dot must be named: .backstage/catalog-info.yaml"),
    };

    for (size_t i = 0; i < r->src->conf->path_n; i++)
        cb_buf_printf(&paths, "%s%" CB_FMT, i ? ", " : "", CB_ARG(r->src->conf->paths[i]));
    problem.message = cb_arena_printf(r->pass_arena, "no file on %" CB_FMT " matches %" CB_FMT, CB_ARG(r->address.branch),
                                      CB_ARG(cb_buf_str(&paths)));
    cb_buf_fini(&paths);
    return cb_pass_put_problem(r->store, &problem, err);
}

/* The file or pattern that Locations of another source name. */
static enum cb_code begin_led(struct reading *r, struct cb_err *err)
{
    const struct cb_source_conf *conf = r->src->conf;
    struct below below = {r, conf->origin, 0, 0, NULL};
    cb_str path = conf->paths[0];
    struct cb_tree_id id;
    enum cb_code rc;

    if (cb_lead_is_pattern(path)) {
        rc = r->tree->ops->each(r->tree, &path, 1, reach_target, &below, err);
        if (rc == CB_OK && r->each_err.text[0])
            rc = cb_fail(err, r->each_err.code, "%s", r->each_err.text);
        return rc;
    }
    rc = r->tree->ops->id(r->tree, path, &id, err);
    if (rc == CB_OK)
        (void)reach_target(path, &id, &below);
    if (rc != CB_ENOTFOUND)
        return rc;
    return conf->optional ? CB_OK
                          : cb_fail(err, CB_ENOTFOUND, "NotFoundError: there is no file %" CB_FMT " on %" CB_FMT ": what it said "
                                    "before is kept", CB_ARG(path), CB_ARG(r->address.branch));
}

static enum cb_code begin_reaching(struct reading *r, struct cb_err *err)
{
    struct cb_tree_id id;
    enum cb_code rc;

    if (r->src->conf->led)
        return begin_led(r, err);
    if (r->src->conf->git) {
        rc = r->tree->ops->each(r->tree, r->src->conf->paths, r->src->conf->path_n, reach_matched, r, err);
        if (rc == CB_OK && r->each_err.text[0])
            rc = cb_fail(err, r->each_err.code, "%s", r->each_err.text);
        return rc == CB_OK && r->queue.n == 0 ? say_empty(r, err) : rc;
    }
    if (r->src->conf->plugin) {
        static const cb_str all = {"**", 2};

        rc = r->tree->ops->each(r->tree, &all, 1, reach_matched, r, err);
        return rc == CB_OK && r->each_err.text[0] ? cb_fail(err, r->each_err.code, "%s", r->each_err.text) : rc;
    }
    rc = r->tree->ops->id(r->tree, file_of(r->src->conf->url), &id, err);
    if (rc == CB_ENOTFOUND)
        return cb_fail(err, CB_ENOTFOUND, "there is no file %" CB_FMT ": what it said before is kept", CB_ARG(r->src->conf->url));
    if (rc != CB_OK)
        return rc;
    /* A descriptor of this machine is its own origin, and so is everything that it names. */
    reach(r, file_of(r->src->conf->url), cb_arena_printf(r->pass_arena, "file:%" CB_FMT, CB_ARG(r->src->conf->url)), &id, 0);
    return put_root(r, err);
}

static enum cb_code drop_unreached(struct reading *r, struct cb_err *err)
{
    struct cb_map_slot *slot;
    enum cb_code rc;

    for (size_t i = 0; (slot = cb_map_next(&r->known, &i));) {
        const struct known *k = slot->value.p;

        if (!k->reached && (rc = cb_pass_del_file(r->store, slot->key, err)) != CB_OK)
            return rc;
    }
    return CB_OK;
}

static int take_failing(cb_str key, cb_str error, void *ctx)
{
    struct reading *r = ctx;

    cb_map_put(&r->failing, cb_arena_str(r->pass_arena, key), NULL)->p = cb_arena_dup(r->pass_arena, error.p, error.n);
    return 0;
}

static enum cb_code run_once(struct cb_pass_result *out, struct reading *r, cb_str commit, struct cb_err *err)
{
    struct cb_pass_opts opts = {.source_id = r->row->id,
                                .fence = r->row->fence,
                                .commit = commit,
                                .settings = cb_pass_settings(r->pass_arena, r->conf, r->src->conf),
                                .hold_over_n = CB_PASS_HOLD_OVER_N,
                                .recheck_n = r->row->recheck_n};
    enum cb_code rc;

    if ((rc = cb_pass_tree(&r->tree, r->src, commit, err)) != CB_OK)
        return rc;
    opts.author = r->tree->commit.author;
    opts.subject = r->tree->commit.subject;
    opts.authored_at_us = r->tree->commit.at_us;
    r->everything = !cb_str_eq(opts.settings, r->row->read_settings);
    r->address = (struct cb_address){
        .conf = r->conf,
        .source = r->src->conf,
        .url = r->src->mirror         ? cb_git_url_clean(r->pass_arena, r->src->conf->url)
               : r->src->conf->plugin ? r->src->conf->url
                                      : folder_of(r->src->conf->url),
        .branch = r->src->mirror ? cb_arena_str(r->pass_arena, cb_mirror_branch(r->src->mirror)) : CB_LIT(""),
    };
    if ((rc = cb_pass_files(r->conn, r->row->id, take_known, r, err)) != CB_OK ||
        (rc = cb_link_failing(r->conn, take_failing, r, err)) != CB_OK || (rc = cb_pass_begin(&r->store, r->conn, &opts, err)) != CB_OK)
        return rc;
    if ((rc = begin_reaching(r, err)) != CB_OK || (rc = read_reached(r, err)) != CB_OK ||
        (rc = drop_unreached(r, err)) != CB_OK) {
        cb_pass_abort(r->store);
        return rc;
    }
    cb_pass_put_links(r->store, r->links.v, r->links.n, CB_LIT(""));
    return cb_pass_commit(r->store, out, err);
}

static void reading_fini(struct reading *r)
{
    if (r->tree && !(r->src && r->tree == r->src->tree))
        r->tree->ops->close(r->tree);
    cb_vec_fini(&r->queue);
    cb_map_fini(&r->known);
    cb_map_fini(&r->seen);
    cb_map_fini(&r->failing);
    cb_vec_fini(&r->links);
    cb_arena_free(r->file_arena);
    cb_arena_free(r->pass_arena);
}

enum cb_code cb_pass_run(struct cb_pass_result *out, const struct cb_sync_conf *conf, const struct cb_pass_source *src,
                         const struct cb_source_row *row, cb_str commit, struct cb_conn *conn, struct cb_err *err)
{
    enum cb_code rc = CB_ECONFLICT;

    if (src->conf->registered)
        return cb_register_pass(out, conf, row, conn, err);
    for (int i = 0; i < CB_PASS_TRIES && rc == CB_ECONFLICT; i++) {
        struct reading r = {.conf = conf,
                            .src = src,
                            .row = row,
                            .conn = conn,
                            .pass_arena = cb_arena_new(),
                            .file_arena = cb_arena_new()};

        *out = (struct cb_pass_result){0};
        rc = run_once(out, &r, commit, err);
        cb_log(CB_LOG_DEBUG, "pass.files", "source=%lld read=%lld same=%lld", (long long)row->id, (long long)r.read_n,
               (long long)r.same_n);
        reading_fini(&r);
    }
    return rc;
}

static int drop_file(const struct cb_file_row *row, void *ctx)
{
    struct reading *r = ctx;

    cb_map_put(&r->known, cb_arena_str(r->pass_arena, row->path), NULL)->p = CB_NEW(r->pass_arena, struct known);
    return 0;
}

enum cb_code cb_pass_drop(struct cb_pass_result *out, const struct cb_source_row *row, bool joined, struct cb_conn *conn,
                          struct cb_err *err)
{
    struct reading r = {.row = row, .conn = conn, .pass_arena = cb_arena_new(), .file_arena = cb_arena_new()};
    struct cb_pass_opts opts = {.source_id = row->id, .fence = row->fence, .commit = row->commit, .hold_over_n = -1,
                                .recheck_n = row->recheck_n, .joined = joined};
    enum cb_code rc;

    *out = (struct cb_pass_result){0};
    if ((rc = cb_pass_files(conn, row->id, drop_file, &r, err)) == CB_OK &&
        (rc = cb_pass_begin(&r.store, conn, &opts, err)) == CB_OK) {
        cb_pass_put_links(r.store, NULL, 0, CB_LIT(""));
        if ((rc = drop_unreached(&r, err)) == CB_OK)
            rc = cb_pass_commit(r.store, out, err);
        else
            cb_pass_abort(r.store);
    }
    reading_fini(&r);
    return rc;
}
