#include "catalog/base/hash.h"
#include "catalog/persist/link_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/ancestry.h"
#include "catalog/sync/forget.h"
#include "catalog/sync/schedule.h"
#include "server/http/router.h"

/* ---- POST /api/catalog/refresh */

/* Ask whoever reads SOURCE to do it now: this process's schedule, else any other's through the database. */
static enum cb_code nudge(struct cb_request *rq, int64_t source_id, struct cb_conn *conn, struct cb_err *err)
{
    enum cb_code rc;

    if (rq->env->schedule && cb_schedule_nudge(rq->env->schedule, source_id))
        return CB_OK;
    rc = cb_source_nudge(conn, source_id, err);
    return rc == CB_ENOTFOUND ? CB_OK : rc; /* it went meanwhile */
}

/* The sources of an entity and of all Locations above it; of a Location, what it leads to as well. */
static enum cb_code nudge_all(struct cb_request *rq, cb_doc doc, struct cb_conn *conn, struct cb_err *err)
{
    cb_str ref = cb_doc_id(rq->snapshot, doc);
    int64_t asked[CB_ANCESTRY_MAX];
    struct cb_ancestor *items;
    size_t n, asked_n = 0;
    enum cb_code rc;

    if ((rc = cb_ancestry(&items, &n, rq->arena, rq->snapshot, conn, doc, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        int64_t source_id = cb_doc_source(rq->snapshot, items[i].doc);
        size_t j = 0;

        while (j < asked_n && asked[j] != source_id)
            j++;
        if (j < asked_n)
            continue;
        asked[asked_n++] = source_id;
        if ((rc = nudge(rq, source_id, conn, err)) != CB_OK)
            return rc;
    }
    return cb_str_starts(ref, CB_LIT("location:")) ? cb_link_nudge(conn, ref, err) : CB_OK;
}

/* {"entityRef": "component:default/x"}: answered before anything is done. */
static enum cb_code post_refresh(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;
    cb_str ref, ignored;
    cb_doc doc;

    if ((rc = cb_body_text(&ref, rq->json, "request/body", "entityRef", true, err)) != CB_OK ||
        (rc = cb_body_text(&ignored, rq->json, "request/body", "authorizationToken", false, err)) != CB_OK ||
        (rc = cb_body_only(rq->json, "request/body", "entityRef,authorizationToken", err)) != CB_OK)
        return rc;
    ref = cb_arena_lower(rq->arena, ref);
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_snapshot_find(&doc, rq->snapshot, ref))
        return cb_fail(err, CB_ENOTFOUND, "Entity %" CB_FMT " not found", CB_ARG(ref));
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = nudge_all(rq, doc, conn, err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? cb_reply_empty(rp, 200) : rc;
}

/* ---- GET /api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry */

static void put_ancestor(struct cb_buf *out, const struct cb_snapshot *s, const struct cb_ancestor *at)
{
    cb_buf_put_cstr(out, "{\"entity\":");
    cb_doc_put(out, s, at->doc);
    cb_buf_put_cstr(out, ",\"parentEntityRefs\":[");
    for (size_t i = 0; i < at->parent_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, at->parents[i]);
    }
    cb_buf_put_cstr(out, "]}");
}

static enum cb_code get_ancestry(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_str ref = cb_request_ref(rq);
    struct cb_ancestor *items;
    struct cb_conn *conn;
    enum cb_code rc;
    cb_doc doc;
    size_t n;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_snapshot_find(&doc, rq->snapshot, ref))
        return cb_fail(err, CB_ENOTFOUND, "No such entity %" CB_FMT, CB_ARG(ref));
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_ancestry(&items, &n, rq->arena, rq->snapshot, conn, doc, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"rootEntityRef\":");
    cb_buf_put_json(&rp->body, ref);
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(&rp->body, i ? "," : ",\"items\":[");
        put_ancestor(&rp->body, rq->snapshot, &items[i]);
    }
    cb_buf_put_cstr(&rp->body, "]}");
    rp->no_store = true;
    return CB_OK;
}

/* ---- DELETE /api/catalog/entities/by-uid/{uid} */

static enum cb_code delete_entity(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    int64_t generation, source_id = 0;
    struct cb_conn *conn;
    uint8_t uid[16];
    enum cb_code rc;
    cb_doc doc;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_uuid_parse(uid, rq->args[0]))
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is no uid: it is the metadata.uid of an entity", CB_ARG(cb_str_cut(rq->args[0], 100)));
    if (!cb_snapshot_find_uid(&doc, rq->snapshot, uid))
        return cb_reply_empty(rp, 204);
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_forget_entity(&generation, &source_id, cb_doc_id(rq->snapshot, doc), cb_str_cstr(rq->caller.user), rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    if (rq->env->schedule && source_id)
        cb_schedule_nudge(rq->env->schedule, source_id);
    rc = cb_reply_empty(rp, 204);
    cb_reply_made(rp, generation);
    return rc;
}

const struct cb_route cb_routes_refresh[] = {
    {CB_POST, "/api/catalog/refresh", CB_RIGHT_REFRESH, CB_ROUTE_WORKER, post_refresh, "RefreshEntity",
     "Have the source of an entity read again soon", NULL},
    {CB_GET, "/api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS,
     get_ancestry, "GetEntityAncestryByName", "The Locations that led to an entity", NULL},
    {CB_DELETE, "/api/catalog/entities/by-uid/{uid}", CB_RIGHT_LOCATIONS, CB_ROUTE_WORKER, delete_entity, "DeleteEntityByUid",
     "Take an entity away, until its file is read again", NULL},
    {0},
};
