#include "catalog/persist/setting_store.h"
#include "server/http/people.h"
#include "server/http/router.h"

/* spec.profile.displayName of the caller's User, when the catalog has it. */
static cb_str display_name(struct cb_request *rq)
{
    struct cb_node *root = NULL;
    cb_doc doc;

    if (!cb_snapshot_find(&doc, rq->snapshot, cb_str_cstr(rq->caller.user)) ||
        cb_node_parse(&root, rq->arena, cb_doc_body(rq->snapshot, doc), NULL) != CB_OK)
        return CB_LIT("");
    return cb_node_text(cb_node_path(root, "spec.profile"), "displayName");
}

#define SETTINGS_WAIT_US (INT64_C(250) * 1000) /* for a connection, and again for the rows */

/* The caller's small settings, and whether there are others; null when the database does not say: who is asking is known all the same. */
static void put_settings(struct cb_buf *out, struct cb_request *rq)
{
    struct cb_conn *conn = NULL;
    bool left_out = false;

    cb_buf_put_cstr(out, ",\"settings\":");
    if (!rq->worker || rq->inside || !rq->env->pool || cb_pool_take(&conn, rq->env->pool, SETTINGS_WAIT_US, NULL) != CB_OK ||
        cb_setting_small(out, &left_out, conn, cb_str_cstr(rq->caller.user), SETTINGS_WAIT_US, NULL) != CB_OK)
        cb_buf_put_cstr(out, "null");
    cb_pool_give(rq->env->pool, conn);
    cb_put_member_bool(out, "settingsLeftOut", left_out);
}

/* As whose the caller's own things are found, and how many there are. */
static void put_ownership(struct cb_buf *out, struct cb_request *rq)
{
    struct cb_people people;

    cb_people_find(&people, rq);
    cb_buf_put_cstr(out, ",\"ownershipEntityRefs\":[");
    for (size_t i = 0; i < people.n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, people.refs[i]);
    }
    cb_buf_put_char(out, ']');
    cb_put_member_int(out, "ownedItems", (int64_t)cb_people_owned(&people, rq));
}

static void put_session(struct cb_buf *out, struct cb_request *rq)
{
    cb_str name = display_name(rq);

    cb_buf_put_cstr(out, "{\"user\":{\"ref\":");
    cb_buf_put_json(out, cb_str_cstr(rq->caller.user));
    if (name.n)
        cb_put_member(out, "displayName", name);
    cb_buf_put_cstr(out, "},\"roles\":[");
    for (int role = CB_ROLE_READER; role <= (int)rq->caller.role; role++) {
        if (role > CB_ROLE_READER)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, cb_str_cstr(cb_role_name((enum cb_role)role)));
    }
    cb_buf_put_char(out, ']');
    cb_put_member_bool(out, "guest", rq->caller.how == CB_CALLER_GUEST);
    put_ownership(out, rq);
    put_settings(out, rq);
    cb_buf_put_char(out, '}');
}

static enum cb_code get_session(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)err;
    if (!rq->worker && rq->env->pool)
        return cb_reply_later(rp);
    put_session(&rp->body, rq);
    rp->no_store = true;
    return CB_OK;
}

static void set_cookie(struct cb_request *rq, struct cb_reply *rp, const char *value, long long age_s)
{
    bool secure = rq->tls || cb_str_starts(rq->config->public_url, CB_LIT("https://"));

    cb_reply_header(rp, "set-cookie",
                    cb_arena_printf(rq->arena, CB_SESSION_COOKIE "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", value,
                                    age_s, secure ? "; Secure" : ""));
}

/* POST /api/session {"token": "cb_…"}: the token for a cookie that no script can read. */
static enum cb_code post_session(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    char session[CB_SESSION_TEXT + 1];
    enum cb_code rc;
    cb_str token;

    if ((rc = cb_body_text(&token, rq->json, "request/body", "token", true, err)) != CB_OK ||
        (rc = cb_body_only(rq->json, "request/body", "token", err)) != CB_OK ||
        (rc = cb_identity_sign_in(&rq->caller, session, rq->env->identity, token, err)) != CB_OK)
        return rc;
    put_session(&rp->body, rq);
    set_cookie(rq, rp, session, CB_SESSION_US / 1000000);
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code delete_session(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_str session = cb_cookie_get(rq->headers.cookie, CB_LIT(CB_SESSION_COOKIE));
    enum cb_code rc;

    if (session.n && (rc = cb_identity_sign_out(rq->env->identity, session, err)) != CB_OK)
        return rc;
    cb_reply_empty(rp, 204);
    set_cookie(rq, rp, "", 0);
    return CB_OK;
}

const struct cb_route cb_routes_session[] = {
    {CB_GET, "/api/session", CB_RIGHT_READ, 0, get_session, "GetSession", "Who is asking, and what he may do", NULL},
    {CB_POST, "/api/session", CB_RIGHT_OPEN, CB_ROUTE_WORKER, post_session, "SignIn",
     "Trade a token for a browser session", NULL},
    {CB_DELETE, "/api/session", CB_RIGHT_OPEN, CB_ROUTE_WORKER, delete_session, "SignOut", "End the browser session", NULL},
    {0},
};
