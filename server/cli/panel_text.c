#include "server/cli/panel_text.h"

#include <math.h>

#include "server/cli/command.h"

#define SPARK_WIDTH 60 /* characters of a line of points */

cb_str cb_panel_clean(struct cb_arena *a, cb_str text)
{
    char *out = cb_arena_alloc(a, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == 0xc2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xa0) { /* C1 controls */
            i++;
            continue;
        }
        if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t')
            out[n++] = (char)c;
    }
    out[n] = '\0';
    return cb_str_make(out, n);
}

static cb_str text_at(struct cb_arena *a, const struct cb_node *n, const char *key)
{
    const struct cb_node *value = cb_node_get(n, key);

    if (!value || value->type == CB_NULL || value->type == CB_OBJECT || value->type == CB_ARRAY)
        return CB_LIT("");
    return cb_panel_clean(a, cb_node_scalar(a, value));
}

/* A cell: a value, or an object with text. */
static cb_str cell_of(struct cb_arena *a, const struct cb_node *cell)
{
    cb_str text, state;

    if (!cell || cell->type == CB_NULL)
        return CB_LIT("");
    if (cell->type != CB_OBJECT)
        return cb_panel_clean(a, cb_node_scalar(a, cell));
    text = text_at(a, cell, "text");
    state = text_at(a, cell, "state");
    if (!text.n)
        text = state.n ? state : text_at(a, cell, "url");
    else if (state.n && !cb_str_eq_nocase(text, state))
        text = cb_arena_printf(a, "%" CB_FMT " (%" CB_FMT ")", CB_ARG(text), CB_ARG(state));
    return text;
}

static void print_rows(FILE *out, struct cb_arena *a, const struct cb_node *list, const char *const *keys, const char *const *heads, size_t n)
{
    struct cb_table *table = cb_table_new(heads, n);

    for (const struct cb_node *item = list ? list->first : NULL; item; item = item->next) {
        cb_str *cells = CB_NEW_N(a, cb_str, n);

        for (size_t i = 0; i < n; i++)
            cells[i] = cell_of(a, cb_node_get(item, keys[i]));
        cb_table_row(table, cells);
    }
    cb_table_print(table, out);
}

static void print_status(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    static const char *const keys[] = {"label", "state", "text", "detail", "since", "url"};
    static const char *const heads[] = {"WHAT", "STATE", "TEXT", "DETAIL", "SINCE", "URL"};

    print_rows(out, a, cb_node_get(data, "items"), keys, heads, CB_COUNT(keys));
}

static void print_table(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    const struct cb_node *columns = cb_node_get(data, "columns");
    size_t n = columns ? columns->child_n : 0, i = 0;
    const char **keys = CB_NEW_N(a, const char *, n + 1), **heads = CB_NEW_N(a, const char *, n + 1);

    for (const struct cb_node *c = columns ? columns->first : NULL; c; c = c->next, i++) {
        cb_str unit = text_at(a, c, "unit");

        keys[i] = cb_arena_str(a, cb_node_text(c, "key")).p;
        heads[i] = cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT "%s", CB_ARG(text_at(a, c, "title")), unit.n ? " (" : "", CB_ARG(unit), unit.n ? ")" : "").p;
    }
    if (n)
        print_rows(out, a, cb_node_get(data, "rows"), keys, heads, n);
    if (cb_node_get(data, "truncated") && cb_node_get(data, "truncated")->type == CB_BOOL && cb_node_get(data, "truncated")->b)
        fputs("(not all of it)\n", out);
}

static bool number_of(double *out, const struct cb_node *n)
{
    if (!n || (n->type != CB_INT && n->type != CB_REAL))
        return false;
    *out = n->type == CB_INT ? (double)n->i : n->d;
    return isfinite(*out);
}

/* A line of eight heights, the points averaged to fit. */
static void print_spark(FILE *out, const struct cb_node *points, double min, double max)
{
    static const char *const heights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t n = points->child_n, width = n < SPARK_WIDTH ? n : SPARK_WIDTH, i = 0, column = 0;
    double sum = 0, value;
    size_t sum_n = 0;

    for (const struct cb_node *p = points->first; p; p = p->next, i++) {
        if (number_of(&value, p->last)) {
            sum += value;
            sum_n++;
        }
        if ((i + 1) * width / n == column)
            continue;
        column = (i + 1) * width / n;
        if (sum_n)
            fputs(heights[max > min ? (int)((sum / (double)sum_n - min) / (max - min) * 7 + 0.5) : 0], out);
        else
            fputc(' ', out);
        sum = 0;
        sum_n = 0;
    }
}

static void print_series(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    const struct cb_node *list = cb_node_get(data, "series");

    for (const struct cb_node *s = list ? list->first : NULL; s; s = s->next) {
        const struct cb_node *points = cb_node_get(s, "points");
        double min = INFINITY, max = -INFINITY, last = NAN, value;

        for (const struct cb_node *p = points ? points->first : NULL; p; p = p->next)
            if (number_of(&value, p->last)) {
                min = fmin(min, value);
                max = fmax(max, value);
                last = value;
            }
        fprintf(out, "%" CB_FMT "  ", CB_ARG(text_at(a, s, "name")));
        if (isfinite(last)) {
            print_spark(out, points, min, max);
            fprintf(out, "  last %g, %g to %g %" CB_FMT "\n", last, min, max, CB_ARG(text_at(a, s, "unit")));
        } else {
            fputs("no values\n", out);
        }
    }
}

static void print_timeline(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    static const char *const keys[] = {"at", "state", "title", "actor", "text"};
    static const char *const heads[] = {"AT", "STATE", "WHAT", "WHO", "TEXT"};

    print_rows(out, a, cb_node_get(data, "events"), keys, heads, CB_COUNT(keys));
}

static void print_branch(FILE *out, struct cb_arena *a, const struct cb_node *nodes, cb_str parent, int depth)
{
    for (const struct cb_node *n = nodes->first; n; n = n->next) {
        cb_str up = text_at(a, n, "parent"), id = text_at(a, n, "id"), kind = text_at(a, n, "kind"), state = text_at(a, n, "state");

        if (!cb_str_eq(up, parent) || depth > CB_NODE_DEPTH_MAX)
            continue;
        fprintf(out, "%*s%" CB_FMT "%s%" CB_FMT, 2 * depth, "", CB_ARG(kind), kind.n ? " " : "", CB_ARG(text_at(a, n, "title")));
        if (state.n)
            fprintf(out, "  [%" CB_FMT "]", CB_ARG(state));
        fprintf(out, "  %" CB_FMT "\n", CB_ARG(text_at(a, n, "text")));
        if (id.n && !cb_str_eq(id, parent))
            print_branch(out, a, nodes, id, depth + 1);
    }
}

static void print_tree(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    if (cb_node_get(data, "nodes"))
        print_branch(out, a, cb_node_get(data, "nodes"), CB_LIT(""), 0);
}

static void print_lines(FILE *out, const char *mark, cb_str text)
{
    cb_str line;

    while (text.n && cb_str_split(&line, &text, '\n'))
        fprintf(out, "%s%" CB_FMT "\n", mark, CB_ARG(line));
}

static void print_diff(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    const struct cb_node *files = cb_node_get(data, "files");

    for (const struct cb_node *f = files ? files->first : NULL; f; f = f->next) {
        fprintf(out, "=== %" CB_FMT "\n", CB_ARG(text_at(a, f, "title")));
        print_lines(out, "- ", text_at(a, f, "before"));
        print_lines(out, "+ ", text_at(a, f, "after"));
    }
}

static void print_links(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    static const char *const keys[] = {"title", "url", "text"};
    static const char *const heads[] = {"TITLE", "URL", "TEXT"};

    print_rows(out, a, cb_node_get(data, "items"), keys, heads, CB_COUNT(keys));
}

static void print_markdown(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    fprintf(out, "%" CB_FMT "\n", CB_ARG(text_at(a, data, "markdown")));
}

static void print_pairs(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    static const char *const keys[] = {"key", "value", "state", "url"};
    static const char *const heads[] = {"KEY", "VALUE", "STATE", "URL"};

    print_rows(out, a, cb_node_get(data, "items"), keys, heads, CB_COUNT(keys));
}

static void print_group(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    const struct cb_node *panels = cb_node_get(data, "panels");

    for (const struct cb_node *p = panels ? panels->first : NULL; p; p = p->next) {
        const struct cb_node *simulated = cb_node_get(cb_node_get(p, "source"), "simulated");
        cb_str title = text_at(a, p, "title");

        if (title.n)
            fprintf(out, "-- %" CB_FMT "%s\n", CB_ARG(title), simulated && simulated->type == CB_BOOL && simulated->b ? " (simulated)" : "");
        if (!cb_str_eq(cb_node_text(p, "type"), CB_LIT("group")))
            cb_panel_text(out, a, p);
    }
}

static const struct {
    const char *type;
    void (*print)(FILE *out, struct cb_arena *a, const struct cb_node *data);
} types[] = {
    {"status", print_status}, {"table", print_table}, {"series", print_series},  {"timeline", print_timeline},   {"tree", print_tree},
    {"diff", print_diff},     {"links", print_links}, {"text", print_markdown},  {"keyvalues", print_pairs},     {"group", print_group},
};

void cb_panel_text(FILE *out, struct cb_arena *a, const struct cb_node *data)
{
    const struct cb_node *partial = cb_node_get(data, "partial");
    cb_str summary = text_at(a, data, "summary"), type = cb_node_text(data, "type");

    if (summary.n)
        fprintf(out, "%" CB_FMT "\n", CB_ARG(summary));
    for (size_t i = 0; i < CB_COUNT(types); i++)
        if (cb_str_eq(type, cb_str_cstr(types[i].type)))
            types[i].print(out, a, data);
    for (const struct cb_node *p = partial ? partial->first : NULL; p; p = p->next)
        fprintf(out, "not from %" CB_FMT ": %" CB_FMT "\n", CB_ARG(text_at(a, p, "source")), CB_ARG(text_at(a, p, "message")));
}
