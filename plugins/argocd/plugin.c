/* Argo CD beside an entity: its applications, what was deployed when, their resources, how they drifted, and what to do about it. */
#include "plugins/argocd/argocd.h"

#define ANNOTATIONS "argocd/app-name,argocd/app-selector,argocd/project-name"
#define HELP                                                                                                                     \
    "Set the annotation argocd/app-name to the name of the Argo CD application (a comma list for several), or argocd/app-selector " \
    "to a label selector."
#define PANEL_MS 15000

static const struct callboard_panel panels[] = {
    {.name = "app", .title = "Argo CD", .annotations = ANNOTATIONS, .ttl_s = 30, .stale_s = 600, .deadline_ms = PANEL_MS, .render = argo_render_app, .help = HELP},
    {0},
};

static const char config[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"instances\"],\"properties\":{"
    "\"instances\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":32,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"name\",\"url\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$\"},"
    "\"url\":{\"type\":\"string\",\"format\":\"uri\",\"pattern\":\"^https?://\"},"
    "\"token\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"
    "\"username\":{\"type\":\"string\",\"minLength\":1},"
    "\"password\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"
    "\"projects\":{\"type\":\"array\",\"maxItems\":50,\"items\":{\"type\":\"string\",\"minLength\":1}},"
    "\"namespaces\":{\"type\":\"array\",\"maxItems\":50,\"items\":{\"type\":\"string\",\"minLength\":1}}},"
    "\"dependencies\":{\"username\":[\"password\"],\"password\":[\"username\"]}}},"
    "\"actions\":{\"type\":\"array\",\"uniqueItems\":true,\"default\":[],"
    "\"items\":{\"enum\":[\"sync\",\"refresh\",\"terminate\",\"rollback\"]}}}}";

static int open_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/instances");
    size_t n = host->count(list, "");

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (host->same_text(host->text(host->at(list, i), "/name", ""), host->text(host->at(list, j), "/name", "")))
                return host->fail(call, CALLBOARD_EINVAL, "instances: two of them have the name '%s'", host->text(host->at(list, i), "/name", ""));
    argo_sessions_init();
    return CALLBOARD_OK;
}

static int close_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    (void)host;
    (void)call;
    argo_sessions_fini();
    return CALLBOARD_OK;
}

CALLBOARD_PLUGIN(.name = "argocd", .version = "1.0.0", .summary = "Sync, health, history, resources and drift of Argo CD applications",
                 .config = config, .panels = panels, .open = open_plugin, .close = close_plugin);
