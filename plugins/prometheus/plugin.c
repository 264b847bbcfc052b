/* Prometheus beside an entity: graphs of its queries, its alerts and who silenced them, and the rules behind both. */
#include <string.h>

#include "plugins/prometheus/prometheus.h"

#define PANEL_MS 20000

static const struct callboard_panel panels[] = {
    {.name = "graphs", .title = "Metrics", .annotations = "prometheus.io/rule", .ttl_s = 30, .stale_s = PROM_STALE_S, .deadline_ms = PANEL_MS,
     .render = prom_render_graphs,
     .help = "Set the annotation prometheus.io/rule to a PromQL query, or to several: a comma list of 'query|dimension', or a JSON or YAML list; "
             "or to the name of a rule group."},
    {.name = "alerts", .title = "Alerts", .annotations = "prometheus.io/alert,prometheus.io/labels,prometheus.io/rule", .ttl_s = 15, .stale_s = PROM_STALE_S,
     .deadline_ms = PANEL_MS, .render = prom_render_alerts,
     .help = "Set the annotation prometheus.io/alert to names of alert rules (a comma list) or 'all', and prometheus.io/labels to 'key=value' pairs that "
             "the alerts must have."},
    {.name = "rules", .title = "Rules", .annotations = "prometheus.io/alert,prometheus.io/rule,prometheus.io/labels", .ttl_s = 60, .stale_s = PROM_STALE_S,
     .deadline_ms = PANEL_MS, .render = prom_render_rules, .help = "Set the annotation prometheus.io/alert or prometheus.io/rule."},
    {0},
};

#define CREDENTIAL                                                                                                               \
    "\"public_url\":{\"type\":\"string\",\"pattern\":\"^https?://\"},"                                                             \
    "\"token\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"                                                          \
    "\"username\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":256},"                                                        \
    "\"password\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":2048,\"writeOnly\":true}"
#define URL "\"url\":{\"type\":\"string\",\"format\":\"uri\",\"pattern\":\"^https?://\"},"
#define BOTH "\"dependencies\":{\"username\":[\"password\"],\"password\":[\"username\"]}"

static const char config[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"instances\"],\"properties\":{"
    "\"instances\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":32,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"name\",\"url\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$\"}," URL CREDENTIAL ","
    "\"tenant\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":256},"
    "\"matchers\":{\"type\":\"object\",\"maxProperties\":16,\"propertyNames\":{\"pattern\":\"^[a-zA-Z_][a-zA-Z0-9_]*$\"},"
    "\"additionalProperties\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":256}},"
    "\"alertmanager\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"url\"],\"properties\":{" URL CREDENTIAL "}," BOTH "}"
    "}," BOTH "}},"
    "\"range_s\":{\"type\":\"integer\",\"minimum\":300,\"maximum\":2678400,\"default\":21600},"
    "\"points\":{\"type\":\"integer\",\"minimum\":10,\"maximum\":500,\"default\":250},"
    "\"series\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":50,\"default\":10},"
    "\"fresh_s\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":600,\"default\":10}}}";

static int open_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/instances");
    size_t n = host->count(list, "");

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(host->text(host->at(list, i), "/name", ""), host->text(host->at(list, j), "/name", "")) == 0)
                return host->fail(call, CALLBOARD_EINVAL, "instances: two of them have the name '%s'", host->text(host->at(list, i), "/name", ""));
    return CALLBOARD_OK;
}

CALLBOARD_PLUGIN(.name = "prometheus", .version = "1.0.0", .summary = "Graphs, alerts, silences and rules of Prometheus and Alertmanager",
                 .config = config, .panels = panels, .open = open_plugin);
