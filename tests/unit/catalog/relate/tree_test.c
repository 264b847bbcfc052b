/* Who stands above whom, and how much each holds. */
#include "catalog/relate/tree.h"

#include "catalog/relate/snapshot_in.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;
static struct cb_err err;
static struct cb_tree tree;

static void put(const char *kind, const char *name, const char *edges)
{
    cb_world_put(&w, cb_arena_printf(a, "{\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"},\"spec\":{}}", kind, name).p, edges);
}

static void begin(void)
{
    cb_world_init(&w);
    a = cb_arena_new();
}

static void grow(enum cb_tree_of of)
{
    cb_world_publish(&w);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_int_eq(cb_tree_of(&tree, s, of, NULL, a, &err), CB_OK);
}

static void end(void)
{
    cb_snapshot_unref(s);
    s = NULL;
    cb_arena_free(a);
    cb_world_fini(&w);
}

static const char *name_of(uint32_t node)
{
    cb_str text = cb_intern_text(cb_snapshot_names(s)->refs, tree.nodes[node].ref);

    return cb_arena_str(a, cb_str_sub(text, cb_str_find_char(text, '/', 0) + 1, text.n)).p;
}

static void counts(struct cb_buf *b, const uint32_t *n)
{
    for (size_t k = 0; k < tree.kind_n; k++)
        if (n[k])
            cb_buf_printf(b, " %u %" CB_FMT, n[k], CB_ARG(tree.kinds[k]));
}

/* "all(2 people, below 1 component) pay<all(...)": what each has, "below" when that differs; "!": nobody has registered it. */
static const char *told(void)
{
    struct cb_buf b = CB_BUF_INIT;
    const char *text;

    for (size_t i = 0; i < tree.node_n; i++) {
        const struct cb_tree_node *node = &tree.nodes[i];

        cb_buf_printf(&b, "%s%s%s", i ? "; " : "", name_of((uint32_t)i), node->missing ? "!" : "");
        for (uint32_t k = 0; k < node->parent_n; k++)
            cb_buf_printf(&b, "<%s", name_of(tree.parents[node->parent_at + k]));
        if (node->people_below)
            cb_buf_printf(&b, " %u/%u people", node->people, node->people_below);
        counts(&b, tree.has + i * CB_TREE_KIND_MAX);
        cb_buf_put_cstr(&b, " |");
        counts(&b, tree.below + i * CB_TREE_KIND_MAX);
    }
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

static const char *alone(void)
{
    struct cb_buf b = CB_BUF_INIT;
    const char *text;

    counts(&b, tree.alone);
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

START_TEST(groups_count_their_people_and_what_they_own_and_what_stands_below_them)
{
    begin();
    put("Group", "all", "");
    put("Group", "pay", "childOf group:default/all");
    put("Group", "ops", "childOf group:default/all");
    put("User", "ana", "memberOf group:default/pay");
    put("User", "ben", "memberOf group:default/pay, memberOf group:default/ops");
    put("User", "cleo", "");
    put("Component", "web", "ownedBy group:default/pay");
    put("Component", "both", "ownedBy group:default/pay, ownedBy group:default/ops");
    put("API", "api", "ownedBy group:default/ops");
    put("System", "shop", "ownedBy user:default/ana");
    put("Resource", "db", "");
    put("Location", "all", "");
    grow(CB_TREE_ORG);
    ck_assert_str_eq(told(), "all 0/2 people | 2 component 1 api; ops<all 1/1 people 1 component 1 api | 1 component 1 api; "
                             "pay<all 2/2 people 2 component | 2 component");
    ck_assert_uint_eq(tree.people, 3);
    ck_assert_uint_eq(tree.people_alone, 1);
    ck_assert_str_eq(alone(), " 1 resource");
    end();
}
END_TEST

START_TEST(whoever_is_named_and_not_registered_is_a_node_too)
{
    begin();
    put("Group", "pay", "childOf group:default/gone");
    put("User", "ana", "memberOf group:default/nowhere");
    put("Component", "web", "ownedBy group:default/left");
    grow(CB_TREE_ORG);
    ck_assert_str_eq(told(), "gone! |; left! 1 component | 1 component; nowhere! 1/1 people |; pay<gone |");
    ck_assert_uint_eq(tree.people_alone, 0);
    end();
}
END_TEST

START_TEST(what_both_ends_say_and_a_ring_count_once)
{
    begin();
    put("Group", "a", "childOf group:default/b, parentOf group:default/c");
    put("Group", "b", "childOf group:default/c, parentOf group:default/a");
    put("Group", "c", "childOf group:default/a");
    put("Group", "self", "childOf group:default/self");
    put("Component", "web", "ownedBy group:default/b, ownedBy group:default/a");
    put("Component", "own", "ownedBy group:default/self");
    grow(CB_TREE_ORG);
    ck_assert_str_eq(told(), "a<b 1 component | 1 component; b<c 1 component | 1 component; c<a | 1 component; self<self 1 component | 1 component");
    end();
}
END_TEST

START_TEST(domains_hold_systems_and_these_their_parts)
{
    begin();
    put("Domain", "shop", "");
    put("Domain", "pay", "partOf domain:default/shop");
    put("System", "cards", "partOf domain:default/pay");
    put("System", "loose", "");
    put("Component", "web", "partOf system:default/cards");
    put("Component", "piece", "partOf component:default/web");
    put("API", "api", "partOf system:default/cards");
    put("Resource", "db", "partOf domain:default/pay");
    put("Component", "stray", "");
    put("User", "ana", "");
    grow(CB_TREE_SYSTEMS);
    ck_assert_str_eq(told(), "pay<shop 1 resource 1 system | 1 component 1 api 1 resource 1 system; shop 1 domain | 1 component 1 api 1 resource 1 domain 1 system; "
                             "cards<pay 1 component 1 api | 1 component 1 api; loose |");
    ck_assert_str_eq(alone(), " 1 component");
    ck_assert_uint_eq(tree.people, 0);
    end();
}
END_TEST

START_TEST(the_worst_of_what_is_below_shows_above)
{
    begin();
    put("Group", "all", "");
    put("Group", "pay", "childOf group:default/all");
    put("Component", "web", "ownedBy group:default/pay, dependsOn component:default/none");
    put("Component", "fine", "ownedBy group:default/all");
    grow(CB_TREE_ORG);
    ck_assert_int_eq(tree.nodes[0].health, CB_HEALTH_OK);
    ck_assert_int_eq(tree.nodes[0].health_below, CB_HEALTH_WARNING);
    ck_assert_int_eq(tree.nodes[1].health, CB_HEALTH_WARNING);
    end();
}
END_TEST

START_TEST(kinds_beyond_the_limit_are_counted_as_one)
{
    begin();
    put("Group", "all", "");
    for (int i = 0; i < CB_TREE_KIND_MAX; i++)
        put(cb_arena_printf(a, "Kind%02d", i).p, "it", "ownedBy group:default/all");
    put("Template", "new", "ownedBy group:default/all");
    grow(CB_TREE_ORG);
    ck_assert_uint_eq(tree.kind_n, CB_TREE_KIND_MAX);
    ck_assert_uint_eq(tree.kinds[CB_TREE_KIND_MAX - 1].n, 0);
    for (size_t k = 0, sum = 0; k <= CB_TREE_KIND_MAX; k++) {
        if (k == CB_TREE_KIND_MAX)
            ck_assert_uint_eq(sum, CB_TREE_KIND_MAX + 1);
        else
            sum += tree.has[k];
    }
    end();
}
END_TEST

START_TEST(counts_go_so_many_steps_up_and_not_one_more)
{
    begin();
    put("Group", "g00", "");
    for (int i = 1; i <= CB_TREE_DEPTH_MAX + 1; i++)
        put("Group", cb_arena_printf(a, "g%02d", i).p, cb_arena_printf(a, "childOf group:default/g%02d", i - 1).p);
    put("Component", "web", cb_arena_printf(a, "ownedBy group:default/g%02d", CB_TREE_DEPTH_MAX + 1).p);
    grow(CB_TREE_ORG);
    ck_assert_uint_eq(tree.below[0], 0);
    ck_assert_uint_eq(tree.below[CB_TREE_KIND_MAX], 1);
    end();
}
END_TEST

static bool at_once(const void *ctx)
{
    return ctx == NULL;
}

START_TEST(a_deadline_that_has_passed_ends_it)
{
    const struct cb_stop stop = {at_once, NULL};

    begin();
    put("Group", "all", "");
    grow(CB_TREE_ORG);
    ck_assert_int_eq(cb_tree_of(&tree, s, CB_TREE_ORG, &stop, a, &err), CB_ETIMEOUT);
    end();
}
END_TEST

CB_SUITE(tree)
{
    CB_TEST(suite, groups_count_their_people_and_what_they_own_and_what_stands_below_them);
    CB_TEST(suite, whoever_is_named_and_not_registered_is_a_node_too);
    CB_TEST(suite, what_both_ends_say_and_a_ring_count_once);
    CB_TEST(suite, domains_hold_systems_and_these_their_parts);
    CB_TEST(suite, the_worst_of_what_is_below_shows_above);
    CB_TEST(suite, kinds_beyond_the_limit_are_counted_as_one);
    CB_TEST(suite, counts_go_so_many_steps_up_and_not_one_more);
    CB_TEST(suite, a_deadline_that_has_passed_ends_it);
}
