#include "server/http/inside.h"

static const struct {
    int status;
    enum cb_code code;
} codes[] = {
    {400, CB_EINVAL},   {401, CB_EAUTH},        {403, CB_EDENIED},   {404, CB_ENOTFOUND},    {409, CB_ECONFLICT},
    {413, CB_ELIMIT},   {501, CB_EUNSUPPORTED}, {502, CB_EUPSTREAM}, {503, CB_EUNAVAILABLE}, {504, CB_ETIMEOUT},
};

static enum cb_code code_of(int status)
{
    for (size_t i = 0; i < CB_COUNT(codes); i++)
        if (codes[i].status == status)
            return codes[i].code;
    return CB_EUPSTREAM;
}

/* The sentence of an error body. */
static enum cb_code tell(struct cb_arena *a, int status, cb_str body, struct cb_err *err)
{
    struct cb_node *root;
    cb_str message = CB_LIT("");

    if (cb_node_parse(&root, a, body, NULL) == CB_OK)
        message = cb_node_text(cb_node_get(root, "error"), "message");
    if (message.n)
        return cb_fail(err, code_of(status), "%" CB_FMT, CB_ARG(message));
    return cb_fail(err, code_of(status), "callboard answered %d", status);
}

static void prepare(struct cb_request *rq, const struct cb_inside *in)
{
    size_t question = cb_str_find_char(in->target, '?', 0);

    *rq = (struct cb_request){
        .env = in->env,
        .config = in->env->config,
        .arena = in->arena,
        .method = in->method,
        .method_text = in->method == CB_POST ? CB_LIT("POST") : in->method == CB_DELETE ? CB_LIT("DELETE") : CB_LIT("GET"),
        .target = in->target,
        .path = cb_str_sub(in->target, 0, question),
        .query = question == SIZE_MAX ? CB_LIT("") : cb_str_sub(in->target, question + 1, in->target.n),
        .url = in->target,
        .headers = {.host = CB_LIT("localhost"), .content_type = in->body.n ? CB_LIT("application/json") : CB_LIT("")},
        .body = in->body,
        .id = "plugin",
        .inside = true,
        .worker = true,
        .job = in->job,
    };
    rq->caller.role = in->reader ? CB_ROLE_READER : CB_ROLE_EDITOR;
    rq->caller.how = CB_CALLER_TOKEN;
    if (in->user.n < sizeof(rq->caller.user))
        memcpy(rq->caller.user, in->user.p, in->user.n);
}

enum cb_code cb_inside_ask(struct cb_buf *out, const struct cb_inside *in, struct cb_err *err)
{
    struct cb_request rq;
    struct cb_reply rp = {0};
    enum cb_code rc = CB_OK;

    prepare(&rq, in);
    cb_router_answer(&rq, &rp);
    if (rp.park || rp.await || rp.begin)
        rc = cb_fail(err, CB_EINVAL, "this cannot be waited for here");
    else if (rp.status / 100 != 2)
        rc = tell(in->arena, rp.status, rp.body.n ? cb_buf_str(&rp.body) : rp.fixed, err);
    else if (rp.next)
        while (rp.next(rp.next_ctx, &rq, out))
            ;
    else
        cb_buf_put_str(out, rp.body.n ? cb_buf_str(&rp.body) : rp.fixed);
    cb_snapshot_unref(rq.snapshot);
    cb_past_unref(rq.past);
    cb_buf_fini(&rp.body);
    return rc;
}
