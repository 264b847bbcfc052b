#include "catalog/search/query.h"

#include "catalog/base/hash.h"
#include "catalog/relate/snapshot_in.h"

/* Where a text is looked for when nobody says: what people see of an entity. */
static const cb_str text_fields[] = {
    CB_LIT("metadata.name"),
    CB_LIT("metadata.title"),
    CB_LIT("metadata.description"),
    CB_LIT("spec.profile.displayname"),
};

/* One question, from parameters or from a cursor. */
struct ask {
    const struct cb_snapshot *s;
    const struct cb_query *q;
    struct cb_arena *a;
    struct cb_cursor c; /* what is asked, and what the next cursors are made of */
    struct cb_order uid_order;
    const struct cb_order *orders;
    size_t order_n;
    bool by_uid;
    uint64_t *match;
    size_t match_n;
};

static bool is_uuid(cb_str s, uint8_t uid[16])
{
    return s.n == CB_UUID_TEXT && cb_uuid_parse(uid, s);
}

/* A place that names its entity by uid, as Backstage's do: by ref, or in front of all of its value when it is gone. */
static void resolve_uid(struct ask *k)
{
    struct cb_order_at *at = &k->c.at;
    uint8_t uid[16];
    cb_doc d;

    if (!k->c.placed || !is_uuid(at->id, uid))
        return;
    if (k->by_uid)
        at->values[0] = at->id;
    if (cb_snapshot_find_uid(&d, k->s, uid))
        at->id = cb_doc_id(k->s, d);
    else
        at->id = k->c.is_previous ? CB_LIT("\xff") : CB_LIT("");
}

static enum cb_code set_up(struct ask *k, struct cb_err *err)
{
    const struct cb_query *q = k->q;

    if (q->cursor) {
        k->c = *q->cursor;
    } else {
        if (q->order_n > CB_ORDER_FIELD_MAX)
            return cb_fail(err, CB_ELIMIT, "more than %d order fields", CB_ORDER_FIELD_MAX);
        if (q->order_n)
            memcpy(k->c.orders, q->order, q->order_n * sizeof(*q->order));
        k->c.order_n = q->order_n;
        k->c.filter = q->filter;
        k->c.text = q->text;
        k->c.text_field_n = q->text_field_n;
        k->c.text_fields = CB_NEW_N(k->a, cb_str, q->text_field_n + 1);
        if (q->text_field_n)
            memcpy(k->c.text_fields, q->text_fields, q->text_field_n * sizeof(cb_str));
    }
    k->orders = k->c.orders;
    k->order_n = k->c.order_n;
    k->by_uid = k->order_n == 0 && q->default_by_uid;
    if (k->by_uid) {
        k->uid_order = (struct cb_order){.field = CB_LIT("metadata.uid")};
        k->orders = &k->uid_order;
        k->order_n = 1;
    }
    resolve_uid(k);
    return CB_OK;
}

static void find_matches(struct ask *k)
{
    const cb_str *fields = k->c.text_fields;
    size_t n = k->c.text_field_n;

    k->match = cb_filter_bits(k->c.filter, k->s, k->a);
    if (n == 0 && k->c.order_n > 0) {
        fields = &k->c.orders[0].field;
        n = 1;
    } else if (n == 0) {
        fields = text_fields;
        n = CB_COUNT(text_fields);
    }
    if (cb_str_trim(k->c.text).n > 0)
        cb_text_restrict(k->match, k->s, k->c.text, fields, n, k->a);
    if (k->q->order_drops_missing && k->c.order_n > 0)
        cb_order_require(k->match, k->s, k->c.orders[0].field, k->a);
    k->match_n = cb_bits_count(k->match, k->s->word_n);
}

/* The place of the document last given, as cursors keep it. */
static struct cb_order_at where(const struct ask *k, const struct cb_order_run *r)
{
    struct cb_order_at at;

    cb_order_where(r, &at, k->a);
    if (k->by_uid)
        at = (struct cb_order_at){.id = at.values[0]};
    return at;
}

struct ends {
    struct cb_order_at first, last;
};

/* Up to the limit's documents of R into OUT; true when there is one more. */
static bool take(struct cb_page *out, const struct ask *k, struct cb_order_run *r,
                 struct ends *ends)
{
    size_t most =
        k->q->limit < 0 || (uint64_t)k->q->limit > k->match_n ? k->match_n : (size_t)k->q->limit;
    bool paged = k->q->limit >= 0;
    cb_doc d;

    out->docs = CB_NEW_N(k->a, cb_doc, most + 1);
    while (out->n < most && cb_order_next(r, &d)) {
        out->docs[out->n++] = d;
        if (paged && out->n == 1)
            ends->first = where(k, r);
    }
    if (paged && out->n > 0)
        ends->last = where(k, r);
    return cb_order_next(r, &d);
}

static bool is_something_before(const struct ask *k, cb_doc first)
{
    struct cb_order_run *r;
    struct cb_order_at at;
    cb_doc d;

    /* Where the first one stands is asked of a walk over it alone. */
    uint64_t *one = CB_NEW_N(k->a, uint64_t, k->s->word_n + 1);

    cb_bits_set(one + k->s->word_at[first.segment], first.n);
    r = cb_order_start(k->a, k->s, one, k->orders, k->order_n, false, NULL);
    if (!cb_order_next(r, &d))
        return false;
    cb_order_where(r, &at, k->a);
    r = cb_order_start(k->a, k->s, k->match, k->orders, k->order_n, true, &at);
    return cb_order_next(r, &d);
}

static void put_cursors(struct cb_page *out, struct ask *k, const struct ends *ends)
{
    struct cb_cursor c = k->c;

    c.total = (int64_t)out->total;
    if (!c.first)
        c.first_at = ends->first;
    if (out->more) {
        c.is_previous = false;
        c.at = ends->last;
        out->next = cb_cursor_format(k->a, &c);
    }
    if (out->before && k->q->cursor) {
        c.is_previous = true;
        c.at = ends->first;
        out->prev = cb_cursor_format(k->a, &c);
    }
}

static void page_forward(struct cb_page *out, struct ask *k, struct ends *ends)
{
    const struct cb_order_at *after = k->c.placed ? &k->c.at : NULL;
    struct cb_order_run *r =
        cb_order_start(k->a, k->s, k->match, k->orders, k->order_n, false, after);
    int64_t offset = k->q->cursor ? 0 : k->q->offset;
    cb_doc d;

    out->before = offset > 0 && k->match_n > 0;
    for (int64_t i = 0; i < offset; i++)
        if (!cb_order_next(r, &d))
            return;
    out->more = take(out, k, r, ends);
    if (after && out->n > 0)
        out->before = is_something_before(k, out->docs[0]);
}

static void page_backward(struct cb_page *out, struct ask *k, struct ends *ends)
{
    const struct cb_order_at *after = k->c.placed ? &k->c.at : NULL;
    struct cb_order_run *r =
        cb_order_start(k->a, k->s, k->match, k->orders, k->order_n, true, after);
    struct ends turned = {{{{0}}, {0}}, {{{0}}, {0}}};

    out->before = take(out, k, r, &turned);
    out->more = out->n > 0; /* where the cursor came from */
    ends->first = turned.last;
    ends->last = turned.first;
    for (size_t i = 0; i < out->n / 2; i++) {
        cb_doc d = out->docs[i];

        out->docs[i] = out->docs[out->n - 1 - i];
        out->docs[out->n - 1 - i] = d;
    }
}

enum cb_code cb_query_run(struct cb_page *out, const struct cb_snapshot *s,
                          const struct cb_query *q, struct cb_arena *a, struct cb_err *err)
{
    struct ask *k = CB_NEW(a, struct ask);
    struct ends *ends = CB_NEW(a, struct ends);
    enum cb_code rc;

    k->s = s;
    k->q = q;
    k->a = a;
    *out = (struct cb_page){0};
    if ((rc = set_up(k, err)) != CB_OK)
        return rc;
    find_matches(k);
    if (q->count)
        out->total = k->match_n;
    if (q->limit == 0)
        return CB_OK;
    if (k->c.is_previous)
        page_backward(out, k, ends);
    else
        page_forward(out, k, ends);
    if (q->limit > 0 && out->n > 0)
        put_cursors(out, k, ends);
    return CB_OK;
}
