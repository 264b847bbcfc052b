#include "catalog/relate/intern.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <xxhash.h>

#include "catalog/base/arena.h"
#include "catalog/base/hash.h"

#define PAGE_BITS 12
#define PAGE_N (1u << PAGE_BITS)
#define PAGE_MAX 65536u /* pages: 268 million texts */
#define SLOT_FIRST 1024u
#define LENGTH_MAX 0x7fffffffu
#define SECRET_BYTES 192

struct entry {
    const char *p;
    uint32_t n : 31;
    uint32_t plain : 1;
    uint32_t hash;
};

/* Slots hold id + 1. A table that was outgrown is kept: a reader may still be in it. */
struct table {
    struct table *older;
    uint32_t cap;
    _Atomic(uint32_t) slots[];
};

struct cb_intern {
    _Atomic(struct table *) table;
    _Atomic(uint32_t) n;
    atomic_size_t bytes;
    pthread_mutex_t lock;
    struct cb_arena *texts;
    uint8_t secret[SECRET_BYTES];
    _Atomic(struct entry *) pages[PAGE_MAX];
};

static struct table *table_new(uint32_t cap, struct table *older)
{
    struct table *t = calloc(1, sizeof(*t) + sizeof(t->slots[0]) * cap);

    if (!t)
        abort();
    t->cap = cap;
    t->older = older;
    return t;
}

struct cb_intern *cb_intern_new(void)
{
    struct cb_intern *t = calloc(1, sizeof(*t));

    if (!t)
        abort();
    atomic_init(&t->table, table_new(SLOT_FIRST, NULL));
    pthread_mutex_init(&t->lock, NULL);
    t->texts = cb_arena_new();
    cb_random(t->secret, sizeof(t->secret));
    return t;
}

void cb_intern_free(struct cb_intern *t)
{
    struct table *table, *older;

    if (!t)
        return;
    for (table = atomic_load(&t->table); table; table = older) {
        older = table->older;
        free(table);
    }
    for (uint32_t i = 0; i < PAGE_MAX && atomic_load(&t->pages[i]); i++)
        free(atomic_load(&t->pages[i]));
    pthread_mutex_destroy(&t->lock);
    cb_arena_free(t->texts);
    free(t);
}

uint64_t cb_intern_hash(const struct cb_intern *t, cb_str text)
{
    return XXH3_64bits_withSecret(text.n ? text.p : "", text.n, t->secret, sizeof(t->secret));
}

static inline const struct entry *entry_at(const struct cb_intern *t, uint32_t id)
{
    const struct entry *page =
        atomic_load_explicit(&t->pages[id >> PAGE_BITS], memory_order_acquire);

    return &page[id & (PAGE_N - 1)];
}

static uint32_t find(const struct cb_intern *t, cb_str text, uint32_t hash)
{
    const struct table *table = atomic_load_explicit(&t->table, memory_order_acquire);

    for (uint32_t i = hash & (table->cap - 1);; i = (i + 1) & (table->cap - 1)) {
        uint32_t id = atomic_load_explicit(&table->slots[i], memory_order_acquire);
        const struct entry *e;

        if (id == 0)
            return CB_INTERN_NONE;
        e = entry_at(t, id - 1);
        if (e->hash == hash && e->n == text.n && memcmp(e->p, text.p, text.n) == 0)
            return id - 1;
    }
}

uint32_t cb_intern_find(const struct cb_intern *t, cb_str text)
{
    return find(t, text, (uint32_t)cb_intern_hash(t, text));
}

static void slot_put(struct table *table, uint32_t hash, uint32_t id)
{
    uint32_t i = hash & (table->cap - 1);

    while (atomic_load_explicit(&table->slots[i], memory_order_relaxed) != 0)
        i = (i + 1) & (table->cap - 1);
    atomic_store_explicit(&table->slots[i], id + 1, memory_order_release);
}

static struct table *grow(struct cb_intern *t, struct table *old, uint32_t n)
{
    struct table *table = table_new(old->cap * 2, old);

    for (uint32_t id = 0; id < n; id++)
        slot_put(table, entry_at(t, id)->hash, id);
    atomic_store_explicit(&t->table, table, memory_order_release);
    atomic_fetch_add(&t->bytes, sizeof(table->slots[0]) * table->cap);
    return table;
}

static bool is_plain(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '"' || s.p[i] == '\\' ||
            (unsigned char)s.p[i] >= 0x7f)
            return false;
    return true;
}

static uint32_t put_new(struct cb_intern *t, cb_str text, uint32_t hash)
{
    uint32_t id = atomic_load_explicit(&t->n, memory_order_relaxed);
    struct table *table = atomic_load_explicit(&t->table, memory_order_relaxed);
    struct entry *page;

    if (id >= PAGE_MAX * PAGE_N || text.n > LENGTH_MAX)
        abort();
    page = atomic_load_explicit(&t->pages[id >> PAGE_BITS], memory_order_relaxed);
    if (!page) {
        if (!(page = calloc(PAGE_N, sizeof(*page))))
            abort();
        atomic_store_explicit(&t->pages[id >> PAGE_BITS], page, memory_order_release);
        atomic_fetch_add(&t->bytes, PAGE_N * sizeof(*page));
    }
    page[id & (PAGE_N - 1)] = (struct entry){.p = cb_arena_dup(t->texts, text.p, text.n),
                                             .n = (uint32_t)text.n & LENGTH_MAX,
                                             .plain = is_plain(text),
                                             .hash = hash};
    atomic_fetch_add(&t->bytes, text.n + 1);
    if ((uint64_t)(id + 1) * 2 > table->cap)
        table = grow(t, table, id);
    slot_put(table, hash, id);
    atomic_store_explicit(&t->n, id + 1, memory_order_release);
    return id;
}

uint32_t cb_intern_put(struct cb_intern *t, cb_str text)
{
    uint32_t hash = (uint32_t)cb_intern_hash(t, text);
    uint32_t id = find(t, text, hash);

    if (id != CB_INTERN_NONE)
        return id;
    pthread_mutex_lock(&t->lock);
    id = find(t, text, hash);
    if (id == CB_INTERN_NONE)
        id = put_new(t, text, hash);
    pthread_mutex_unlock(&t->lock);
    return id;
}

cb_str cb_intern_text(const struct cb_intern *t, uint32_t id)
{
    const struct entry *e = entry_at(t, id);

    return (cb_str){e->p, e->n};
}

bool cb_intern_plain(const struct cb_intern *t, uint32_t id)
{
    return entry_at(t, id)->plain;
}

void cb_intern_prefetch(const struct cb_intern *t, uint32_t id, bool text)
{
    const struct entry *e = entry_at(t, id);

    __builtin_prefetch(text ? (const void *)e->p : (const void *)e);
}

uint32_t cb_intern_n(const struct cb_intern *t)
{
    return atomic_load_explicit(&t->n, memory_order_acquire);
}

size_t cb_intern_bytes(const struct cb_intern *t)
{
    return atomic_load_explicit(&t->bytes, memory_order_relaxed);
}
