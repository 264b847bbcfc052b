/* A service's status, its open incidents, and what people may do about them. */
#include <string.h>

#include "plugins/pagerduty/pagerduty.h"

#define ROW_MAX 100 /* incidents that are shown */

struct incidents {
    size_t n, triggered;
    const struct callboard_json *v[ROW_MAX];
};

static void gather(struct pd *p, const struct callboard_json *row, void *ctx)
{
    struct incidents *in = ctx;

    if (!pd_owns(p, p->host->text(row, "/service/id", "")))
        return;
    in->triggered += strcmp(p->host->text(row, "/status", ""), "triggered") == 0;
    if (in->n < ROW_MAX)
        in->v[in->n] = row;
    in->n++;
}

static const char *state_of(const char *status)
{
    static const char *const rows[][2] = {{"active", "ok"}, {"warning", "warning"}, {"critical", "error"}, {"maintenance", "info"}, {"disabled", "unknown"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (strcmp(rows[i][0], status) == 0)
            return rows[i][1];
    return "unknown";
}

static void put_services(struct pd *p)
{
    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "type", "status");
    p->host->put_text(p->call, "title", "Services");
    p->host->begin_array(p->call, "items");
    for (size_t i = 0; i < p->service_n; i++) {
        const struct callboard_json *s = p->services[i];
        const char *status = p->host->text(s, "/status", "unknown"), *url = p->host->text(s, "/html_url", "");
        const char *policy = p->host->text(s, "/escalation_policy/name", p->host->text(s, "/escalation_policy/summary", "none"));

        p->host->begin_object(p->call, NULL);
        p->host->put_text(p->call, "label", p->host->text(s, "/name", p->host->text(s, "/id", "")));
        p->host->put_text(p->call, "state", state_of(status));
        p->host->put_text(p->call, "text", status);
        p->host->put_textf(p->call, "detail", "Escalation policy: %s", policy);
        if (strncmp(url, "https://", 8) == 0)
            p->host->put_text(p->call, "url", url);
        p->host->end(p->call);
    }
    p->host->end(p->call);
    p->host->end(p->call);
}

static void put_incidents(struct pd *p, const struct incidents *in)
{
    static const char *const columns[][3] = {{"status", "Status", "status"}, {"incident", "Incident", "link"}, {"urgency", "Urgency", "text"},
                                             {"since", "Since", "time"},     {"assigned", "Assigned to", "text"}, {"service", "Service", "text"}};

    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "type", "table");
    p->host->put_text(p->call, "title", "Open incidents");
    pd_put_columns(p, columns, sizeof(columns) / sizeof(*columns));
    p->host->begin_array(p->call, "rows");
    for (size_t i = 0; i < in->n && i < ROW_MAX; i++) {
        const struct callboard_json *r = in->v[i];
        const char *status = p->host->text(r, "/status", "");

        p->host->begin_object(p->call, NULL);
        pd_put_cell(p, "status", status, strcmp(status, "triggered") == 0 ? "error" : "warning", NULL, NULL);
        pd_put_cell(p, "incident", p->host->format(p->call, "#%lld %.300s", (long long)p->host->integer(r, "/incident_number", 0), p->host->text(r, "/title", "")),
                    NULL, NULL, p->host->text(r, "/html_url", NULL));
        p->host->put_text(p->call, "urgency", p->host->text(r, "/urgency", ""));
        p->host->put_text(p->call, "since", p->host->text(r, "/created_at", ""));
        p->host->put_text(p->call, "assigned", p->host->text(r, "/assignments/0/assignee/summary", "nobody"));
        p->host->put_text(p->call, "service", p->host->text(r, "/service/summary", ""));
        p->host->end(p->call);
    }
    p->host->end(p->call);
    if (in->n > ROW_MAX)
        p->host->put_integer(p->call, "truncated", (int64_t)(in->n - ROW_MAX));
    p->host->end(p->call);
}

static void put_action(struct pd *p, const char *action, const char *title, const char *key, const char *value, const char *more)
{
    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "action", action);
    p->host->put_text(p->call, "title", title);
    p->host->begin_object(p->call, "input");
    p->host->put_text(p->call, key, value);
    p->host->put_text(p->call, "name", more);
    p->host->end(p->call);
    p->host->end(p->call);
}

static void put_actions(struct pd *p, const struct incidents *in)
{
    if (!p->host->text(p->config, "/from", NULL))
        return;
    p->host->begin_array(p->call, "actions");
    for (size_t i = 0; pd_is_on(p, "acknowledge") && i < in->n && i < ROW_MAX; i++)
        if (strcmp(p->host->text(in->v[i], "/status", ""), "triggered") == 0) {
            const char *name = p->host->format(p->call, "#%lld %.200s", (long long)p->host->integer(in->v[i], "/incident_number", 0), p->host->text(in->v[i], "/title", ""));

            put_action(p, "acknowledge", p->host->format(p->call, "Acknowledge %s", name), "incident", p->host->text(in->v[i], "/id", ""), name);
        }
    for (size_t i = 0; pd_is_on(p, "create") && i < p->service_n; i++) {
        const char *name = p->host->text(p->services[i], "/name", "");

        put_action(p, "create", p->service_n == 1 ? "Create an incident" : p->host->format(p->call, "Create an incident for %.200s", name), "service",
                   p->host->text(p->services[i], "/id", ""), name);
    }
    p->host->end(p->call);
}

int pd_render_service(const struct callboard_host *host, struct callboard_call *call)
{
    struct incidents in = {0};
    bool known;
    struct pd p;
    int rc;

    if ((rc = pd_init(&p, host, call)) != CALLBOARD_OK || (rc = pd_services(&p)) != CALLBOARD_OK)
        return rc;
    known = pd_each(&p, host->format(call, "/incidents?statuses[]=triggered&statuses[]=acknowledged&date_range=all&sort_by=created_at:desc%s", pd_service_ids(&p)),
                    "incidents", gather, &in) == 0;
    if (!known)
        pd_problem(&p, "incidents", p.why);
    pd_put_head(&p, "group");
    if (known)
        host->put_textf(call, "summary", "%s%s; %zu open incidents, %zu of them not acknowledged", p.service_n == 1 ? host->text(p.services[0], "/name", "") : "Services",
                        p.service_n == 1 ? host->format(call, " is %s", host->text(p.services[0], "/status", "unknown")) : "", in.n, in.triggered);
    else
        host->put_text(call, "summary", "What is open is not known");
    put_actions(&p, &in);
    host->begin_array(call, "panels");
    put_services(&p);
    if (known)
        put_incidents(&p, &in);
    host->end(call);
    return CALLBOARD_OK;
}

/* ---- what people do */

static int begin(struct pd *p, const struct callboard_host *host, struct callboard_call *call, const char *action)
{
    int rc;

    if ((rc = pd_init(p, host, call)) != CALLBOARD_OK)
        return rc;
    if (!pd_is_on(p, action) || !host->text(p->config, "/from", NULL))
        return host->fail(call, CALLBOARD_EDENIED, "'%s' is not switched on: it needs 'actions' of the configuration, and 'from' of the account", action);
    rc = pd_services(p);
    return rc == CALLBOARD_ABSENT ? host->fail(call, CALLBOARD_EINVAL, "the entity names no service of PagerDuty") : rc;
}

static int done(struct pd *p, const struct callboard_json *incident, const char *what)
{
    const char *url = p->host->text(incident, "/html_url", "");

    p->host->put_textf(p->call, "message", "Incident #%lld is %s", (long long)p->host->integer(incident, "/incident_number", 0), what);
    if (strncmp(url, "https://", 8) == 0)
        p->host->put_text(p->call, "url", url);
    return CALLBOARD_OK;
}

int pd_acknowledge(const struct callboard_host *host, struct callboard_call *call)
{
    const char *id = host->text(host->input(call), "/incident", "");
    const struct callboard_json *answer;
    const char *path;
    struct pd p;
    int rc;

    if ((rc = begin(&p, host, call, "acknowledge")) != CALLBOARD_OK)
        return rc;
    if (!pd_is_id(id))
        return host->fail(call, CALLBOARD_EINVAL, "incident: this is no id");
    path = host->format(call, "/incidents/%s", id);
    if ((rc = pd_get(&answer, &p, path)) != 0)
        return host->fail(call, rc, "%s", p.why);
    if (!pd_owns(&p, host->text(answer, "/incident/service/id", "")))
        return host->fail(call, CALLBOARD_EDENIED, "the incident is not one of this entity's services");
    if ((rc = pd_write(&answer, &p, "PUT", path, "{\"incident\":{\"type\":\"incident_reference\",\"status\":\"acknowledged\"}}")) != 0)
        return host->fail(call, rc, "%s", p.why);
    return done(&p, host->get(answer, "/incident"), "acknowledged");
}

int pd_create(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *answer;
    const char *service = host->text(input, "/service", ""), *user = host->user(call);
    struct pd p;
    int rc;

    if ((rc = begin(&p, host, call, "create")) != CALLBOARD_OK)
        return rc;
    if (!pd_owns(&p, service))
        return host->fail(call, CALLBOARD_EDENIED, "service: it is not one of this entity's");
    rc = pd_write(&answer, &p, "POST", "/incidents",
                  host->format(call,
                               "{\"incident\":{\"type\":\"incident\",\"title\":%s,\"urgency\":%s,\"service\":{\"id\":\"%s\",\"type\":\"service_reference\"},"
                               "\"body\":{\"type\":\"incident_body\",\"details\":%s}}}",
                               pd_quote(&p, host->text(input, "/title", "")), pd_quote(&p, host->text(input, "/urgency", "high")), service,
                               pd_quote(&p, host->format(call, "%s\n\nCreated in callboard by %s for %s", host->text(input, "/details", ""), user ? user : "somebody", host->ref(call)))));
    if (rc != 0)
        return host->fail(call, rc, "%s", p.why);
    return done(&p, host->get(answer, "/incident"), "created");
}
