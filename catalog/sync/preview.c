#include "catalog/sync/preview.h"

#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/sync/lead.h"

/* An entity that waits for its turn, and where its targets are relative to. */
struct waiting {
    struct cb_entity entity;
    const struct cb_target *targets;
    size_t target_n;
    struct cb_visit_place from;
    cb_str location; /* of the file it stands in */
    uint32_t depth;
};

struct walk {
    struct cb_visit *v;
    struct cb_arena *a;
    const struct cb_rules *rules;
    cb_str origin;
    struct cb_map seen; /* id -> 1 */
    CB_VEC(struct waiting) stack;
    CB_VEC(struct cb_entity) entities;
    struct cb_buf errors;
    CB_VEC(struct cb_preview_error) list;
    size_t error_n, file_n;
};

/* ---- mistakes */

/* TEXT is how the one text says P. */
static void add_error(struct walk *w, cb_str text, const struct cb_problem *p, cb_str location)
{
    if (w->error_n == CB_PREVIEW_ERROR_MAX)
        cb_buf_put_cstr(&w->errors, ", and more");
    if (w->error_n++ >= CB_PREVIEW_ERROR_MAX)
        return;
    if (w->errors.n)
        cb_buf_put_cstr(&w->errors, ", ");
    cb_buf_put_str(&w->errors, text);
    cb_vec_push(&w->list, ((struct cb_preview_error){.problem = *p, .location = p->at.path.n ? location : CB_LIT("")}));
}

cb_str cb_preview_words(struct cb_arena *a, const struct cb_problem *p)
{
    cb_str what = p->backstage.n ? p->backstage : cb_arena_printf(a, "InputError: %" CB_FMT, CB_ARG(p->message));

    if (!p->at.path.n || !p->at.line)
        return what;
    if (!p->at.column)
        return cb_arena_printf(a, "%" CB_FMT " (%" CB_FMT ":%u)", CB_ARG(what), CB_ARG(p->at.path), p->at.line);
    return cb_arena_printf(a, "%" CB_FMT " (%" CB_FMT ":%u:%u)", CB_ARG(what), CB_ARG(p->at.path), p->at.line, p->at.column);
}

/* The visit itself is over, or it could not be found out; anything else is the location's fault. */
static bool ends_visit(enum cb_code rc)
{
    return rc == CB_ETIMEOUT || rc == CB_ECANCELLED || rc == CB_EUNAVAILABLE;
}

/* What is wrong with TARGET, which PARENT names, is told; true when the walk ends. */
static bool failed(struct walk *w, enum cb_code rc, const struct waiting *parent, const struct cb_target *target, const struct cb_err *why)
{
    cb_str type = target->type.n ? target->type : CB_LIT("url");
    struct cb_problem p = {.rule = "location-target", .field = target->text, .at = target->at, .entity = parent->entity.id};

    if (rc == CB_OK)
        return false;
    if (!ends_visit(rc)) {
        p.message = cb_arena_str(w->a, cb_str_cstr(why->text));
        if (!parent->location.n)
            p.entity = p.at.path = CB_LIT("");
        add_error(w, cb_visit_words(w->a, type, why), &p, parent->location);
    }
    return ends_visit(rc);
}

/* ---- files */

static enum cb_code check_size(const struct walk *w, struct cb_err *err)
{
    if (w->file_n > CB_PREVIEW_FILE_MAX)
        return cb_fail(err, CB_ELIMIT, "the location leads to more than %d files: too many to try it", CB_PREVIEW_FILE_MAX);
    if (w->entities.n + w->stack.n > CB_PREVIEW_ENTITY_MAX)
        return cb_fail(err, CB_ELIMIT, "the location brings more than %d entities: too many to try it", CB_PREVIEW_ENTITY_MAX);
    if (cb_arena_used(w->a) > CB_PREVIEW_BYTES_MAX)
        return cb_fail(err, CB_ELIMIT, "what the location brings is over %d MB: too much to try it", CB_PREVIEW_BYTES_MAX / (1024 * 1024));
    return CB_OK;
}

/* Its documents wait behind what waits already; one that is the Location itself is not its own child. */
static void add_documents(struct walk *w, const struct cb_descriptor *d, const struct cb_visit_place *at, cb_str path, cb_str location,
                          const struct waiting *parent)
{
    for (size_t i = 0; i < d->problem_n; i++)
        if (d->problems[i].severity == CB_PROBLEM_ERROR)
            add_error(w, cb_preview_words(w->a, &d->problems[i]), &d->problems[i], location);
    for (size_t i = 0, t = 0; i < d->entity_n; i++) {
        struct waiting one = {.entity = d->entities[i], .from = *at, .location = location, .depth = parent->depth + 1};

        one.from.path = path;
        while (t < d->target_n && d->targets[t].at.doc < one.entity.at.doc)
            t++;
        one.targets = d->targets + t;
        while (t < d->target_n && d->targets[t].at.doc == one.entity.at.doc) {
            one.target_n++;
            t++;
        }
        if (!cb_str_eq(one.entity.id, parent->entity.id))
            cb_vec_push(&w->stack, one);
    }
}

static enum cb_code read_files(struct walk *w, const struct cb_visit_place *at, const struct waiting *parent, const struct cb_target *target,
                               struct cb_err *err)
{
    bool pattern = cb_lead_is_pattern(at->path), optional = target->optional;
    cb_str *paths;
    size_t n = 1;
    enum cb_code rc = CB_OK;

    paths = CB_NEW(w->a, cb_str);
    *paths = at->path;
    if (pattern)
        rc = cb_visit_list(&paths, &n, w->v, at, &at->path, 1, CB_PREVIEW_FILE_MAX, err);
    else
        rc = at->tree->ops->want(at->tree, paths, 1, err);
    if (rc == CB_ENOTFOUND && optional)
        return CB_OK;
    if (rc != CB_OK)
        return failed(w, rc, parent, target, err) ? rc : CB_OK;
    for (size_t i = 0; i < n; i++) {
        struct cb_descriptor d;
        cb_str location;

        w->file_n++;
        if ((rc = check_size(w, err)) != CB_OK)
            return rc;
        rc = cb_visit_read(&d, &location, w->v, at, paths[i], w->origin, w->rules, err);
        if (rc == CB_ENOTFOUND && optional)
            continue;
        if (failed(w, rc, parent, target, err))
            return rc;
        if (rc == CB_OK)
            add_documents(w, &d, at, paths[i], location, parent);
    }
    return CB_OK;
}

static enum cb_code follow(struct walk *w, const struct waiting *at, const struct cb_target *target, struct cb_err *err)
{
    cb_str type = target->type.n ? target->type : CB_LIT("url");
    struct cb_visit_place place;
    enum cb_code rc;

    if (at->depth >= CB_PREVIEW_DEPTH_MAX)
        return cb_fail(err, CB_ELIMIT, "the location leads on over more than %d Locations: too far to try it", CB_PREVIEW_DEPTH_MAX);
    if (at->from.tree)
        rc = cb_visit_target(&place, w->v, &at->from, target, err);
    else if (cb_str_eq(type, CB_LIT("file"))) /* the location that is tried */
        rc = cb_visit_file(&place, w->v, target->text, err);
    else
        rc = cb_visit_url(&place, w->v, target->text, err);
    if (rc != CB_OK)
        return failed(w, rc, at, target, err) ? rc : CB_OK;
    return read_files(w, &place, at, target, err);
}

/* ---- entities */

static enum cb_code take(struct walk *w, const struct waiting *at, struct cb_err *err)
{
    struct cb_problem twice = {.rule = "entity-twice", .field = CB_LIT("metadata.name"), .at = at->entity.at, .entity = at->entity.id};
    enum cb_code rc = CB_OK;
    bool new;

    for (size_t i = 0; rc == CB_OK && i < at->target_n; i++)
        rc = follow(w, at, &at->targets[i], err);
    if (rc != CB_OK || (rc = check_size(w, err)) != CB_OK)
        return rc;
    cb_map_put(&w->seen, at->entity.id, &new);
    if (new) {
        cb_vec_push(&w->entities, at->entity);
        return CB_OK;
    }
    twice.message = cb_arena_printf(w->a, "%" CB_FMT " is there twice", CB_ARG(at->entity.id));
    twice.remedy = CB_LIT("Give one of them another name, or take it away.");
    add_error(w, cb_arena_printf(w->a, "InputError: Duplicate nested entity: %" CB_FMT, CB_ARG(at->entity.id)), &twice, at->location);
    return CB_OK;
}

/* The Location that would be registered. */
static enum cb_code begin(struct walk *w, cb_str type, cb_str target, struct cb_err *err)
{
    struct cb_target *one = CB_NEW(w->a, struct cb_target);
    struct cb_descriptor_at *at = CB_NEW(w->a, struct cb_descriptor_at);
    struct cb_descriptor_opts opts = {0};
    struct waiting first = {.targets = one, .target_n = 1};
    enum cb_code rc;

    *at = (struct cb_descriptor_at){.location = w->origin, .origin_location = w->origin, .location_type = type};
    if ((rc = cb_descriptor_entity(&first.entity, w->a, cb_descriptor_location(w->a, type, target, CB_LIT("")), at, &opts, NULL, NULL,
                                   err)) != CB_OK)
        return rc;
    *one = (struct cb_target){.entity = first.entity.id, .type = type, .text = target};
    cb_vec_push(&w->stack, first);
    return CB_OK;
}

enum cb_code cb_preview(struct cb_preview *out, struct cb_visit *v, cb_str type, cb_str target, struct cb_err *err)
{
    struct cb_arena *a = cb_visit_arena(v);
    struct walk w = {.v = v, .a = a, .rules = cb_visit_rules(v), .origin = cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(type), CB_ARG(target))};
    enum cb_code rc = begin(&w, type, target, err);

    while (rc == CB_OK && w.stack.n > 0) {
        struct waiting next = w.stack.v[--w.stack.n];

        rc = take(&w, &next, err);
    }
    *out = (struct cb_preview){
        .errors = cb_arena_str(a, cb_buf_str(&w.errors)), .entity_n = w.entities.n, .error_n = w.list.n, .error_total = w.error_n};
    out->entities = CB_NEW_N(a, struct cb_entity, w.entities.n + 1);
    if (w.entities.n)
        memcpy(out->entities, w.entities.v, w.entities.n * sizeof(*out->entities));
    out->error_list = CB_NEW_N(a, struct cb_preview_error, w.list.n + 1);
    if (w.list.n)
        memcpy(out->error_list, w.list.v, w.list.n * sizeof(*out->error_list));
    cb_map_fini(&w.seen);
    cb_vec_fini(&w.stack);
    cb_vec_fini(&w.entities);
    cb_vec_fini(&w.list);
    cb_buf_fini(&w.errors);
    return rc;
}

void cb_preview_put(struct cb_buf *out, struct cb_arena *a, const struct cb_entity *entity)
{
    struct cb_err ignored;
    struct cb_node *doc, *metadata;

    if (cb_node_parse(&doc, a, entity->body, &ignored) != CB_OK) {
        cb_buf_put_cstr(out, "null"); /* the body is ours: it is JSON */
        return;
    }
    metadata = cb_node_get(doc, "metadata");
    cb_node_del(metadata, CB_LIT("uid"));
    if (!(entity->flags & CB_ENTITY_OWN_ETAG))
        cb_node_del(metadata, CB_LIT("etag"));
    cb_node_dump(out, doc);
}
