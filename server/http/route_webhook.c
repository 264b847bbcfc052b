/*
 * POST /api/webhooks/{forge}: a forge says that something was pushed; whatever reads that is read now.
 *
 * On the loop  is there a secret, is it signed at all, is it small enough; the bytes are copied
 * On a worker  the signature, then what it says, which sources that is about, not twice, and the nudge
 */
#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/fetch/forge.h"
#include "catalog/persist/webhook_store.h"
#include "catalog/sync/schedule.h"
#include "server/config/integration.h"
#include "server/http/metrics.h"
#include "server/http/push.h"
#include "server/http/router.h"

#define SAID_MAX 200 /* characters of a stranger's text that go into a log line or an answer */

/* Which headers say what; the first of a list that was sent. */
static const struct {
    const char *signature, *token, *time, *id, *event;
} headers[CB_WEBHOOK_FORGE_N] = {
    [CB_WEBHOOK_GITHUB] = {"x-hub-signature-256", "", "", "x-github-delivery", "x-github-event"},
    [CB_WEBHOOK_GITLAB] = {"webhook-signature", "x-gitlab-token", "webhook-timestamp", "webhook-id idempotency-key", "x-gitlab-event"},
    [CB_WEBHOOK_GITEA] = {"x-gitea-signature x-forgejo-signature", "", "", "x-gitea-delivery x-forgejo-delivery",
                          "x-gitea-event x-forgejo-event"},
    [CB_WEBHOOK_BITBUCKET] = {"x-hub-signature", "", "", "x-request-uuid x-request-id", "x-event-key"},
    [CB_WEBHOOK_GENERIC] = {"x-callboard-signature", "", "x-callboard-timestamp", "x-callboard-nonce", ""},
};

struct hook {
    enum cb_webhook_forge forge;
    struct cb_webhook_facts facts;
    struct cb_push_input in;
};

/* ---- secrets: those of the kind, then those of integrations, each good for its own host alone */

struct secrets {
    cb_str *v;
    const struct cb_config_integration **of; /* NULL: any host */
    size_t n;
};

static enum cb_webhook_forge kind_of(cb_str type)
{
    static const struct {
        const char *type;
        enum cb_webhook_forge forge;
    } kinds[] = {
        {"github", CB_WEBHOOK_GITHUB},
        {"gitlab", CB_WEBHOOK_GITLAB},
        {"gitea", CB_WEBHOOK_GITEA},
        {"forgejo", CB_WEBHOOK_GITEA},
        {"bitbucketCloud", CB_WEBHOOK_BITBUCKET},
        {"bitbucketServer", CB_WEBHOOK_BITBUCKET},
    };

    for (size_t i = 0; i < CB_COUNT(kinds); i++)
        if (cb_str_eq(type, cb_str_cstr(kinds[i].type)))
            return kinds[i].forge;
    return CB_WEBHOOK_GENERIC;
}

static void add_secrets(struct secrets *to, const struct cb_config_secrets *from, const struct cb_config_integration *of)
{
    for (size_t i = 0; i < from->n; i++) {
        to->of[to->n] = of;
        to->v[to->n++] = from->v[i];
    }
}

static struct secrets secrets_of(const struct cb_request *rq, enum cb_webhook_forge forge)
{
    const struct cb_config *conf = rq->config;
    struct secrets out = {0};
    size_t most = conf->webhooks[forge].n;

    for (size_t i = 0; i < conf->integration_n; i++)
        most += conf->integrations[i].webhook.n;
    out.v = CB_NEW_N(rq->arena, cb_str, most + 1);
    out.of = CB_NEW_N(rq->arena, const struct cb_config_integration *, most + 1);
    add_secrets(&out, &conf->webhooks[forge], NULL);
    for (size_t i = 0; i < conf->integration_n; i++)
        if (kind_of(conf->integrations[i].type) == forge)
            add_secrets(&out, &conf->integrations[i].webhook, &conf->integrations[i]);
    return out;
}

/* ---- which sources are meant */

/* Is the repository ID ("host/path") one of the integration's host? */
static bool is_of(const struct cb_request *rq, const struct cb_config_integration *in, const struct cb_forge_table *forges, cb_str id)
{
    cb_str page = cb_forge_repository(rq->arena, forges, cb_arena_printf(rq->arena, "https://%" CB_FMT "/a/b", CB_ARG(in->host)));

    page.n = page.n > 3 ? page.n - 3 : 0; /* without "a/b": where all of its repositories begin */
    return page.n && cb_str_starts(id, page);
}

static bool is_meant(struct cb_request *rq, const struct cb_push *push, const struct cb_forge_table *forges, cb_str url, cb_str id)
{
    for (size_t i = 0; i < push->url_n; i++) {
        cb_str said = push->urls[i];

        if (cb_str_starts(said, CB_LIT("scm:"))) { /* "scm:K/r", on a Bitbucket server that did not say its own name */
            cb_str tail = cb_arena_lower(rq->arena, cb_arena_printf(rq->arena, "/%" CB_FMT, CB_ARG(cb_str_sub(said, 4, said.n))));

            if (cb_forge_type_of(forges, url) == CB_FORGE_BITBUCKET_SERVER && cb_str_ends(id, tail))
                return true;
            continue;
        }
        said = cb_forge_repository(rq->arena, forges, said);
        if (said.n && cb_str_eq(said, id))
            return true;
    }
    return false;
}

/* A source without a branch reads the default one; when the forge does not say which that is, it may be any. */
static bool reads_branch(const struct cb_webhook_source *s, const struct cb_push *push)
{
    cb_str branch = s->branch.n ? s->branch : push->head;

    if (push->what == CB_PUSH_ALL || branch.n == 0)
        return true;
    for (size_t i = 0; i < push->branch_n; i++)
        if (cb_str_eq(push->branches[i], branch))
            return true;
    return false;
}

struct meant {
    struct cb_webhook_source *v;
    size_t n;
    bool known; /* some source reads the repository, this branch or another */
};

static void find_meant(struct meant *m, struct cb_request *rq, const struct cb_push *push, const struct cb_config_integration *of,
                       size_t all_n)
{
    const struct cb_forge_table *forges = cb_integration_forges(rq->arena, rq->config);

    for (size_t i = 0; i < all_n; i++) {
        cb_str id = cb_forge_repository(rq->arena, forges, m->v[i].url);

        if (!id.n || !is_meant(rq, push, forges, m->v[i].url, id) || (of && !is_of(rq, of, forges, id)))
            continue;
        m->known = true;
        if (reads_branch(&m->v[i], push))
            m->v[m->n++] = m->v[i];
    }
}

/* ---- answers */

static cb_str said(cb_str text)
{
    return cb_str_cut(text, SAID_MAX);
}

static void put_answer(struct cb_request *rq, struct cb_reply *rp, enum cb_webhook_result result, const struct cb_push *push,
                       const struct meant *m, const char *why)
{
    cb_buf_printf(&rp->body, "{\"result\":\"%s\"", cb_webhook_result_name(result));
    cb_put_member(&rp->body, "event", said(push->event));
    if (push->url_n)
        cb_put_member(&rp->body, "repository", said(push->urls[0]));
    if (push->what == CB_PUSH_BRANCH) {
        cb_buf_put_cstr(&rp->body, ",\"branches\":[");
        for (size_t i = 0; i < push->branch_n; i++) {
            if (i)
                cb_buf_put_char(&rp->body, ',');
            cb_buf_put_json(&rp->body, said(push->branches[i]));
        }
        cb_buf_put_char(&rp->body, ']');
    }
    cb_buf_put_cstr(&rp->body, ",\"sources\":[");
    for (size_t i = 0; m && i < m->n; i++) {
        cb_buf_printf(&rp->body, "%s{\"id\":\"%lld\"", i ? "," : "", (long long)m->v[i].id);
        cb_put_member(&rp->body, "url", m->v[i].url);
        if (m->v[i].branch.n)
            cb_put_member(&rp->body, "branch", m->v[i].branch);
        cb_buf_put_char(&rp->body, '}');
    }
    cb_buf_put_char(&rp->body, ']');
    if (why)
        cb_put_member(&rp->body, "message", cb_str_cstr(why));
    cb_buf_put_char(&rp->body, '}');
    rp->status = result == CB_HOOK_PING ? 200 : 202;
    rp->no_store = true;
    (void)rq;
}

/* Count what became of it and say so in the log; RC as it is. */
static enum cb_code ended(struct cb_request *rq, const struct hook *h, enum cb_webhook_result result, enum cb_code rc)
{
    cb_metrics_webhook(h->forge, result);
    cb_log(CB_LOG_INFO, "webhook", "forge=%s result=%s event=%s delivery=%s peer=%s", cb_webhook_forge_name(h->forge),
           cb_webhook_result_name(result), cb_log_quote(rq->arena, h->in.event, SAID_MAX),
           cb_log_quote(rq->arena, h->facts.id, CB_WEBHOOK_ID_MAX), cb_log_quote(rq->arena, rq->peer, 64));
    return rc;
}

/* ---- on a worker */

static enum cb_code prove(size_t *which, struct cb_request *rq, const struct hook *h, const struct secrets *secrets, struct cb_err *err)
{
    switch (cb_webhook_check(which, rq->arena, h->forge, secrets->v, secrets->n, &h->facts, h->in.body, cb_clock_now_us())) {
    case CB_WEBHOOK_GOOD:
        return CB_OK;
    case CB_WEBHOOK_STALE:
        return ended(rq, h, CB_HOOK_STALE,
                     cb_fail(err, CB_EAUTH, "it was signed at another time: the timestamp must be within %lld seconds of now",
                             (long long)(CB_WEBHOOK_SKEW_US / CB_S_US)));
    default:
        return ended(rq, h, CB_HOOK_FORGED,
                     cb_fail(err, CB_EAUTH, "the signature in %s is not of a secret that is configured here",
                             cb_webhook_header(h->forge)));
    }
}

/* Remember it and have the sources read: by this process where it can, else through the database by whichever does. */
static enum cb_code take(struct cb_request *rq, const struct hook *h, const struct cb_push *push, struct meant *m, bool *repeated,
                         struct cb_conn *conn, struct cb_err *err)
{
    struct cb_webhook_delivery delivery = {.forge = cb_webhook_forge_name(h->forge), .id = h->facts.id};
    uint8_t body[CB_SHA256_BYTES];
    enum cb_code rc;

    if (!push->sample && !cb_webhook_signs_id(h->forge, &h->facts)) {
        cb_sha256(body, h->in.body);
        delivery.body_sha256 = body;
    }
    for (size_t i = 0; i < m->n; i++)
        m->v[i].nudge = m->v[i].reading || !rq->env->schedule || !cb_schedule_has(rq->env->schedule, m->v[i].id);
    if ((rc = cb_webhook_take(repeated, conn, &delivery, m->v, m->n, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < m->n && !*repeated; i++)
        if (rq->env->schedule)
            cb_schedule_nudge(rq->env->schedule, m->v[i].id);
    return CB_OK;
}

static enum cb_code act(struct cb_request *rq, struct cb_reply *rp, const struct hook *h, const struct cb_push *push,
                        const struct cb_config_integration *of, struct cb_err *err)
{
    struct meant m = {0};
    struct cb_conn *conn;
    bool repeated = false;
    enum cb_code rc;
    size_t all_n;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return ended(rq, h, CB_HOOK_FAILED, rc);
    if ((rc = cb_webhook_sources(&m.v, &all_n, rq->arena, conn, err)) == CB_OK) {
        find_meant(&m, rq, push, of, all_n);
        rc = take(rq, h, push, &m, &repeated, conn, err);
    }
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return ended(rq, h, rc == CB_ECONFLICT ? CB_HOOK_REPLAY : CB_HOOK_FAILED, rc);
    if (repeated) {
        put_answer(rq, rp, CB_HOOK_REPLAY, push, NULL, "the same bytes were taken a moment ago: nothing is to do");
        return ended(rq, h, CB_HOOK_REPLAY, CB_OK);
    }
    if (m.n == 0) {
        put_answer(rq, rp, CB_HOOK_NOTHING, push, NULL,
                   m.known ? "no source reads this branch: nothing is to do" : "no source reads this repository: nothing is to do");
        return ended(rq, h, CB_HOOK_NOTHING, CB_OK);
    }
    put_answer(rq, rp, CB_HOOK_NUDGED, push, &m, NULL);
    return ended(rq, h, CB_HOOK_NUDGED, CB_OK);
}

static enum cb_code answer(struct cb_request *rq, struct cb_reply *rp, const struct hook *h, const struct secrets *secrets,
                           struct cb_err *err)
{
    struct cb_push push;
    size_t which = 0;
    enum cb_code rc;

    if ((rc = prove(&which, rq, h, secrets, err)) != CB_OK)
        return rc;
    if ((rc = cb_push_read(&push, rq->arena, &h->in, err)) != CB_OK)
        return ended(rq, h, CB_HOOK_INVALID, rc);
    if (push.what == CB_PUSH_PING) {
        put_answer(rq, rp, CB_HOOK_PING, &push, NULL, "callboard hears you");
        return ended(rq, h, CB_HOOK_PING, CB_OK);
    }
    if (push.what == CB_PUSH_OTHER) {
        put_answer(rq, rp, CB_HOOK_IGNORED, &push, NULL, "nothing that the catalog is read from has changed");
        return ended(rq, h, CB_HOOK_IGNORED, CB_OK);
    }
    return act(rq, rp, h, &push, secrets->of[which], err);
}

/* ---- on the loop */

static cb_str header_of(struct cb_request *rq, const char *names)
{
    cb_str rest = cb_str_cstr(names), name, value;

    while (rest.n && cb_str_split(&name, &rest, ' ')) {
        value = cb_request_header(rq, cb_arena_str(rq->arena, name).p);
        if (value.n)
            return cb_arena_str(rq->arena, value);
    }
    return CB_LIT("");
}

static void read_hook(struct hook *h, struct cb_request *rq)
{
    h->facts = (struct cb_webhook_facts){
        .signature = header_of(rq, headers[h->forge].signature),
        .token = header_of(rq, headers[h->forge].token),
        .time = header_of(rq, headers[h->forge].time),
        .id = cb_str_cut(header_of(rq, headers[h->forge].id), CB_WEBHOOK_ID_MAX),
    };
    h->in = (struct cb_push_input){
        .forge = h->forge,
        .event = header_of(rq, headers[h->forge].event),
        .instance = h->forge == CB_WEBHOOK_GITLAB ? header_of(rq, "x-gitlab-instance") : CB_LIT(""),
        .content_type = rq->headers.content_type,
    };
}

static enum cb_code look(struct cb_request *rq, struct hook *h, const struct secrets *secrets, struct cb_err *err)
{
    const char *name = cb_webhook_forge_name(h->forge);

    if (secrets->n == 0)
        return ended(rq, h, CB_HOOK_UNCONFIGURED,
                     cb_fail(err, CB_EDENIED, "no secret is configured for webhooks of this kind, and unsigned ones are not taken: set "
                                              "webhooks: {%s: ...} in callboard.yaml, and the same secret there", name));
    if ((int64_t)rq->body.n > rq->config->webhook_body_max_bytes)
        return ended(rq, h, CB_HOOK_OVERSIZED,
                     cb_fail(err, CB_ELIMIT, "the body has %zu bytes, over webhooks.body_max (%lld)", rq->body.n,
                             (long long)rq->config->webhook_body_max_bytes));
    if (h->facts.signature.n == 0 && h->facts.token.n == 0)
        return ended(rq, h, CB_HOOK_UNSIGNED,
                     cb_fail(err, CB_EAUTH, "it is not signed: %s is missing; set the secret of the webhook at the other end",
                             cb_webhook_header(h->forge)));
    return CB_OK;
}

static enum cb_code post_webhook(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct hook *h = rq->carry;
    struct secrets secrets;
    enum cb_code rc;

    if (!h) {
        h = CB_NEW(rq->arena, struct hook);
        while (h->forge < CB_WEBHOOK_FORGE_N && !cb_str_eq_nocase(rq->args[0], cb_str_cstr(cb_webhook_forge_name(h->forge))))
            h->forge++;
        if (h->forge == CB_WEBHOOK_FORGE_N)
            return cb_fail(err, CB_ENOTFOUND, "there are webhooks for github, gitlab, gitea, bitbucket and generic");
        read_hook(h, rq);
    }
    secrets = secrets_of(rq, h->forge);
    if (!rq->carry) {
        if ((rc = look(rq, h, &secrets, err)) != CB_OK)
            return rc;
        h->in.body = rq->body;
        rq->carry = h;
    }
    return rq->worker ? answer(rq, rp, h, &secrets, err) : cb_reply_later(rp);
}

const struct cb_route cb_routes_webhook[] = {
    {CB_POST, "/api/webhooks/{forge}", CB_RIGHT_SIGNED, CB_ROUTE_RAW, post_webhook, "PostWebhook", "A forge says that something was pushed",
     NULL},
    {0},
};
