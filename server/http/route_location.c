#include "server/http/location.h"

#include <stdio.h>

#include "catalog/persist/link_store.h"
#include "catalog/sync/register.h"
#include "catalog/sync/schedule.h"
#include "server/http/preview.h"

#define WHERE "request/body"

void cb_put_location(struct cb_buf *out, const struct cb_location_row *row)
{
    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, row->id);
    cb_put_member(out, "type", row->type);
    cb_put_member(out, "target", row->target);
    cb_put_member(out, "entityRef", row->entity_ref);
    cb_buf_put_char(out, '}');
}

/* ---- reading */

static enum cb_code get_locations(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_location_row *rows;
    struct cb_conn *conn;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_location_all(&rows, &n, rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_char(&rp->body, '[');
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(&rp->body, i ? ",{\"data\":" : "{\"data\":");
        cb_put_location(&rp->body, &rows[i]);
        cb_buf_put_char(&rp->body, '}');
    }
    cb_buf_put_char(&rp->body, ']');
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code get_location(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_location_row row;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_location_get(&row, rq->arena, conn, rq->args[0], err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_put_location(&rp->body, &row);
    rp->no_store = true;
    return CB_OK;
}

/* The origin of the entity that the path names: "url:https://…" */
static enum cb_code origin_of(cb_str *out, struct cb_request *rq, struct cb_err *err)
{
    cb_str ref = cb_request_ref(rq);
    struct cb_node *doc, *origin;
    cb_doc at;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_snapshot_find(&at, rq->snapshot, ref))
        return cb_fail(err, CB_ENOTFOUND, "found no entity for ref %" CB_FMT, CB_ARG(ref));
    if (cb_node_parse(&doc, rq->arena, cb_doc_body(rq->snapshot, at), err) != CB_OK)
        return CB_EINTERNAL;
    origin = cb_node_get(cb_node_path(doc, "metadata.annotations"), "backstage.io/managed-by-origin-location");
    if (!origin || origin->type != CB_STRING)
        return cb_fail(err, CB_ENOTFOUND, "found no origin annotation for ref %" CB_FMT, CB_ARG(ref));
    *out = origin->text;
    return CB_OK;
}

/* GET /api/catalog/locations/by-entity/{kind}/{namespace}/{name}: the registration that an entity came with. */
static enum cb_code get_by_entity(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_location_row row;
    struct cb_conn *conn;
    enum cb_code rc;
    cb_str origin;
    size_t colon;

    if ((rc = origin_of(&origin, rq, err)) != CB_OK)
        return rc;
    colon = cb_str_find_char(origin, ':', 0);
    if (colon == SIZE_MAX)
        colon = origin.n;
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_location_find(&row, rq->arena, conn, cb_str_sub(origin, 0, colon),
                          cb_str_sub(origin, colon < origin.n ? colon + 1 : colon, origin.n), err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_put_location(&rp->body, &row);
    rp->no_store = true;
    return CB_OK;
}

/* ---- writing */

static const struct cb_sync_conf *sync_of(struct cb_request *rq, struct cb_err *err)
{
    const struct cb_sync_conf *conf = rq->env->schedule ? cb_schedule_conf(rq->env->schedule) : NULL;

    if (!conf)
        (void)cb_fail(err, CB_EUNAVAILABLE, "nothing is read by this process");
    return conf;
}

/* Until CALLBOARD-GENERATION is served the catalog does not have it yet. */
static void say_generation(struct cb_request *rq, struct cb_reply *rp, int64_t generation)
{
    if (generation)
        cb_reply_header(rp, "callboard-generation", cb_arena_printf(rq->arena, "%lld", (long long)generation));
    rp->no_store = true;
}

static enum cb_code check_writable(struct cb_request *rq, struct cb_err *err)
{
    return rq->config->locations_readonly ? cb_fail(err, CB_EDENIED, "This operation not allowed in readonly mode") : CB_OK;
}

static bool listed(cb_str list, cb_str word)
{
    cb_str one;

    while (cb_str_split(&one, &list, ','))
        if (cb_str_eq(cb_str_trim(one), word))
            return true;
    return false;
}

static enum cb_code check_type(struct cb_request *rq, cb_str type, struct cb_err *err)
{
    cb_str list = rq->config->location_types, one;
    struct cb_buf text = CB_BUF_INIT;
    enum cb_code rc;

    if (listed(list, type))
        return CB_OK;
    while (cb_str_split(&one, &list, ','))
        cb_buf_printf(&text, "%s\"%" CB_FMT "\"", text.n ? "," : "", CB_ARG(cb_str_trim(one)));
    rc = cb_fail(err, CB_EINVAL, "Registered locations must be of an allowed type [%" CB_FMT "]", CB_ARG(cb_buf_str(&text)));
    cb_buf_fini(&text);
    return rc;
}

/* Backstage's parser prints what it does not know as JSON with two blanks an indent. */
static enum cb_code check_keys(const struct cb_node *body, struct cb_err *err)
{
    struct cb_buf keys = CB_BUF_INIT, names = CB_BUF_INIT;
    enum cb_code rc = CB_OK;

    for (const struct cb_node *m = body->first; m && keys.n < 500; m = m->next) {
        if (cb_str_eq(m->key, CB_LIT("type")) || cb_str_eq(m->key, CB_LIT("target")) || cb_str_eq(m->key, CB_LIT("presence")))
            continue;
        cb_buf_put_cstr(&keys, keys.n ? ",\n      " : "      ");
        cb_buf_put_json(&keys, cb_str_cut(m->key, 200));
        cb_buf_printf(&names, "%s'%" CB_FMT "'", names.n ? ", " : "", CB_ARG(cb_str_cut(m->key, 200)));
    }
    if (keys.n)
        rc = cb_fail(err, CB_EINVAL,
                     "Malformed request: [\n  {\n    \"code\": \"unrecognized_keys\",\n    \"keys\": [\n%" CB_FMT
                     "\n    ],\n    \"path\": [],\n    \"message\": \"Unrecognized key(s) in object: %" CB_FMT "\"\n  }\n]",
                     CB_ARG(cb_buf_str(&keys)), CB_ARG(cb_buf_str(&names)));
    cb_buf_fini(&keys);
    cb_buf_fini(&names);
    return rc;
}

static enum cb_code check_presence(const struct cb_node *body, struct cb_err *err)
{
    cb_str presence;
    enum cb_code rc = cb_body_text(&presence, body, WHERE, "presence", false, err);

    if (rc == CB_OK && presence.p && !cb_str_eq(presence, CB_LIT("required")) && !cb_str_eq(presence, CB_LIT("optional")))
        rc = cb_fail(err, CB_EINVAL, "Malformed request: presence must be \"required\" or \"optional\"");
    return rc;
}

/* FIRST is the one that is missed first: Backstage's two bodies differ in it. */
static enum cb_code read_place(struct cb_location_row *row, const struct cb_node *body, bool target_first, struct cb_err *err)
{
    const char *first = target_first ? "target" : "type", *second = target_first ? "type" : "target";
    enum cb_code rc;

    if ((rc = cb_body_text(target_first ? &row->target : &row->type, body, WHERE, first, true, err)) != CB_OK ||
        (rc = cb_body_text(target_first ? &row->type : &row->target, body, WHERE, second, true, err)) != CB_OK)
        return rc;
    return CB_OK;
}

static bool is_yes(cb_str word)
{
    static const char *const yes[] = {"true", "1", "yes", "y", "on"};

    for (size_t i = 0; i < CB_COUNT(yes); i++)
        if (cb_str_eq_nocase(word, cb_str_cstr(yes[i])))
            return true;
    return false;
}

static enum cb_code exists(const struct cb_location_row *row, struct cb_err *err)
{
    return cb_fail(err, CB_ECONFLICT, "Location %" CB_FMT ":%" CB_FMT " already exists", CB_ARG(row->type), CB_ARG(row->target));
}

static bool wants_refresh(struct cb_request *rq)
{
    cb_str asked = cb_params_get(&rq->params, "onConflict");

    return cb_str_eq(asked.p ? asked : rq->config->location_conflict, CB_LIT("refresh"));
}

/* ?dryRun=true: what it would bring. Allowed where nothing may be registered. */
static enum cb_code try_location(struct cb_request *rq, struct cb_reply *rp, struct cb_location_row *row, struct cb_err *err)
{
    struct cb_location_row there;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = cb_register_check(row->target, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_location_find(&there, rq->arena, conn, row->type, row->target, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK && rc != CB_ENOTFOUND)
        return rc;
    return cb_preview_reply(rq, rp, row->type, row->target, cb_register_ref(rq->arena, row->type, row->target), rc == CB_OK, err);
}

/* POST /api/catalog/locations: its entity is there when this is answered (callboard-generation); what it leads to is read then. */
static enum cb_code post_location(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_location_row row = {.created_by = cb_str_cstr(rq->caller.user)};
    const struct cb_sync_conf *conf;
    int64_t generation = 0;
    struct cb_conn *conn;
    enum cb_code rc;
    bool new;

    if ((rc = read_place(&row, rq->json, true, err)) != CB_OK || (rc = check_presence(rq->json, err)) != CB_OK ||
        (rc = check_keys(rq->json, err)) != CB_OK || (rc = check_type(rq, row.type, err)) != CB_OK)
        return rc;
    if (is_yes(cb_params_get(&rq->params, "dryRun")))
        return try_location(rq, rp, &row, err);
    if ((rc = check_writable(rq, err)) != CB_OK)
        return rc;
    if (!(conf = sync_of(rq, err)))
        return CB_EUNAVAILABLE;
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_register_put(&row, &new, &generation, rq->arena, conf, conn, err);
    if (rc == CB_OK && !new)
        rc = wants_refresh(rq) ? cb_link_nudge(conn, row.entity_ref, err) : exists(&row, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    rp->status = 201;
    cb_buf_put_cstr(&rp->body, "{\"location\":");
    cb_put_location(&rp->body, &row);
    cb_buf_put_cstr(&rp->body, ",\"entities\":[]}");
    say_generation(rq, rp, generation);
    return CB_OK;
}

/* PUT /api/catalog/locations/{id} {"type", "target"} */
static enum cb_code put_location(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_location_row row = {.id = rq->args[0]};
    const struct cb_sync_conf *conf;
    int64_t generation = 0;
    struct cb_conn *conn;
    cb_str type, target;
    enum cb_code rc;
    bool taken;

    if ((rc = check_writable(rq, err)) != CB_OK || (rc = read_place(&row, rq->json, false, err)) != CB_OK ||
        (rc = cb_body_only(rq->json, WHERE, "type,target", err)) != CB_OK || (rc = check_type(rq, row.type, err)) != CB_OK)
        return rc;
    type = row.type;
    target = row.target;
    if (!(conf = sync_of(rq, err)))
        return CB_EUNAVAILABLE;
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_register_set(&row, &taken, &generation, rq->arena, cb_str_cstr(rq->caller.user), conf, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc == CB_OK && taken)
        rc = exists(&(struct cb_location_row){.type = type, .target = target}, err);
    if (rc != CB_OK)
        return rc;
    cb_put_location(&rp->body, &row);
    say_generation(rq, rp, generation);
    return CB_OK;
}

static enum cb_code delete_location(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_sync_conf *conf;
    int64_t generation = 0;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = check_writable(rq, err)) != CB_OK)
        return rc;
    if (!(conf = sync_of(rq, err)))
        return CB_EUNAVAILABLE;
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_register_del(rq->args[0], &generation, rq->arena, cb_str_cstr(rq->caller.user), conf, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    rc = cb_reply_empty(rp, 204);
    say_generation(rq, rp, generation);
    return rc;
}

static const struct cb_param_rule post_params[] = {
    {"dryRun", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"onConflict", CB_PARAM_WORD, false, 0, 0, "refresh, reject"},
    {0},
};

const struct cb_route cb_routes_location[] = {
    {CB_GET, "/api/catalog/locations", CB_RIGHT_READ, CB_ROUTE_WORKER, get_locations, "GetLocations", "All registered locations",
     NULL},
    {CB_POST, "/api/catalog/locations", CB_RIGHT_LOCATIONS, CB_ROUTE_WORKER, post_location, "CreateLocation",
     "Register a location", post_params},
    {CB_POST, "/api/catalog/locations/by-query", CB_RIGHT_READ, CB_ROUTE_WORKER, cb_location_by_query, "GetLocationsByQuery",
     "Registered locations, a page at a time", NULL},
    {CB_GET, "/api/catalog/locations/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_location, "GetLocation", "One registered location",
     NULL},
    {CB_PUT, "/api/catalog/locations/{id}", CB_RIGHT_LOCATIONS, CB_ROUTE_WORKER, put_location, "UpdateLocation",
     "Point a registered location elsewhere", NULL},
    {CB_DELETE, "/api/catalog/locations/{id}", CB_RIGHT_LOCATIONS, CB_ROUTE_WORKER, delete_location, "DeleteLocation",
     "Remove a registered location and all that came with it", NULL},
    {CB_GET, "/api/catalog/locations/by-entity/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_by_entity,
     "getLocationByEntity", "The registered location that an entity came with", NULL},
    {0},
};
