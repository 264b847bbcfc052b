#include "catalog/persist/setting_store.h"
#include "server/http/router.h"

/* What people set for themselves, as Backstage's user-settings has it. Nobody's but the caller's own. */

#define WHERE "request/body"

/* A connection, and whose settings: a plugin or a step that asks in somebody's name does not get at them. */
static enum cb_code open_own(struct cb_conn **out, struct cb_request *rq, struct cb_err *err)
{
    if (rq->inside)
        return cb_fail(err, CB_EDENIED, "settings are a person's own: no plugin and no step of a template has them");
    return cb_request_conn(out, rq, err);
}

static cb_str user_of(const struct cb_request *rq)
{
    return cb_str_cstr(rq->caller.user);
}

static enum cb_code put_setting(struct cb_reply *rp, struct cb_request *rq, cb_str value)
{
    cb_buf_put_cstr(&rp->body, "{\"bucket\":");
    cb_buf_put_json(&rp->body, rq->args[0]);
    cb_put_member(&rp->body, "key", rq->args[1]);
    cb_buf_put_cstr(&rp->body, ",\"value\":");
    cb_buf_put_str(&rp->body, value);
    cb_buf_put_char(&rp->body, '}');
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code get_one(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;
    cb_str value;

    if ((rc = open_own(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_setting_get(&value, rq->arena, conn, user_of(rq), rq->args[0], rq->args[1], err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? put_setting(rp, rq, value) : rc;
}

static enum cb_code put_one(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *value = cb_node_get(rq->json, "value");
    struct cb_buf text = CB_BUF_INIT;
    struct cb_conn *conn;
    enum cb_code rc;

    if (!value)
        return cb_fail(err, CB_EINVAL, "Missing required field \"value\"");
    if ((rc = open_own(&conn, rq, err)) != CB_OK)
        return rc;
    cb_node_dump(&text, value);
    rc = cb_setting_put(conn, user_of(rq), rq->args[0], rq->args[1], cb_buf_str(&text), err);
    cb_pool_give(rq->env->pool, conn);
    if (rc == CB_OK)
        rc = put_setting(rp, rq, cb_buf_str(&text));
    cb_buf_fini(&text);
    return rc;
}

static enum cb_code delete_one(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = open_own(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_setting_del(conn, user_of(rq), rq->args[0], rq->args[1], err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? cb_reply_empty(rp, 204) : rc;
}

/* ---- POST …/multiget */

static enum cb_code read_items(struct cb_buf *asked, const struct cb_node *items, struct cb_err *err)
{
    cb_str bucket, key;
    enum cb_code rc;

    if (!items || items->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, items ? WHERE "/items must be array" : WHERE " must have required property 'items'");
    if (items->child_n > CB_SETTING_ASK_MAX)
        return cb_fail(err, CB_ELIMIT, "more than %d settings are asked for at once", CB_SETTING_ASK_MAX);
    cb_buf_put_char(asked, '[');
    for (const struct cb_node *n = items->first; n; n = n->next) {
        if (n->type != CB_OBJECT)
            return cb_fail(err, CB_EINVAL, WHERE "/items must be objects with bucket and key");
        if ((rc = cb_body_text(&bucket, n, WHERE "/items", "bucket", true, err)) != CB_OK ||
            (rc = cb_body_text(&key, n, WHERE "/items", "key", true, err)) != CB_OK ||
            (rc = cb_setting_name(bucket, "bucket", err)) != CB_OK || (rc = cb_setting_name(key, "key", err)) != CB_OK)
            return rc;
        cb_buf_put_cstr(asked, n == items->first ? "{\"bucket\":" : ",{\"bucket\":");
        cb_buf_put_json(asked, bucket);
        cb_put_member(asked, "key", key);
        cb_buf_put_char(asked, '}');
    }
    cb_buf_put_char(asked, ']');
    return CB_OK;
}

static enum cb_code post_some(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *items = cb_node_get(rq->json, "items");
    struct cb_buf asked = CB_BUF_INIT;
    cb_str values[CB_SETTING_ASK_MAX];
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    if ((rc = read_items(&asked, items, err)) == CB_OK && (rc = open_own(&conn, rq, err)) == CB_OK) {
        rc = cb_setting_some(values, items->child_n, rq->arena, conn, user_of(rq), cb_buf_str(&asked), err);
        cb_pool_give(rq->env->pool, conn);
    }
    cb_buf_fini(&asked);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < items->child_n; i++) {
        cb_buf_put_cstr(&rp->body, i ? "," : "");
        cb_buf_put_cstr(&rp->body, values[i].p ? "{\"value\":" : "null");
        cb_buf_put_str(&rp->body, values[i].p ? values[i] : CB_LIT(""));
        cb_buf_put_cstr(&rp->body, values[i].p ? "}" : "");
    }
    cb_buf_put_cstr(&rp->body, "]}");
    rp->no_store = true;
    return CB_OK;
}

#define ONE "/api/user-settings/buckets/{bucket}/keys/{key}"

const struct cb_route cb_routes_setting[] = {
    {CB_GET, ONE, CB_RIGHT_READ, CB_ROUTE_WORKER, get_one, "GetUserSetting", "What the caller set under a key", NULL},
    {CB_PUT, ONE, CB_RIGHT_READ, CB_ROUTE_WORKER, put_one, "PutUserSetting", "Set it", NULL},
    {CB_DELETE, ONE, CB_RIGHT_READ, CB_ROUTE_WORKER, delete_one, "DeleteUserSetting", "Forget it", NULL},
    {CB_POST, "/api/user-settings/multiget", CB_RIGHT_READ, CB_ROUTE_WORKER, post_some, "GetUserSettings",
     "What the caller set under some keys", NULL},
    {0},
};
