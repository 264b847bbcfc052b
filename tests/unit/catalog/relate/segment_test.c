#include "catalog/relate/segment.h"

#include "catalog/relate/merge.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;

static void begin(void)
{
    cb_world_init(&w);
    a = cb_arena_new();
}

static void publish(void)
{
    cb_world_publish(&w);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
}

static void end(void)
{
    cb_snapshot_unref(s);
    s = NULL;
    cb_arena_free(a);
    cb_world_fini(&w);
}

static void put(const char *name, const char *spec)
{
    cb_world_put(
        &w,
        cb_arena_printf(a, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"%s\"},\"spec\":%s}",
                        name, spec)
            .p,
        "");
}

/* "value:name name,value:name" of KEY in all parts, part after part; bare ones under "-". */
static const char *column(const char *key)
{
    struct cb_buf b = CB_BUF_INIT;
    const char *text;

    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_segment *g = s->parts[p].segment;
        uint64_t *valued;
        struct cb_view v;
        uint32_t i, d;

        if (!g || !cb_segment_view(&v, g, cb_str_cstr(key), a))
            continue;
        for (uint32_t k = 0; k < v.n; k++) {
            cb_buf_printf(&b, "%s%" CB_FMT ":", b.n ? "," : "",
                          CB_ARG(cb_value_text_of(v.v[k].text, a)));
            for (i = 0; (d = cb_posting_next(v.pools, v.v[k].docs, &i)) != UINT32_MAX;)
                cb_buf_printf(&b, " %" CB_FMT, CB_ARG(cb_str_sub(cb_segment_id(g, d), 18, 99)));
        }
        valued = CB_NEW_N(a, uint64_t, g->pools.word_n);
        cb_posting_or(v.pools, v.valued, valued);
        for (i = 0; (d = cb_posting_next(v.pools, v.any, &i)) != UINT32_MAX;)
            if (!cb_bits_get(valued, d))
                cb_buf_printf(&b, "%s-: %" CB_FMT, b.n ? "," : "",
                              CB_ARG(cb_str_sub(cb_segment_id(g, d), 18, 99)));
    }
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text ? text : "";
}

START_TEST(postings_hold_what_was_put_at_every_size)
{
    struct cb_pools p;
    uint32_t docs[640], i, d, n;
    uint64_t bits[10];

    cb_pools_init(&p, 640);
    for (n = 0; n <= 640; n = n < 24 ? n + 1 : n == 638 ? 639 : n + 7 > 640 ? n + 1 : n + 7) {
        struct cb_posting q, r;

        for (i = 0; i < n; i++)
            docs[i] = n == 640 ? i : i * (640 / (n ? n : 1));
        q = cb_posting_from_docs(&p, docs, n);
        memset(bits, 0, sizeof(bits));
        cb_posting_or(&p, q, bits);
        ck_assert_uint_eq(cb_bits_count(bits, 10), n);
        r = cb_posting_from_bits(&p, bits);
        ck_assert_uint_eq(r.n, n);
        ck_assert_uint_eq(cb_posting_count_in(&p, q, bits), n);
        for (uint32_t k = i = 0; k < n; k++) {
            d = cb_posting_next(&p, q, &i);
            ck_assert_uint_eq(d, docs[k]);
            ck_assert(cb_posting_has(&p, r, d));
        }
        ck_assert_uint_eq(cb_posting_next(&p, q, &i), UINT32_MAX);
    }
    ck_assert_int_eq(cb_posting_kind(&p, 20), CB_POSTING_FEW);
    ck_assert_int_eq(cb_posting_kind(&p, 21), CB_POSTING_MANY);
    ck_assert_int_eq(cb_posting_kind(&p, 639), CB_POSTING_MANY);
    ck_assert_int_eq(cb_posting_kind(&p, 640), CB_POSTING_ALL);
    cb_pools_fini(&p);
}
END_TEST

START_TEST(bits_are_walked_both_ways)
{
    uint64_t bits[3] = {0};

    cb_bits_set(bits, 0);
    cb_bits_set(bits, 63);
    cb_bits_set(bits, 64);
    cb_bits_set(bits, 129);
    ck_assert_uint_eq(cb_bits_next(bits, 130, 0), 0);
    ck_assert_uint_eq(cb_bits_next(bits, 130, 1), 63);
    ck_assert_uint_eq(cb_bits_next(bits, 130, 65), 129);
    ck_assert_uint_eq(cb_bits_next(bits, 130, 130), 130);
    ck_assert_uint_eq(cb_bits_prev(bits, 130), 129);
    ck_assert_uint_eq(cb_bits_prev(bits, 129), 64);
    ck_assert_uint_eq(cb_bits_prev(bits, 64), 63);
    ck_assert_uint_eq(cb_bits_prev(bits, 1), 0);
    ck_assert_uint_eq(cb_bits_prev(bits, 0), UINT32_MAX);
    cb_bits_fill(bits, 130);
    ck_assert_uint_eq(cb_bits_count(bits, 3), 130);
}
END_TEST

/* Texts as JSON writes them, in the order of their lower case. */
static const char *const ordered[] = {"",        "\\\"q",  "\\n",  "\\nb", "\\n\\\\",
                                      "A",       "a\\\\n", "a\\n", "AB",   "ab c",
                                      "\\u0001", "z\\\\",  "Ä",    "ä",    "İ"};

START_TEST(values_compare_alike_however_they_are_kept)
{
    struct cb_buf scratch = CB_BUF_INIT;

    a = cb_arena_new();
    for (size_t i = 0; i < CB_COUNT(ordered); i++)
        for (size_t k = 0; k < CB_COUNT(ordered); k++) {
            struct cb_node *x, *y;
            struct cb_err err;
            cb_value_text kept[2], other;
            cb_str lx, ly;
            int want;

            ck_assert_int_eq(
                cb_node_parse(&x, a, cb_arena_printf(a, "\"common \\\\ prefix %s\"", ordered[i]),
                              &err),
                CB_OK);
            ck_assert_int_eq(
                cb_node_parse(&y, a, cb_arena_printf(a, "\"common \\\\ prefix %s\"", ordered[k]),
                              &err),
                CB_OK);
            lx = cb_arena_lower(a, x->text);
            ly = cb_arena_lower(a, y->text);
            want = cb_str_cmp(lx, ly);
            want = want < 0 ? -1 : want > 0;
            if (cb_value_form_of(x->text) == CB_VALUE_BOTH ||
                cb_value_form_of(y->text) == CB_VALUE_BOTH)
                continue;
            kept[0] = cb_value_make(x->text.p, x->text.n, cb_value_form_of(x->text));
            scratch.n = 0;
            cb_buf_put_json(&scratch, x->text);
            kept[1] = cb_value_make(cb_arena_dup(a, scratch.p + 1, scratch.n - 2), scratch.n - 2,
                                    CB_VALUE_ESCAPED);
            scratch.n = 0;
            cb_buf_put_json(&scratch, y->text);
            other = cb_value_make(cb_arena_dup(a, scratch.p + 1, scratch.n - 2), scratch.n - 2,
                                  CB_VALUE_ESCAPED);
            for (int form = 0; form < 2; form++) {
                int c = cb_value_cmp(kept[form], other);

                ck_assert_msg((c < 0 ? -1 : c > 0) == want, "%s against %s", ordered[i],
                              ordered[k]);
                c = cb_value_cmp_str(kept[form], ly);
                ck_assert_int_eq(c < 0 ? -1 : c > 0, want);
                ck_assert_int_eq(cb_value_is(kept[form], y->text), cb_str_eq(x->text, y->text));
                ck_assert_int_eq(cb_value_starts(kept[form], ly), cb_str_starts(lx, ly));
                ck_assert(cb_str_eq(cb_value_text_of(kept[form], a), x->text));
                if (want < 0)
                    ck_assert_uint_le(cb_value_prefix(kept[form], 12), cb_value_prefix(other, 12));
            }
        }
    cb_buf_fini(&scratch);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_needle_is_found_in_any_case)
{
    static const struct {
        const char *in, *needle;
        bool there;
    } rows[] = {{"Pays and REFUNDS", "refunds", true},
                {"Pays and REFUND", "refunds", false},
                {"aaab", "aab", true},
                {"ÄPFEL", "äpf", true},
                {"100%", "0%", true},
                {"a_b", "a_b", true},
                {"aXb", "a_b", false},
                {"short", "much longer than it", false},
                {"x", "x", true},
                {"", "x", false},
                {"mississippi", "issip", true}};
    struct cb_buf scratch = CB_BUF_INIT;
    struct cb_blobs blobs = {0};

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        struct cb_needle n;
        cb_str text = cb_str_cstr(rows[i].in);
        cb_value_text v = cb_value_make(text.p, text.n, cb_value_form_of(text));

        if (cb_value_form(v) == CB_VALUE_BOTH)
            continue;
        cb_needle_init(&n, cb_str_cstr(rows[i].needle));
        ck_assert_msg(cb_value_contains(v, &n, &scratch) == rows[i].there, "%s in %s",
                      rows[i].needle, rows[i].in);
    }
    cb_pile_fini(&blobs.all);
    cb_buf_fini(&scratch);
}
END_TEST

START_TEST(items_of_arrays_are_keys_too)
{
    begin();
    put("a", "{\"tags\":[\"Java\",\"x.y\"]}");
    put("b", "{\"tags\":\"java\"}");
    put("c", "{\"tags\":{\"java\":false}}");
    put("d", "{\"tags\":[\"go\",{\"java\":\"TRUE\"}]}");
    put("e", "{\"tags\":[\"java\",{\"java\":\"true\"}]}");
    publish();
    ck_assert_str_eq(column("spec.tags"), "go: d,Java: a,java: b e,x.y: a,-: c");
    ck_assert_str_eq(column("spec.tags.java"), "false: c,TRUE: d,true: a e");
    ck_assert_str_eq(column("spec.tags.x.y"), "true: a");
    ck_assert_str_eq(column("spec.tags.go"), "true: d");
    ck_assert_str_eq(column("spec.tags.rust"), "");
    ck_assert_str_eq(column("spec"), "-: a,-: b,-: c,-: d,-: e");
    end();
}
END_TEST

START_TEST(a_key_has_a_limit)
{
    char key[CB_TERM_KEY_MAX + 2], *item = key + 10;
    cb_str json;

    begin();
    memset(key, 'x', sizeof(key));
    memcpy(key, "spec.tags.", 10);
    key[CB_TERM_KEY_MAX] = '\0';
    json = cb_arena_printf(a, "{\"tags\":[\"%s\"]}", item);
    put("a", json.p);
    key[CB_TERM_KEY_MAX] = 'x';
    key[CB_TERM_KEY_MAX + 1] = '\0';
    json = cb_arena_printf(a, "{\"tags\":[\"%s\"]}", item);
    put("b", json.p);
    publish();
    ck_assert_str_eq(column(key), "");
    key[CB_TERM_KEY_MAX] = '\0';
    ck_assert_str_eq(column(key), "true: a");
    end();
}
END_TEST

START_TEST(null_and_inner_paths_exist_without_a_value)
{
    begin();
    put("a", "{\"x\":null,\"y\":{},\"z\":[]}");
    put("b", "{\"x\":\"\",\"y\":{\"k\":1.50},\"z\":[null]}");
    publish();
    ck_assert_str_eq(column("spec.x"), ": b,-: a");
    ck_assert_str_eq(column("spec.y"), "-: a,-: b");
    ck_assert_str_eq(column("spec.y.k"), "1.5: b");
    ck_assert_str_eq(column("spec.z"), "-: a,-: b");
    end();
}
END_TEST

static const char *const long_spec =
    "{\"definition\":\"openapi: 3.0.3\\ninfo:\\n  title: \\\"Petöffi\\\"\\n  description: a long "
    "text, longer than those that are copied "
    "without being looked for, so that it is found in the body as JSON writes it, with its line "
    "breaks and quotes and back"
    "slashes \\\\ and tabs\\t, and that is the point of this value, which has no other\\n\"}";

START_TEST(a_merge_keeps_every_value_and_its_documents)
{
    static const char *const keys[] = {"metadata.name", "metadata.uid", "spec.definition",
                                       "spec.type",     "spec.tags",    "spec.tags.a",
                                       "spec.none",     "spec.big",     "kind"};
    const char *before[CB_COUNT(keys)];

    begin();
    for (int i = 0; i < 300; i++)
        put(cb_arena_printf(a, "n%03d", i).p,
            i % 50 == 0 ? long_spec
                        : cb_arena_printf(a,
                                          "{\"type\":\"%s\",\"tags\":[\"a\",\"T%d\"],\"none\":null,"
                                          "\"big\":\"a value of some length %d\"}",
                                          i % 3 ? "x" : "X", i % 7, i)
                              .p);
    publish();
    for (size_t k = 0; k < CB_COUNT(keys); k++)
        before[k] = column(keys[k]);
    ck_assert_uint_gt(strlen(before[2]), 300);
    cb_merge_parts(w.catalog, s, 1);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
    for (size_t k = 0; k < CB_COUNT(keys); k++)
        ck_assert_str_eq(column(keys[k]), before[k]);
    end();
}
END_TEST

START_TEST(merging_many_generations_leaves_few_segments_and_all_entities)
{
    cb_doc d;

    begin();
    for (int i = 0; i < 400; i++) {
        put(cb_arena_printf(a, "n%d", i % 90).p, cb_arena_printf(a, "{\"type\":\"v%d\"}", i).p);
        publish();
        while (cb_merge_once(w.catalog))
            ;
    }
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_uint_le(cb_snapshot_segment_n(s), 12);
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 90);
    for (int i = 310; i < 400; i++) {
        ck_assert(cb_snapshot_find(&d, s, cb_arena_printf(a, "component:default/n%d", i % 90)));
        ck_assert_ptr_nonnull(strstr(cb_doc_body(s, d).p, cb_arena_printf(a, "\"v%d\"", i).p));
    }
    end();
}
END_TEST

START_TEST(without_a_merger_segments_still_find_a_place)
{
    begin();
    for (int i = 0; i < 3 * CB_PART_MAX; i++) {
        put(cb_arena_printf(a, "n%d", i).p, "{}");
        publish();
    }
    ck_assert_uint_le(cb_snapshot_segment_n(s), CB_PART_MAX);
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 3 * CB_PART_MAX);
    end();
}
END_TEST

CB_SUITE(segment)
{
    CB_TEST(suite, postings_hold_what_was_put_at_every_size);
    CB_TEST(suite, bits_are_walked_both_ways);
    CB_TEST(suite, values_compare_alike_however_they_are_kept);
    CB_TEST(suite, a_needle_is_found_in_any_case);
    CB_TEST(suite, items_of_arrays_are_keys_too);
    CB_TEST(suite, a_key_has_a_limit);
    CB_TEST(suite, null_and_inner_paths_exist_without_a_value);
    CB_TEST(suite, a_merge_keeps_every_value_and_its_documents);
    CB_TEST(suite, merging_many_generations_leaves_few_segments_and_all_entities);
    CB_TEST(suite, without_a_merger_segments_still_find_a_place);
}
