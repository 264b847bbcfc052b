/* /api/auth: who a Backstage front end is signed in as, where that needs no secret: the guest, or whom a trusted proxy names. */
#include "catalog/base/clock.h"
#include "catalog/entity/relation.h"
#include "server/auth/placeholder.h"
#include "server/http/router.h"

/* Backstage's providers that trust a proxy in front, by the names its front ends ask for. */
static const char *const proxy_providers[] = {
    "awsalb", "azure-easyauth", "azureEasyAuth", "cfaccess", "easyAuth", "gcp-iap", "gcpIap", "oauth2-proxy", "oauth2Proxy",
};

static bool is_proxy_provider(cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(proxy_providers); i++)
        if (cb_str_eq_nocase(name, cb_str_cstr(proxy_providers[i])))
            return true;
    return false;
}

/* As Backstage has it: the person, and the groups that the person's entity is a member of. */
static cb_str ownership_of(struct cb_request *rq, cb_str user)
{
    struct cb_relation_seen *seen;
    struct cb_buf out = CB_BUF_INIT;
    size_t n = 0;
    cb_str text;
    cb_doc doc;

    if (cb_snapshot_find(&doc, rq->snapshot, user))
        n = cb_doc_relations(&seen, rq->arena, rq->snapshot, doc);
    cb_buf_put_char(&out, '[');
    cb_buf_put_json(&out, user);
    for (size_t i = 0; i < n; i++) {
        if (seen[i].type != CB_RELATION_MEMBER_OF)
            continue;
        cb_buf_put_char(&out, ',');
        cb_buf_put_json(&out, seen[i].other);
    }
    cb_buf_put_char(&out, ']');
    text = cb_arena_str(rq->arena, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static void put_profile(struct cb_buf *out, struct cb_request *rq, cb_str user)
{
    static const char *const members[] = {"displayName", "email", "picture"};
    const struct cb_node *profile = NULL;
    struct cb_node *root = NULL;
    bool first = true;
    cb_doc doc;

    if (cb_snapshot_find(&doc, rq->snapshot, user) &&
        cb_node_parse(&root, rq->arena, cb_doc_body(rq->snapshot, doc), NULL) == CB_OK)
        profile = cb_node_path(root, "spec.profile");
    cb_buf_put_cstr(out, "{");
    for (size_t i = 0; i < CB_COUNT(members); i++) {
        cb_str text = cb_node_text(profile, members[i]);

        if (!text.n)
            continue;
        cb_buf_printf(out, "%s\"%s\":", first ? "" : ",", members[i]);
        cb_buf_put_json(out, text);
        first = false;
    }
    cb_buf_put_char(out, '}');
}

static enum cb_code put_identity(struct cb_reply *rp, struct cb_request *rq, enum cb_placeholder kind, cb_str user)
{
    cb_str ownership = ownership_of(rq, user);
    struct cb_buf *out = &rp->body;

    cb_buf_put_cstr(out, "{\"profile\":");
    put_profile(out, rq, user);
    cb_buf_put_cstr(out, ",\"backstageIdentity\":{\"token\":");
    cb_buf_put_json(out, cb_placeholder_make(rq->arena, kind, user, ownership, cb_clock_now_us()));
    cb_buf_printf(out, ",\"expiresInSeconds\":%lld", (long long)(CB_PLACEHOLDER_US / CB_S_US));
    cb_buf_put_cstr(out, ",\"identity\":{\"type\":\"user\",\"userEntityRef\":");
    cb_buf_put_json(out, user);
    cb_buf_put_cstr(out, ",\"ownershipEntityRefs\":");
    cb_buf_put_str(out, ownership);
    cb_buf_put_cstr(out, "}}}");
    rp->no_store = true;
    return CB_OK;
}

/* GET /api/auth/guest/refresh: nobody is asked who he is, as nobody is on open loopback. */
static enum cb_code get_guest(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    if (!cb_identity_open(rq->env->identity))
        return cb_fail(err, CB_ENOTFOUND, "there is no guest here: authentication is configured (auth:). Sign in with a token of "
                                          "callboard's, or through the proxy in front of it");
    return put_identity(rp, rq, CB_PLACEHOLDER_GUEST, rq->config->guest);
}

/* GET /api/auth/{provider}/refresh */
static enum cb_code get_provider(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    if (!is_proxy_provider(rq->args[0]))
        return cb_fail(err, CB_ENOTFOUND, "Unknown auth provider '%" CB_FMT "': callboard knows guest, and those that trust a proxy, such as oauth2Proxy",
                       CB_ARG(cb_str_cut(rq->args[0], 100)));
    if (rq->caller.how != CB_CALLER_PROXY)
        return cb_fail(err, CB_EAUTH, "this request came through no trusted proxy that says who sends it: auth: {trusted_proxies: [...], "
                                      "user_header: ...} lists it");
    return put_identity(rp, rq, CB_PLACEHOLDER_PROXY, cb_str_cstr(rq->caller.user));
}

/* What front ends send along to whatever provider. */
static const struct cb_param_rule refresh_params[] = {
    {"optional", CB_PARAM_FREE, false, 0, 0, NULL},
    {"scope", CB_PARAM_FREE, false, 0, 0, NULL},
    {"env", CB_PARAM_FREE, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_auth[] = {
    {CB_GET, "/api/auth/guest/refresh", CB_RIGHT_OPEN, 0, get_guest, "RefreshGuest", "Who the guest is, for a Backstage front end",
     refresh_params},
    {CB_GET, "/api/auth/{provider}/refresh", CB_RIGHT_READ, 0, get_provider, "RefreshProvider",
     "Whom a trusted proxy names, for a Backstage front end", refresh_params},
    {0},
};
