/*
 * notification:send: a notification as a webhook, a POST to the address that the operator has configured.
 *
 * Body      {"recipients":{"type","entityRef"},"payload":{"title","description","link","severity","scope"},"sender","text"}: what Backstage's
 *           notifications take, and "text" for the webhooks of chats, which take nothing else
 * Signed    with "secret": X-Callboard-Signature-256: sha256=<HMAC of the body, hex>
 */
#include <string.h>

#include "plugins/templates/act.h"

#define TIMEOUT_MS 10000

const char act_notify_send_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["recipients", "title"], "properties": {
        "recipients": {"type": "string", "enum": ["broadcast", "entity"], "title": "Recipients", "description": "Everybody, or those that entityRefs names"},
        "entityRefs": {"type": "array", "items": {"type": "string"}, "title": "Whom", "description": "References to users and groups"},
        "title": {"type": "string", "title": "Title"},
        "info": {"type": "string", "title": "Text"},
        "link": {"type": "string", "title": "Link", "description": "What it is about"},
        "severity": {"type": "string", "enum": ["low", "normal", "high", "critical"], "title": "Severity", "description": "normal unless it is said"},
        "scope": {"type": "string", "title": "Scope", "description": "A later one of the same scope takes its place"},
        "optional": {"type": "boolean", "title": "Optional", "description": "Go on when it could not be sent"}}});

const char act_notify_send_examples[] = ACT_JSON([
    {"description": "Tell the owners of a new service",
     "example": "steps:\n  - id: tell\n    name: Tell the team\n    action: notification:send\n    input:\n      recipients: entity\n      entityRefs: ['${{ parameters.owner }}']\n      title: ${{ parameters.name }} is there\n      link: ${{ steps.publish.output.remoteUrl }}\n"}]);

static const char *quote(const struct callboard_host *host, struct callboard_call *call, const char *pointer)
{
    return host->dump(call, host->get(host->input(call), pointer), 0); /* null when there is none */
}

static const char *body_of(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    bool to_all = strcmp(host->text(input, "/recipients", ""), "broadcast") == 0;
    const char *recipients = to_all ? "{\"type\":\"broadcast\"}" : host->format(call, "{\"type\":\"entity\",\"entityRef\":%s}", quote(host, call, "/entityRefs"));
    const char *severity = host->get(input, "/severity") ? quote(host, call, "/severity") : "\"normal\"", *text = quote(host, call, "/title");

    /* texts of JSON put end to end: the last quote of the one and the first of the other fall away */
    if (host->get(input, "/info"))
        text = host->format(call, "%.*s\\n%s", (int)strlen(text) - 1, text, quote(host, call, "/info") + 1);
    if (host->get(input, "/link"))
        text = host->format(call, "%.*s\\n%s", (int)strlen(text) - 1, text, quote(host, call, "/link") + 1);
    return host->format(call, "{\"recipients\":%s,\"payload\":{\"title\":%s,\"description\":%s,\"link\":%s,\"severity\":%s,\"scope\":%s},\"sender\":\"callboard\",\"text\":%s}",
                        recipients, quote(host, call, "/title"), quote(host, call, "/info"), quote(host, call, "/link"), severity, quote(host, call, "/scope"),
                        text);
}

static int failed(const struct callboard_host *host, struct callboard_call *call, int code, const char *why)
{
    if (!host->boolean(host->input(call), "/optional", 0))
        return host->fail(call, code, "the notification was not sent: %s", why);
    host->log(call, CALLBOARD_LOG_WARN, "The notification was not sent: %s", why);
    return CALLBOARD_OK;
}

int act_notify_send(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *config = host->config(call);
    const char *url = host->text(config, "/notifications/url", NULL), *secret = host->text(config, "/notifications/secret", NULL), *body;
    struct callboard_http *http;
    int status;

    if (strcmp(host->text(input, "/recipients", ""), "entity") == 0 && host->count(input, "/entityRefs") == 0)
        return host->fail(call, CALLBOARD_EINVAL, "recipients is entity, so entityRefs must name somebody");
    if (!url)
        return failed(host, call, CALLBOARD_EUNSUPPORTED, "nobody has said where to: plugins: {templates: {notifications: {url: https://...}}}");
    body = body_of(host, call);
    http = host->http(call, "POST", url);
    host->http_body(http, "application/json", body, strlen(body));
    host->http_timeout(http, TIMEOUT_MS);
    if (secret)
        host->http_header(http, "X-Callboard-Signature-256", host->format(call, "sha256=%s", host->hmac_sha256(call, secret, body, strlen(body))));
    if ((status = host->http_send(http)) < 0)
        return failed(host, call, status, host->error(call));
    if (status >= 300)
        return failed(host, call, CALLBOARD_EUPSTREAM, host->format(call, "it was answered with %d", status));
    return CALLBOARD_OK;
}
