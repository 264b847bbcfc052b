#include "catalog/base/hash.h"
#include "catalog/persist/link_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/schedule.h"
#include "server/http/router.h"

/* Ask whoever reads SOURCE to do it now: this process's schedule, else any other's through the database. */
static enum cb_code nudge(struct cb_request *rq, struct cb_reply *rp, int64_t source_id, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;

    if (rq->env->schedule && cb_schedule_nudge(rq->env->schedule, source_id))
        return cb_reply_empty(rp, 200);
    if (!rq->worker)
        return cb_reply_later(rp);
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_source_nudge(conn, source_id, err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? cb_reply_empty(rp, 200) : rc;
}

/* A Location and all that it leads to, whoever reads that. */
static enum cb_code nudge_location(struct cb_request *rq, struct cb_reply *rp, int64_t source_id, cb_str ref, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;

    if (!rq->worker)
        return cb_reply_later(rp);
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = cb_source_nudge(conn, source_id, err)) == CB_OK)
        rc = cb_link_nudge(conn, ref, err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? cb_reply_empty(rp, 200) : rc;
}

/* POST /api/catalog/refresh {"entityRef": "component:default/x"}: answered before anything is done. */
static enum cb_code post_refresh(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
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
    if (cb_str_starts(ref, CB_LIT("location:")))
        return nudge_location(rq, rp, cb_doc_source(rq->snapshot, doc), ref, err);
    return nudge(rq, rp, cb_doc_source(rq->snapshot, doc), err);
}

/*
 * DELETE /api/catalog/entities/by-uid/{uid}: what is in a file comes back at once, so it does not go in between; its source is
 * read now, and whatever is in no file any more goes with that.
 */
static enum cb_code delete_entity(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    uint8_t uid[16];
    enum cb_code rc;
    cb_doc doc;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (cb_uuid_parse(uid, rq->args[0]) && cb_snapshot_find_uid(&doc, rq->snapshot, uid)) {
        rc = nudge(rq, rp, cb_doc_source(rq->snapshot, doc), err);
        if (rc != CB_OK || rp->later)
            return rc;
    }
    return cb_reply_empty(rp, 204);
}

const struct cb_route cb_routes_refresh[] = {
    {CB_POST, "/api/catalog/refresh", CB_RIGHT_REFRESH, 0, post_refresh, "RefreshEntity",
     "Have the source of an entity read again soon", NULL},
    {CB_DELETE, "/api/catalog/entities/by-uid/{uid}", CB_RIGHT_LOCATIONS, 0, delete_entity, "DeleteEntityByUid",
     "Have an entity go that is in no file any more", NULL},
    {0},
};
