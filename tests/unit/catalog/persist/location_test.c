/* Registered locations, and the links of Location entities. */
#include "catalog/persist/link_store.h"
#include "catalog/persist/location_store.h"
#include "tests/unit/catalog/persist/db.h"

#define URL CB_LIT("url")
#define HERE CB_LIT("https://forge.test/a/b/blob/main/x.yaml")
#define THERE CB_LIT("https://forge.test/a/b/blob/main/y.yaml")

static struct cb_location_row put(struct db *db, cb_str target, bool *new)
{
    struct cb_location_row row = {.type = URL, .target = target, .entity_ref = CB_LIT("location:default/g"), .created_by = CB_LIT("me")};

    CHECK_OK(cb_location_put(&row, new, db->arena, db->conn, &db_err));
    return row;
}

START_TEST(a_location_is_registered_once)
{
    struct cb_location_row first, again, *rows;
    struct db db;
    bool new;
    size_t n;

    db_open(&db);
    first = put(&db, HERE, &new);
    ck_assert(new);
    again = put(&db, HERE, &new);
    ck_assert(!new && cb_str_eq(first.id, again.id));
    CHECK_OK(cb_location_all(&rows, &n, db.arena, db.conn, &db_err));
    ck_assert_int_eq(n, 1);
    ck_assert(cb_str_eq(rows[0].created_by, CB_LIT("me")) && rows[0].created_at_us > 0);
    CHECK_OK(cb_location_find(&again, db.arena, db.conn, URL, HERE, &db_err));
    CHECK_CODE(cb_location_find(&again, db.arena, db.conn, URL, THERE, &db_err), CB_ENOTFOUND);
    ck_assert_str_eq(db_err.text, "Found no location with type url and target https://forge.test/a/b/blob/main/y.yaml");
    CHECK_OK(cb_location_del(&again, db.arena, db.conn, first.id, &db_err));
    CHECK_CODE(cb_location_get(&again, db.arena, db.conn, first.id, &db_err), CB_ENOTFOUND);
    CHECK_CODE(cb_location_get(&again, db.arena, db.conn, CB_LIT("nope"), &db_err), CB_ENOTFOUND);
    ck_assert_str_eq(db_err.text, "Found no location with ID nope");
    db_close(&db);
}
END_TEST

START_TEST(an_update_keeps_the_entity_and_takes_nothing_away_from_another)
{
    struct cb_location_row one, two, out;
    bool new, taken;
    struct db db;

    db_open(&db);
    one = put(&db, HERE, &new);
    two = put(&db, THERE, &new);
    CHECK_OK(cb_location_set(&out, &taken, db.arena, db.conn, one.id, URL, THERE, &db_err));
    ck_assert(taken && cb_str_eq(out.target, HERE));
    CHECK_OK(cb_location_set(&out, &taken, db.arena, db.conn, two.id, URL, THERE, &db_err));
    ck_assert(!taken);
    CHECK_OK(cb_location_set(&out, &taken, db.arena, db.conn, one.id, URL, CB_LIT("z"), &db_err));
    ck_assert(!taken && cb_str_eq(out.target, CB_LIT("z")) && cb_str_eq(out.entity_ref, one.entity_ref));
    db_close(&db);
}
END_TEST

START_TEST(links_make_their_source_once_and_tell_who_led_to_a_file)
{
    const struct cb_location_link links[] = {
        {.path = CB_LIT("all.yaml"), .entity = CB_LIT("location:default/a"), .target = CB_LIT("x.yaml")},
        {.path = CB_LIT("all.yaml"), .entity = CB_LIT("location:default/a"), .key = CB_LIT("location:u#main/y.yaml"), .url = CB_LIT("u"),
         .branch = CB_LIT("main"), .paths = CB_LIT("[\"y.yaml\"]")},
        {.path = CB_LIT("b.yaml"), .entity = CB_LIT("location:default/b"), .key = CB_LIT("location:u#main/y.yaml"), .url = CB_LIT("u"),
         .branch = CB_LIT("main"), .paths = CB_LIT("[\"y.yaml\"]"), .optional = true},
    };
    struct cb_link_row *rows;
    cb_str *parents;
    struct db db;
    bool moved;
    int64_t id;
    size_t n;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_link_replace(db.conn, id, links, 3, CB_LIT(""), &moved, &db_err));
    ck_assert(moved);
    CHECK_OK(cb_link_replace(db.conn, id, links, 3, CB_LIT(""), &moved, &db_err));
    ck_assert(!moved);
    CHECK_OK(cb_link_all(&rows, &n, db.arena, db.conn, &db_err));
    ck_assert_int_eq(n, 2);
    ck_assert(rows[0].target_id == rows[1].target_id && !rows[0].optional && rows[1].optional);
    CHECK_OK(cb_location_parents(&parents, &n, db.arena, db.conn, id, CB_LIT("x.yaml"), &db_err));
    ck_assert(n == 1 && cb_str_eq(parents[0], CB_LIT("location:default/a")));
    CHECK_OK(cb_location_parents(&parents, &n, db.arena, db.conn, rows[0].target_id, CB_LIT("y.yaml"), &db_err));
    ck_assert(n == 2 && cb_str_eq(parents[1], CB_LIT("location:default/b")));
    CHECK_OK(cb_location_parents(&parents, &n, db.arena, db.conn, id, CB_LIT("all.yaml"), &db_err));
    ck_assert_int_eq(n, 0);
    CHECK_OK(cb_link_replace(db.conn, id, NULL, 0, CB_LIT("b.yaml"), &moved, &db_err));
    CHECK_OK(cb_link_all(&rows, &n, db.arena, db.conn, &db_err));
    ck_assert_int_eq(n, 1);
    db_close(&db);
}
END_TEST

CB_SUITE(location)
{
    db_server();
    CB_TEST(suite, a_location_is_registered_once);
    CB_TEST(suite, an_update_keeps_the_entity_and_takes_nothing_away_from_another);
    CB_TEST(suite, links_make_their_source_once_and_tell_who_led_to_a_file);
}
