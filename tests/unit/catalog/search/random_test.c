/* A thousand random questions over entities in many segments, against the slow, obvious answer. */
#include <stdlib.h>

#include "catalog/base/hash.h"
#include "catalog/relate/merge.h"
#include "catalog/search/query.h"
#include "tests/support/plain_catalog.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define ENTITY_N 3000
#define QUESTION_N 1000

static struct cb_world w;
static struct plain_catalog plain;
static struct cb_snapshot *s;
static struct cb_arena *a; /* of one question */
static struct plain_row **rows;
static size_t *row_n;

static void write_one(size_t i)
{
    plain_write(&plain, i);
    cb_world_put_status(&w, plain.all.v[i].json.p, plain.all.v[i].edges.p, plain.all.v[i].status.p);
}

static bool is_there(cb_str id)
{
    for (size_t k = 0; k < plain.all.n; k++)
        if (plain.all.v[k].alive && cb_str_eq(plain.all.v[k].id, id))
            return true;
    return false;
}

static void add_fault(size_t i, const char *rule, const char *severity)
{
    const struct plain_row some[] = {
        {CB_LIT("problems"), {0}, {0}},
        {CB_LIT("problems.rule"), cb_str_cstr(rule), cb_str_cstr(rule)},
        {CB_LIT("problems.severity"), cb_str_cstr(severity), cb_str_cstr(severity)},
    };

    for (size_t k = 0; k < CB_COUNT(some); k++) {
        size_t at = 0;

        while (at < row_n[i] && !(cb_str_eq(rows[i][at].key, some[k].key) && cb_str_eq(rows[i][at].lower, some[k].lower)))
            at++;
        if (at == row_n[i])
            rows[i][row_n[i]++] = some[k];
    }
}

/* References to nothing are there already; of the rest some entities have none, one or two, in two sources. */
static void write_faults(void)
{
    static const char *const rules[] = {"field-format", "name-conflict", "kind-unknown"};

    for (size_t i = 0; i < plain.all.n; i++)
        for (size_t k = 0; plain.all.v[i].alive && k < plain.all.v[i].said.n; k++)
            if (!is_there(plain.all.v[i].said.v[k].target))
                add_fault(i, "dangling-reference", "warning");
    cb_world_fault(&w, 7, CB_LIT("component:default/nobody"), "field-format", "error");
    for (int64_t source = 1; source <= 2; source++)
        for (size_t i = 0; i < plain.all.n; i++) {
            const char *rule = rules[plain_random(&plain, CB_COUNT(rules))], *severity = plain_random(&plain, 2) ? "error" : "info";

            if (!plain.all.v[i].alive || plain_random(&plain, 8) > 0)
                continue;
            cb_world_fault(&w, source, plain.all.v[i].id, rule, severity);
            add_fault(i, rule, severity);
        }
    cb_world_publish(&w);
}

/* A base, then generations that change, add and delete; some merged, some not. */
static void begin(uint64_t seed)
{
    struct cb_arena *keep = cb_arena_new();

    cb_world_init(&w);
    plain = (struct plain_catalog){.arena = cb_arena_new(), .seed = seed};
    for (size_t i = 0; i < ENTITY_N * 2 / 3; i++)
        write_one(i);
    cb_world_publish(&w);
    for (int g = 0; g < 14; g++) {
        for (uint32_t k = 0, n = 1 + plain_random(&plain, 150); k < n; k++)
            write_one(plain_random(&plain, ENTITY_N));
        for (uint32_t k = 0, n = plain_random(&plain, 60); k < n; k++) {
            size_t i = plain_random(&plain, (uint32_t)plain.all.n);

            if (!plain.all.v[i].alive)
                continue;
            plain.all.v[i].alive = false;
            cb_world_del(&w, plain.all.v[i].id);
        }
        cb_world_publish(&w);
        if (plain_random(&plain, 3) == 0)
            cb_merge_once(w.catalog);
    }
    rows = CB_NEW_N(keep, struct plain_row *, plain.all.n);
    row_n = CB_NEW_N(keep, size_t, plain.all.n);
    for (size_t i = 0; i < plain.all.n; i++)
        if (plain.all.v[i].alive) {
            struct plain_entity *e = &plain.all.v[i];
            uint8_t uid[16];
            char text[CB_UUID_TEXT + 1];

            row_n[i] = plain_rows(&plain, i, &rows[i], keep);
            cb_uuid5(uid, e->id);
            cb_uuid_format(text, uid);
            rows[i][row_n[i]++] =
                (struct plain_row){CB_LIT("metadata.uid"), cb_arena_str(keep, cb_str_cstr(text)),
                                   cb_arena_str(keep, cb_str_cstr(text))};
        }
    write_faults();
    s = cb_catalog_snapshot(w.catalog);
    cb_arena_defer(plain.arena, (void (*)(void *))cb_arena_free, keep);
}

static void end(void)
{
    cb_snapshot_unref(s);
    plain_free(&plain);
    cb_world_fini(&w);
}

/* ---- the obvious way */

struct asked {
    struct plain_filter *filter;
    struct cb_order orders[3];
    size_t order_n;
    bool drops;
    cb_str text;
    cb_str fields[2];
    size_t field_n;
};

static bool has_text(const struct asked *q, size_t i)
{
    cb_str term;

    if (q->text.n == 0)
        return true;
    term = cb_arena_lower(a, q->text);
    for (size_t f = 0; f < q->field_n; f++)
        for (size_t r = 0; r < row_n[i]; r++)
            if (rows[i][r].text.p && cb_str_eq(rows[i][r].key, cb_arena_lower(a, q->fields[f])) &&
                cb_str_find(rows[i][r].lower, term) != SIZE_MAX)
                return true;
    return false;
}

/* The value that counts: the least, or the greatest when descending. */
static cb_str sort_value(size_t i, const struct cb_order *o)
{
    cb_str key = cb_arena_lower(a, o->field), best = {0};

    for (size_t r = 0; r < row_n[i]; r++)
        if (rows[i][r].text.p && cb_str_eq(rows[i][r].key, key) &&
            (!best.p || (cb_str_cmp(rows[i][r].lower, best) < 0) != o->desc))
            best = rows[i][r].lower;
    return best;
}

struct sorted {
    size_t i;
    cb_str values[3];
};

static int by_order(const void *x, const void *y, void *asked)
{
    const struct sorted *i = x, *k = y;
    const struct asked *q = asked;

    for (size_t f = 0; f < q->order_n; f++) {
        cb_str v = i->values[f], u = k->values[f];
        int c = v.p && u.p ? cb_str_cmp(v, u) : 0;

        if (!v.p != !u.p)
            return !v.p - !u.p;
        if (c)
            return q->orders[f].desc ? -c : c;
    }
    return cb_str_cmp(plain.all.v[i->i].id, plain.all.v[k->i].id);
}

static size_t obvious(const struct asked *q, size_t *out)
{
    struct sorted *all = CB_NEW_N(a, struct sorted, plain.all.n);
    size_t n = 0;

    for (size_t i = 0; i < plain.all.n; i++) {
        if (!plain.all.v[i].alive || !plain_match(q->filter, rows[i], row_n[i]) || !has_text(q, i))
            continue;
        all[n].i = i;
        for (size_t f = 0; f < q->order_n; f++)
            all[n].values[f] = sort_value(i, &q->orders[f]);
        n += !q->drops || q->order_n == 0 || all[n].values[0].p;
    }
    qsort_r(all, n, sizeof(*all), by_order, (void *)(uintptr_t)q);
    for (size_t i = 0; i < n; i++)
        out[i] = all[i].i;
    return n;
}

/* ---- asking */

static struct asked random_question(void)
{
    struct asked q = {.filter = plain_filter(&plain, a, 0), .drops = plain_random(&plain, 2)};

    q.order_n = plain_random(&plain, 4);
    for (size_t i = 0; i < q.order_n; i++)
        q.orders[i] = (struct cb_order){plain_key(&plain), plain_random(&plain, 2)};
    if (plain_random(&plain, 4) == 0) {
        q.field_n = 1 + plain_random(&plain, 2);
        for (size_t i = 0; i < q.field_n; i++)
            q.fields[i] = plain_key(&plain);
        q.text = plain_value(&plain, q.fields[0]);
        if (q.text.n > 2 && (unsigned char)q.text.p[1] < 0x80)
            q.text = cb_str_trim(cb_str_sub(q.text, 1, 3));
        if (!cb_str_is_utf8(q.text))
            q.text = CB_LIT("a");
    }
    return q;
}

static struct cb_query as_query(const struct asked *q, struct cb_filter *f)
{
    return (struct cb_query){.filter = f,
                             .order = q->orders,
                             .order_n = q->order_n,
                             .order_drops_missing = q->drops,
                             .text = q->text,
                             .text_fields = q->fields,
                             .text_field_n = q->field_n,
                             .limit = -1,
                             .count = true};
}

static struct cb_filter *parse_filter(const struct plain_filter *f)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_filter *out;
    struct cb_node *json;
    struct cb_err err = {0};

    plain_filter_json(&b, f);
    ck_assert_int_eq(cb_node_parse(&json, a, cb_arena_str(a, cb_buf_str(&b)), &err), CB_OK);
    ck_assert_msg(cb_filter_predicate(&out, a, json, &err) == CB_OK, "%s: %s", b.p, err.text);
    cb_buf_fini(&b);
    return out;
}

static void same_docs(const struct cb_page *page, const size_t *want, size_t want_n,
                      const char *what, size_t question)
{
    ck_assert_msg(page->n == want_n, "question %zu, %s: %zu instead of %zu", question, what,
                  page->n, want_n);
    for (size_t i = 0; i < want_n; i++)
        ck_assert_msg(cb_str_eq(cb_doc_id(s, page->docs[i]), plain.all.v[want[i]].id),
                      "question %zu, %s: at %zu %.*s instead of %.*s", question, what, i,
                      CB_ARG(cb_doc_id(s, page->docs[i])), CB_ARG(plain.all.v[want[i]].id));
}

static struct cb_page ask(const struct cb_query *q)
{
    struct cb_page page;
    struct cb_err err = {0};

    ck_assert_msg(cb_query_run(&page, s, q, a, &err) == CB_OK, "%s", err.text);
    return page;
}

/* Forward by cursors to the end, then back to the beginning. */
static void walk_pages(const struct asked *asked, struct cb_filter *f, const size_t *want, size_t n,
                       size_t question)
{
    struct cb_query q = as_query(asked, f);
    size_t at = 0, size = 1 + plain_random(&plain, 1 + (uint32_t)n / 3);
    struct cb_page page;
    struct cb_err err = {0};
    struct cb_cursor *c = NULL;

    q.limit = (int64_t)size;
    page = ask(&q);
    ck_assert_uint_eq(page.prev.n, 0);
    for (;;) {
        ck_assert_uint_eq(page.total, n);
        same_docs(&page, want + at, n - at < size ? n - at : size, "forward", question);
        ck_assert_int_eq(page.more, at + page.n < n);
        ck_assert_int_eq(page.next.n > 0, page.more);
        if (c)
            ck_assert_int_eq(page.before, page.n > 0);
        at += page.n;
        if (!page.more)
            break;
        ck_assert_msg(cb_cursor_parse(&c, a, page.next, &err) == CB_OK, "%s", err.text);
        q.cursor = c;
        q.limit = (int64_t)(size = 1 + plain_random(&plain, 1 + (uint32_t)n / 3));
        page = ask(&q);
    }
    at -= page.n;
    while (c && page.before) {
        ck_assert_msg(cb_cursor_parse(&c, a, page.prev, &err) == CB_OK, "%s", err.text);
        q.cursor = c;
        q.limit = (int64_t)(size = 1 + plain_random(&plain, 1 + (uint32_t)n / 3));
        page = ask(&q);
        ck_assert_uint_gt(page.n, 0);
        ck_assert_uint_le(page.n, at);
        at -= page.n;
        same_docs(&page, want + at, at == 0 ? page.n : size, "backward", question);
        ck_assert_int_eq(page.before, at > 0);
        ck_assert_uint_eq(page.total, n);
    }
    if (c)
        ck_assert_uint_eq(at, 0);
}

static void count_values(const struct asked *asked, struct cb_filter *f, size_t question)
{
    cb_str key = plain_key(&plain), lower = cb_arena_lower(a, key), last = {0};
    struct cb_facet facet;
    struct cb_err err = {0};
    size_t told = 0, want = 0;

    ck_assert_int_eq(cb_facet_run(&facet, s, f, &key, 1, a, &err), CB_OK);
    for (size_t k = 0; k < facet.n; k++) {
        size_t n = 0;

        ck_assert(!last.p || cb_str_cmp(last, facet.values[k].value) < 0);
        last = facet.values[k].value;
        told += facet.values[k].n;
        if (k % (facet.n / 5 + 1))
            continue;
        for (size_t i = 0; i < plain.all.n; i++)
            for (size_t r = 0; plain.all.v[i].alive && r < row_n[i]; r++)
                if (cb_str_eq(rows[i][r].key, lower) && rows[i][r].text.p &&
                    cb_str_eq(rows[i][r].text, last))
                    n += plain_match(asked->filter, rows[i], row_n[i]);
        ck_assert_msg(n == facet.values[k].n, "question %zu: facet %.*s=%.*s %zu instead of %zu",
                      question, CB_ARG(key), CB_ARG(last), facet.values[k].n, n);
    }
    for (size_t i = 0; i < plain.all.n; i++) {
        if (!plain.all.v[i].alive || !plain_match(asked->filter, rows[i], row_n[i]))
            continue;
        for (size_t r = 0; r < row_n[i]; r++)
            want +=
                cb_str_eq(rows[i][r].key, lower) && rows[i][r].text.p && rows[i][r].text.n <= 200;
    }
    if (!cb_str_eq(lower, CB_LIT("spec.long")))
        ck_assert_msg(told == want, "question %zu: facet %.*s tells %zu instead of %zu", question,
                      CB_ARG(key), told, want);
}

static void ask_question(size_t question)
{
    struct asked q = random_question();
    struct cb_filter *f = parse_filter(q.filter);
    size_t *want = CB_NEW_N(a, size_t, plain.all.n), n = obvious(&q, want);
    struct cb_query query = as_query(&q, f);
    struct cb_page page = ask(&query);
    size_t from = plain_random(&plain, (uint32_t)n + 2), count = 0;

    same_docs(&page, want, n, "all", question);
    ck_assert_uint_eq(page.total, n);
    query.offset = (int64_t)from;
    query.limit = 1 + plain_random(&plain, 20);
    page = ask(&query);
    same_docs(&page, want + (from < n ? from : n),
              from > n                         ? 0
              : n - from < (size_t)query.limit ? n - from
                                               : (size_t)query.limit,
              "offset", question);
    walk_pages(&q, f, want, n, question);
    for (size_t i = 0; i < plain.all.n; i++)
        count += plain.all.v[i].alive && plain_match(q.filter, rows[i], row_n[i]);
    ck_assert_uint_eq(cb_filter_count(f, s), count);
    for (int k = 0; k < 20; k++) {
        size_t i = plain_random(&plain, (uint32_t)plain.all.n);
        cb_doc d;

        ck_assert_int_eq(cb_snapshot_find(&d, s, plain.all.v[i].id), plain.all.v[i].alive);
        if (plain.all.v[i].alive)
            ck_assert_int_eq(cb_filter_match(f, s, d), plain_match(q.filter, rows[i], row_n[i]));
    }
    count_values(&q, f, question);
}

START_TEST(random_questions_have_the_obvious_answers)
{
    begin(7919 + (uint64_t)_i * 104729);
    ck_assert_uint_gt(cb_snapshot_segment_n(s), 1);
    for (size_t i = 0; i < QUESTION_N / 4; i++) {
        a = cb_arena_new();
        ask_question(i);
        cb_arena_free(a);
    }
    end();
}
END_TEST

CB_SUITE(random)
{
    CB_LOOP_TEST(suite, random_questions_have_the_obvious_answers, 4);
}
