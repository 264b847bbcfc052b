#include "catalog/relate/snapshot.h"

#include "catalog/base/hash.h"
#include "catalog/base/node.h"
#include "catalog/relate/merge.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_buf out;

static void publish(void)
{
    cb_world_publish(&w);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
}

static void begin(void)
{
    cb_world_init(&w);
    s = cb_catalog_snapshot(w.catalog);
    out = CB_BUF_INIT;
}

static void end(void)
{
    cb_snapshot_unref(s);
    s = NULL;
    cb_buf_fini(&out);
    cb_world_fini(&w);
}

static cb_str put(const char *kind, const char *name, const char *edges)
{
    cb_str json = cb_arena_printf(
        w.arena,
        "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"},\"spec\":{}}", kind,
        name);

    return cb_world_put(&w, json.p, edges);
}

static const char *served(const char *id)
{
    cb_doc d;

    cb_buf_clear(&out);
    ck_assert_msg(cb_snapshot_find(&d, s, cb_str_cstr(id)), "%s is not there", id);
    cb_doc_put(&out, s, d);
    return out.p;
}

/* "type target, ..." as served. */
static const char *relations(const char *id)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *doc;
    struct cb_err err;
    struct cb_buf b = CB_BUF_INIT;

    ck_assert_int_eq(cb_node_parse(&doc, a, cb_str_cstr(served(id)), &err), CB_OK);
    for (struct cb_node *n = cb_node_get(doc, "relations")->first; n; n = n->next) {
        if (b.n)
            cb_buf_put_cstr(&b, ", ");
        cb_buf_put_str(&b, cb_node_text(n, "type"));
        cb_buf_put_char(&b, ' ');
        cb_buf_put_str(&b, cb_node_text(n, "targetRef"));
    }
    cb_buf_put_char(&b, '\0');
    cb_buf_clear(&out);
    cb_buf_put(&out, b.p, b.n);
    cb_buf_fini(&b);
    cb_arena_free(a);
    return out.p;
}

START_TEST(an_empty_catalog_has_a_snapshot)
{
    cb_doc d;

    begin();
    ck_assert_ptr_nonnull(s);
    ck_assert(!cb_snapshot_loaded(s));
    ck_assert_int_eq(cb_snapshot_generation(s), 0);
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 0);
    ck_assert(!cb_snapshot_find(&d, s, CB_LIT("component:default/a")));
    publish();
    ck_assert(cb_snapshot_loaded(s));
    ck_assert_int_eq(cb_snapshot_generation(s), 1);
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 0);
    end();
}
END_TEST

START_TEST(an_entity_is_served_with_etag_relations_and_status)
{
    begin();
    cb_world_put_status(
        &w,
        "{\"kind\":\"Component\",\"metadata\":{\"name\":\"A\",\"title\":\"T\"},\"spec\":{\"x\":1}}",
        "ownedBy group:default/x", "{\"items\":[]}");
    put("Group", "x", "");
    publish();
    ck_assert_ptr_nonnull(strstr(served("component:default/a"), "\"title\":\"T\""));
    ck_assert_ptr_null(strstr(out.p, "0000000000000000000000000000000000000000"));
    ck_assert_ptr_nonnull(
        strstr(out.p, ",\"spec\":{\"x\":1},\"relations\":[{\"type\":\"ownedBy\",\"targetRef\":"
                      "\"group:default/x\"}],\"status\":{\"items\":[]}}"));
    ck_assert_str_eq(relations("group:default/x"), "ownerOf component:default/a");
    ck_assert_ptr_null(strstr(served("group:default/x"), "status"));
    end();
}
END_TEST

START_TEST(the_etag_says_everything_that_is_served)
{
    char first[41] = {0}, second[41] = {0};

    begin();
    put("Component", "a", "");
    publish();
    memcpy(first, served("component:default/a") + CB_ENTITY_ETAG_AT, 40);
    put("Component", "b", "");
    publish();
    memcpy(second, served("component:default/a") + CB_ENTITY_ETAG_AT, 40);
    ck_assert_str_eq(first, second);
    put("Component", "b", "dependsOn component:default/a");
    publish();
    memcpy(second, served("component:default/a") + CB_ENTITY_ETAG_AT, 40);
    ck_assert_str_ne(first, second);
    put("Component", "b", "");
    publish();
    memcpy(second, served("component:default/a") + CB_ENTITY_ETAG_AT, 40);
    ck_assert_str_eq(first, second);
    end();
}
END_TEST

START_TEST(relations_are_unique_and_in_order_across_segments)
{
    begin();
    put("User", "u", "memberOf group:default/g, memberOf group:default/a");
    publish();
    put("Group", "g",
        "hasMember user:default/u, hasMember user:default/nobody, childOf group:default/a");
    publish();
    put("Component", "z", "ownedBy group:default/g");
    put("API", "z", "ownedBy group:default/g");
    publish();
    put("Component", "b", "ownedBy group:default/g");
    publish();
    ck_assert_str_eq(
        relations("group:default/g"),
        "childOf group:default/a, hasMember user:default/nobody, hasMember user:default/u, "
        "ownerOf api:default/z, ownerOf component:default/b, ownerOf component:default/z");
    ck_assert_str_eq(relations("user:default/u"),
                     "memberOf group:default/a, memberOf group:default/g");
    end();
}
END_TEST

START_TEST(a_deleted_entity_takes_its_edges_along)
{
    cb_str z;
    cb_doc d;

    begin();
    z = put("Component", "z", "ownedBy group:default/g, dependsOn component:default/y");
    put("Group", "g", "");
    publish();
    ck_assert_str_eq(relations("group:default/g"), "ownerOf component:default/z");
    cb_world_del(&w, z);
    publish();
    ck_assert(!cb_snapshot_find(&d, s, z));
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 1);
    ck_assert_str_eq(relations("group:default/g"), "");
    z = put("Component", "z", "");
    publish();
    ck_assert(cb_snapshot_find(&d, s, z));
    end();
}
END_TEST

START_TEST(of_several_rows_for_one_id_the_last_counts)
{
    cb_doc d;
    cb_str id;

    begin();
    put("Component", "a", "ownedBy group:default/one");
    id = put("Component", "a", "ownedBy group:default/two");
    put("Component", "b", "");
    cb_world_del(&w, CB_LIT("component:default/b"));
    cb_world_del(&w, CB_LIT("component:default/c"));
    put("Component", "c", "");
    publish();
    ck_assert(cb_snapshot_find(&d, s, id));
    ck_assert_str_eq(relations("component:default/a"), "ownedBy group:default/two");
    ck_assert(!cb_snapshot_find(&d, s, CB_LIT("component:default/b")));
    ck_assert(cb_snapshot_find(&d, s, CB_LIT("component:default/c")));
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 2);
    end();
}
END_TEST

START_TEST(an_entity_is_found_by_its_uid)
{
    uint8_t uid[16];
    cb_doc d;

    begin();
    for (int i = 0; i < 40; i++) {
        put("Component", cb_arena_printf(w.arena, "c%d", i).p, "");
        if (i % 7 == 0)
            publish();
    }
    publish();
    for (int i = 0; i < 40; i++) {
        cb_str id = cb_arena_printf(w.arena, "component:default/c%d", i);

        cb_uuid5(uid, id);
        ck_assert(cb_snapshot_find_uid(&d, s, uid));
        ck_assert(cb_str_eq(cb_doc_id(s, d), id));
    }
    uid[3] ^= 1;
    ck_assert(!cb_snapshot_find_uid(&d, s, uid));
    end();
}
END_TEST

START_TEST(a_held_snapshot_does_not_change)
{
    struct cb_snapshot *old;
    cb_doc d;

    begin();
    put("Component", "a", "");
    publish();
    old = cb_snapshot_ref(s);
    cb_world_del(&w, CB_LIT("component:default/a"));
    publish();
    ck_assert(!cb_snapshot_find(&d, s, CB_LIT("component:default/a")));
    ck_assert(cb_snapshot_find(&d, old, CB_LIT("component:default/a")));
    ck_assert_uint_eq(cb_snapshot_doc_n(old), 1);
    cb_buf_clear(&out);
    cb_doc_put(&out, old, d);
    ck_assert_ptr_nonnull(strstr(out.p, "\"name\":\"a\""));
    cb_snapshot_unref(old);
    end();
}
END_TEST

static int count_dangling(cb_doc from, uint8_t type, cb_str target, void *ctx)
{
    int *n = ctx;

    ck_assert(cb_str_eq(cb_doc_id(s, from), CB_LIT("component:default/a")));
    ck_assert(cb_str_eq(cb_relations[type].name, CB_LIT("dependsOn")));
    ck_assert(cb_str_eq(target, CB_LIT("component:default/missing")));
    (*n)++;
    return 0;
}

START_TEST(dangling_references_are_told)
{
    int n = 0;

    begin();
    put("Component", "a", "dependsOn component:default/missing, dependsOn component:default/b");
    put("Component", "b", "");
    publish();
    ck_assert_int_eq(cb_snapshot_each_dangling(s, count_dangling, &n), 0);
    ck_assert_int_eq(n, 1);
    end();
}
END_TEST

CB_SUITE(snapshot)
{
    CB_TEST(suite, an_empty_catalog_has_a_snapshot);
    CB_TEST(suite, an_entity_is_served_with_etag_relations_and_status);
    CB_TEST(suite, the_etag_says_everything_that_is_served);
    CB_TEST(suite, relations_are_unique_and_in_order_across_segments);
    CB_TEST(suite, a_deleted_entity_takes_its_edges_along);
    CB_TEST(suite, of_several_rows_for_one_id_the_last_counts);
    CB_TEST(suite, an_entity_is_found_by_its_uid);
    CB_TEST(suite, a_held_snapshot_does_not_change);
    CB_TEST(suite, dangling_references_are_told);
}
