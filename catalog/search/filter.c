#include "catalog/search/filter.h"

#include "catalog/base/vec.h"
#include "catalog/entity/ref.h"
#include "catalog/relate/snapshot_in.h"
#include "catalog/search/column.h"

/* ---- making */

struct cb_filter *cb_filter_term(struct cb_arena *a, enum cb_filter_op op, cb_str key)
{
    struct cb_filter *f = CB_NEW(a, struct cb_filter);

    f->key = cb_arena_lower(a, key);
    f->op = op == CB_FILTER_EXISTS && cb_str_eq(f->key, CB_LIT("metadata.etag")) ? CB_FILTER_ALL : op;
    f->relation = cb_column_is_relation(f->key, &f->type);
    return f;
}

struct cb_filter *cb_filter_group(struct cb_arena *a, enum cb_filter_op op, struct cb_filter **kids,
                                  size_t n)
{
    struct cb_filter *f;

    if (n == 1 && op != CB_FILTER_NOT)
        return kids[0];
    f = CB_NEW(a, struct cb_filter);
    f->op = op;
    f->kid_n = n;
    f->kids = CB_NEW_N(a, struct cb_filter *, n ? n : 1);
    if (n)
        memcpy(f->kids, kids, n * sizeof(*kids));
    return f;
}

struct cb_filter *cb_filter_and(struct cb_arena *a, struct cb_filter *x, struct cb_filter *y)
{
    if (!x || !y)
        return x ? x : y;
    return cb_filter_group(a, CB_FILTER_AND, (struct cb_filter *[]){x, y}, 2);
}

/* ---- filter=a=b,c */

/* One key of a parameter, with all its values. */
struct statement {
    cb_str key; /* as written */
    bool valued;
    CB_VEC(cb_str) values;
};

struct statements {
    CB_VEC(struct statement) all;
    size_t term_n;
};

static void statements_clear(struct statements *s)
{
    for (size_t i = 0; i < s->all.n; i++)
        cb_vec_fini(&s->all.v[i].values);
    cb_vec_clear(&s->all);
}

static struct statement *statement_of(struct statements *s, cb_str key)
{
    for (size_t i = 0; i < s->all.n; i++)
        if (cb_str_eq(s->all.v[i].key, key))
            return &s->all.v[i];
    cb_vec_push(&s->all, (struct statement){.key = key});
    return &s->all.v[s->all.n - 1];
}

static enum cb_code read_statement(struct statements *s, cb_str text, struct cb_err *err)
{
    size_t eq = cb_str_find_char(text, '=', 0);
    cb_str key = cb_str_trim(cb_str_sub(text, 0, eq));
    struct statement *at;

    if (key.n == 0)
        return cb_fail(err, CB_EINVAL,
                       "Invalid filter, '%" CB_FMT
                       "' is not a valid statement (expected a string on the form a=b or a= or a)",
                       CB_ARG(text));
    if (++s->term_n > CB_FILTER_TERM_MAX)
        return cb_fail(err, CB_ELIMIT, "Invalid filter, more than %d statements",
                       CB_FILTER_TERM_MAX);
    at = statement_of(s, key);
    if (eq == SIZE_MAX)
        return CB_OK;
    at->valued = true;
    cb_vec_push(&at->values, cb_str_trim(cb_str_sub(text, eq + 1, text.n)));
    return CB_OK;
}

static struct cb_filter *make_statement(struct cb_arena *a, const struct statement *s)
{
    struct cb_filter *f = cb_filter_term(a, s->valued ? CB_FILTER_IN : CB_FILTER_EXISTS, s->key);

    f->value_n = s->values.n;
    f->values = CB_NEW_N(a, cb_str, s->values.n ? s->values.n : 1);
    for (size_t i = 0; i < s->values.n; i++)
        f->values[i] = cb_arena_lower(a, s->values.v[i]);
    return f;
}

/* One parameter: keys are and, values of one key are or. OUT NULL when nothing is said. */
static enum cb_code read_param(struct cb_filter **out, struct cb_arena *a, struct statements *s,
                               cb_str param, struct cb_err *err)
{
    struct cb_filter **kids;
    enum cb_code rc;
    cb_str text;

    statements_clear(s);
    while (cb_str_split(&text, &param, ',')) {
        text = cb_str_trim(text);
        if (text.n > 0 && (rc = read_statement(s, text, err)) != CB_OK)
            return rc;
    }
    *out = NULL;
    if (s->all.n == 0)
        return CB_OK;
    kids = CB_NEW_N(a, struct cb_filter *, s->all.n);
    for (size_t i = 0; i < s->all.n; i++)
        kids[i] = make_statement(a, &s->all.v[i]);
    *out = cb_filter_group(a, CB_FILTER_AND, kids, s->all.n);
    return CB_OK;
}

enum cb_code cb_filter_parse(struct cb_filter **out, struct cb_arena *a, const cb_str *params,
                             size_t param_n, struct cb_err *err)
{
    struct cb_filter **kids = CB_NEW_N(a, struct cb_filter *, param_n ? param_n : 1);
    struct statements s = {0};
    enum cb_code rc = CB_OK;
    size_t n = 0;

    for (size_t i = 0; i < param_n && rc == CB_OK; i++) {
        rc = read_param(&kids[n], a, &s, params[i], err);
        n += rc == CB_OK && kids[n];
    }
    if (rc == CB_OK)
        *out = n ? cb_filter_group(a, CB_FILTER_OR, kids, n) : NULL;
    statements_clear(&s);
    cb_vec_fini(&s.all);
    return rc;
}

/* ---- as JSON */

static void put_values(struct cb_buf *out, const struct cb_filter *f)
{
    if (f->value_n == 1) {
        cb_buf_put_json(out, f->values[0]);
        return;
    }
    cb_buf_put_cstr(out, "{\"$in\":[");
    for (size_t i = 0; i < f->value_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, f->values[i]);
    }
    cb_buf_put_cstr(out, "]}");
}

static void put_term(struct cb_buf *out, const struct cb_filter *f)
{
    cb_buf_put_char(out, '{');
    cb_buf_put_json(out, f->key);
    cb_buf_put_char(out, ':');
    if (f->op == CB_FILTER_EXISTS) {
        cb_buf_put_cstr(out, "{\"$exists\":true}");
    } else if (f->op == CB_FILTER_PREFIX) {
        cb_buf_put_cstr(out, "{\"$hasPrefix\":");
        cb_buf_put_json(out, f->values[0]);
        cb_buf_put_char(out, '}');
    } else {
        put_values(out, f);
    }
    cb_buf_put_char(out, '}');
}

void cb_filter_put(struct cb_buf *out, const struct cb_filter *f)
{
    if (!f || f->op == CB_FILTER_ALL) {
        cb_buf_put_cstr(out, "{}");
    } else if (f->op == CB_FILTER_NOT) {
        cb_buf_put_cstr(out, "{\"$not\":");
        cb_filter_put(out, f->kids[0]);
        cb_buf_put_char(out, '}');
    } else if (f->op == CB_FILTER_AND || f->op == CB_FILTER_OR) {
        cb_buf_put_cstr(out, f->op == CB_FILTER_AND ? "{\"$all\":[" : "{\"$any\":[");
        for (size_t i = 0; i < f->kid_n; i++) {
            if (i)
                cb_buf_put_char(out, ',');
            cb_filter_put(out, f->kids[i]);
        }
        cb_buf_put_cstr(out, "]}");
    } else {
        put_term(out, f);
    }
}

/* ---- whole answers */

static void live_bits(const struct cb_snapshot *s, uint64_t *w)
{
    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment)
            memcpy(w + s->word_at[p], s->parts[p].live->w, s->parts[p].live->word_n * sizeof(*w));
}

static void values_bits(const struct cb_filter *f, const struct cb_view *v, uint64_t *w)
{
    for (size_t i = 0; i < f->value_n; i++) {
        uint32_t at = cb_view_at(v, f->values[i]);

        for (; at < v->n && cb_value_cmp_str(v->v[at].text, f->values[i]) == 0; at++)
            cb_posting_or(v->pools, v->v[at].docs, w);
    }
}

static void prefix_bits(cb_str prefix, const struct cb_view *v, uint64_t *w)
{
    uint32_t at = cb_view_at(v, prefix);

    for (; at < v->n && cb_value_starts(v->v[at].text, prefix); at++)
        cb_posting_or(v->pools, v->v[at].docs, w);
}

static void term_bits(const struct cb_filter *f, const struct cb_snapshot *s, uint64_t *w,
                      struct cb_arena *a)
{
    struct cb_view v;

    for (uint32_t p = 0; p < s->part_n; p++) {
        uint64_t *own = w + s->word_at[p];

        if (!s->parts[p].segment || !cb_column_view(&v, s, p, f->key, a))
            continue;
        if (f->op == CB_FILTER_EXISTS)
            cb_posting_or(v.pools, v.any, own);
        else if (f->op == CB_FILTER_IN)
            values_bits(f, &v, own);
        else
            prefix_bits(f->values[0], &v, own);
    }
}

/* Who sees TYPE with a ref that begins with PREFIX: documents are in order of their refs, the others are named by few. */
static void relation_prefix_bits(const struct cb_snapshot *s, uint8_t type, cb_str prefix, uint64_t *w)
{
    const struct cb_intern *refs = cb_snapshot_names(s)->refs;

    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_segment *g = s->parts[p].segment;

        if (!g)
            continue;
        for (uint32_t d = cb_segment_at(g, prefix); d < g->doc_n && cb_str_starts(cb_segment_id(g, d), prefix); d++)
            if (cb_bits_get(s->parts[p].live->w, d))
                cb_snapshot_seers_of(s, type, g->ref_of[d], w);
        for (uint32_t t = 0; g->edges.type_n[type] > 0 && t < g->edges.target_n; t++)
            if (cb_snapshot_where(s, g->edges.target[t]).segment == CB_DOC_NONE &&
                cb_str_starts(cb_intern_text(refs, g->edges.target[t]), prefix))
                cb_snapshot_seers_of(s, type, g->edges.target[t], w);
    }
}

/* "group:team-a" is "group:default/team-a"; what is no ref stays as it is. */
static cb_str full_ref(cb_str text, struct cb_arena *a)
{
    cb_str id;

    if (cb_str_find_char(text, '/', 0) != SIZE_MAX)
        return text;
    id = cb_ref_id_of(a, text, NULL);
    return id.n ? id : text;
}

static void relation_bits(const struct cb_filter *f, const struct cb_snapshot *s, uint64_t *w,
                          struct cb_arena *a)
{
    if (f->type < 0)
        return;
    if (f->op == CB_FILTER_EXISTS) {
        cb_bits_or(w, cb_snapshot_seers(s, (uint8_t)f->type), s->word_n);
    } else if (f->op == CB_FILTER_PREFIX) {
        relation_prefix_bits(s, (uint8_t)f->type, f->values[0], w);
    } else {
        for (size_t i = 0; i < f->value_n; i++) {
            uint32_t ref = cb_intern_find(cb_snapshot_names(s)->refs, full_ref(f->values[i], a));

            if (ref != CB_INTERN_NONE)
                cb_snapshot_seers_of(s, (uint8_t)f->type, ref, w);
        }
    }
}

/* W, all 0 before, gets what matches; beside living documents it may have dead ones. */
static void fill_bits(const struct cb_filter *f, const struct cb_snapshot *s, uint64_t *w,
                      struct cb_arena *a)
{
    uint64_t *more;

    switch (f->op) {
    case CB_FILTER_ALL:
        live_bits(s, w);
        break;
    case CB_FILTER_AND:
    case CB_FILTER_OR:
        if (f->kid_n == 0) {
            if (f->op == CB_FILTER_AND)
                live_bits(s, w);
            break;
        }
        fill_bits(f->kids[0], s, w, a);
        more = f->kid_n > 1 ? CB_NEW_N(a, uint64_t, s->word_n) : NULL;
        for (size_t i = 1; i < f->kid_n; i++) {
            memset(more, 0, s->word_n * sizeof(*more));
            fill_bits(f->kids[i], s, more, a);
            if (f->op == CB_FILTER_AND)
                cb_bits_and(w, more, s->word_n);
            else
                cb_bits_or(w, more, s->word_n);
        }
        break;
    case CB_FILTER_NOT:
        more = CB_NEW_N(a, uint64_t, s->word_n);
        fill_bits(f->kids[0], s, more, a);
        live_bits(s, w);
        cb_bits_andnot(w, more, s->word_n);
        break;
    default:
        if (f->relation)
            relation_bits(f, s, w, a);
        else
            term_bits(f, s, w, a);
    }
}

uint64_t *cb_filter_bits(const struct cb_filter *f, const struct cb_snapshot *s, struct cb_arena *a)
{
    uint64_t *w = CB_NEW_N(a, uint64_t, s->word_n + 1);

    if (!f || f->op == CB_FILTER_ALL) {
        live_bits(s, w);
        return w;
    }
    fill_bits(f, s, w, a);
    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment && s->parts[p].live->n < s->parts[p].segment->doc_n)
            cb_bits_and(w + s->word_at[p], s->parts[p].live->w, s->parts[p].live->word_n);
    return w;
}

size_t cb_filter_count(const struct cb_filter *f, const struct cb_snapshot *s)
{
    struct cb_arena *a;
    size_t n;

    if (!f || f->op == CB_FILTER_ALL)
        return cb_snapshot_doc_n(s);
    a = cb_arena_new();
    n = cb_bits_count(cb_filter_bits(f, s, a), s->word_n);
    cb_arena_free(a);
    return n;
}

/* ---- one document */

static bool match_term(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d,
                       struct cb_arena *a)
{
    struct cb_view v;

    if (!cb_column_view(&v, s, d.segment, f->key, a))
        return false;
    if (f->op == CB_FILTER_EXISTS)
        return cb_posting_has(v.pools, v.any, d.n);
    for (size_t i = 0; i < f->value_n; i++)
        for (uint32_t at = cb_view_at(&v, f->values[i]); at < v.n; at++) {
            if (f->op == CB_FILTER_IN ? cb_value_cmp_str(v.v[at].text, f->values[i]) != 0
                                      : !cb_value_starts(v.v[at].text, f->values[i]))
                break;
            if (cb_posting_has(v.pools, v.v[at].docs, d.n))
                return true;
        }
    return false;
}

static bool match_relation(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d,
                           struct cb_arena *a)
{
    struct cb_relation_seen *seen;
    size_t n = f->type < 0 ? 0 : cb_doc_relations(&seen, a, s, d);

    for (size_t i = 0; i < n; i++) {
        if (seen[i].type != f->type)
            continue;
        if (f->op == CB_FILTER_EXISTS)
            return true;
        for (size_t k = 0; k < f->value_n; k++)
            if (f->op == CB_FILTER_IN ? cb_str_eq(seen[i].other, full_ref(f->values[k], a))
                                      : cb_str_starts(seen[i].other, f->values[k]))
                return true;
    }
    return false;
}

static bool match(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d,
                  struct cb_arena *a)
{
    size_t i = 0;

    switch (f->op) {
    case CB_FILTER_ALL:
        return true;
    case CB_FILTER_NOT:
        return !match(f->kids[0], s, d, a);
    case CB_FILTER_AND:
    case CB_FILTER_OR:
        while (i < f->kid_n && match(f->kids[i], s, d, a) == (f->op == CB_FILTER_AND))
            i++;
        return (i == f->kid_n) == (f->op == CB_FILTER_AND);
    default:
        return f->relation ? match_relation(f, s, d, a) : match_term(f, s, d, a);
    }
}

bool cb_filter_match(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d)
{
    struct cb_arena *a;
    bool yes;

    if (!f)
        return true;
    a = cb_arena_new();
    yes = match(f, s, d, a);
    cb_arena_free(a);
    return yes;
}

/* ---- one version, by its row */

static bool row_value(const struct cb_filter *f, cb_str value, struct cb_arena *scratch)
{
    cb_str lower = cb_arena_lower(scratch, value);

    for (size_t i = 0; i < f->value_n; i++)
        if (f->op == CB_FILTER_IN ? cb_str_eq(lower, f->values[i])
                                  : cb_str_starts(lower, f->values[i]))
            return true;
    return false;
}

static bool row_terms(const struct cb_filter *f, cb_str terms, struct cb_arena *scratch)
{
    struct cb_term term;

    while (cb_term_next(&term, &terms))
        if (cb_str_eq(term.key, f->key) &&
            (f->op == CB_FILTER_EXISTS ||
             (term.type == CB_TERM_VALUE && row_value(f, term.value, scratch))))
            return true;
    return false;
}

static bool row_status(const struct cb_filter *f, cb_str json, struct cb_arena *scratch)
{
    struct cb_buf packed = CB_BUF_INIT;
    struct cb_node *status;
    bool yes = json.n > 0 && cb_node_parse(&status, scratch, json, NULL) == CB_OK &&
               cb_term_pack_status(&packed, status, NULL) == CB_OK && row_terms(f, cb_buf_str(&packed), scratch);

    cb_buf_fini(&packed);
    return yes;
}

static bool row_term(const struct cb_filter *f, const struct cb_filter_row *row, struct cb_arena *scratch)
{
    return row_terms(f, row->terms, scratch) ||
           (cb_str_starts(f->key, CB_LIT("status")) && row_status(f, row->status, scratch));
}

static bool row_relation(const struct cb_filter *f, const struct cb_filter_row *row,
                         struct cb_arena *scratch)
{
    for (size_t i = 0; i < row->edge_n; i++)
        if (row->edges[i].type == f->type &&
            (f->op == CB_FILTER_EXISTS || row_value(f, row->edges[i].target, scratch)))
            return true;
    return false;
}

bool cb_filter_match_row(const struct cb_filter *f, const struct cb_filter_row *row,
                         struct cb_arena *scratch)
{
    size_t i = 0;

    if (!f)
        return true;
    switch (f->op) {
    case CB_FILTER_ALL:
        return true;
    case CB_FILTER_NOT:
        return !cb_filter_match_row(f->kids[0], row, scratch);
    case CB_FILTER_AND:
    case CB_FILTER_OR:
        while (i < f->kid_n &&
               cb_filter_match_row(f->kids[i], row, scratch) == (f->op == CB_FILTER_AND))
            i++;
        return (i == f->kid_n) == (f->op == CB_FILTER_AND);
    default:
        return f->relation ? row_relation(f, row, scratch) : row_term(f, row, scratch);
    }
}
