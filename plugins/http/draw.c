/* What was found, as members of a panel: rows first, so that one which lacks something can be left out and told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/http/facts.h"

#define CELL_N (FACTS_FIELD_N * 3) /* a table's column is three fields: value, url, state */

/* One field of the rows: what the configuration says of it, and how often it found nothing. */
struct spec {
    const char *key, *text; /* TEXT NULL: it is not configured */
    enum facts_kind kind;
    bool required;
    size_t lack_n;
    const char *lack;       /* the first */
};

struct row {
    const struct callboard_json *config; /* of its fields */
    struct facts_value v[CELL_N];
};

struct rows {
    struct spec specs[CELL_N];
    size_t spec_n;
    struct row *v;
    size_t n, tried_n, left_n; /* drawn; looked at; over the limit */
};

/* ---- rows */

static void specs_of_item(struct rows *r, const struct facts_panel *p, const struct callboard_json *item)
{
    const struct facts_field *fields = facts_type_find(p->type)->fields;
    bool is_series = strcmp(p->type, "series") == 0;

    r->spec_n = 0;
    for (size_t i = 0; fields[i].key; i++) {
        bool of_point = is_series && (strcmp(fields[i].key, "at") == 0 || strcmp(fields[i].key, "value") == 0);

        r->specs[r->spec_n++] = (struct spec){.key = fields[i].key, .kind = fields[i].kind, .required = fields[i].required,
                                              .text = of_point ? NULL : p->f->host->text(item, p->f->host->format(p->f->call, "/%s", fields[i].key), NULL)};
    }
}

static void specs_of_columns(struct rows *r, const struct facts_panel *p, const struct callboard_json *columns)
{
    const struct callboard_host *host = p->f->host;

    r->spec_n = 0;
    for (size_t i = 0, n = host->count(columns, ""); i < n && i < FACTS_FIELD_N; i++) {
        const struct callboard_json *column = host->at(columns, i);
        bool is_time = strcmp(host->text(column, "/kind", ""), "time") == 0;

        r->specs[r->spec_n++] = (struct spec){.key = "value", .text = host->text(column, "/value", NULL), .kind = is_time ? FACTS_TIME : FACTS_VALUE};
        r->specs[r->spec_n++] = (struct spec){.key = "url", .text = host->text(column, "/url", NULL), .kind = FACTS_LINK};
        r->specs[r->spec_n++] = (struct spec){.key = "state", .text = host->text(column, "/state", NULL), .kind = FACTS_STATE};
    }
}

static void take_row(struct rows *r, const struct facts_panel *p, const struct callboard_json *config, const struct callboard_json *value, const char *key)
{
    struct row *row = &r->v[r->n];
    bool whole = true;

    *row = (struct row){.config = config};
    r->tried_n++;
    for (size_t i = 0; i < r->spec_n; i++) {
        struct spec *s = &r->specs[i];
        const char *lacks = NULL;

        if (!s->text)
            continue;
        row->v[i] = facts_value_of(p, s->text, s->kind, value, key, &lacks);
        if (s->required && !row->v[i].text && !row->v[i].json && !lacks) {
            if (s->kind == FACTS_STATE)
                row->v[i].text = "unknown";
            else if (s->kind != FACTS_VALUE)
                lacks = p->f->host->format(p->f->call, "%s: '%s' finds null", s->key, s->text);
        }
        if (lacks && s->lack_n++ == 0)
            s->lack = lacks;
        whole = whole && !(lacks && s->required);
    }
    r->n += whole;
}

/* What is missing in all rows, or makes rows fall out; a field that only some rows have is as it should be. */
static void tell_lacks(struct facts_panel *p, struct rows *r)
{
    for (size_t i = 0; i < r->spec_n; i++) {
        const struct spec *s = &r->specs[i];

        if (s->lack_n && s->required && r->tried_n > 1)
            facts_problem(p, "%zu of %zu are left out: %s", s->lack_n, r->tried_n, s->lack);
        else if (s->lack_n && s->lack_n == r->tried_n)
            facts_problem(p, "%s", s->lack);
    }
}

static bool take_list(struct facts_panel *p, struct rows *r, const struct callboard_json *config)
{
    const struct callboard_host *host = p->f->host;
    const char *pointer = host->text(p->config, "/list", "");
    const struct callboard_json *list = host->get(p->answer, pointer);
    size_t limit = (size_t)host->integer(p->config, "/limit", 50), n = host->count(list, "");
    enum callboard_json_type type = host->type(list, "");

    if (type == CALLBOARD_JSON_NONE || (type != CALLBOARD_JSON_ARRAY && type != CALLBOARD_JSON_OBJECT)) {
        p->code = CALLBOARD_EUPSTREAM;
        p->why = type == CALLBOARD_JSON_NONE
                     ? host->format(p->f->call, "%s: %s", p->from, facts_nothing_at(p->f, p->answer, pointer))
                     : host->format(p->f->call, "%s: the pointer '%s' finds %s, where a list is needed", p->from, pointer, facts_what(p->f, list));
        return false;
    }
    if (limit > FACTS_ROW_N)
        limit = FACTS_ROW_N;
    for (size_t i = 0; i < n && i < limit; i++)
        take_row(r, p, config, host->at(list, i), host->key_at(list, i));
    r->left_n = n > limit ? n - limit : 0;
    tell_lacks(p, r);
    return true;
}

static void take_items(struct facts_panel *p, struct rows *r, const struct callboard_json *items)
{
    const struct callboard_host *host = p->f->host;
    size_t tried = 0;

    for (size_t i = 0, n = host->count(items, ""); i < n && i < FACTS_ROW_N; i++) {
        specs_of_item(r, p, host->at(items, i));
        r->tried_n = 0;
        take_row(r, p, host->at(items, i), p->answer, NULL);
        tell_lacks(p, r);
        tried++;
    }
    r->tried_n = tried;
}

static bool take(struct facts_panel *p, struct rows *r)
{
    const struct callboard_host *host = p->f->host;
    const struct callboard_json *items = host->get(p->config, "/items"), *columns = host->get(p->config, "/columns");

    if (strcmp(p->type, "text") == 0)
        return true;
    if (items) {
        take_items(p, r, items);
    } else {
        if (columns)
            specs_of_columns(r, p, columns);
        else
            specs_of_item(r, p, host->get(p->config, "/item"));
        if (!take_list(p, r, host->get(p->config, "/item")))
            return false;
    }
    if (r->n || !r->tried_n || !p->problem_n)
        return true;
    p->code = CALLBOARD_EUPSTREAM;
    p->why = host->format(p->f->call, "%s: %s", p->from, p->problems[0]);
    return false;
}

/* ---- members */

static void put_value(const struct facts_panel *p, const char *key, const struct facts_value *v)
{
    if (v->json)
        p->f->host->put_json(p->f->call, key, v->json);
    else
        p->f->host->put_text(p->f->call, key, v->text);
}

static void put_items(const struct facts_panel *p, const struct rows *r)
{
    const struct callboard_host *host = p->f->host;
    const struct facts_field *fields = facts_type_find(p->type)->fields;

    for (size_t i = 0; i < r->n; i++) {
        host->begin_object(p->f->call, NULL);
        for (size_t k = 0; fields[k].key; k++)
            if (r->v[i].v[k].text || r->v[i].v[k].json || fields[k].required)
                put_value(p, fields[k].key, &r->v[i].v[k]);
        host->end(p->f->call);
    }
}

static const char *column_key(const struct facts_panel *p, size_t i)
{
    return p->f->host->format(p->f->call, "c%zu", i + 1);
}

static void put_columns(const struct facts_panel *p)
{
    const struct callboard_host *host = p->f->host;
    const struct callboard_json *columns = host->get(p->config, "/columns");
    static const char *const members[] = {"title", "kind", "unit"};

    host->begin_array(p->f->call, "columns");
    for (size_t i = 0, n = host->count(columns, ""); i < n && i < FACTS_FIELD_N; i++) {
        host->begin_object(p->f->call, NULL);
        host->put_text(p->f->call, "key", column_key(p, i));
        for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++) {
            const char *text = host->text(host->at(columns, i), host->format(p->f->call, "/%s", members[k]), NULL);

            if (text)
                host->put_text(p->f->call, members[k], text);
        }
        host->end(p->f->call);
    }
    host->end(p->f->call);
}

static void put_cells(const struct facts_panel *p, const struct rows *r)
{
    const struct callboard_host *host = p->f->host;

    for (size_t i = 0; i < r->n; i++) {
        host->begin_object(p->f->call, NULL);
        for (size_t k = 0; k + 2 < r->spec_n; k += 3) {
            const struct facts_value *value = &r->v[i].v[k], *url = value + 1, *state = value + 2;

            if (!url->text && !state->text) {
                put_value(p, column_key(p, k / 3), value);
                continue;
            }
            host->begin_object(p->f->call, column_key(p, k / 3));
            put_value(p, "text", value);
            if (url->text)
                host->put_text(p->f->call, "url", url->text);
            if (state->text)
                host->put_text(p->f->call, "state", state->text);
            host->end(p->f->call);
        }
        host->end(p->f->call);
    }
}

struct point {
    double at, value; /* NaN: a gap */
};

static int by_time(const void *a, const void *b)
{
    double x = ((const struct point *)a)->at, y = ((const struct point *)b)->at;

    return x < y ? -1 : x > y;
}

/* One line: its points in the order of time, the latest when there are too many. */
static void put_points(struct facts_panel *p, const struct row *row, const char *name)
{
    const struct callboard_host *host = p->f->host;
    const struct callboard_json *list = row->v[0].json;
    const char *at = host->text(row->config, "/at", "/0"), *value = host->text(row->config, "/value", "/1");
    size_t n = host->count(list, ""), m = 0, bad = 0;
    struct point *points = calloc(n ? n : 1, sizeof(*points));
    const char *why = NULL;

    for (size_t i = 0; points && i < n; i++) {
        const struct callboard_json *one = host->at(list, i), *time = host->get(one, at), *number = host->get(one, value);

        points[m].value = host->number(number, "", NAN);
        if (time && number && facts_time(&points[m].at, p->f, time))
            m++;
        else if (!bad++)
            why = !time ? facts_nothing_at(p->f, one, at)
                        : !number ? facts_nothing_at(p->f, one, value) : host->format(p->f->call, "the pointer %s finds no time: %s", at, facts_what(p->f, time));
    }
    if (bad)
        facts_problem(p, "%s: %zu of %zu points are left out: %s", *name ? name : "the line", bad, n, why);
    if (points)
        qsort(points, m, sizeof(*points), by_time);
    host->begin_array(p->f->call, "points");
    for (size_t i = m > FACTS_POINT_N ? m - FACTS_POINT_N : 0; i < m; i++) {
        host->begin_array(p->f->call, NULL);
        host->put_number(p->f->call, NULL, points[i].at);
        host->put_number(p->f->call, NULL, points[i].value);
        host->end(p->f->call);
    }
    host->end(p->f->call);
    free(points);
}

static void put_series(struct facts_panel *p, const struct rows *r)
{
    const struct callboard_host *host = p->f->host;

    for (size_t i = 0; i < r->n && i < FACTS_SERIES_N; i++) {
        const char *name = r->v[i].v[1].text, *unit = r->v[i].v[2].text;

        host->begin_object(p->f->call, NULL);
        if (name)
            host->put_text(p->f->call, "name", name);
        if (unit)
            host->put_text(p->f->call, "unit", unit);
        put_points(p, &r->v[i], name ? name : "");
        host->end(p->f->call);
    }
    if (r->n > FACTS_SERIES_N)
        facts_problem(p, "%d of %zu lines are drawn", FACTS_SERIES_N, r->n);
}

/* A template of the whole answer; NULL when it is not configured, or lacks something, which is told. */
static const char *whole_text(struct facts_panel *p, const char *pointer, enum facts_kind kind)
{
    const char *text = p->f->host->text(p->config, pointer, NULL), *lacks = NULL;
    struct facts_value v = {0};

    if (text)
        v = facts_value_of(p, text, kind, p->answer, NULL, &lacks);
    if (lacks)
        facts_problem(p, "%s: %s", pointer + 1, lacks);
    return v.text;
}

static const char *usual_summary(const struct facts_panel *p, const struct rows *r)
{
    static const char *const states[] = {"error", "warning", "progress", "unknown", "info", "ok"};
    const char *out = "";

    if (strcmp(p->type, "status") != 0 || r->n < 2)
        return NULL;
    for (size_t s = 0; s < sizeof(states) / sizeof(*states); s++) {
        size_t n = 0;

        for (size_t i = 0; i < r->n; i++)
            n += strcmp(r->v[i].v[1].text, states[s]) == 0;
        if (n)
            out = p->f->host->format(p->f->call, "%s%s%zu %s", out, *out ? ", " : "", n, states[s]);
    }
    return out;
}

static void put_head(struct facts_panel *p, const struct rows *r)
{
    const struct callboard_host *host = p->f->host;
    const char *page = whole_text(p, "/page", FACTS_LINK);

    if (!(p->summary = whole_text(p, "/summary", FACTS_TEXT)))
        p->summary = usual_summary(p, r);
    host->put_text(p->f->call, "type", p->type);
    host->put_text(p->f->call, "title", p->title);
    if (p->summary)
        host->put_text(p->f->call, "summary", p->summary);
    host->begin_object(p->f->call, "source");
    host->put_text(p->f->call, "name", p->from);
    if (page)
        host->put_text(p->f->call, "url", page);
    if (p->simulated)
        host->put_boolean(p->f->call, "simulated", 1);
    host->end(p->f->call);
}

static void put_body(struct facts_panel *p, const struct rows *r)
{
    const struct callboard_host *host = p->f->host;
    const struct facts_type *type = facts_type_find(p->type);
    const char *markdown;

    if (!type->list) {
        markdown = p->text ? p->text : whole_text(p, "/markdown", FACTS_PROSE);
        host->put_text(p->f->call, "markdown", facts_cut(p->f, markdown ? markdown : "", FACTS_TEXT_MAX));
        return;
    }
    if (strcmp(p->type, "table") == 0)
        put_columns(p);
    host->begin_array(p->f->call, type->list);
    if (strcmp(p->type, "table") == 0)
        put_cells(p, r);
    else if (strcmp(p->type, "series") == 0)
        put_series(p, r);
    else
        put_items(p, r);
    host->end(p->f->call);
    if (r->left_n && strcmp(p->type, "table") == 0)
        host->put_boolean(p->f->call, "truncated", 1);
    else if (r->left_n)
        facts_problem(p, "%zu of %zu are shown", r->tried_n, r->tried_n + r->left_n);
}

bool facts_draw(struct facts_panel *p, bool in_list)
{
    const struct callboard_host *host = p->f->host;
    struct rows *r = calloc(1, sizeof(*r));
    bool good = false;

    if (r && (r->v = calloc(FACTS_ROW_N, sizeof(*r->v)))) {
        good = take(p, r);
    } else {
        p->code = CALLBOARD_ELIMIT;
        p->why = "no memory";
    }
    if (good) {
        if (in_list)
            host->begin_object(p->f->call, NULL);
        put_head(p, r);
        put_body(p, r);
    }
    if (good && p->problem_n) {
        host->begin_array(p->f->call, "partial");
        for (size_t i = 0; i < p->problem_n; i++) {
            host->begin_object(p->f->call, NULL);
            host->put_text(p->f->call, "source", p->from);
            host->put_text(p->f->call, "message", p->problems[i]);
            host->end(p->f->call);
        }
        host->end(p->f->call);
    }
    if (good && in_list)
        host->end(p->f->call);
    if (r)
        free(r->v);
    free(r);
    return good;
}
