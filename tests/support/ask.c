#include "tests/support/ask.h"

#include <stdlib.h>

#include "server/http/asset.h"

static const struct {
    const char *json, *edges;
} entities[] = {
    {"{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\",\"metadata\":{\"name\":\"checkout\",\"tags\":[\"go\",\"web\"],"
     "\"annotations\":{\"example.com/a\":\"b\"}},\"spec\":{\"type\":\"service\",\"owner\":\"team-a\"}}",
     "ownedBy group:default/team-a, dependsOn resource:default/none"},
    {"{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\",\"metadata\":{\"name\":\"cart\"},\"spec\":{\"type\":\"service\"}}",
     "dependsOn component:default/checkout"},
    {"{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Group\",\"metadata\":{\"name\":\"team-a\"},\"spec\":{\"type\":\"team\"}}", ""},
};

void cb_ask_init(struct cb_ask *a)
{
    struct cb_err err = {0};

    *a = (struct cb_ask){0};
    a->arena = cb_arena_new();
    a->config = (struct cb_config){
        .listen_host = CB_LIT("127.0.0.1"),
        .guest = CB_LIT("user:default/guest"),
        .body_max_bytes = 102400,
    };
    cb_world_init(&a->world);
    for (size_t i = 0; i < CB_COUNT(entities); i++)
        cb_world_put(&a->world, entities[i].json, entities[i].edges);
    cb_world_publish(&a->world);
    a->env = (struct cb_server_env){.config = &a->config, .catalog = a->world.catalog};
    if (cb_identity_new(&a->env.identity, &a->config, NULL, &err) != CB_OK ||
        cb_assets_load(&a->assets, CB_LIT("/dev/null"), &err) != CB_OK) /* a folder without files, wherever this runs */
        abort();
    cb_router_init();
}

void cb_ask_fini(struct cb_ask *a)
{
    cb_assets_free(a->assets);
    cb_identity_free(a->env.identity);
    cb_world_fini(&a->world);
    cb_arena_free(a->arena);
}

static void start(struct cb_request *rq, struct cb_ask *a, const struct cb_asking *q)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"};
    size_t question = cb_str_find_char(q->target, '?', 0);

    *rq = (struct cb_request){
        .env = &a->env,
        .config = &a->config,
        .assets = a->assets,
        .arena = a->arena,
        .method = q->method,
        .method_text = cb_str_cstr(names[q->method]),
        .target = q->target,
        .path = cb_str_sub(q->target, 0, question),
        .query = question == SIZE_MAX ? CB_LIT("") : cb_str_sub(q->target, question + 1, q->target.n),
        .url = q->target,
        .headers = q->headers,
        .body = q->body,
        .peer = CB_LIT("127.0.0.1"),
        .id = "test",
    };
    if (!rq->headers.host.n)
        rq->headers.host = CB_LIT("localhost");
    if (q->body.p && !rq->headers.content_type.n)
        rq->headers.content_type = CB_LIT("application/json");
}

int cb_ask(struct cb_buf *out, struct cb_reply *keep, struct cb_ask *a, const struct cb_asking *q)
{
    struct cb_job job = {0};
    struct cb_request rq;
    struct cb_reply rp = {0};
    int status;

    cb_arena_reset(a->arena);
    start(&rq, a, q);
    cb_router_answer(&rq, &rp);
    if (rp.later) {
        rq.worker = true;
        rq.job = &job;
        cb_router_answer(&rq, &rp);
    }
    if (rp.next)
        while (rp.next(rp.next_ctx, &rq, out))
            ;
    else
        cb_buf_put_str(out, rp.body.n ? cb_buf_str(&rp.body) : rp.fixed);
    cb_snapshot_unref(rq.snapshot);
    cb_past_unref(rq.past);
    cb_buf_fini(&rp.body);
    status = rp.status;
    if (keep)
        *keep = rp;
    return status;
}
