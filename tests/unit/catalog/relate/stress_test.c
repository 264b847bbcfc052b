/* Readers beside a writer and a merger: each snapshot is whole, and nothing is freed under a reader. */
#include <pthread.h>
#include <stdio.h>

#include "catalog/relate/merge.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define READER_N 8
#define GENERATION_N 1500
#define PAIR_N 40

static struct cb_world w;
static atomic_bool stop;
static atomic_int wrong;

/* The number in the body of NAME; -1 when it is not there. */
static int number_of(struct cb_snapshot *s, struct cb_buf *b, const char *name, int i)
{
    char id[64];
    const char *p;
    cb_doc d;

    snprintf(id, sizeof(id), "component:default/%s-%d", name, i);
    if (!cb_snapshot_find(&d, s, cb_str_cstr(id)))
        return -1;
    cb_buf_clear(b);
    cb_doc_put(b, s, d);
    p = strstr(b->p, "\"number\":");
    return p ? atoi(p + 9) : -2;
}

static void *reader(void *arg)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_snapshot *held = NULL;
    int i = (int)(intptr_t)arg, n = 0;

    while (!atomic_load(&stop)) {
        struct cb_snapshot *s = cb_catalog_snapshot(w.catalog);
        int left = number_of(s, &b, "left", i % PAIR_N),
            right = number_of(s, &b, "right", i % PAIR_N);

        if (left != right || left == -2)
            atomic_fetch_add(&wrong, 1);
        i++;
        if (++n % 64 == 0) {
            cb_snapshot_unref(held);
            held = cb_snapshot_ref(s);
        }
        if (held &&
            number_of(held, &b, "left", i % PAIR_N) != number_of(held, &b, "right", i % PAIR_N))
            atomic_fetch_add(&wrong, 1);
        cb_snapshot_unref(s);
    }
    cb_snapshot_unref(held);
    cb_buf_fini(&b);
    return NULL;
}

static void put(const char *name, int i, int number)
{
    char json[200];

    snprintf(json, sizeof(json),
             "{\"kind\":\"Component\",\"metadata\":{\"name\":\"%s-%d\"},\"spec\":{\"number\":%d}}",
             name, i, number);
    cb_world_put(&w, json, "dependsOn component:default/left-0");
}

START_TEST(readers_always_see_one_generation_whole)
{
    pthread_t threads[READER_N];
    struct cb_merger *m;

    cb_world_init(&w);
    cb_world_publish(&w);
    m = cb_merger_start(w.catalog);
    for (int i = 0; i < READER_N; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader, (void *)(intptr_t)i), 0);
    for (int g = 0; g < GENERATION_N; g++) {
        int i = g % PAIR_N;

        if (g % 11 == 3) {
            char id[64];

            snprintf(id, sizeof(id), "component:default/left-%d", i);
            cb_world_del(&w, cb_str_cstr(id));
            snprintf(id, sizeof(id), "component:default/right-%d", i);
            cb_world_del(&w, cb_str_cstr(id));
        } else {
            put("left", i, g);
            put("right", i, g);
        }
        cb_world_publish(&w);
        if (g % 3 == 0)
            cb_merger_wake(m);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < READER_N; i++)
        pthread_join(threads[i], NULL);
    cb_merger_stop(m);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    cb_world_fini(&w);
}
END_TEST

CB_SUITE(stress)
{
    CB_TEST(suite, readers_always_see_one_generation_whole);
}
