/* Argo CD beside an entity: its applications, what was deployed when, their resources, how they drifted, and what to do about it. */
#include "plugins/argocd/argocd.h"

#define ANNOTATIONS "argocd/app-name,argocd/app-selector,argocd/project-name"
#define HELP                                                                                                                     \
    "Set the annotation argocd/app-name to the name of the Argo CD application (a comma list for several), or argocd/app-selector " \
    "to a label selector."
#define PANEL_MS 15000

#define PANEL(which, its_title)                                                                                                  \
    {.name = #which, .title = its_title, .annotations = ANNOTATIONS, .ttl_s = 30, .stale_s = 600, .deadline_ms = PANEL_MS,       \
     .render = argo_render_##which, .help = HELP}

static const struct callboard_panel panels[] = {
    PANEL(app, "Argo CD"),
    PANEL(history, "Deployments"),
    PANEL(resources, "Resources"),
    PANEL(drift, "Drift"),
    PANEL(environments, "Environments"),
    {0},
};

#define INPUT(required, more)                                                                                                    \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"app\"" required "],\"properties\":{"                    \
    "\"app\":{\"type\":\"string\",\"title\":\"Application\",\"minLength\":1},\"instance\":{\"type\":\"string\",\"title\":\"Instance\"},"    \
    "\"namespace\":{\"type\":\"string\",\"title\":\"Namespace of the Application\"}" more "}}"
#define PRUNE_AND_DRY                                                                                                            \
    ",\"prune\":{\"type\":\"boolean\",\"title\":\"Delete what Git no longer has\",\"default\":false},"                           \
    "\"dryRun\":{\"type\":\"boolean\",\"title\":\"Only try: change nothing\",\"default\":false}"

static const struct callboard_panel_action panel_actions[] = {
    {"app", "sync", "Sync", "Sync {{app}} in {{instance}}? The cluster will be made as Git says.", "editor",
     INPUT("", PRUNE_AND_DRY ",\"revision\":{\"type\":\"string\",\"title\":\"Revision, instead of the one it follows\",\"minLength\":1,\"maxLength\":200}"),
     PANEL_MS, argo_sync},
    {"app", "refresh", "Refresh", "Compare {{app}} in {{instance}} with Git now?", "editor",
     INPUT("", ",\"refresh\":{\"enum\":[\"normal\",\"hard\"],\"title\":\"hard: make its manifests anew\",\"default\":\"normal\"}"), PANEL_MS, argo_refresh},
    {"app", "terminate", "Stop the operation", "Stop what Argo CD is doing to {{app}} in {{instance}}? What it has changed stays changed.", "admin",
     INPUT("", ""), PANEL_MS, argo_terminate},
    {"history", "rollback", "Roll back", "Roll {{app}} in {{instance}} back to entry {{id}} of its history?", "admin",
     INPUT(",\"id\"", PRUNE_AND_DRY ",\"id\":{\"type\":\"integer\",\"title\":\"Entry of the history\",\"minimum\":0}"), PANEL_MS, argo_rollback},
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
                 .config = config, .panels = panels, .panel_actions = panel_actions, .open = open_plugin, .close = close_plugin);
