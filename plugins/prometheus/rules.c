/* The rules behind the alerts and graphs: are they evaluated, when, and do they do well. */
#include <string.h>

#include "plugins/prometheus/prometheus.h"

struct rules {
    struct prom *p;
    struct prom_query queries[PROM_QUERY_N];
    size_t query_n;
    const char *names[PROM_NAME_N];
    size_t name_n;
    bool all;
    size_t n, alerting, bad;
};

/* An alerting rule that the entity names, a recording rule whose series a graph of the entity reads, or any of a group that it names. */
static bool is_wanted(const struct rules *r, const char *group, const struct callboard_json *rule)
{
    const struct callboard_host *host = r->p->host;
    const char *name = host->text(rule, "/name", "");
    bool alerting = strcmp(host->text(rule, "/type", ""), "alerting") == 0;

    if (alerting && r->p->matcher_n && !prom_has(r->p, host->get(rule, "/labels"), r->p->matchers, r->p->matcher_n) && r->all)
        return false; /* "all" means all that the bounds leave */
    if (alerting && r->all)
        return true;
    for (size_t i = 0; i < r->query_n; i++)
        if (prom_may_be_group(&r->queries[i]) && strcmp(r->queries[i].query, group) == 0)
            return true;
    for (size_t i = 0; alerting && i < r->name_n; i++)
        if (strcmp(r->names[i], name) == 0)
            return true;
    for (size_t i = 0; !alerting && i < r->query_n; i++)
        if (prom_mentions(r->queries[i].query, name))
            return true;
    return false;
}

static const char *state_of(const struct callboard_host *host, const struct callboard_json *rule)
{
    const char *health = host->text(rule, "/health", "unknown"), *state = host->text(rule, "/state", "");

    if (strcmp(health, "ok") != 0)
        return strcmp(health, "err") == 0 ? "error" : "unknown";
    return strcmp(state, "firing") == 0 || strcmp(state, "pending") == 0 ? "warning" : "ok";
}

static void put_rule(struct rules *r, const struct callboard_json *group, const struct callboard_json *rule)
{
    const struct callboard_host *host = r->p->host;
    struct callboard_call *call = r->p->call;
    const char *query = host->text(rule, "/query", ""), *broken = host->text(rule, "/lastError", ""), *state = host->text(rule, "/state", NULL);
    bool alerting = strcmp(host->text(rule, "/type", ""), "alerting") == 0;

    host->begin_object(call, NULL);
    prom_put_cell(r->p, "health", host->text(rule, "/health", "unknown"), state_of(host, rule), prom_cut(r->p, broken, 300), NULL);
    prom_put_cell(r->p, "rule", host->text(rule, "/name", ""), NULL, NULL, prom_graph_url(r->p, query, 3600));
    host->put_text(call, "type", alerting ? "alerting" : "recording");
    if (state)
        host->put_text(call, "state", state);
    host->put_text(call, "query", prom_cut(r->p, query, 500));
    if (alerting)
        host->put_number(call, "for", host->number(rule, "/duration", 0));
    host->put_text(call, "evaluated", host->text(rule, "/lastEvaluation", ""));
    host->put_number(call, "took", host->number(rule, "/evaluationTime", 0));
    host->put_text(call, "group", host->text(group, "/name", ""));
    if (*broken)
        host->put_text(call, "error", prom_cut(r->p, broken, 500));
    host->end(call);
}

static void each_rule(struct rules *r, const struct callboard_json *groups, bool write)
{
    const struct callboard_host *host = r->p->host;

    r->n = r->alerting = r->bad = 0;
    for (size_t i = 0, n = host->count(groups, ""); i < n; i++) {
        const struct callboard_json *group = host->at(groups, i), *rules = host->get(group, "/rules");

        for (size_t k = 0, m = host->count(rules, ""); k < m; k++) {
            const struct callboard_json *rule = host->at(rules, k);

            if (!is_wanted(r, host->text(group, "/name", ""), rule))
                continue;
            r->alerting += strcmp(host->text(rule, "/type", ""), "alerting") == 0;
            r->bad += strcmp(host->text(rule, "/health", ""), "err") == 0;
            if (write && r->n < PROM_ROW_MAX)
                put_rule(r, group, rule);
            r->n++;
        }
    }
}

static void put_rules(struct rules *r, const struct callboard_json *groups)
{
    static const char *const columns[][4] = {
        {"health", "Health", "status"}, {"rule", "Rule", "link"},     {"type", "Type", "text"}, {"state", "State", "text"},          {"query", "Query", "code"},
        {"for", "For", "duration", "s"},     {"evaluated", "Evaluated", "time"}, {"took", "Took", "duration", "s"}, {"group", "Group", "text"},  {"error", "Error", "text"}};
    const struct callboard_host *host = r->p->host;

    each_rule(r, groups, false);
    prom_put_head(r->p, "table");
    if (r->n == 0)
        host->put_text(r->p->call, "summary", "Prometheus has no rule that this entity uses");
    else
        host->put_textf(r->p->call, "summary", "%zu alerting and %zu recording rules, %s", r->alerting, r->n - r->alerting,
                        r->bad ? host->format(r->p->call, "%zu of them cannot be evaluated", r->bad) : "all evaluated");
    host->begin_array(r->p->call, "columns");
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        host->begin_object(r->p->call, NULL);
        host->put_text(r->p->call, "key", columns[i][0]);
        host->put_text(r->p->call, "title", columns[i][1]);
        host->put_text(r->p->call, "kind", columns[i][2]);
        if (columns[i][3])
            host->put_text(r->p->call, "unit", columns[i][3]);
        host->end(r->p->call);
    }
    host->end(r->p->call);
    host->begin_array(r->p->call, "rows");
    each_rule(r, groups, true);
    host->end(r->p->call);
    if (r->n > PROM_ROW_MAX)
        host->put_integer(r->p->call, "truncated", (int64_t)(r->n - PROM_ROW_MAX));
}

int prom_render_rules(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *data;
    struct rules r = {0};
    size_t left;
    struct prom p;
    int rc;

    r.p = &p;
    if ((rc = prom_init(&p, host, call)) != CALLBOARD_OK || (rc = prom_names(r.names, &r.name_n, &r.all, &p)) != CALLBOARD_OK)
        return rc;
    if (!host->annotation(call, "prometheus.io/alert")) /* prom_names takes that for all */
        r.all = host->annotation(call, "prometheus.io/labels") != NULL;
    rc = prom_queries(r.queries, &r.query_n, &left, &p);
    if (rc == CALLBOARD_FAILED)
        return rc;
    if (rc == CALLBOARD_ABSENT && r.name_n == 0 && !r.all)
        return CALLBOARD_ABSENT;
    if ((rc = prom_get(&data, &p, "/api/v1/rules", NULL)) != 0)
        return host->fail(call, rc, "%s", p.why);
    put_rules(&r, host->get(data, "/groups"));
    return CALLBOARD_OK;
}
