/*
 * bench_graph.c - CPU time of walks over a graph of 250,000 entities and 2,000,000 edges, made here.
 *
 *   build/tests/bench/bench_graph [ENTITIES [EDGES OF EACH]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/relate/cycle.h"
#include "catalog/relate/near.h"
#include "catalog/relate/path.h"
#include "catalog/relate/snapshot_in.h"
#include "catalog/relate/walk.h"
#include "tests/bench/bench_rows.h"

#define ENTITY_N 250000
#define EDGE_N 8
#define EDGE_MAX 64

static struct cb_catalog *catalog;
static struct cb_snapshot *s;
static uint32_t seed = 42;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * n >> 32);
}

/* Each points at some before it, the more often the lower their number: hubs, and no cycles. */
static void make(uint32_t n, uint32_t edge_n)
{
    struct cb_build *b = cb_build_new(&catalog->names);
    struct cb_edge edges[EDGE_MAX];
    char texts[EDGE_MAX][40], id[40];

    for (uint32_t i = 0; i < n; i++) {
        uint32_t k;

        for (k = 0; k < edge_n && i > 0; k++) {
            int len = snprintf(texts[k], sizeof(texts[k]), "component:default/n%07u",
                               below(below(i) + 1));

            edges[k] = (struct cb_edge){CB_RELATION_DEPENDS_ON, {texts[k], (size_t)len}};
        }
        snprintf(id, sizeof(id), "component:default/n%07u", i);
        cb_build_put(b,
                     &(struct cb_version_row){
                         .id = cb_str_cstr(id), .body = CB_LIT("{}"), .edges = edges, .edge_n = k});
    }
    cb_catalog_apply(catalog, cb_build_finish(b, NULL), NULL, 1, NULL, true);
}

/* Everything that depends on entity 0, near or far, in order; and who owns and holds it. */
static size_t reached, held;

static void dependents(void *ctx)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_reach r;
    struct cb_err err;

    (void)ctx;
    if (cb_reach_from(&r, s,
                      cb_intern_find(catalog->names.refs, CB_LIT("component:default/n0000000")),
                      cb_reach_types(cb_reach_usual(), false), CB_REACH_HOP_MAX, CB_INTERN_NONE,
                      NULL, a, &err) != CB_OK)
        exit(3);
    reached = r.n;
    held = cb_arena_used(a);
    cb_arena_free(a);
}

static void path(void *ctx)
{
    struct cb_arena *a = cb_arena_new();
    const struct cb_names *names = cb_snapshot_names(s);
    struct cb_paths p;
    struct cb_err err;

    if (cb_path_between(&p, s, cb_intern_find(names->refs, CB_LIT("component:default/n0009999")),
                        cb_intern_find(names->refs, CB_LIT("component:default/n0000000")),
                        UINT64_C(1) << CB_RELATION_DEPENDS_ON, *(size_t *)ctx, NULL, a,
                        &err) != CB_OK)
        exit(3);
    cb_arena_free(a);
}

/* Rings of needs in all of it, and what is missing. */
static void rings(void *ctx)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_cycles all;
    struct cb_err err;

    (void)ctx;
    if (cb_cycle_all(&all, s, cb_cycle_usual(), NULL, a, &err) != CB_OK)
        exit(3);
    cb_arena_free(a);
}

static void near(void *ctx)
{
    struct cb_arena *a = cb_arena_new();
    cb_str refs[CB_NEAR_MOST];
    struct cb_near *names = cb_near_new(s, a);

    for (int i = 0; i < *(int *)ctx; i++)
        (void)cb_near_find(refs, names, CB_LIT("component:default/n000x00"));
    cb_arena_free(a);
}

struct ask {
    cb_str from;
    struct cb_walk_opts opts;
};

static void walk(void *ctx)
{
    struct ask *q = ctx;
    struct cb_arena *a = cb_arena_new();
    struct cb_walk out;
    struct cb_err err;

    if (cb_walk_from(&out, s, q->from, &q->opts, a, &err) != CB_OK)
        exit(3);
    cb_arena_free(a);
}

int main(int argc, char **argv)
{
    uint32_t n = argc > 1 ? (uint32_t)atoi(argv[1]) : ENTITY_N,
             edge_n = argc > 2 ? (uint32_t)atoi(argv[2]) : EDGE_N;
    struct ask leaf = {CB_LIT("component:default/n0009999"), CB_WALK_OPTS_INIT},
               hub = {CB_LIT("component:default/n0000000"), CB_WALK_OPTS_INIT};
    int64_t began = cb_clock_cpu_us();
    size_t one = 1, many = CB_PATH_MAX;
    int hundred = 100;
    double us;

    if (n < 10000 || edge_n < 1 || edge_n > EDGE_MAX) {
        fprintf(stderr, "usage: bench_graph [ENTITIES (10000 or more) [EDGES OF EACH (1 to %d)]]\n",
                EDGE_MAX);
        return 2;
    }
    catalog = cb_catalog_new();
    make(n, edge_n);
    s = cb_catalog_snapshot(catalog);
    printf("%-44s %10.0f ms CPU, %u edges\n", "build", (double)(cb_clock_cpu_us() - began) / 1e3,
           s->parts[0].segment->edges.edge_n);
    us = bench_cpu_us(dependents, NULL);
    printf("%-44s %10.1f ms CPU   limit 50  %s (%zu reached)\n", "all dependents of a hub",
           us / 1e3, us <= 50000 ? "ok" : "OVER", reached);
    printf("%-44s %10.1f MB\n", "  memory it takes meanwhile", (double)held / 1e6);
    printf("%-44s %10.1f ms CPU\n", "the shortest way to a hub", bench_cpu_us(path, &one) / 1e3);
    printf("%-44s %10.1f ms CPU\n", "the 20 shortest ways to a hub",
           bench_cpu_us(path, &many) / 1e3);
    printf("%-44s %10.1f ms CPU\n", "all rings", bench_cpu_us(rings, NULL) / 1e3);
    printf("%-44s %10.1f ms CPU\n", "what 100 missing names are near to",
           bench_cpu_us(near, &hundred) / 1e3);
    leaf.opts.direction = CB_WALK_OUT;
    leaf.opts.depth = 3;
    printf("%-44s %10.1f us CPU\n", "neighbourhood of a leaf, depth 3, 500 nodes",
           bench_cpu_us(walk, &leaf));
    printf("%-44s %10.1f us CPU\n", "neighbourhood of a hub, depth 1, 500 nodes",
           bench_cpu_us(walk, &hub));
    cb_snapshot_unref(s);
    cb_catalog_free(catalog);
    return 0;
}
