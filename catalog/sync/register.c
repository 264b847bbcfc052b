#include "catalog/sync/register.h"

#include "catalog/base/hash.h"
#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/persist/token_store.h"
#include "catalog/sync/lead.h"
#include "catalog/sync/pass.h"
#include "catalog/sync/status.h"

/* One pass over the source of all registered locations, or over one file of it. */
struct work {
    const struct cb_sync_conf *conf;
    struct cb_conn *conn;
    struct cb_arena *arena;
    struct cb_map failing; /* key of a source -> why it failed */
    struct cb_map known;   /* id of a location -> struct known */
    struct cb_pass *store;
    CB_VEC(struct cb_location_link) links;
};

struct known {
    cb_str content_id, origin, state;
    bool there;
};

static void work_init(struct work *w, const struct cb_sync_conf *conf, struct cb_conn *conn)
{
    *w = (struct work){.conf = conf, .conn = conn, .arena = cb_arena_new()};
}

static void work_fini(struct work *w)
{
    cb_map_fini(&w->failing);
    cb_map_fini(&w->known);
    cb_vec_fini(&w->links);
    cb_arena_free(w->arena);
}

static cb_str settings_of(struct cb_arena *a, const struct cb_sync_conf *conf)
{
    struct cb_source_conf registered = {.registered = true, .rules = conf->rules};

    return cb_pass_settings(a, conf, &registered);
}

static int take_failing(cb_str key, cb_str error, void *ctx)
{
    struct work *w = ctx;

    cb_map_put(&w->failing, cb_arena_str(w->arena, key), NULL)->p = cb_arena_dup(w->arena, error.p, error.n);
    return 0;
}

static int take_known(const struct cb_file_row *row, void *ctx)
{
    struct work *w = ctx;
    struct known *k = CB_NEW(w->arena, struct known);

    *k = (struct known){.content_id = cb_arena_str(w->arena, row->content_id),
                        .origin = cb_arena_str(w->arena, row->origin_location),
                        .state = cb_arena_str(w->arena, row->state)};
    cb_map_put(&w->known, cb_arena_str(w->arena, row->path), NULL)->p = k;
    return 0;
}

/* ---- one location */

/* Where it leads, as a link of its file; else ERR says why it leads nowhere. How the source it leads to fares is in ERR too. */
static void lead_on(struct work *w, const struct cb_location_row *row, struct cb_err *err)
{
    const union cb_map_value *v;
    struct cb_lead lead;

    err->text[0] = '\0';
    if (!cb_str_eq(row->type, CB_LIT("url"))) {
        (void)cb_fail(err, CB_EINVAL, "a location of type \"%" CB_FMT "\" cannot be followed: register a url", CB_ARG(row->type));
        return;
    }
    if (cb_lead_of(&lead, w->arena, w->conf, cb_str_trim(row->target), err) != CB_OK)
        return;
    cb_vec_push(&w->links, ((struct cb_location_link){.path = row->id,
                                             .entity = row->entity_ref,
                                             .target = CB_LIT(""),
                                             .key = lead.key,
                                             .url = lead.url,
                                             .branch = lead.branch,
                                             .paths = cb_lead_paths(w->arena, lead.path)}));
    if ((v = cb_map_get(&w->failing, lead.key)))
        (void)cb_fail(err, CB_EUPSTREAM, "%s", (const char *)v->p);
}

static enum cb_code entity_of(struct cb_entity *out, struct work *w, const struct cb_location_row *row,
                              const struct cb_descriptor_at *at, struct cb_err *err)
{
    struct cb_node *doc = cb_descriptor_location(w->arena, row->type, row->target, CB_LIT(""));
    struct cb_descriptor_opts opts = {0};
    size_t slash = cb_str_find_char(row->entity_ref, '/', 0);

    if (slash != SIZE_MAX) /* a location that was updated is named after its first target */
        cb_node_set(cb_node_get(doc, "metadata"), CB_LIT("name"),
                    cb_node_string(w->arena, cb_str_sub(row->entity_ref, slash + 1, row->entity_ref.n)));
    return cb_descriptor_entity(out, w->arena, doc, at, &opts, NULL, NULL, err);
}

/* Its file, when it is not as it was. */
static enum cb_code put_location(struct work *w, const struct cb_location_row *row, struct cb_err *err)
{
    struct cb_target target = {.entity = row->entity_ref, .type = row->type, .text = row->target, .at = {.path = row->id}};
    struct cb_descriptor d = {.doc_n = 1, .entity_n = 1, .targets = &target, .target_n = 1};
    struct cb_descriptor_at at = {.path = row->id, .location_type = row->type};
    const union cb_map_value *v = cb_map_get(&w->known, row->id);
    struct known *k = v ? v->p : NULL;
    struct cb_file_row file = {.path = row->id};
    struct cb_status_set status;
    struct cb_err failing;
    cb_str why;
    enum cb_code rc;

    lead_on(w, row, &failing);
    why = cb_arena_str(w->arena, cb_str_cstr(failing.text));
    at.location = cb_arena_printf(w->arena, "%" CB_FMT ":%" CB_FMT, CB_ARG(row->type), CB_ARG(row->target));
    at.origin_location = at.location;
    file.content_id = row->entity_ref;
    file.origin_location = at.location;
    file.state = why; /* opaque to the store */
    if (k) {
        k->there = true;
        if (cb_str_eq(k->content_id, file.content_id) && cb_str_eq(k->origin, file.origin_location) && cb_str_eq(k->state, why))
            return CB_OK;
    }
    d.entities = CB_NEW(w->arena, struct cb_entity);
    if ((rc = entity_of(d.entities, w, row, &at, err)) != CB_OK)
        return rc;
    cb_status_make(&status, w->arena, &d, &why, at.location);
    return cb_pass_put_file(w->store, &file, &d, status.v, status.n, err);
}

/* ---- all of them */

static enum cb_code run(struct cb_pass_result *out, struct work *w, const struct cb_source_row *row, struct cb_err *err)
{
    struct cb_pass_opts opts = {.source_id = row->id,
                                .fence = row->fence,
                                .settings = settings_of(w->arena, w->conf),
                                .hold_over_n = -1,
                                .recheck_n = row->recheck_n};
    struct cb_location_row *rows;
    struct cb_map_slot *slot;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_link_failing(w->conn, take_failing, w, err)) != CB_OK ||
        (rc = cb_pass_files(w->conn, row->id, take_known, w, err)) != CB_OK ||
        (rc = cb_location_all(&rows, &n, w->arena, w->conn, err)) != CB_OK ||
        (rc = cb_pass_begin(&w->store, w->conn, &opts, err)) != CB_OK)
        return rc;
    for (size_t i = 0; rc == CB_OK && i < n; i++)
        rc = put_location(w, &rows[i], err);
    for (size_t i = 0; rc == CB_OK && (slot = cb_map_next(&w->known, &i));)
        if (!((const struct known *)slot->value.p)->there)
            rc = cb_pass_del_file(w->store, slot->key, err);
    if (rc != CB_OK) {
        cb_pass_abort(w->store);
        return rc;
    }
    cb_pass_put_links(w->store, w->links.v, w->links.n, CB_LIT(""));
    return cb_pass_commit(w->store, out, err);
}

enum cb_code cb_register_pass(struct cb_pass_result *out, const struct cb_sync_conf *conf, const struct cb_source_row *row,
                              struct cb_conn *conn, struct cb_err *err)
{
    struct work w;
    enum cb_code rc;

    *out = (struct cb_pass_result){0};
    work_init(&w, conf, conn);
    rc = run(out, &w, row, err);
    work_fini(&w);
    return rc;
}

/* ---- writes: row, file, and what is below, in one transaction */

struct write {
    struct cb_location_row *row;
    cb_str by;
    bool put, del;
    bool *flag; /* new, or taken */
};

/* The row; *DONE when there is nothing more to do. */
static enum cb_code write_row(bool *done, const struct write *wr, struct work *w, struct cb_arena *a, struct cb_err *err)
{
    struct cb_location_row *row = wr->row;
    enum cb_code rc;

    if (wr->put) {
        rc = cb_location_put(row, wr->flag, a, w->conn, err);
        *done = rc == CB_OK && !*wr->flag;
    } else if (wr->del) {
        rc = cb_location_del(row, a, w->conn, row->id, err);
        *done = false;
    } else {
        rc = cb_location_set(row, wr->flag, a, w->conn, row->id, row->type, row->target, err);
        *done = rc == CB_OK && *wr->flag;
    }
    return rc;
}

static enum cb_code audit(const struct write *wr, struct work *w, struct cb_err *err)
{
    const char *action = wr->put ? "location.create" : wr->del ? "location.delete" : "location.update";
    struct cb_buf detail = CB_BUF_INIT;
    cb_str text;

    cb_buf_put_cstr(&detail, "{\"type\":");
    cb_buf_put_json(&detail, wr->row->type);
    cb_buf_put_cstr(&detail, ",\"target\":");
    cb_buf_put_json(&detail, cb_git_url_clean(w->arena, wr->row->target));
    cb_buf_put_char(&detail, '}');
    text = cb_arena_str(w->arena, cb_buf_str(&detail));
    cb_buf_fini(&detail);
    return cb_audit_put(w->conn, wr->by, cb_str_cstr(action), wr->row->id, text, err);
}

/* Within the transaction. */
static enum cb_code write_all(struct cb_pass_result *out, const struct write *wr, struct work *w, struct cb_arena *a,
                              struct cb_err *err)
{
    struct cb_pass_opts opts = {.hold_over_n = -1, .recheck_n = -1, .joined = true};
    enum cb_code rc;
    bool done;

    if ((rc = cb_location_lock(&opts.source_id, &opts.fence, &opts.settings, w->arena, w->conn, settings_of(w->arena, w->conf),
                               err)) != CB_OK ||
        (rc = write_row(&done, wr, w, a, err)) != CB_OK || done || (rc = audit(wr, w, err)) != CB_OK ||
        (rc = cb_link_failing(w->conn, take_failing, w, err)) != CB_OK ||
        (rc = cb_pass_begin(&w->store, w->conn, &opts, err)) != CB_OK)
        return rc;
    rc = wr->del ? cb_pass_del_file(w->store, wr->row->id, err) : put_location(w, wr->row, err);
    if (rc != CB_OK) {
        cb_pass_abort(w->store);
        return rc;
    }
    cb_pass_put_links(w->store, w->links.v, w->links.n, wr->row->id);
    if ((rc = cb_pass_commit(w->store, out, err)) != CB_OK)
        return rc;
    return wr->put ? CB_OK : cb_lead_drop(out, w->arena, w->conn, err);
}

/* A writer that met a pass on the same names tries again, with ROW as it was. */
static enum cb_code write_location(const struct write *wr, int64_t *generation, struct cb_arena *a,
                                   const struct cb_sync_conf *conf, struct cb_conn *conn, struct cb_err *err)
{
    const struct cb_location_row asked = *wr->row;
    enum cb_code rc = CB_ECONFLICT;

    *generation = 0;
    for (int i = 0; i < CB_PASS_TRIES && rc == CB_ECONFLICT; i++) {
        struct cb_pass_result out = {0};
        struct work w;

        *wr->row = asked;
        work_init(&w, conf, conn);
        if ((rc = cb_pass_together(conn, err)) == CB_OK) {
            rc = write_all(&out, wr, &w, a, err);
            rc = cb_pass_together_end(conn, rc, err);
        }
        *generation = out.generation;
        work_fini(&w);
    }
    return rc;
}

cb_str cb_register_ref(struct cb_arena *a, cb_str type, cb_str target)
{
    struct cb_node *doc = cb_descriptor_location(a, type, target, CB_LIT(""));

    return cb_arena_printf(a, "location:default/%" CB_FMT, CB_ARG(cb_node_path(doc, "metadata.name")->text));
}

enum cb_code cb_register_check(cb_str target, struct cb_err *err)
{
    if (target.n > CB_REGISTER_TARGET_MAX)
        return cb_fail(err, CB_EINVAL, "the target has %zu bytes, over %d", target.n, CB_REGISTER_TARGET_MAX);
    return CB_OK;
}

enum cb_code cb_register_put(struct cb_location_row *row, bool *new, int64_t *generation, struct cb_arena *a,
                             const struct cb_sync_conf *conf, struct cb_conn *conn, struct cb_err *err)
{
    struct write wr = {.row = row, .by = row->created_by, .put = true, .flag = new};
    enum cb_code rc = cb_register_check(row->target, err);

    if (rc != CB_OK)
        return rc;
    row->entity_ref = cb_register_ref(a, row->type, row->target);
    return write_location(&wr, generation, a, conf, conn, err);
}

enum cb_code cb_register_set(struct cb_location_row *row, bool *taken, int64_t *generation, struct cb_arena *a, cb_str by,
                             const struct cb_sync_conf *conf, struct cb_conn *conn, struct cb_err *err)
{
    struct write wr = {.row = row, .by = by, .flag = taken};
    enum cb_code rc = cb_register_check(row->target, err);

    return rc == CB_OK ? write_location(&wr, generation, a, conf, conn, err) : rc;
}

enum cb_code cb_register_del(cb_str id, int64_t *generation, struct cb_arena *a, cb_str by, const struct cb_sync_conf *conf,
                             struct cb_conn *conn, struct cb_err *err)
{
    struct cb_location_row row = {.id = id};
    struct write wr = {.row = &row, .by = by, .del = true};

    return write_location(&wr, generation, a, conf, conn, err);
}
