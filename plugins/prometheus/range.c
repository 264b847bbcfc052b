/* Graphs: each query of prometheus.io/rule over the configured range, with bounded points and series. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/prometheus/prometheus.h"

#define GRID_S 5 /* two questions within it are the same one, to the cache too; the last point may be so much ahead */

struct span {
    int64_t from, to, step; /* seconds */
    size_t series_max;
};

/* Of one series, NaN and infinities aside. */
struct extent {
    const struct callboard_json *json;
    double least, most, last;
    size_t i;
};

struct graph {
    const struct prom_query *query;
    const struct callboard_json *matrix;
    struct extent *extents; /* the highest first when they are too many, then as Prometheus sorts them */
    size_t n, shown;
};

static struct span span_of(const struct prom *p)
{
    const struct callboard_json *config = p->host->config(p->call);
    int64_t range = p->host->integer(config, "/range_s", 21600), points = p->host->integer(config, "/points", 250);
    struct span s = {.series_max = (size_t)p->host->integer(config, "/series", 10)};

    s.step = (range + points - 2) / (points - 1);
    s.to = (p->host->now_us(p->call) / 1000000 / GRID_S + 1) * GRID_S;
    s.from = s.to - range / s.step * s.step;
    return s;
}

static const char *range_text(const struct prom *p)
{
    int64_t m = (p->host->integer(p->host->config(p->call), "/range_s", 21600) + 59) / 60;

    if (m % 1440 == 0)
        return p->host->format(p->call, "%lld d", (long long)m / 1440);
    return m % 60 == 0 ? p->host->format(p->call, "%lld h", (long long)m / 60) : p->host->format(p->call, "%lld min", (long long)m);
}

/* The I-th sample's value: NaN for all that cannot be drawn. */
static double value_at(const struct prom *p, const struct callboard_json *sample)
{
    double d = p->host->number(sample, "/1", NAN);

    return isfinite(d) ? d : NAN;
}

static struct extent extent_of(const struct prom *p, const struct callboard_json *json, size_t i)
{
    const struct callboard_json *values = p->host->get(json, "/values");
    struct extent e = {json, NAN, NAN, NAN, i};

    for (size_t k = 0, n = p->host->count(values, ""); k < n; k++) {
        double d = value_at(p, p->host->at(values, k));

        e.least = fmin(e.least, d);
        e.most = fmax(e.most, d);
        e.last = d;
    }
    return e;
}

static int by_height(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    double l = isnan(x->most) ? -INFINITY : x->most, r = isnan(y->most) ? -INFINITY : y->most;

    return l > r ? -1 : l < r ? 1 : x->i < y->i ? -1 : x->i > y->i;
}

static int by_place(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;

    return x->i < y->i ? -1 : x->i > y->i;
}

static void measure(const struct prom *p, struct graph *g, const struct span *s)
{
    size_t n = p->host->count(g->matrix, "");

    g->extents = calloc(n ? n : 1, sizeof(*g->extents));
    if (!g->extents)
        abort();
    for (size_t i = 0; i < n; i++) {
        const struct callboard_json *json = p->host->at(g->matrix, i);

        if (p->host->count(json, "/values"))
            g->extents[g->n++] = extent_of(p, json, i);
    }
    qsort(g->extents, g->n, sizeof(*g->extents), by_height);
    g->shown = g->n < s->series_max ? g->n : s->series_max;
    qsort(g->extents, g->shown, sizeof(*g->extents), by_place);
}

/* 0, or a code with p->why. */
static int read_graph(struct graph *g, struct prom *p, const struct span *s)
{
    const struct callboard_json *data;
    const char *query, *form;
    int rc = prom_bounded(&query, p, g->query->query, p->matchers, p->matcher_n);

    if (rc != 0)
        return rc;
    form = p->host->format(p->call, "query=%s&start=%lld&end=%lld&step=%lld&timeout=%ds", p->host->escape(p->call, query), (long long)s->from,
                           (long long)s->to, (long long)s->step, PROM_REQUEST_MS / 1000);
    if ((rc = prom_get(&data, p, "/api/v1/query_range", form)) != 0)
        return rc;
    if (strcmp(p->host->text(data, "/resultType", ""), "matrix") != 0) {
        p->why = "is answered with no series";
        return CALLBOARD_EUPSTREAM;
    }
    g->matrix = p->host->get(data, "/result");
    measure(p, g, s);
    if (p->host->count(g->matrix, "") > g->n)
        prom_problem(p, CALLBOARD_OK, p->name, "%s: native histograms are not drawn; histogram_quantile() makes numbers of them",
                     prom_cut(p, g->query->query, 100));
    return 0;
}

/* ---- writing */

static const char *name_of(const struct prom *p, const struct graph *g, const struct extent *e)
{
    const struct callboard_json *labels = p->host->get(e->json, "/metric");
    const char *name = g->query->dimension ? prom_label(p, labels, g->query->dimension) : "";

    if (!*name)
        name = prom_labels_text(p, labels, false);
    if (!*name)
        name = prom_label(p, labels, "__name__");
    return *name ? name : g->query->title ? g->query->title : g->query->query;
}

static void put_point(const struct prom *p, double at, double value)
{
    p->host->begin_array(p->call, NULL);
    p->host->put_integer(p->call, NULL, (int64_t)at);
    p->host->put_number(p->call, NULL, value);
    p->host->end(p->call);
}

/* Where samples are missing there is a null: a line that is drawn does not bridge it. */
static void put_points(const struct prom *p, const struct callboard_json *values, const struct span *s)
{
    double before = NAN;
    size_t n = p->host->count(values, "");

    p->host->begin_array(p->call, "points");
    for (size_t i = 0; i < n && i <= PROM_POINT_MAX; i++) {
        const struct callboard_json *sample = p->host->at(values, i);
        double at = p->host->number(sample, "/0", 0);

        if (at - before > 1.5 * (double)s->step)
            put_point(p, before + (double)s->step, NAN);
        put_point(p, at, value_at(p, sample));
        before = at;
    }
    p->host->end(p->call);
}

static const char *summary_of(const struct prom *p, const struct graph *g)
{
    const char *range = range_text(p);
    double least = NAN, most = NAN;
    const struct extent *top = NULL;

    for (size_t i = 0; i < g->shown; i++) {
        const struct extent *e = &g->extents[i];

        least = fmin(least, e->least);
        most = fmax(most, e->most);
        if (!isnan(e->last) && (!top || e->last > top->last))
            top = e;
    }
    if (isnan(most))
        return p->host->format(p->call, "no %s in the last %s", g->shown ? "number" : "data", range);
    if (g->shown == 1 && top)
        return p->host->format(p->call, "last %s, min %s, max %s in %s", prom_number(p, top->last), prom_number(p, least), prom_number(p, most), range);
    return p->host->format(p->call, "%zu series%s, min %s, max %s in %s%s%s%s%s", g->shown,
                           g->n > g->shown ? p->host->format(p->call, " of %zu, those that rise highest", g->n) : "", prom_number(p, least),
                           prom_number(p, most), range, top ? "; highest last: " : "", top ? name_of(p, g, top) : "", top ? " with " : "",
                           top ? prom_number(p, top->last) : "");
}

/* The members of a series panel behind its head. */
static void put_graph(const struct prom *p, const struct graph *g, const struct span *s)
{
    p->host->put_text(p->call, "title", g->query->title ? g->query->title : g->query->query);
    p->host->put_text(p->call, "summary", summary_of(p, g));
    p->host->begin_array(p->call, "links");
    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "title", "Open in Prometheus");
    p->host->put_text(p->call, "url", prom_graph_url(p, g->query->query, p->host->integer(p->host->config(p->call), "/range_s", 21600)));
    p->host->end(p->call);
    p->host->end(p->call);
    p->host->put_integer(p->call, "from", s->from);
    p->host->put_integer(p->call, "to", s->to);
    p->host->put_integer(p->call, "step_s", s->step);
    p->host->begin_array(p->call, "series");
    for (size_t i = 0; i < g->shown; i++) {
        const struct extent *e = &g->extents[i];

        p->host->begin_object(p->call, NULL);
        p->host->put_text(p->call, "name", name_of(p, g, e));
        if (g->query->unit)
            p->host->put_text(p->call, "unit", g->query->unit);
        p->host->put_json(p->call, "labels", p->host->get(e->json, "/metric"));
        put_points(p, p->host->get(e->json, "/values"), s);
        p->host->end(p->call);
    }
    p->host->end(p->call);
}

static void put_group(struct prom *p, const struct graph *graphs, size_t n, const struct span *s)
{
    size_t series = 0;

    prom_put_head(p, "group");
    for (size_t i = 0; i < n; i++)
        series += graphs[i].shown;
    p->host->put_textf(p->call, "summary", "%zu graphs with %zu series over the last %s", n, series, range_text(p));
    p->host->begin_array(p->call, "panels");
    for (size_t i = 0; i < n; i++) {
        p->host->begin_object(p->call, NULL);
        p->host->put_text(p->call, "type", "series");
        put_graph(p, &graphs[i], s);
        p->host->end(p->call);
    }
    p->host->end(p->call);
}

int prom_render_graphs(const struct callboard_host *host, struct callboard_call *call)
{
    struct prom_query queries[PROM_QUERY_N];
    struct graph graphs[PROM_QUERY_N] = {{0}};
    size_t n, left, read_n = 0;
    const char *why = NULL;
    int rc, code = CALLBOARD_EUPSTREAM;
    struct span s;
    struct prom p;

    if ((rc = prom_init(&p, host, call)) != CALLBOARD_OK || (rc = prom_queries(queries, &n, &left, &p)) != CALLBOARD_OK)
        return rc;
    if ((rc = prom_expand(&p, queries, &n, &left)) != 0)
        return host->fail(call, rc, "%s", p.why);
    if (n == 0) /* groups without recording rules */
        return CALLBOARD_ABSENT;
    s = span_of(&p);
    if (left)
        prom_problem(&p, CALLBOARD_ELIMIT, "prometheus.io/rule", "%zu queries behind the first %d are left out", left, PROM_QUERY_N);
    for (size_t i = 0; i < n; i++) {
        graphs[read_n].query = &queries[i];
        rc = read_graph(&graphs[read_n], &p, &s);
        if (rc == 0) {
            read_n++;
            continue;
        }
        if (!why) {
            why = host->format(call, "%s: %s", prom_cut(&p, queries[i].query, 100), p.why);
            code = rc;
        }
        prom_problem(&p, rc, p.name, "%s: %s", prom_cut(&p, queries[i].query, 100), p.why);
    }
    if (read_n == 0)
        return host->fail(call, code, "%s", why);
    if (read_n == 1) {
        prom_put_head(&p, "series");
        put_graph(&p, &graphs[0], &s);
    } else {
        put_group(&p, graphs, read_n, &s);
    }
    for (size_t i = 0; i < read_n; i++)
        free(graphs[i].extents);
    return CALLBOARD_OK;
}
