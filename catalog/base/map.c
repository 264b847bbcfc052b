#include "catalog/base/map.h"

#include <stdlib.h>

#include "catalog/base/hash.h"
#include "catalog/base/vec.h"

#define SMALL_N 8 /* up to here a walk over the slots is faster than an index */

static bool is_gone(const struct cb_map_slot *slot)
{
    return !slot->key.p && slot->key.n == 1;
}

void cb_map_fini(struct cb_map *m)
{
    free(m->slots);
    free(m->index);
    *m = CB_MAP_INIT;
}

/* Where KEY is in the slots, or SIZE_MAX; *AT is then the free place of the index it would take. */
static size_t find(const struct cb_map *m, cb_str key, size_t *at)
{
    size_t i;

    if (m->index_cap == 0) {
        for (i = 0; i < m->slot_n; i++)
            if (!is_gone(&m->slots[i]) && cb_str_eq(m->slots[i].key, key))
                return i;
        return SIZE_MAX;
    }
    for (i = cb_hash(key) & (m->index_cap - 1); m->index[i] != 0;
         i = (i + 1) & (m->index_cap - 1)) {
        const struct cb_map_slot *slot = &m->slots[m->index[i] - 1];

        if (!is_gone(slot) && cb_str_eq(slot->key, key))
            return m->index[i] - 1;
    }
    if (at)
        *at = i;
    return SIZE_MAX;
}

/* Close the gaps that deletions left, then build the index over twice the slots that will be. */
static void rebuild(struct cb_map *m)
{
    size_t n = 0, cap = 32;

    for (size_t i = 0; i < m->slot_n; i++)
        if (!is_gone(&m->slots[i]))
            m->slots[n++] = m->slots[i];
    m->slot_n = n;
    while (cap < (n + 1) * 3)
        cap *= 2;
    if (cap > UINT32_MAX / 2)
        abort();
    if (cap != m->index_cap) {
        free(m->index);
        m->index = malloc(cap * sizeof(m->index[0]));
        if (!m->index)
            abort();
        m->index_cap = cap;
    }
    memset(m->index, 0, cap * sizeof(m->index[0]));
    for (size_t i = 0; i < n; i++) {
        size_t at = cb_hash(m->slots[i].key) & (cap - 1);

        while (m->index[at] != 0)
            at = (at + 1) & (cap - 1);
        m->index[at] = (uint32_t)i + 1;
    }
}

union cb_map_value *cb_map_put(struct cb_map *m, cb_str key, bool *made)
{
    size_t at = 0, i = find(m, key, &at);

    if (made)
        *made = i == SIZE_MAX;
    if (i != SIZE_MAX)
        return &m->slots[i].value;
    if (m->index_cap == 0 ? m->slot_n >= SMALL_N : (m->slot_n + 1) * 3 > m->index_cap * 2) {
        rebuild(m);
        find(m, key, &at);
    }
    if (m->slot_n == m->slot_cap)
        m->slots = cb_vec_grow(m->slots, &m->slot_cap, m->slot_n + 1, sizeof(m->slots[0]));
    m->slots[m->slot_n] = (struct cb_map_slot){.key = key};
    if (m->index_cap > 0)
        m->index[at] = (uint32_t)m->slot_n + 1;
    m->n++;
    return &m->slots[m->slot_n++].value;
}

union cb_map_value *cb_map_get(const struct cb_map *m, cb_str key)
{
    size_t i = find(m, key, NULL);

    return i == SIZE_MAX ? NULL : &m->slots[i].value;
}

bool cb_map_del(struct cb_map *m, cb_str key)
{
    size_t i = find(m, key, NULL);

    if (i == SIZE_MAX)
        return false;
    m->slots[i].key = (cb_str){NULL, 1};
    m->n--;
    return true;
}

struct cb_map_slot *cb_map_next(const struct cb_map *m, size_t *i)
{
    while (*i < m->slot_n && is_gone(&m->slots[*i]))
        ++*i;
    return *i < m->slot_n ? &m->slots[(*i)++] : NULL;
}
