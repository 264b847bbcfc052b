/*
 * A name of a rule group in prometheus.io/rule, such as "payment-alerts", stands for what is in the group: its recording rules are
 * graphs, its alerting rules alerts. As a query such a name would be one metric less another, which nobody means.
 */
#include <ctype.h>
#include <string.h>

#include "plugins/prometheus/prometheus.h"

bool prom_may_be_group(const struct prom_query *q)
{
    const char *name = q->query;
    bool dash = false;

    if (q->dimension || !isalpha((unsigned char)*name))
        return false;
    for (const char *c = name; *c; c++) {
        if (!isalnum((unsigned char)*c) && !strchr("-_.:", *c))
            return false;
        dash = dash || (*c == '-' && isalpha((unsigned char)c[1]));
    }
    return dash;
}

const struct callboard_json *prom_group(const struct prom *p, const struct callboard_json *groups, const char *name)
{
    for (size_t i = 0, n = p->host->count(groups, ""); i < n; i++)
        if (strcmp(p->host->text(p->host->at(groups, i), "/name", ""), name) == 0)
            return p->host->at(groups, i);
    return NULL;
}

/* VALUE as a text of PromQL. */
static const char *quoted(const struct prom *p, const char *value)
{
    const char *out = "\"";

    for (size_t n; *value; value += n) {
        n = strcspn(value, "\"\\\n");
        out = p->host->format(p->call, "%s%.*s", out, (int)n, value);
        if (value[n]) {
            out = p->host->format(p->call, "%s\\%c", out, value[n] == '\n' ? 'n' : value[n]);
            n++;
        }
    }
    return p->host->format(p->call, "%s\"", out);
}

/* What a recording rule records: its name, and the labels that it adds. */
static const char *recorded(const struct prom *p, const struct callboard_json *rule)
{
    const struct callboard_json *labels = p->host->get(rule, "/labels");
    const char *out = "";

    for (size_t i = 0, n = p->host->count(labels, ""); i < n; i++)
        out = p->host->format(p->call, "%s%s%s=%s", out, i ? "," : "", p->host->key_at(labels, i), quoted(p, p->host->text(p->host->at(labels, i), "", "")));
    return p->host->format(p->call, "%s{%s}", p->host->text(rule, "/name", ""), out);
}

static void add_graphs(const struct prom *p, const struct callboard_json *group, struct prom_query out[PROM_QUERY_N], size_t *n, size_t *left)
{
    const struct callboard_json *rules = p->host->get(group, "/rules");

    for (size_t i = 0, m = p->host->count(rules, ""); i < m; i++) {
        const struct callboard_json *rule = p->host->at(rules, i);

        if (strcmp(p->host->text(rule, "/type", ""), "recording") != 0)
            continue;
        if (*n < PROM_QUERY_N)
            out[(*n)++] = (struct prom_query){.query = recorded(p, rule), .title = p->host->text(rule, "/name", "")};
        else
            ++*left;
    }
}

int prom_expand(struct prom *p, struct prom_query queries[PROM_QUERY_N], size_t *n, size_t *left)
{
    struct prom_query asked[PROM_QUERY_N];
    const struct callboard_json *data = NULL;
    size_t asked_n = *n;
    bool any = false;
    int rc;

    for (size_t i = 0; i < *n; i++)
        any = any || prom_may_be_group(&queries[i]);
    if (!any)
        return 0;
    if ((rc = prom_get(&data, p, "/api/v1/rules", NULL)) != 0)
        return rc;
    memcpy(asked, queries, sizeof(asked));
    *n = 0;
    for (size_t i = 0; i < asked_n; i++) {
        const struct callboard_json *group = prom_may_be_group(&asked[i]) ? prom_group(p, p->host->get(data, "/groups"), asked[i].query) : NULL;

        if (group)
            add_graphs(p, group, queries, n, left);
        else if (*n < PROM_QUERY_N)
            queries[(*n)++] = asked[i];
        else
            ++*left;
    }
    return 0;
}
