/* Repositories, teams and people of GitHub, GitLab, Gitea and Forgejo: two sources, a webhook, and how each organisation fares. */
#include <string.h>

#include "plugins/forge/forge.h"

/* ---- GET organizations */

static void put_half(const struct callboard_host *host, struct callboard_call *call, const char *key, const struct fg_half *h, const char *n, const char *other_n)
{
    host->begin_object(call, key);
    host->put_text(call, "state", !h->tried_us ? "new" : *h->why ? "failing" : "ok");
    host->put_integer(call, n, (int64_t)h->n);
    host->put_integer(call, other_n, (int64_t)h->other_n);
    if (h->tried_us)
        host->put_time(call, "lastTry", h->tried_us);
    if (h->read_us)
        host->put_time(call, "lastRead", h->read_us);
    if (*h->why)
        host->put_text(call, "error", h->why);
    host->end(call);
}

int fg_status(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *all = host->get(host->config(call), "/organizations");

    host->begin_array(call, "items");
    for (size_t i = 0; i < host->count(all, ""); i++) {
        struct fg_memory *m = fg_memory(i);
        struct fg_half halves[2];
        int64_t not_before;
        bool simulated;
        struct fg f;

        fg_lock();
        memcpy(halves, m->half, sizeof(halves));
        not_before = m->not_before_us;
        simulated = m->simulated;
        fg_unlock();
        fg_init(&f, host, call, i);
        host->begin_object(call, NULL);
        host->put_text(call, "name", f.name);
        host->put_text(call, "type", f.kind->type);
        host->put_text(call, f.is_user ? "user" : "organization", f.organization);
        host->put_text(call, "api", f.api);
        if (simulated)
            host->put_boolean(call, "simulated", 1);
        if (not_before > host->now_us(call))
            host->put_time(call, "limitedUntil", not_before);
        if (fg_is_on(&f, "/repositories"))
            put_half(host, call, "repositories", &halves[FG_REPOSITORIES], "withDescriptor", "all");
        if (fg_is_on(&f, "/people"))
            put_half(host, call, "people", &halves[FG_PEOPLE], "users", "groups");
        host->put_boolean(call, "webhook", host->get(f.config, "/webhook_secret") != NULL);
        host->end(call);
        fg_fini(&f);
    }
    return CALLBOARD_OK;
}

/* ---- the start */

static int open_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *all = host->get(host->config(call), "/organizations");

    for (size_t i = 0; i < host->count(all, ""); i++) {
        const struct callboard_json *one = host->at(all, i);
        const char *name = host->text(one, "/name", ""), *type = host->text(one, "/type", "");

        for (size_t k = 0; k < i; k++)
            if (strcmp(host->text(host->at(all, k), "/name", ""), name) == 0)
                return host->fail(call, CALLBOARD_EINVAL, "organizations: two are called %s", name);
        if (!host->text(one, "/url", NULL) && strcmp(type, "github") != 0 && strcmp(type, "gitlab") != 0)
            return host->fail(call, CALLBOARD_EINVAL, "organizations: %s needs a url: there is more than one %s", name, type);
    }
    return CALLBOARD_OK;
}

#define TEXT "{\"type\":\"string\",\"minLength\":1,\"maxLength\":200}"
#define GLOBS "{\"type\":\"array\",\"maxItems\":100,\"items\":" TEXT "}"
#define SPACE "{\"type\":\"string\",\"pattern\":\"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$\"}"
#define URL "{\"type\":\"string\",\"format\":\"uri\",\"pattern\":\"^https?://[^?#@]+$\"}"

static const char config[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"organizations\"],\"properties\":{"
    "\"organizations\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":32,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"name\",\"type\"],\"oneOf\":[{\"required\":[\"organization\"]},{\"required\":[\"user\"]}],\"properties\":{"
    "\"name\":" SPACE ",\"type\":{\"enum\":[\"github\",\"gitlab\",\"gitea\",\"forgejo\"]},"
    "\"url\":" URL ",\"api\":" URL ",\"organization\":" TEXT ",\"user\":" TEXT ","
    "\"token\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"
    "\"webhook_secret\":{\"type\":[\"string\",\"array\"],\"minLength\":1,\"writeOnly\":true,\"minItems\":1,\"maxItems\":10,"
    "\"items\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true}},"
    "\"repositories\":{\"type\":\"object\",\"additionalProperties\":false,\"default\":{},\"properties\":{"
    "\"enabled\":{\"type\":\"boolean\",\"default\":true},"
    "\"descriptors\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":16,\"uniqueItems\":true,\"default\":[\"catalog-info.yaml\"],"
    "\"items\":{\"type\":\"string\",\"pattern\":\"^[^/#{}][^#{}]{0,199}$\"}},"
    "\"branch\":" TEXT ",\"include\":" GLOBS ",\"exclude\":" GLOBS ",\"topics\":" GLOBS ",\"without_topics\":" GLOBS ","
    "\"archived\":{\"type\":\"boolean\",\"default\":false},\"forks\":{\"type\":\"boolean\",\"default\":false}}},"
    "\"people\":{\"type\":\"object\",\"additionalProperties\":false,\"default\":{},\"properties\":{"
    "\"enabled\":{\"type\":\"boolean\",\"default\":true},"
    "\"group_namespace\":" SPACE ",\"user_namespace\":" SPACE ","
    "\"teams\":{\"type\":\"boolean\",\"default\":true},\"include_teams\":" GLOBS ",\"exclude_teams\":" GLOBS ","
    "\"teamless\":{\"type\":\"boolean\",\"default\":true},\"profiles\":{\"type\":\"boolean\",\"default\":true}}}}}},"
    "\"github_api\":{\"type\":\"string\",\"format\":\"uri\",\"default\":\"https://api.github.com\"},"
    "\"gitlab_url\":{\"type\":\"string\",\"format\":\"uri\",\"default\":\"https://gitlab.com\"}}}";

static const struct callboard_source sources[] = {
    {.name = "repositories", .summary = "Repositories that hold a descriptor", .interval_s = 600, .read = fg_read_repositories},
    {.name = "people", .summary = "Teams and people", .interval_s = 1800, .read = fg_read_people},
    {0},
};

static const struct callboard_route routes[] = {
    {.method = "POST", .path = "webhook/{organization}", .right = "open", .summary = "What a forge says has changed", .answer = fg_webhook},
    {.method = "GET", .path = "organizations", .right = "reader", .summary = "How each organisation fares", .answer = fg_status},
    {0},
};

CALLBOARD_PLUGIN(.name = "forge", .version = "1.0.0", .summary = "Repositories, teams and people of GitHub, GitLab, Gitea and Forgejo", .config = config,
                 .sources = sources, .routes = routes, .open = open_plugin);
