/*
 * A plugin as somebody wrote it for version 1.0 of the contract, with the header of then beside it. Neither is ever edited: what is
 * proved is that what was built once still loads. See tests/plugin/frozen.test.mjs.
 */
#include <math.h>
#include <string.h>

#include "plugin.h"

static int opened;

static int open_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    if (host->size < sizeof(struct callboard_host))
        return host->fail(call, CALLBOARD_EUNSUPPORTED, "this callboard is older than the contract I was built for");
    if (strcmp(host->text(host->config(call), "/mood", "good"), "bad") == 0)
        return host->fail(call, CALLBOARD_EINVAL, "mood: must not be 'bad'");
    host->log(call, CALLBOARD_LOG_INFO, "opened with %s", host->text(host->config(call), "/token", "no token"));
    opened++;
    return CALLBOARD_OK;
}

static int close_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    host->log(call, CALLBOARD_LOG_INFO, "closed after %d", opened);
    return CALLBOARD_OK;
}

/* ---- panels */

static void put_pair(const struct callboard_host *host, struct callboard_call *call, const char *key, const char *value)
{
    host->begin_object(call, NULL);
    host->put_text(call, "key", key);
    host->put_text(call, "value", value);
    host->end(call);
}

static int render_facts(const struct callboard_host *host, struct callboard_call *call)
{
    static const char json[] = "{\"a\":[1,2.5,\"3\",true,null],\"~/\":\"odd\"}";
    const char *name = host->annotation(call, "example.com/frozen");
    const struct callboard_json *value, *entity = host->entity(call);

    if (!name)
        return CALLBOARD_ABSENT;
    host->put_text(call, "forgotten", "by a reset");
    host->reset(call);
    host->mask(call, "a-learned-secret");
    host->put_text(call, "type", "keyvalues");
    host->put_textf(call, "summary", "%s of %s", name, host->ref(call));
    host->begin_array(call, "items");
    put_pair(host, call, "user", host->user(call));
    put_pair(host, call, "owner", host->text(entity, "/spec/owner", "nobody"));
    put_pair(host, call, "secret", "it is a-learned-secret");
    if (!(value = host->parse(call, json, strlen(json))))
        return host->fail(call, CALLBOARD_EINVAL, "%s", host->error(call));
    put_pair(host, call, "dump", host->dump(call, host->get(value, "/a"), 0));
    put_pair(host, call, "first key", host->key_at(value, 0));
    put_pair(host, call, "pointer", host->text(host->at(value, 1), "", ""));
    put_pair(host, call, "escaped", host->escape(call, "a b/c"));
    put_pair(host, call, "formatted", host->format(call, "%zu of %d", host->count(value, "/a"), 5));
    put_pair(host, call, "signed", host->hmac_sha256(call, "key", "data", 4));
    host->end(call);
    host->put_boolean(call, "same", host->same_text("x", "x") && !host->same_text("x", "y"));
    host->put_integer(call, "integer", host->integer(value, "/a/0", -1));
    host->put_number(call, "number", host->number(value, "/a/1", -1) + host->number(value, "/a/2", -1));
    host->put_boolean(call, "boolean", host->boolean(value, "/a/3", 0) && host->type(value, "/a/4") == CALLBOARD_JSON_NULL);
    host->put_number(call, "none", NAN);
    host->put_time(call, "at", INT64_C(1795000000123000));
    host->put_boolean(call, "timed", host->now_us(call) > 0 && host->left_ms(call) > 0 && !host->cancelled(call) && host->wait_ms(call, 1) == 0);
    host->put_json(call, "spec", host->get(entity, "/spec"));
    host->put_json(call, "mood", host->get(host->config(call), "/mood"));
    host->begin_object(call, "source");
    host->put_text(call, "name", "frozen");
    host->end(call);
    return CALLBOARD_OK;
}

static int render_web(const struct callboard_host *host, struct callboard_call *call)
{
    struct callboard_http *http = host->http(call, "POST", host->format(call, "%s/where", host->text(host->config(call), "/url", "")));
    size_t n = 0;
    int status;

    host->http_header(http, "Authorization", host->format(call, "Bearer %s", host->text(host->config(call), "/token", "")));
    host->http_body(http, "text/plain", "hello", 5);
    host->http_cache(http, 0, 60);
    host->http_timeout(http, 5000);
    if ((status = host->http_send(http)) < 0)
        return host->fail(call, status, "%s", host->error(call));
    host->put_text(call, "type", "text");
    host->put_textf(call, "markdown", "%d %s %s %d", status, host->text(host->http_json(http), "/said", ""), host->http_answer_header(http, "x-proof"),
                    host->http_text(http, &n) && n > 0 && host->http_age_s(http) == 0);
    host->http_forget(http);
    return CALLBOARD_OK;
}

static int render_kept(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *other = host->catalog_entity(call, "group:default/y"), *all = host->catalog_query(call, "limit=1");
    const char *kept;
    size_t n = 0;

    if (host->state_put(call, "k", "value", 5, 60) < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "state: %s", host->error(call));
    kept = host->state_get(call, "k", &n);
    host->put_text(call, "type", "text");
    host->put_textf(call, "markdown", "%s %.*s %d %zu", host->text(other, "/metadata/name", "none"), (int)n, kept ? kept : "", host->state_del(call, "k"),
                    host->count(all, "/items"));
    host->metric_add(call, "asked", 1);
    host->metric_set(call, "level", 2.5);
    return CALLBOARD_OK;
}

static const struct callboard_panel panels[] = {
    {.name = "facts", .title = "Facts", .annotations = "example.com/frozen", .kinds = "component,api", .ttl_s = 60, .stale_s = 300, .deadline_ms = 5000, .render = render_facts,
     .help = "Set example.com/frozen."},
    {.name = "web", .title = "Web", .render = render_web},
    {.name = "kept", .title = "Kept", .render = render_kept},
    {0},
};

static int act(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_textf(call, "message", "did %s for %s", host->text(host->input(call), "/what", "nothing"), host->user(call));
    return CALLBOARD_OK;
}

static const struct callboard_panel_action panel_actions[] = {
    {.panel = "facts", .name = "act", .title = "Act", .confirm = "Do {{what}}?", .right = "admin", .deadline_ms = 3000, .run = act,
     .input = "{\"type\":\"object\",\"required\":[\"what\"],\"properties\":{\"what\":{\"type\":\"string\"}}}"},
    {0},
};

/* ---- template steps, sources, routes */

static int work(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *published;

    if (!host->workspace(call))
        return host->fail(call, CALLBOARD_EINVAL, "no workspace");
    if (host->git_export(call, "https://git.example.com/x.git", "in") < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    if (!(published = host->git_publish(call, "{\"url\":\"https://git.example.com/y.git\"}")))
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    if (host->location_register(call, "url", "https://git.example.com/y.git") == CALLBOARD_ECONFLICT)
        host->log(call, CALLBOARD_LOG_WARN, "it was there already");
    host->put_text(call, "commit", host->text(published, "/commit", ""));
    host->put_text(call, "task", host->text(host->task(call), "/id", ""));
    return CALLBOARD_OK;
}

static int undo(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_text(call, "undone", host->text(host->input(call), "/output/commit", ""));
    host->put_integer(call, "removed", host->location_remove(call, "url", "https://git.example.com/y.git"));
    return CALLBOARD_OK;
}

static const struct callboard_action actions[] = {
    {.name = "frozen:work", .summary = "Works", .input = "{\"type\":\"object\"}", .output = "{\"type\":\"object\"}", .examples = "[]", .dry_run = 1, .deadline_ms = 9000, .run = work,
     .undo = undo},
    {0},
};

static int read_things(const struct callboard_host *host, struct callboard_call *call)
{
    static const char entity[] = "{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\",\"metadata\":{\"name\":\"from-frozen\"},\"spec\":{}}";

    if (host->emit(call, entity, strlen(entity)) < 0 || host->emit_location(call, "https://git.example.com/z/blob/main/catalog-info.yaml") < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    return CALLBOARD_OK;
}

static const struct callboard_source sources[] = {
    {.name = "things", .summary = "Things", .interval_s = 600, .deadline_ms = 20000, .read = read_things},
    {0},
};

static int answer(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_text(call, "part", host->text(host->input(call), "/path/part", ""));
    host->put_integer(call, "refreshed", host->source_refresh(call, "things"));
    host->put_text(call, "api", host->text(host->api_get(call, "/api/session"), "/said", "nothing"));
    return CALLBOARD_OK;
}

static const struct callboard_route routes[] = {
    {.method = "GET", .path = "echo/{part}", .right = "open", .summary = "Says it again", .deadline_ms = 1000, .answer = answer},
    {0},
};

CALLBOARD_PLUGIN(.name = "frozen", .version = "1.0.0", .summary = "Built for 1.0 and never again",
                 .config = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"mood\":{\"enum\":[\"good\",\"bad\"],\"default\":\"good\"},"
                           "\"url\":{\"type\":\"string\",\"format\":\"uri\"},\"token\":{\"type\":\"string\",\"writeOnly\":true}}}",
                 .panels = panels, .panel_actions = panel_actions, .actions = actions, .sources = sources, .routes = routes, .open = open_plugin,
                 .close = close_plugin);
