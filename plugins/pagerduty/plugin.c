/* PagerDuty beside an entity: its services, what is open, who is on call, what changed; and to acknowledge and create incidents. */
#include <string.h>

#include "plugins/pagerduty/pagerduty.h"

#define ANNOTATIONS "pagerduty.com/service-id,pagerduty.com/integration-key"
#define HELP "Set the annotation pagerduty.com/service-id to the id of the service in PagerDuty, or to several, as a comma list."
#define PANEL_MS 20000
#define CHANGE_MAX 20 /* of a service */

static int render_changes(const struct callboard_host *host, struct callboard_call *call)
{
    size_t n = 0, read_n = 0;
    struct pd p;
    int rc, code = 0;
    const struct callboard_json *answers[PD_SERVICE_MAX];

    if ((rc = pd_init(&p, host, call)) != CALLBOARD_OK || (rc = pd_services(&p)) != CALLBOARD_OK)
        return rc;
    for (size_t i = 0; i < p.service_n; i++) {
        const char *id = host->text(p.services[i], "/id", "");

        rc = pd_get(&answers[read_n], &p, host->format(call, "/services/%s/change_events?limit=%d", id, CHANGE_MAX));
        if (rc == 0) {
            read_n++;
        } else {
            code = rc;
            pd_problem(&p, host->text(p.services[i], "/name", id), p.why);
        }
    }
    if (read_n == 0)
        return p.no_plan ? CALLBOARD_ABSENT : host->fail(call, code, "%s", p.why);
    for (size_t i = 0; i < read_n; i++)
        n += host->count(answers[i], "/change_events");
    pd_put_head(&p, "timeline");
    host->put_textf(call, "summary", n ? "%zu recent changes" : "No recent changes", n);
    host->begin_array(call, "events");
    for (size_t i = 0; i < read_n; i++)
        for (size_t k = 0; k < host->count(answers[i], "/change_events") && k < CHANGE_MAX; k++) {
            const struct callboard_json *e = host->at(host->get(answers[i], "/change_events"), k);
            const char *url = host->text(e, "/links/0/href", "");

            host->begin_object(call, NULL);
            host->put_text(call, "at", host->text(e, "/timestamp", ""));
            host->put_textf(call, "title", "%.300s", host->text(e, "/summary", ""));
            host->put_text(call, "actor", host->text(e, "/source", ""));
            if (strncmp(url, "https://", 8) == 0)
                host->put_text(call, "url", url);
            host->end(call);
        }
    host->end(call);
    return CALLBOARD_OK;
}

#define PANEL(which, named, f) \
    {.name = which, .title = named, .annotations = ANNOTATIONS, .ttl_s = 30, .stale_s = PD_STALE_S, .deadline_ms = PANEL_MS, .render = f, .help = HELP}

static const struct callboard_panel panels[] = {
    PANEL("service", "PagerDuty", pd_render_service),
    PANEL("oncall", "On call", pd_render_oncall),
    PANEL("changes", "Changes", render_changes),
    {0},
};

static const struct callboard_panel_action panel_actions[] = {
    {.panel = "service", .name = "acknowledge", .title = "Acknowledge", .confirm = "Acknowledge {{name}}?", .right = "editor",
     .input = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"incident\"],\"properties\":{\"incident\":{\"type\":\"string\",\"maxLength\":64},"
              "\"name\":{\"type\":\"string\",\"maxLength\":300}}}",
     .run = pd_acknowledge},
    {.panel = "service", .name = "create", .title = "Create an incident", .confirm = "Create an incident for {{name}}? It calls whoever is on call.", .right = "editor",
     .input = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"service\",\"title\"],\"properties\":{\"service\":{\"type\":\"string\",\"maxLength\":64},"
              "\"name\":{\"type\":\"string\",\"maxLength\":300},\"title\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1024},"
              "\"details\":{\"type\":\"string\",\"maxLength\":8192},\"urgency\":{\"enum\":[\"high\",\"low\"],\"default\":\"high\"}}}",
     .run = pd_create},
    {0},
};

static const char config[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"accounts\"],\"properties\":{"
    "\"accounts\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":32,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"name\",\"token\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$\"},"
    "\"token\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"
    "\"region\":{\"enum\":[\"us\",\"eu\"],\"default\":\"us\"},"
    "\"url\":{\"type\":\"string\",\"format\":\"uri\",\"pattern\":\"^https?://\"},"
    "\"from\":{\"type\":\"string\",\"pattern\":\"^[^@ ]+@[^@ ]+$\"},"
    "\"services\":{\"type\":\"array\",\"maxItems\":1000,\"items\":{\"type\":\"string\",\"minLength\":1}}}}},"
    "\"us_url\":{\"type\":\"string\",\"format\":\"uri\",\"default\":\"https://api.pagerduty.com\"},"
    "\"eu_url\":{\"type\":\"string\",\"format\":\"uri\",\"default\":\"https://api.eu.pagerduty.com\"},"
    "\"fresh_s\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":600,\"default\":15},"
    "\"actions\":{\"type\":\"array\",\"uniqueItems\":true,\"default\":[],\"items\":{\"enum\":[\"acknowledge\",\"create\"]}}}}";

CALLBOARD_PLUGIN(.name = "pagerduty", .version = "1.0.0", .summary = "Services, incidents, on-call and changes of PagerDuty", .config = config, .panels = panels,
                 .panel_actions = panel_actions);
