/*
 * prometheus.h - what the panels of this plugin share: the instance, what the annotations ask for, questions to it.
 *
 * Instances   plugins.prometheus.instances of the configuration; an annotation chooses one by name, never by an address
 * Bounds      an instance's "matchers" go into every selector of every query, and pick the alerts and rules that are shown: whoever
 *             writes an annotation sees the series of his own only. Values may name parts of the entity: "{{/metadata/namespace}}"
 * Problems    one bad query never hides the others: it is gathered, and written as the panel's "partial"
 * Lifetime    of one call, as all that the host returns
 */
#ifndef PROMETHEUS_PROMETHEUS_H
#define PROMETHEUS_PROMETHEUS_H

#include <callboard/plugin.h>
#include <stdbool.h>

#define PROM_RULE_MAX 8192       /* bytes of prometheus.io/rule: a list of queries is longer than other annotations */
#define PROM_QUERY_N 12          /* queries of one entity */
#define PROM_QUERY_MAX 4096      /* bytes of one */
#define PROM_NAME_N 64           /* names in prometheus.io/alert, pairs in prometheus.io/labels */
#define PROM_MATCHER_N 16        /* as in the schema of the configuration */
#define PROM_ROW_MAX 200         /* alerts or rules that a table shows, worst first */
#define PROM_SERIES_MAX 50       /* of one graph; as in the schema */
#define PROM_POINT_MAX 500       /* of one series; as in the schema */
#define PROM_PROBLEM_N 32
#define PROM_STALE_S 600
#define PROM_REQUEST_MS 8000
#define PROM_POST_FROM 2000      /* bytes of a query that is sent in a body instead of a URL */

struct prom_pair {
    const char *key, *value;
};

struct prom_problem {
    int code;
    const char *source, *message;
};

struct prom {
    const struct callboard_host *host;
    struct callboard_call *call;
    const struct callboard_json *config;  /* of the instance */
    const char *name, *url, *public_url;  /* without a slash at the end; PUBLIC_URL where people reach it */
    const char *tenant;                   /* NULL: none */
    struct prom_pair matchers[PROM_MATCHER_N];
    size_t matcher_n;
    struct prom_problem problems[PROM_PROBLEM_N];
    size_t problem_n;
    const char *why;                      /* of the question that failed last */
    bool simulated;
};

struct prom_query {
    const char *query, *dimension, *title, *unit; /* all but the first may be NULL */
};

/* ---- client.c */

/* The instance that the entity chooses. CALLBOARD_FAILED: there is no such one, or the entity lacks what its bounds need. */
int prom_init(struct prom *p, const struct callboard_host *host, struct callboard_call *call);
/* "data" of what PATH ("/api/v1/rules") answers, 0; or a code with p->why. FORM: "query=..&step=..", or NULL. */
int prom_get(const struct callboard_json **out, struct prom *p, const char *path, const char *form);
/* The whole answer of the instance's Alertmanager, which must be configured. */
int prom_ask_alertmanager(const struct callboard_json **out, struct prom *p, const char *path);
const char *prom_alertmanager(const struct prom *p); /* where people reach it; NULL: none is configured */
void prom_problem(struct prom *p, int code, const char *source, const char *format, ...) CALLBOARD_PRINTF(4, 5);
/* type, source, partial; what every panel begins with. */
void prom_put_head(struct prom *p, const char *type);

/* ---- list.c: annotations */

/* prometheus.io/rule in each of its forms. CALLBOARD_ABSENT, CALLBOARD_FAILED. LEFT: how many were over PROM_QUERY_N. */
int prom_queries(struct prom_query out[PROM_QUERY_N], size_t *n, size_t *left, const struct prom *p);
/* The names in prometheus.io/alert; *ALL when they are not to be looked at. */
int prom_names(const char *out[PROM_NAME_N], size_t *n, bool *all, const struct prom *p);
/* prometheus.io/labels. */
int prom_pairs(struct prom_pair out[PROM_NAME_N], size_t *n, const struct prom *p);
/* Text up to END without blanks at its ends, for the call. */
const char *prom_slice(const struct prom *p, const char *from, const char *end);

/* ---- group.c: names of rule groups in prometheus.io/rule */

/* Can this be a name of a group, rather than a query? */
bool prom_may_be_group(const struct prom_query *q);
/* The group of that name among those of /api/v1/rules; NULL: none. */
const struct callboard_json *prom_group(const struct prom *p, const struct callboard_json *groups, const char *name);
/* Puts a group's recording rules in the place of its name. 0, or a code with p->why: which groups there are is not to be had. */
int prom_expand(struct prom *p, struct prom_query queries[PROM_QUERY_N], size_t *n, size_t *left);

/* ---- promql.c */

/* QUERY with MATCHERS in each of its selectors. 0, or CALLBOARD_EINVAL with p->why: it is written in a way that hides its selectors. */
int prom_bounded(const char **out, struct prom *p, const char *query, const struct prom_pair *matchers, size_t n);
/* Is NAME a metric that QUERY reads? */
bool prom_mentions(const char *query, const char *name);

/* ---- words.c */

const char *prom_number(const struct prom *p, double d);           /* as people write it: "0.25", "1.2k" */
const char *prom_cut(const struct prom *p, const char *text, size_t n); /* its first line, at most N bytes, whole characters */
bool prom_is_link(const char *url);                                /* http or https */
const char *prom_graph_url(const struct prom *p, const char *query, int64_t range_s);
int64_t prom_time_s(const char *iso);                              /* 0: it is none */
/* Do all of PAIRS stand in LABELS? */
bool prom_has(const struct prom *p, const struct callboard_json *labels, const struct prom_pair *pairs, size_t n);
const char *prom_label(const struct prom *p, const struct callboard_json *labels, const char *key); /* "" when there is none */
/* "job=api, pod=a" without those that say nothing here. */
const char *prom_labels_text(const struct prom *p, const struct callboard_json *labels, bool with_name);
void prom_put_cell(const struct prom *p, const char *key, const char *text, const char *state, const char *title, const char *url);

callboard_fn prom_render_graphs, prom_render_alerts, prom_render_rules;

#endif
