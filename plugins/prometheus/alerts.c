/* Firing and pending alerts of the rules that the entity names, and who silenced them. */
#include <stdlib.h>
#include <string.h>

#include "plugins/prometheus/prometheus.h"

struct alert {
    const struct callboard_json *rule, *json;
    bool firing;
    int rank; /* of its severity, the worst highest */
    int64_t since_s;
};

struct alerts {
    struct prom *p;
    const char *names[PROM_NAME_N];
    size_t name_n;
    bool all;
    struct prom_query queries[PROM_QUERY_N]; /* of prometheus.io/rule: names of groups may be among them */
    size_t query_n;
    struct prom_pair pairs[PROM_NAME_N];
    size_t pair_n;
    struct alert *v;
    size_t n, room, firing, rule_n;
    const struct callboard_json *managed, *silences; /* of Alertmanager; NULL: not to be had */
};

static int severity_rank(const char *severity)
{
    static const char *const ranks[] = {"info", "warning", "error", "critical", "page"};

    for (int i = 0; i < 5; i++)
        if (strcmp(severity, ranks[i]) == 0)
            return i + 1;
    return 0;
}

static bool is_named(const struct alerts *a, const char *name)
{
    for (size_t i = 0; i < a->name_n; i++)
        if (strcmp(a->names[i], name) == 0)
            return true;
    return a->all;
}

static bool is_named_group(const struct alerts *a, const char *name)
{
    for (size_t i = 0; i < a->query_n; i++)
        if (prom_may_be_group(&a->queries[i]) && strcmp(a->queries[i].query, name) == 0)
            return true;
    return false;
}

static void add_alerts(struct alerts *a, const struct callboard_json *rule)
{
    const struct callboard_host *host = a->p->host;
    const struct callboard_json *list = host->get(rule, "/alerts");

    a->rule_n++;
    for (size_t i = 0, n = host->count(list, ""); i < n; i++) {
        const struct callboard_json *alert = host->at(list, i), *labels = host->get(alert, "/labels");
        const char *state = host->text(alert, "/state", "");
        bool firing = strcmp(state, "firing") == 0;

        if ((!firing && strcmp(state, "pending") != 0) || !prom_has(a->p, labels, a->pairs, a->pair_n) ||
            !prom_has(a->p, labels, a->p->matchers, a->p->matcher_n))
            continue;
        if (a->n == a->room) {
            a->room = a->room ? 2 * a->room : 16;
            a->v = realloc(a->v, a->room * sizeof(*a->v));
            if (!a->v)
                abort();
        }
        a->firing += firing;
        a->v[a->n++] = (struct alert){rule, alert, firing, severity_rank(prom_label(a->p, labels, "severity")), prom_time_s(host->text(alert, "/activeAt", ""))};
    }
}

static void gather(struct alerts *a, const struct callboard_json *groups)
{
    const struct callboard_host *host = a->p->host;

    for (size_t i = 0, n = host->count(groups, ""); i < n; i++) {
        const struct callboard_json *rules = host->get(host->at(groups, i), "/rules");
        bool whole = is_named_group(a, host->text(host->at(groups, i), "/name", ""));

        for (size_t k = 0, m = host->count(rules, ""); k < m; k++) {
            const struct callboard_json *rule = host->at(rules, k);

            if (strcmp(host->text(rule, "/type", ""), "alerting") == 0 && (whole || is_named(a, host->text(rule, "/name", ""))))
                add_alerts(a, rule);
        }
    }
}

/* Firing first, then the worst, then the newest. */
static int by_urgency(const void *x, const void *y)
{
    const struct alert *a = x, *b = y;

    if (a->firing != b->firing)
        return a->firing ? -1 : 1;
    if (a->rank != b->rank)
        return b->rank - a->rank;
    return a->since_s > b->since_s ? -1 : a->since_s < b->since_s;
}

/* ---- Alertmanager */

static void ask_silences(struct alerts *a)
{
    if (!prom_alertmanager(a->p) || a->firing == 0)
        return;
    if (prom_ask_alertmanager(&a->managed, a->p, "/api/v2/alerts?active=true&silenced=true&inhibited=true") != 0 ||
        prom_ask_alertmanager(&a->silences, a->p, "/api/v2/silences") != 0)
        prom_problem(a->p, CALLBOARD_EUPSTREAM, "Alertmanager", "whether alerts are silenced is not known: %s", a->p->why);
}

/* Alertmanager has the alert's labels, and those that Prometheus adds to all it sends. */
static const struct callboard_json *managed_of(const struct alerts *a, const struct alert *alert)
{
    const struct callboard_host *host = a->p->host;
    const struct callboard_json *labels = host->get(alert->json, "/labels");

    for (size_t i = 0, n = host->count(a->managed, ""); i < n; i++) {
        const struct callboard_json *theirs = host->get(host->at(a->managed, i), "/labels");
        bool same = true;

        for (size_t k = 0, m = host->count(labels, ""); k < m && same; k++)
            same = strcmp(prom_label(a->p, theirs, host->key_at(labels, k)), host->text(host->at(labels, k), "", "")) == 0;
        if (same)
            return host->at(a->managed, i);
    }
    return NULL;
}

static void put_silence(const struct alerts *a, const struct alert *alert)
{
    const struct callboard_host *host = a->p->host;
    const struct callboard_json *managed = alert->firing ? managed_of(a, alert) : NULL;
    const char *id = host->text(managed, "/status/silencedBy/0", NULL), *by = "";

    if (!id) {
        if (host->count(managed, "/status/inhibitedBy"))
            prom_put_cell(a->p, "silenced", "inhibited", "info", "Another alert that fires holds this one back", NULL);
        return;
    }
    for (size_t i = 0, n = host->count(a->silences, ""); i < n; i++) {
        const struct callboard_json *silence = host->at(a->silences, i);

        if (strcmp(host->text(silence, "/id", ""), id) == 0)
            by = host->format(a->p->call, "%s until %.16sZ: %s", host->text(silence, "/createdBy", ""), host->text(silence, "/endsAt", ""),
                              prom_cut(a->p, host->text(silence, "/comment", ""), 200));
    }
    prom_put_cell(a->p, "silenced", *by ? by : "silenced", "info", NULL,
                  host->format(a->p->call, "%s/#/silences/%s", prom_alertmanager(a->p), host->escape(a->p->call, id)));
}

/* ---- the table */

static const char *severity_state(const struct alert *alert)
{
    if (!alert->firing)
        return "warning";
    return alert->rank == 1 ? "info" : alert->rank == 2 ? "warning" : "error";
}

static void put_alert(const struct alerts *a, const struct alert *alert)
{
    const struct callboard_host *host = a->p->host;
    const struct callboard_json *labels = host->get(alert->json, "/labels"), *notes = host->get(alert->json, "/annotations");
    const char *severity = prom_label(a->p, labels, "severity"), *summary = prom_label(a->p, notes, "summary");
    const char *book = prom_label(a->p, notes, "runbook_url");

    if (!*summary)
        summary = prom_label(a->p, notes, "description");
    if (!*book)
        book = prom_label(a->p, notes, "runbook");
    host->begin_object(a->p->call, NULL);
    prom_put_cell(a->p, "state", alert->firing ? "firing" : "pending", severity_state(alert), NULL, NULL);
    prom_put_cell(a->p, "alert", host->text(alert->rule, "/name", ""), NULL, prom_cut(a->p, host->text(alert->rule, "/query", ""), 300),
                  prom_graph_url(a->p, host->text(alert->rule, "/query", ""), 3600));
    host->put_text(a->p->call, "severity", severity);
    host->put_text(a->p->call, "since", host->text(alert->json, "/activeAt", ""));
    host->put_text(a->p->call, "value", prom_number(a->p, host->number(alert->json, "/value", 0)));
    host->put_text(a->p->call, "summary", prom_cut(a->p, summary, 500));
    host->put_text(a->p->call, "labels", prom_labels_text(a->p, labels, false));
    if (prom_is_link(book))
        prom_put_cell(a->p, "runbook", "runbook", NULL, NULL, book);
    else if (*book)
        host->put_text(a->p->call, "runbook", book);
    put_silence(a, alert);
    host->end(a->p->call);
}

static void put_column(const struct prom *p, const char *key, const char *title, const char *kind)
{
    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "key", key);
    p->host->put_text(p->call, "title", title);
    p->host->put_text(p->call, "kind", kind);
    p->host->end(p->call);
}

static void put_columns(const struct alerts *a)
{
    static const char *const rows[][3] = {{"state", "State", "status"}, {"alert", "Alert", "link"},       {"severity", "Severity", "text"},
                                          {"since", "Since", "time"},   {"value", "Value", "text"},       {"summary", "Summary", "text"},
                                          {"labels", "Labels", "code"}, {"runbook", "Runbook", "link"},   {"silenced", "Silenced by", "text"}};

    a->p->host->begin_array(a->p->call, "columns");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (strcmp(rows[i][0], "silenced") != 0 || prom_alertmanager(a->p))
            put_column(a->p, rows[i][0], rows[i][1], rows[i][2]);
    a->p->host->end(a->p->call);
}

static void put_summary(const struct alerts *a)
{
    const struct callboard_host *host = a->p->host;
    size_t silenced = 0;

    for (size_t i = 0; i < a->n; i++)
        silenced += a->v[i].firing && host->count(managed_of(a, &a->v[i]), "/status/silencedBy") > 0;
    if (a->rule_n == 0)
        host->put_textf(a->p->call, "summary", "Prometheus has no alert rule %s", a->all ? "at all" : "of these names");
    else if (a->n == 0)
        host->put_textf(a->p->call, "summary", "None of %zu alert rules fires", a->rule_n);
    else
        host->put_textf(a->p->call, "summary", "%zu firing, %zu pending of %zu alert rules%s", a->firing, a->n - a->firing, a->rule_n,
                        silenced ? host->format(a->p->call, "; %zu silenced", silenced) : "");
}

/* A name that no rule has is a typing error, or a rule that went: better said than passed over. */
static void check_names(const struct alerts *a, const struct callboard_json *groups)
{
    const struct callboard_host *host = a->p->host;

    for (size_t i = 0; i < a->name_n && !a->all; i++) {
        bool found = false;

        for (size_t g = 0, n = host->count(groups, ""); g < n && !found; g++) {
            const struct callboard_json *rules = host->get(host->at(groups, g), "/rules");

            for (size_t k = 0, m = host->count(rules, ""); k < m && !found; k++)
                found = strcmp(host->text(host->at(rules, k), "/name", ""), a->names[i]) == 0 &&
                        strcmp(host->text(host->at(rules, k), "/type", ""), "alerting") == 0;
        }
        if (!found)
            prom_problem(a->p, CALLBOARD_ENOTFOUND, "prometheus.io/alert", "there is no alert rule '%s'", prom_cut(a->p, a->names[i], 100));
    }
}

static void put_alerts(struct alerts *a)
{
    const struct callboard_host *host = a->p->host;

    prom_put_head(a->p, "table");
    put_summary(a);
    host->begin_array(a->p->call, "links");
    host->begin_object(a->p->call, NULL);
    host->put_text(a->p->call, "title", "Alerts in Prometheus");
    host->put_textf(a->p->call, "url", "%s/alerts", a->p->public_url);
    host->end(a->p->call);
    if (prom_alertmanager(a->p)) {
        host->begin_object(a->p->call, NULL);
        host->put_text(a->p->call, "title", "Alertmanager");
        host->put_text(a->p->call, "url", prom_alertmanager(a->p));
        host->end(a->p->call);
    }
    host->end(a->p->call);
    put_columns(a);
    host->begin_array(a->p->call, "rows");
    for (size_t i = 0; i < a->n && i < PROM_ROW_MAX; i++)
        put_alert(a, &a->v[i]);
    host->end(a->p->call);
    if (a->n > PROM_ROW_MAX)
        host->put_integer(a->p->call, "truncated", (int64_t)(a->n - PROM_ROW_MAX));
}

int prom_render_alerts(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *data;
    struct alerts a = {0};
    struct prom p;
    size_t left;
    bool named;
    int rc;

    a.p = &p;
    if ((rc = prom_init(&p, host, call)) != CALLBOARD_OK || (rc = prom_names(a.names, &a.name_n, &a.all, &p)) != CALLBOARD_OK ||
        (rc = prom_pairs(a.pairs, &a.pair_n, &p)) != CALLBOARD_OK)
        return rc;
    named = host->annotation(call, "prometheus.io/alert") || host->annotation(call, "prometheus.io/labels");
    if (!named) /* prom_names takes that for all */
        a.all = false;
    if (prom_queries(a.queries, &a.query_n, &left, &p) == CALLBOARD_FAILED) /* said in the graphs' place */
        a.query_n = 0;
    for (size_t i = 0; i < a.query_n; i++)
        named = named || prom_may_be_group(&a.queries[i]);
    if (!named)
        return CALLBOARD_ABSENT;
    if ((rc = prom_get(&data, &p, "/api/v1/rules", NULL)) != 0)
        return host->fail(call, rc, "%s", p.why);
    gather(&a, host->get(data, "/groups"));
    if (a.rule_n == 0 && a.name_n == 0 && a.pair_n == 0) /* a query that only looked like a group's name */
        return CALLBOARD_ABSENT;
    check_names(&a, host->get(data, "/groups"));
    if (a.n)
        qsort(a.v, a.n, sizeof(*a.v), by_urgency);
    ask_silences(&a);
    put_alerts(&a);
    free(a.v);
    return CALLBOARD_OK;
}
