/*
 * What a Backstage front end asks before it shows a button: may this caller? callboard decides by the rights of its routes, so a
 * permission is what the route needs that the button leads to.
 */
#include <assert.h>
#include <stdio.h>

#include "catalog/persist/task_store.h"
#include "server/http/router.h"
#include "server/http/task_right.h"

#define WHERE "request/body"
#define ITEM_MAX 500 /* permissions of one question */
#define REF_MAX 1000 /* things of all of them together */
#define RUN_MAX 100  /* runs that the database is asked whose they are */

#define CATALOG "/api/catalog"
#define SCAFFOLDER "/api/scaffolder/v2"
#define FORM SCAFFOLDER "/templates/{namespace}/{kind}/{name}/parameter-schema"

static const struct permission {
    const char *name;
    enum cb_method method;
    const char *pattern; /* of the route */
    bool own;            /* of a run: its creator may, and editors */
} permissions[] = {
    {"catalog.entity.create", CB_POST, CATALOG "/locations", false},
    {"catalog.entity.delete", CB_DELETE, CATALOG "/entities/by-uid/{uid}", false},
    {"catalog.entity.read", CB_GET, CATALOG "/entities/by-query", false},
    {"catalog.entity.refresh", CB_POST, CATALOG "/refresh", false},
    {"catalog.entity.validate", CB_POST, CATALOG "/validate-entity", false},
    {"catalog.location.analyze", CB_POST, CATALOG "/analyze-location", false},
    {"catalog.location.create", CB_POST, CATALOG "/locations", false},
    {"catalog.location.delete", CB_DELETE, CATALOG "/locations/{id}", false},
    {"catalog.location.read", CB_GET, CATALOG "/locations", false},
    {"scaffolder.action.execute", CB_POST, SCAFFOLDER "/tasks", false},
    {"scaffolder.task.cancel", CB_POST, SCAFFOLDER "/tasks/{id}/cancel", true},
    {"scaffolder.task.create", CB_POST, SCAFFOLDER "/tasks", false},
    {"scaffolder.task.read", CB_GET, SCAFFOLDER "/tasks/{id}", false},
    {"scaffolder.template.dry-run", CB_POST, SCAFFOLDER "/dry-run", false},
    {"scaffolder.template.management", CB_POST, SCAFFOLDER "/dry-run", false}, /* the page where templates are tried */
    {"scaffolder.template.parameter.read", CB_GET, FORM, false},
    {"scaffolder.template.step.read", CB_GET, FORM, false},
};

/* NULL: of nothing that callboard has. */
static const struct permission *find(cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(permissions); i++)
        if (cb_str_eq(name, cb_str_cstr(permissions[i].name)))
            return &permissions[i];
    return NULL;
}

static const struct permission *permission_of(const struct cb_node *item)
{
    return find(cb_node_text(cb_node_get(item, "permission"), "name"));
}

static enum cb_right right_of(const struct permission *p)
{
    for (size_t i = 0; i < cb_router_n(); i++) {
        const struct cb_route *route = cb_router_row(i);

        if (route->method == p->method && strcmp(route->pattern, p->pattern) == 0)
            return route->right;
    }
    assert(!"a permission of a route that is there");
    return CB_RIGHT_TOKENS;
}

static bool may(const struct cb_request *rq, const struct permission *p)
{
    return p && cb_policy_allows(rq->caller.role, right_of(p));
}

/* Does it take the database to say? Whose a run is, a reader alone has to be told. */
static bool is_of_runs(const struct cb_request *rq, const struct cb_node *item)
{
    const struct permission *p = permission_of(item);
    const struct cb_node *ref = cb_node_get(item, "resourceRef");

    return may(rq, p) && p->own && rq->caller.role < CB_ROLE_EDITOR && ref && (ref->type == CB_STRING || ref->first);
}

/* ---- the question */

static enum cb_code check_ref(const struct cb_node *item, const char *path, struct cb_err *err)
{
    const struct cb_node *ref = cb_node_get(item, "resourceRef");

    if (!ref || ref->type == CB_STRING)
        return CB_OK;
    if (ref->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "%s/resourceRef must be a text, or a list of texts", path);
    for (const struct cb_node *n = ref->first; n; n = n->next)
        if (n->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, "%s/resourceRef must be a text, or a list of texts", path);
    return CB_OK;
}

static enum cb_code check_item(const struct cb_node *item, const char *path, struct cb_err *err)
{
    const struct cb_node *permission = cb_node_get(item, "permission");
    char inner[80];
    enum cb_code rc;
    cb_str text;

    snprintf(inner, sizeof(inner), "%s/permission", path);
    if (item->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "%s must be object", path);
    if (!permission || permission->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, permission ? "%s must be object" : "%s is missing", inner);
    if ((rc = cb_body_text(&text, item, path, "id", true, err)) != CB_OK ||
        (rc = cb_body_text(&text, permission, inner, "name", true, err)) != CB_OK)
        return rc;
    return check_ref(item, path, err);
}

/* *RUN_N: how many runs the database must be asked about. */
static enum cb_code check_items(size_t *run_n, const struct cb_request *rq, const struct cb_node *items, struct cb_err *err)
{
    size_t i = 0, ref_n = 0;
    enum cb_code rc;
    char path[48];

    *run_n = 0;
    if (!items || items->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, items ? WHERE "/items must be array" : WHERE " must have required property 'items'");
    if (items->child_n > ITEM_MAX)
        return cb_fail(err, CB_ELIMIT, "more than %d permissions are asked for at once", ITEM_MAX);
    for (const struct cb_node *n = items->first; n; n = n->next) {
        const struct cb_node *ref = cb_node_get(n, "resourceRef");
        size_t refs = !ref ? 0 : ref->type == CB_ARRAY ? ref->child_n : 1;

        snprintf(path, sizeof(path), WHERE "/items/%zu", i++);
        if ((rc = check_item(n, path, err)) != CB_OK)
            return rc;
        if ((ref_n += refs) > REF_MAX)
            return cb_fail(err, CB_ELIMIT, "permissions are asked for more than %d things at once", REF_MAX);
        if (is_of_runs(rq, n) && (*run_n += refs) > RUN_MAX)
            return cb_fail(err, CB_ELIMIT, "permissions are asked for more than %d runs at once", RUN_MAX);
    }
    return CB_OK;
}

/* ---- the answer */

/* A run that is not there is nobody's. */
static enum cb_code is_own(bool *out, struct cb_request *rq, struct cb_conn *conn, struct cb_arena *a, cb_str id, struct cb_err *err)
{
    struct cb_task_row row;
    enum cb_code rc = cb_task_get(&row, a, conn, id, err);

    *out = rc == CB_OK && cb_task_right(rq, row.created_by, NULL) == CB_OK;
    cb_arena_reset(a);
    return rc == CB_ENOTFOUND ? CB_OK : rc;
}

static void put_result(struct cb_buf *out, bool allowed)
{
    cb_buf_put_cstr(out, allowed ? "\"ALLOW\"" : "\"DENY\"");
}

/* CONN and A where the database is asked; else NULL. */
static enum cb_code put_item(struct cb_buf *out, struct cb_request *rq, struct cb_conn *conn, struct cb_arena *a,
                             const struct cb_node *item, struct cb_err *err)
{
    const struct cb_node *ref = cb_node_get(item, "resourceRef");
    bool many = ref && ref->type == CB_ARRAY && ref->first, allowed = may(rq, permission_of(item)), runs = is_of_runs(rq, item);
    enum cb_code rc = CB_OK;

    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, cb_node_text(item, "id"));
    cb_buf_put_cstr(out, many ? ",\"result\":[" : ",\"result\":");
    if (!many) {
        if (runs)
            rc = is_own(&allowed, rq, conn, a, ref->text, err);
        put_result(out, allowed);
    }
    for (const struct cb_node *n = many ? ref->first : NULL; n && rc == CB_OK; n = n->next) {
        if (n != ref->first)
            cb_buf_put_char(out, ',');
        if (runs)
            rc = is_own(&allowed, rq, conn, a, n->text, err);
        put_result(out, allowed);
    }
    cb_buf_put_cstr(out, many ? "]}" : "}");
    return rc;
}

/* POST /api/permission/authorize */
static enum cb_code post_authorize(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *items = cb_node_get(rq->json, "items");
    struct cb_conn *conn = NULL;
    struct cb_arena *a = NULL;
    enum cb_code rc;
    size_t run_n;

    if ((rc = check_items(&run_n, rq, items, err)) != CB_OK)
        return rc;
    if (run_n && (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if (run_n)
        a = cb_arena_new();
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (const struct cb_node *n = items->first; n && rc == CB_OK; n = n->next) {
        if (n != items->first)
            cb_buf_put_char(&rp->body, ',');
        rc = put_item(&rp->body, rq, conn, a, n, err);
    }
    cb_buf_put_cstr(&rp->body, "]}");
    cb_arena_free(a);
    cb_pool_give(rq->env->pool, conn);
    rp->no_store = true;
    return rc;
}

const struct cb_route cb_routes_authorize[] = {
    {CB_POST, "/api/permission/authorize", CB_RIGHT_READ, CB_ROUTE_WORKER, post_authorize, "Authorize",
     "What the caller may, by Backstage's permissions", NULL},
    {0},
};
