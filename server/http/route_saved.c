#include "catalog/entity/ref.h"
#include "catalog/persist/saved_store.h"
#include "catalog/persist/token_store.h"
#include "server/http/people.h"
#include "server/http/router.h"

/* Views of the catalog that a team keeps: all who read the catalog may see them, its members and administrators change them. */

#define BODY "request/body"

static void put_view(struct cb_buf *out, const struct cb_saved *view, bool may_change)
{
    cb_buf_printf(out, "{\"id\":\"%lld\"", (long long)view->id);
    cb_put_member(out, "owner", view->owner);
    cb_put_member(out, "name", view->name);
    cb_put_member(out, "query", view->query);
    cb_put_member(out, "changedBy", view->changed_by);
    cb_put_member_time(out, "changedAt", view->changed_us);
    cb_put_member_bool(out, "mayChange", may_change);
    cb_buf_put_char(out, '}');
}

static bool may_change(struct cb_request *rq, const struct cb_people *people, cb_str owner)
{
    return !rq->inside && (rq->caller.role >= CB_ROLE_ADMIN || cb_people_in(people, owner));
}

static enum cb_code check_may(struct cb_request *rq, cb_str owner, struct cb_err *err)
{
    struct cb_people people;

    if (rq->inside)
        return cb_fail(err, CB_EDENIED, "views are people's: no plugin and no step of a template changes them");
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    cb_people_find(&people, rq);
    if (!may_change(rq, &people, owner))
        return cb_fail(err, CB_EDENIED, "only members of %" CB_FMT " and administrators change its views", CB_ARG(owner));
    return CB_OK;
}

/* "group:default/x" in lower case; without a kind it is a group's. */
static enum cb_code read_owner(cb_str *out, struct cb_request *rq, cb_str text, const char *where, struct cb_err *err)
{
    static const struct cb_ref group = {CB_LIT("group"), CB_LIT("default"), {0}};
    struct cb_ref ref;

    if (cb_ref_parse(&ref, text, &group, NULL) != CB_OK || !cb_str_is_utf8(text) || !cb_str_eq_nocase(ref.kind, CB_LIT("group")))
        return cb_fail(err, CB_EINVAL, "%s must be the ref of a group, such as group:default/team-a", where);
    *out = cb_ref_id(rq->arena, &ref);
    return CB_OK;
}

/* Of whom views are asked for: those that are named, else the caller's groups. */
static enum cb_code read_owners(cb_str **out, size_t *n, struct cb_request *rq, const struct cb_people *people, struct cb_err *err)
{
    const cb_str *asked;
    enum cb_code rc;

    *n = cb_params_all(&asked, rq->arena, &rq->params, "owner");
    if (*n > CB_SAVED_ASK_MAX)
        return cb_fail(err, CB_EINVAL, "request/query/owner must NOT have more than %d items", CB_SAVED_ASK_MAX);
    if (*n == 0) {
        *out = people->refs + 1;
        *n = people->n - 1 < CB_SAVED_ASK_MAX ? people->n - 1 : CB_SAVED_ASK_MAX;
        return CB_OK;
    }
    *out = CB_NEW_N(rq->arena, cb_str, *n);
    for (size_t i = 0; i < *n; i++)
        if ((rc = read_owner(&(*out)[i], rq, asked[i], "request/query/owner", err)) != CB_OK)
            return rc;
    return CB_OK;
}

/* GET /api/views?owner=group:default/x */
static enum cb_code get_views(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_people people;
    struct cb_saved *views;
    struct cb_conn *conn;
    cb_str *owners = NULL;
    size_t n, owner_n = 0;
    bool left_out;
    enum cb_code rc;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    cb_people_find(&people, rq);
    if ((rc = read_owners(&owners, &owner_n, rq, &people, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_saved_all(&views, &n, &left_out, rq->arena, conn, owners, owner_n, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(&rp->body, ',');
        put_view(&rp->body, &views[i], may_change(rq, &people, views[i].owner));
    }
    cb_buf_put_char(&rp->body, ']');
    cb_put_member_bool(&rp->body, "leftOut", left_out);
    cb_buf_put_char(&rp->body, '}');
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code read_named(struct cb_saved *view, struct cb_request *rq, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = cb_body_text(&view->name, rq->json, BODY, "name", true, err)) != CB_OK ||
        (rc = cb_body_text(&view->query, rq->json, BODY, "query", true, err)) != CB_OK ||
        (rc = cb_saved_name(view->name, err)) != CB_OK)
        return rc;
    return cb_saved_query(view->query, err);
}

/* Put it, write who did WHAT, and answer with it. */
static enum cb_code keep(struct cb_saved *view, struct cb_request *rq, struct cb_reply *rp, struct cb_conn *conn, cb_str what,
                         struct cb_err *err)
{
    struct cb_buf detail = CB_BUF_INIT;
    enum cb_code rc;

    view->changed_by = cb_str_cstr(rq->caller.user);
    if ((rc = cb_saved_put(view, conn, err)) != CB_OK)
        return rc;
    cb_buf_put_cstr(&detail, "{\"name\":");
    cb_buf_put_json(&detail, view->name);
    cb_put_member(&detail, "query", view->query);
    cb_buf_put_char(&detail, '}');
    rc = cb_audit_put(conn, view->changed_by, what, view->owner, cb_buf_str(&detail), err);
    cb_buf_fini(&detail);
    if (rc != CB_OK)
        return rc;
    put_view(&rp->body, view, true);
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code post_view(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_saved view = {0};
    struct cb_conn *conn;
    enum cb_code rc;
    cb_str owner;
    cb_doc doc;

    if ((rc = cb_body_text(&owner, rq->json, BODY, "owner", true, err)) != CB_OK ||
        (rc = cb_body_only(rq->json, BODY, "owner,name,query", err)) != CB_OK ||
        (rc = read_owner(&view.owner, rq, owner, BODY "/owner", err)) != CB_OK || (rc = read_named(&view, rq, err)) != CB_OK ||
        (rc = check_may(rq, view.owner, err)) != CB_OK)
        return rc;
    if (!cb_snapshot_find(&doc, rq->snapshot, view.owner))
        return cb_fail(err, CB_ENOTFOUND, "the catalog has no %" CB_FMT, CB_ARG(view.owner));
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = keep(&view, rq, rp, conn, CB_LIT("view.create"), err);
    cb_pool_give(rq->env->pool, conn);
    if (rc == CB_OK)
        rp->status = 201;
    return rc;
}

/* The view that the path names, when the caller may change it. */
static enum cb_code find_own(struct cb_saved *out, struct cb_request *rq, struct cb_conn *conn, struct cb_err *err)
{
    enum cb_code rc;
    int64_t id;

    if (!cb_str_to_int(&id, rq->args[0], 1, INT64_MAX))
        return cb_fail(err, CB_ENOTFOUND, "there is no view %" CB_FMT, CB_ARG(cb_str_sub(rq->args[0], 0, 100)));
    if ((rc = cb_saved_get(out, rq->arena, conn, id, err)) != CB_OK)
        return rc;
    return check_may(rq, out->owner, err);
}

static enum cb_code put_one(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_saved next = {0}, view;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = read_named(&next, rq, err)) != CB_OK || (rc = cb_body_only(rq->json, BODY, "name,query", err)) != CB_OK ||
        (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = find_own(&view, rq, conn, err)) == CB_OK) {
        view.name = next.name;
        view.query = next.query;
        rc = keep(&view, rq, rp, conn, CB_LIT("view.change"), err);
    }
    cb_pool_give(rq->env->pool, conn);
    return rc;
}

static enum cb_code delete_one(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_buf detail = CB_BUF_INIT;
    struct cb_saved view;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = find_own(&view, rq, conn, err)) == CB_OK && (rc = cb_saved_del(conn, view.id, err)) == CB_OK) {
        cb_buf_put_cstr(&detail, "{\"name\":");
        cb_buf_put_json(&detail, view.name);
        cb_buf_put_char(&detail, '}');
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("view.delete"), view.owner, cb_buf_str(&detail), err);
        cb_buf_fini(&detail);
    }
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? cb_reply_empty(rp, 204) : rc;
}

static const struct cb_param_rule list_params[] = {
    {"owner", CB_PARAM_LIST, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_saved[] = {
    {CB_GET, "/api/views", CB_RIGHT_READ, CB_ROUTE_WORKER, get_views, "GetViews", "Views of the catalog that teams keep, of the caller's when none is named",
     list_params},
    {CB_POST, "/api/views", CB_RIGHT_READ, CB_ROUTE_WORKER, post_view, "CreateView", "Keep a view for a team", NULL},
    {CB_PUT, "/api/views/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, put_one, "UpdateView", "Change a view of a team", NULL},
    {CB_DELETE, "/api/views/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, delete_one, "DeleteView", "Delete a view of a team", NULL},
    {0},
};
