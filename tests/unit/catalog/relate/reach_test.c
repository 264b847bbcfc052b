/* What is reached and by which ways, against the obvious: a matrix of who says what about whom. */
#include "catalog/relate/reach.h"

#include "catalog/relate/cycle.h"
#include "catalog/relate/path.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define C "component:default/"
#define N 12
#define DEPENDS (UINT64_C(1) << CB_RELATION_DEPENDS_ON)
#define FAR 99

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;
static struct cb_err err;

static void put_kind(const char *kind, const char *name, const char *edges)
{
    cb_world_put(&w,
                 cb_arena_printf(a, "{\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"},\"spec\":{}}",
                                 kind, name)
                     .p,
                 edges);
}

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

static uint32_t ref_of(const char *id)
{
    return cb_intern_find(cb_snapshot_names(s)->refs, cb_str_cstr(id));
}

static const char *name_of(uint32_t ref)
{
    cb_str text = cb_intern_text(cb_snapshot_names(s)->refs, ref);

    return cb_arena_str(a, cb_str_sub(text, cb_str_find_char(text, '/', 0) + 1, text.n)).p;
}

/* "a/1<x b/2<a": name, hop, via. */
static const char *reached(const char *from, uint64_t types, uint32_t hop_max)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_reach r;
    const char *text;

    ck_assert_int_eq(
        cb_reach_from(&r, s, ref_of(from), types, hop_max, CB_INTERN_NONE, NULL, a, &err), CB_OK);
    for (size_t i = 1; i < r.n; i++)
        cb_buf_printf(&b, "%s%s/%u<%s", i > 1 ? " " : "", name_of(r.refs[i]), r.hop[r.refs[i]],
                      name_of(r.via[r.refs[i]]));
    cb_buf_put_cstr(&b, r.further ? " ..." : "");
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

START_TEST(a_failure_goes_from_a_provider_through_its_api_to_the_consumers)
{
    uint64_t breaks = cb_reach_types(cb_reach_usual(), false),
             needs = cb_reach_types(cb_reach_usual(), true);

    begin();
    put_kind("Component", "shop",
             "consumesApi api:default/pay, partOf system:default/sys, ownedBy group:default/g");
    put_kind("Component", "payer", "providesApi api:default/pay, dependsOn resource:default/db");
    put_kind("Resource", "db", "");
    put_kind("API", "pay", "");
    put_kind("System", "sys", "");
    publish();
    ck_assert_str_eq(reached("resource:default/db", breaks, 64),
                     "payer/1<db pay/2<payer shop/3<pay");
    ck_assert_str_eq(reached(C "shop", needs, 64), "pay/1<shop payer/2<pay db/3<payer");
    ck_assert_str_eq(reached("resource:default/db", breaks, 2), "payer/1<db pay/2<payer ...");
    ck_assert_str_eq(reached(C "shop", breaks, 64), "");
    ck_assert_str_eq(
        reached(C "shop", cb_reach_types(UINT64_C(1) << CB_RELATION_HAS_PART, false), 64),
        "sys/1<shop");
    end();
}
END_TEST

START_TEST(what_both_ends_say_is_counted_once_and_the_missing_are_not_walked_past)
{
    uint64_t needs = DEPENDS;
    struct cb_tally *rows;
    struct cb_reach r;
    size_t none;

    begin();
    put_kind("Component", "x", "dependsOn " C "y, dependsOn " C "gone, ownedBy group:default/g");
    put_kind("Component", "y",
             "dependencyOf " C "x, ownedBy group:default/g, ownedBy group:default/h");
    put_kind("Component", "z", "dependsOn " C "gone");
    put_kind("Group", "g", "ownerOf " C "x");
    publish();
    ck_assert_str_eq(reached(C "x", needs, 64), "gone/1<x y/1<x");
    ck_assert_int_eq(cb_reach_from(&r, s, ref_of(C "x"), needs, 64, CB_INTERN_NONE, NULL, a, &err),
                     CB_OK);
    ck_assert_uint_eq(
        cb_reach_tally(&rows, &none, s, r.refs, r.n, CB_RELATION_OWNED_BY, CB_LIT(""), a), 2);
    ck_assert_str_eq(name_of(rows[0].ref), "g");
    ck_assert_uint_eq(rows[0].n, 2);
    ck_assert_uint_eq(rows[1].n, 1);
    ck_assert_uint_eq(none, 1);
    end();
}
END_TEST

static bool at_once(const void *ctx)
{
    return ctx != NULL;
}

START_TEST(long_work_ends_when_told)
{
    struct cb_stop stop = {at_once, &stop};
    struct cb_paths paths;

    begin();
    put_kind("Component", "x", "dependsOn " C "y");
    put_kind("Component", "y", "");
    publish();
    ck_assert_int_eq(
        cb_path_between(&paths, s, ref_of(C "x"), ref_of(C "y"), DEPENDS, 1, &stop, a, &err),
        CB_ETIMEOUT);
    end();
}
END_TEST

/* ---- at random */

static bool says[N][N];
static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * n >> 32);
}

/* Some twenty edges among N, put in two generations, some of them changed and one removed by the second. */
static void scatter(int round)
{
    seed = (uint32_t)round * 7919 + 1;
    memset(says, 0, sizeof(says));
    begin();
    for (int half = 0; half < 2; half++) {
        for (uint32_t i = 0; i < N; i++) {
            struct cb_buf b = CB_BUF_INIT;

            if (half == 1 && below(2) == 0)
                continue;
            memset(says[i], 0, sizeof(says[i]));
            for (uint32_t k = below(4); k > 0; k--) {
                uint32_t to = below(N);

                if (!says[i][to])
                    cb_buf_printf(&b, "%sdependsOn " C "n%02u", b.n ? ", " : "", to);
                says[i][to] = true;
            }
            put_kind("Component", cb_arena_printf(a, "n%02u", i).p, b.n ? b.p : "");
            cb_buf_fini(&b);
        }
        publish();
    }
}

static void distances(uint32_t *d, uint32_t from)
{
    for (uint32_t i = 0; i < N; i++)
        d[i] = i == from ? 0 : FAR;
    for (uint32_t round = 0; round < N; round++)
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t k = 0; k < N; k++)
                if (says[i][k] && d[i] != FAR && d[k] > d[i] + 1)
                    d[k] = d[i] + 1;
}

static uint32_t number(uint32_t ref)
{
    return (uint32_t)(name_of(ref)[1] - '0') * 10 + (uint32_t)(name_of(ref)[2] - '0');
}

START_TEST(at_random_the_same_is_reached_by_the_obvious_way)
{
    scatter(_i);
    for (uint32_t from = 0; from < N; from++) {
        uint32_t d[N], n = 0;
        struct cb_reach r;

        distances(d, from);
        ck_assert_int_eq(cb_reach_from(&r, s, ref_of(cb_arena_printf(a, C "n%02u", from).p),
                                       DEPENDS, 64, CB_INTERN_NONE, NULL, a, &err),
                         CB_OK);
        for (uint32_t i = 0; i < N; i++)
            n += d[i] != FAR;
        ck_assert_uint_eq(r.n, n);
        for (size_t i = 0; i < r.n; i++) {
            uint32_t at = number(r.refs[i]);

            ck_assert_uint_eq(r.hop[r.refs[i]], d[at]);
            if (i > 0) {
                ck_assert(says[number(r.via[r.refs[i]])][at]);
                ck_assert(d[number(r.refs[i - 1])] < d[at] || number(r.refs[i - 1]) < at);
            }
        }
        ck_assert(!r.further);
    }
    end();
}
END_TEST

/* Simple ways of each length from AT to TO, by trying all. */
static void count_ways(uint32_t n[N + 1], bool *on, uint32_t at, uint32_t to, uint32_t length)
{
    if (at == to) {
        n[length]++;
        return;
    }
    on[at] = true;
    for (uint32_t k = 0; k < N; k++)
        if (says[at][k] && !on[k])
            count_ways(n, on, k, to, length + 1);
    on[at] = false;
}

START_TEST(at_random_the_shortest_ways_are_all_there_and_real)
{
    scatter(_i);
    for (uint32_t from = 0; from < N; from++)
        for (uint32_t to = 0; to < N; to++) {
            uint32_t ways[N + 1] = {0}, total = 0, k = 0;
            bool on[N] = {false};
            struct cb_paths p;

            count_ways(ways, on, from, to, 0);
            for (uint32_t length = 0; length <= N; length++)
                total += ways[length];
            ck_assert_int_eq(cb_path_between(&p, s, ref_of(cb_arena_printf(a, C "n%02u", from).p),
                                             ref_of(cb_arena_printf(a, C "n%02u", to).p), DEPENDS,
                                             CB_PATH_MAX, NULL, a, &err),
                             CB_OK);
            ck_assert_uint_eq(p.n, total < CB_PATH_MAX ? total : CB_PATH_MAX);
            for (uint32_t length = 0; length <= N && k < p.n; length++)
                for (uint32_t i = 0; i < ways[length] && k < p.n; i++, k++) {
                    ck_assert_uint_eq(p.v[k].n, length);
                    for (uint32_t step = 0; step < length; step++)
                        ck_assert(says[number(p.v[k].refs[step])][number(p.v[k].refs[step + 1])]);
                    if (k > 0)
                        ck_assert(memcmp(p.v[k - 1].refs, p.v[k].refs,
                                         sizeof(uint32_t) * (length + 1)) != 0);
                }
        }
    end();
}
END_TEST

/* Who is in one ring with whom, by trying all ways. */
static void rings(bool together[N][N])
{
    uint32_t d[N][N];

    for (uint32_t i = 0; i < N; i++)
        distances(d[i], i);
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t k = 0; k < N; k++)
            together[i][k] = d[i][k] != FAR && d[k][i] != FAR;
}

/* The fewest steps from AT back to itself. */
static uint32_t round_from(uint32_t at)
{
    uint32_t d[N], least = FAR;

    distances(d, at);
    for (uint32_t i = 0; i < N; i++)
        if (d[i] != FAR && says[i][at] && d[i] + 1 < least)
            least = d[i] + 1;
    return least;
}

static void check_way(struct cb_cycles *all, size_t at)
{
    struct cb_cycle_way way;

    cb_cycle_way(&way, all, at, s, a);
    ck_assert_uint_eq(way.refs[0], all->v[at].refs[0]);
    ck_assert_uint_eq(way.n, round_from(number(way.refs[0])));
    for (size_t i = 0; i < way.n; i++) {
        ck_assert(says[number(way.refs[i])][number(way.refs[(i + 1) % way.n])]);
        ck_assert_int_eq(way.types[i], CB_RELATION_DEPENDS_ON);
    }
}

START_TEST(at_random_the_rings_are_those_of_the_obvious_way)
{
    bool together[N][N];
    struct cb_cycles all;
    size_t in = 0, want = 0;

    scatter(_i);
    rings(together);
    ck_assert_int_eq(cb_cycle_all(&all, s, DEPENDS, NULL, a, &err), CB_OK);
    for (uint32_t i = 0; i < N; i++)
        want += round_from(i) != FAR;
    for (size_t i = 0; i < all.n; i++) {
        const struct cb_cycle *c = &all.v[i];

        in += c->n;
        ck_assert(i == 0 || all.v[i - 1].n > c->n ||
                  (all.v[i - 1].n == c->n && number(all.v[i - 1].refs[0]) < number(c->refs[0])));
        for (size_t k = 0; k < c->n; k++) {
            ck_assert(together[number(c->refs[0])][number(c->refs[k])]);
            ck_assert(k == 0 || number(c->refs[k - 1]) < number(c->refs[k]));
        }
        check_way(&all, i);
        check_way(&all, i);
    }
    ck_assert_uint_eq(in, want);
    end();
}
END_TEST

START_TEST(rings_of_a_long_chain_an_api_and_one_alone_are_found_and_missing_ones_are_none)
{
    struct cb_stop stop = {at_once, &stop};
    struct cb_cycle_way way;
    struct cb_cycles all;

    begin();
    for (uint32_t i = 0; i < 20000; i++)
        put_kind("Component", cb_arena_printf(a, "l%05u", i).p,
                 cb_arena_printf(a, "dependsOn " C "l%05u", (i + 1) % 20000).p);
    put_kind("Component", "alone", "dependsOn " C "alone");
    put_kind("Component", "x", "dependsOn " C "gone");
    put_kind("Component", "y", "dependencyOf " C "gone");
    put_kind("Component", "user", "consumesApi api:default/pay");
    put_kind("Component", "payer", "providesApi api:default/pay, dependsOn " C "user");
    put_kind("API", "pay", "partOf system:default/sys");
    publish();
    ck_assert_int_eq(cb_cycle_all(&all, s, cb_cycle_usual(), NULL, a, &err), CB_OK);
    ck_assert_uint_eq(all.n, 3);
    ck_assert_uint_eq(all.v[0].n, 20000);
    cb_cycle_way(&way, &all, 0, s, a);
    ck_assert_uint_eq(way.n, 20000);
    cb_cycle_way(&way, &all, 1, s, a);
    ck_assert_uint_eq(way.n, 3);
    ck_assert_str_eq(name_of(way.refs[0]), "pay");
    ck_assert_str_eq(name_of(way.refs[1]), "payer");
    ck_assert_str_eq(name_of(all.v[2].refs[0]), "alone");
    cb_cycle_way(&way, &all, 2, s, a);
    ck_assert_uint_eq(way.n, 1);
    ck_assert_int_eq(cb_cycle_all(&all, s, DEPENDS, &stop, a, &err), CB_ETIMEOUT);
    end();
}
END_TEST

START_TEST(sorting_by_segments_is_sorting_by_text)
{
    uint32_t refs[400];

    begin();
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 130; i++)
            put_kind("Component", cb_arena_printf(a, "s%04u", (i * 37 + round * 91) % 1000).p,
                     "dependsOn " C "nobody");
        publish();
    }
    for (uint32_t n = cb_intern_n(cb_snapshot_names(s)->refs), i = 0; i < n; i++)
        refs[i] = n - 1 - i;
    cb_refs_sort(s, refs, cb_intern_n(cb_snapshot_names(s)->refs), a);
    for (uint32_t i = 1; i < cb_intern_n(cb_snapshot_names(s)->refs); i++)
        ck_assert_int_lt(strcmp(name_of(refs[i - 1]), name_of(refs[i])), 0);
    end();
}
END_TEST

CB_SUITE(reach)
{
    CB_TEST(suite, a_failure_goes_from_a_provider_through_its_api_to_the_consumers);
    CB_TEST(suite, what_both_ends_say_is_counted_once_and_the_missing_are_not_walked_past);
    CB_TEST(suite, long_work_ends_when_told);
    CB_LOOP_TEST(suite, at_random_the_same_is_reached_by_the_obvious_way, 40);
    CB_LOOP_TEST(suite, at_random_the_shortest_ways_are_all_there_and_real, 40);
    CB_LOOP_TEST(suite, at_random_the_rings_are_those_of_the_obvious_way, 40);
    CB_TEST(suite, rings_of_a_long_chain_an_api_and_one_alone_are_found_and_missing_ones_are_none);
    CB_TEST(suite, sorting_by_segments_is_sorting_by_text);
}
