/*
 * bench_search.c - CPU time of the served catalog's questions, and the memory it takes.
 *
 *   node tests/bench/gen-catalog.mjs --n 100000 --out /tmp/100k && build/tests/bench/bench_search /tmp/100k
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/relate/merge.h"
#include "catalog/search/query.h"
#include "tests/bench/bench_rows.h"

static struct cb_catalog *catalog;
static struct cb_snapshot *s;

struct intake {
    struct cb_build *build;
    size_t bytes, n;
};

static int take_row(const struct cb_version_row *row, void *ctx)
{
    struct intake *in = ctx;

    if (in->build)
        cb_build_put(in->build, row);
    in->bytes += row->body.n + 12 * row->edge_n;
    in->n++;
    return 0;
}

static double mb(double bytes)
{
    return bytes / (1024 * 1024);
}

static void load(const char *dir)
{
    struct intake in = {0};
    struct cb_buf b = CB_BUF_INIT;
    long before, settled;
    int64_t began, read_us;
    size_t json = 0;
    uint32_t p;

    bench_rows(dir, take_row, &in);
    before = bench_resident_kb();
    began = cb_clock_cpu_us();
    bench_rows(dir, take_row, &in);
    read_us = cb_clock_cpu_us() - began;
    in = (struct intake){.build = cb_build_new(&catalog->names)};
    began = cb_clock_cpu_us();
    bench_rows(dir, take_row, &in);
    printf("%-44s %10.0f ms CPU (reading the rows: %.0f)\n", "take rows in",
           (double)(cb_clock_cpu_us() - began) / 1e3, (double)read_us / 1e3);
    began = cb_clock_cpu_us();
    cb_catalog_apply(catalog, cb_build_finish(in.build, NULL), NULL, 1, NULL, true);
    printf("%-44s %10.0f ms CPU\n", "finish the segment",
           (double)(cb_clock_cpu_us() - began) / 1e3);
    malloc_trim(0);
    settled = bench_resident_kb();
    s = cb_catalog_snapshot(catalog);
    for (p = 0; p < s->parts[0].segment->doc_n; p++) {
        cb_buf_clear(&b);
        cb_doc_put(&b, s, (cb_doc){0, p});
        json += b.n;
    }
    cb_buf_fini(&b);
    printf("%-44s %10.1f MB served, %.1f MB of bodies\n", "JSON", mb((double)json),
           mb((double)in.bytes));
    printf("%-44s %10.1f MB (x %.2f of JSON served), process %.1f before\n", "settled",
           mb((double)settled * 1024), (double)settled * 1024 / (double)json,
           mb((double)before * 1024));
    printf("%-44s %10.1f MB (x %.2f)\n", "peak", mb((double)bench_peak_kb() * 1024),
           (double)bench_peak_kb() * 1024 / (double)json);
    printf("%-44s %10zu columns, %zu values, %.1f MB few, %.1f MB many\n", "index",
           s->parts[0].segment->columns.n, s->parts[0].segment->values.n,
           mb((double)s->parts[0].segment->pools.few.n * 4),
           mb((double)s->parts[0].segment->pools.many.n * 8));
}

/* ---- questions */

static struct cb_filter *filter_of(struct cb_arena *a, const char *text)
{
    struct cb_filter *f = NULL;
    struct cb_err err = {0};

    if (cb_filter_parse(&f, a, &(cb_str){text, strlen(text)}, 1, &err) != CB_OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        exit(3);
    }
    return f;
}

struct question {
    const char *filter, *order, *facet, *text, *fields;
    int64_t limit, offset;
    bool serve;
};

static void count(void *ctx)
{
    const struct question *q = ctx;
    struct cb_arena *a = cb_arena_new();

    cb_filter_count(filter_of(a, q->filter), s);
    cb_arena_free(a);
}

/* Of the key FILTER, values that begin with TEXT. */
static void count_prefix(void *ctx)
{
    const struct question *q = ctx;
    struct cb_arena *a = cb_arena_new();
    struct cb_filter *f = cb_filter_term(a, CB_FILTER_PREFIX, cb_str_cstr(q->filter));
    cb_str prefix = cb_str_cstr(q->text);

    f->values = &prefix;
    f->value_n = 1;
    cb_filter_count(f, s);
    cb_arena_free(a);
}

static void facet(void *ctx)
{
    const struct question *q = ctx;
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    struct cb_facet out;

    if (cb_facet_run(&out, s, q->filter ? filter_of(a, q->filter) : NULL,
                     &(cb_str){q->facet, strlen(q->facet)}, 1, a, &err) != CB_OK)
        exit(3);
    cb_arena_free(a);
}

static void page(void *ctx)
{
    const struct question *q = ctx;
    struct cb_arena *a = cb_arena_new();
    struct cb_order order = {cb_str_cstr(q->order), false};
    cb_str text_field = CB_LIT("metadata.description"), fields = cb_str_cstr(q->fields);
    struct cb_query query = {.filter = q->filter ? filter_of(a, q->filter) : NULL,
                             .order = &order,
                             .order_n = q->order ? 1 : 0,
                             .order_drops_missing = true,
                             .limit = q->limit,
                             .offset = q->offset,
                             .text = cb_str_cstr(q->text),
                             .text_fields = &text_field,
                             .text_field_n = 1,
                             .count = true};
    struct cb_buf b = CB_BUF_INIT;
    struct cb_fields *f = NULL;
    struct cb_err err = {0};
    struct cb_page out;

    if (cb_query_run(&out, s, &query, a, &err) != CB_OK ||
        cb_fields_parse(&f, a, &fields, fields.n > 0, true, &err) != CB_OK)
        exit(3);
    for (size_t i = 0; q->serve && i < out.n; i++)
        cb_fields_put(&b, f, s, out.docs[i]);
    cb_buf_fini(&b);
    cb_arena_free(a);
}

static struct cb_buf shared;

/* As a route does it: take a snapshot, look up, serve, give back. */
static void by_name(void *ctx)
{
    static uint32_t n;
    cb_str *ids = ctx;
    struct cb_snapshot *mine = cb_catalog_snapshot(catalog);
    cb_doc d;

    cb_buf_clear(&shared);
    if (!cb_snapshot_find(&d, mine, ids[n++ % 4096]))
        exit(3);
    cb_doc_put(&shared, mine, d);
    cb_snapshot_unref(mine);
}

static void say(const char *what, double us, double limit_us)
{
    printf("%-44s %10.1f us CPU", what, us);
    if (limit_us > 0)
        printf("   limit %.0f  %s", limit_us, us <= limit_us ? "ok" : "OVER");
    putchar('\n');
}

#define HALF "kind=component"

static void ask_all(void)
{
    static const struct {
        const char *what;
        void (*fn)(void *ctx);
        struct question q;
        double limit_us;
    } rows[] = {
        {"count of eight exact terms",
         count,
         {.filter = "kind=component,spec.type=service,spec.lifecycle=production,metadata.namespace="
                    "default,"
                    "metadata.tags=java,metadata.labels.example.com/"
                    "tier=gold,metadata.labels.example.com/region=eu-west,"
                    "metadata.annotations.backstage.io/techdocs-ref=dir:."},
         300},
        {"facet kind under 55 %", facet, {.filter = HALF, .facet = "kind"}, 2000},
        {"facet spec.type under 55 %", facet, {.filter = HALF, .facet = "spec.type"}, 2000},
        {"facet metadata.tags under 55 %", facet, {.filter = HALF, .facet = "metadata.tags"}, 2000},
        {"facet relations.ownedBy under 55 %",
         facet,
         {.filter = HALF, .facet = "relations.ownedBy"},
         2000},
        {"facet spec.owner under 55 %", facet, {.filter = HALF, .facet = "spec.owner"}, 2000},
        {"facet metadata.name under 55 %", facet, {.filter = HALF, .facet = "metadata.name"}, 0},
        {"facet kind, no filter", facet, {.facet = "kind"}, 2000},
        {"page 20 of 55 % by name, not served",
         page,
         {.filter = HALF, .order = "metadata.name", .limit = 20},
         0},
        {"page 20 of 55 % by name, served",
         page,
         {.filter = HALF, .order = "metadata.name", .limit = 20, .serve = true},
         0},
        {"page 20 of 55 % by name, three fields",
         page,
         {.filter = HALF,
          .order = "metadata.name",
          .limit = 20,
          .serve = true,
          .fields = "kind,metadata.name,metadata.title"},
         0},
        {"page 20 of 55 % by lifecycle",
         page,
         {.filter = HALF, .order = "spec.lifecycle", .limit = 20},
         0},
        {"page 20 of 55 % by tags",
         page,
         {.filter = HALF, .order = "metadata.tags", .limit = 20},
         0},
        {"page 20 of 1 % by name",
         page,
         {.filter = "kind=domain", .order = "metadata.name", .limit = 20},
         0},
        {"page 20 of 55 % at 50000, by name",
         page,
         {.filter = HALF, .order = "metadata.name", .limit = 20, .offset = 50000},
         0},
        {"page 20 of one owner's, by name",
         page,
         {.filter = "relations.ownedBy=group:default/team-payment-000000",
          .order = "metadata.name",
          .limit = 20},
         0},
        {"count of owners that begin with group:default/team-pay",
         count_prefix,
         {.filter = "relations.ownedBy", .text = "group:default/team-pay"},
         0},
        {"count of owners that begin with group:",
         count_prefix,
         {.filter = "relations.ownedBy", .text = "group:"},
         0},
        {"count of dependencies that begin with c",
         count_prefix,
         {.filter = "relations.dependsOn", .text = "c"},
         0},
        {"count of who has annotations", count, {.filter = "metadata.annotations"}, 0},
        {"page 20 of 55 % by owner, from the edges",
         page,
         {.filter = HALF, .order = "relations.ownedBy", .limit = 20},
         0},
        {"page 20, a text in descriptions",
         page,
         {.order = "metadata.name", .limit = 20, .text = "reconcile totals"},
         0},
    };

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        struct question q = rows[i].q;

        say(rows[i].what, bench_cpu_us(rows[i].fn, &q), rows[i].limit_us);
    }
}

static void one_change(void *ctx)
{
    const struct cb_version_row *row = ctx;
    struct cb_build *b = cb_build_new(&catalog->names);
    struct cb_gone gone = {0};
    struct cb_segment *g;

    cb_build_put(b, row);
    g = cb_build_finish(b, &gone);
    cb_catalog_apply(catalog, g, &gone, cb_snapshot_generation(s) + 1, NULL, false);
    cb_pile_fini(&gone);
}

static void with_merging(void *ctx)
{
    one_change(ctx);
    while (cb_merge_once(catalog))
        ;
}

static int copy_row(const struct cb_version_row *row, void *ctx)
{
    static size_t n;
    struct cb_version_row *out = ctx;
    struct cb_arena *a;

    if (n++ != 30000)
        return 0;
    a = cb_arena_new();
    *out = *row;
    out->id = cb_arena_str(a, row->id);
    out->body = cb_arena_str(a, row->body);
    out->terms = cb_arena_str(a, row->terms);
    out->edges = NULL;
    out->edge_n = 0;
    return 0;
}

int main(int argc, char **argv)
{
    struct cb_version_row row = {0};
    cb_str ids[4096];
    struct cb_arena *a;
    uint64_t all = 0;
    int64_t began;

    if (argc < 2 || argc > 3) {
        fprintf(stderr,
                "usage: bench_search FOLDER [load] (of gen-catalog.mjs; load: only that)\n");
        return 2;
    }
    catalog = cb_catalog_new();
    load(argv[1]);
    if (argc == 3)
        return 0;
    a = cb_arena_new();
    for (int i = 0; i < 4096; i++)
        ids[i] = cb_arena_str(
            a, cb_doc_id(s, (cb_doc){0, (uint32_t)i * 2654435761u % s->parts[0].segment->doc_n}));
    say("by name, served", bench_cpu_us(by_name, ids), 0);
    ask_all();
    bench_rows(argv[1], copy_row, &row);
    say("one entity changes, published", bench_cpu_us(with_merging, &row), 5000);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(catalog);
    for (uint32_t p = 0; p < s->part_n; p++)
        all |= (uint64_t)(s->parts[p].segment != NULL) << p;
    began = cb_clock_cpu_us();
    cb_merge_parts(catalog, s, all);
    printf("%-44s %10.0f ms CPU (in the background)\n", "merge all anew",
           (double)(cb_clock_cpu_us() - began) / 1e3);
    cb_snapshot_unref(s);
    cb_catalog_sweep(catalog);
    malloc_trim(0);
    printf("%-44s %10.1f MB settled, %.1f MB peak\n", "after it",
           mb((double)bench_resident_kb() * 1024), mb((double)bench_peak_kb() * 1024));
    cb_arena_free(a);
    cb_buf_fini(&shared);
    cb_catalog_free(catalog);
    return 0;
}
