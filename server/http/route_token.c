#include "catalog/base/clock.h"
#include "server/auth/token.h"
#include "server/http/router.h"

static void put_token(struct cb_buf *out, const struct cb_token_row *row, const char *text)
{
    cb_buf_printf(out, "{\"id\":\"%lld\"", (long long)row->id);
    cb_put_member(out, "name", row->name);
    cb_put_member(out, "user", row->user);
    cb_put_member(out, "role", row->role);
    cb_put_member(out, "prefix", row->prefix);
    cb_put_member_time(out, "createdAt", row->created_us);
    cb_put_member_time(out, "expiresAt", row->expires_us);
    cb_put_member_time(out, "usedAt", row->used_us);
    cb_put_member_time(out, "revokedAt", row->revoked_us);
    if (text)
        cb_put_member(out, "token", cb_str_cstr(text));
    cb_buf_put_char(out, '}');
}

static enum cb_code get_tokens(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_token_row *rows;
    struct cb_conn *conn;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_token_all(&rows, &n, rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(&rp->body, ',');
        put_token(&rp->body, &rows[i], NULL);
    }
    cb_buf_put_cstr(&rp->body, "]}");
    rp->no_store = true;
    return CB_OK;
}

struct wish {
    cb_str name, user;
    enum cb_role role;
    int64_t expires_us;
};

static enum cb_code read_wish(struct wish *w, struct cb_request *rq, struct cb_err *err)
{
    cb_str role, expires;
    enum cb_code rc;

    *w = (struct wish){0};
    if ((rc = cb_body_text(&w->name, rq->json, "request/body", "name", true, err)) != CB_OK ||
        (rc = cb_body_text(&w->user, rq->json, "request/body", "user", true, err)) != CB_OK ||
        (rc = cb_body_text(&role, rq->json, "request/body", "role", true, err)) != CB_OK ||
        (rc = cb_body_text(&expires, rq->json, "request/body", "expiresAt", false, err)) != CB_OK ||
        (rc = cb_body_only(rq->json, "request/body", "name,user,role,expiresAt", err)) != CB_OK)
        return rc;
    if (!cb_role_parse(&w->role, role))
        return cb_fail(err, CB_EINVAL, "request/body/role must be equal to one of the allowed values: reader, editor, admin");
    if (expires.p && !cb_clock_parse(&w->expires_us, expires))
        return cb_fail(err, CB_EINVAL, "request/body/expiresAt must be a moment such as 2027-01-31T00:00:00Z");
    return CB_OK;
}

/* POST /api/tokens: the answer is the only one that ever has the token's text. */
static enum cb_code post_token(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    char text[CB_TOKEN_TEXT + 1];
    struct cb_token_row row = {0};
    struct cb_conn *conn;
    struct wish w;
    enum cb_code rc;

    if ((rc = read_wish(&w, rq, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_token_create(&row, text, rq->arena, conn, w.name, w.user, w.role, w.expires_us, err);
    if (rc == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("token.create"), row.prefix, CB_LIT("{}"), err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    rp->status = 201;
    rp->no_store = true;
    put_token(&rp->body, &row, text);
    return CB_OK;
}

static enum cb_code delete_token(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc;
    int64_t id;

    if (!cb_str_to_int(&id, rq->args[0], 1, INT64_MAX))
        return cb_fail(err, CB_ENOTFOUND, "there is no token %" CB_FMT, CB_ARG(cb_str_sub(rq->args[0], 0, 100)));
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_token_revoke(conn, id, err);
    if (rc == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("token.revoke"), rq->args[0], CB_LIT("{}"), err);
    cb_pool_give(rq->env->pool, conn);
    cb_identity_forget(rq->env->identity);
    return rc == CB_OK ? cb_reply_empty(rp, 204) : rc;
}

const struct cb_route cb_routes_token[] = {
    {CB_GET, "/api/tokens", CB_RIGHT_TOKENS, CB_ROUTE_WORKER, get_tokens, "GetTokens", "All API tokens, without their text", NULL},
    {CB_POST, "/api/tokens", CB_RIGHT_TOKENS, CB_ROUTE_WORKER, post_token, "CreateToken",
     "Make an API token; its text is in this answer only", NULL},
    {CB_DELETE, "/api/tokens/{id}", CB_RIGHT_TOKENS, CB_ROUTE_WORKER, delete_token, "RevokeToken", "Revoke an API token", NULL},
    {0},
};
