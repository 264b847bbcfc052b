#include "catalog/relate/near.h"

#include "catalog/relate/snapshot_in.h"

#define BEGINS (CB_NEAR_SLIP_MAX + 1) /* as a distance: one name begins with the other */
#define FAR UINT32_MAX

/* A registered name: which bytes are in it says soon that it is another one. */
struct entry {
    cb_str id;
    uint64_t bytes; /* of the name: a bit for each byte modulo 64 */
    uint32_t name_at;
};

struct cb_near {
    struct entry *v;
    size_t n;
};

/* One that was found, and how far it is. */
struct found {
    cb_str id;
    uint32_t distance;
    bool other_space;
};

static uint32_t name_at(cb_str id)
{
    size_t at = cb_str_find_char(id, '/', 0);

    return at == SIZE_MAX ? 0 : (uint32_t)at + 1;
}

static cb_str name_of(cb_str id, uint32_t at)
{
    return cb_str_sub(id, at, id.n);
}

static uint64_t bytes_of(cb_str name)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < name.n; i++)
        bytes |= UINT64_C(1) << (name.p[i] & 63);
    return bytes;
}

struct cb_near *cb_near_new(const struct cb_snapshot *s, struct cb_arena *a)
{
    struct cb_near *near = CB_NEW(a, struct cb_near);

    near->v = CB_NEW_N(a, struct entry, s->doc_n + 1);
    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_part *part = &s->parts[p];

        for (uint32_t d = 0; part->segment && d < part->segment->doc_n; d++) {
            struct entry e;

            if (!cb_bits_get(part->live->w, d))
                continue;
            e.id = cb_segment_id(part->segment, d);
            e.name_at = name_at(e.id);
            e.bytes = bytes_of(name_of(e.id, e.name_at));
            near->v[near->n++] = e;
        }
    }
    return near;
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t cb_near_slips(cb_str a, cb_str b, uint32_t max)
{
    uint32_t rows[3][CB_NEAR_NAME_MAX + 1];

    if (a.n > CB_NEAR_NAME_MAX || b.n > CB_NEAR_NAME_MAX || a.n > b.n + max || b.n > a.n + max)
        return max + 1;
    /* What both begin or end with costs nothing, and most names of a company begin alike. */
    while (a.n && b.n && a.p[0] == b.p[0]) {
        a = cb_str_sub(a, 1, a.n);
        b = cb_str_sub(b, 1, b.n);
    }
    while (a.n && b.n && a.p[a.n - 1] == b.p[b.n - 1]) {
        a.n--;
        b.n--;
    }
    for (uint32_t k = 0; k <= b.n; k++)
        rows[0][k] = k;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
        uint32_t least = row[0] = i;

        for (uint32_t k = 1; k <= b.n; k++) {
            row[k] = least_of(least_of(row[k - 1], above[k]) + 1,
                              above[k - 1] + (a.p[i - 1] != b.p[k - 1]));
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
                row[k] = least_of(row[k], over[k - 2] + 1);
            least = least_of(least, row[k]);
        }
        /* A change of places reaches two rows back, by one slip more: it cannot come below this any more. */
        if (least > max)
            return max + 1;
    }
    return least_of(rows[a.n % 3][b.n], max + 1);
}

static bool begins(cb_str longer, cb_str shorter)
{
    return shorter.n > 0 && longer.n > shorter.n && strchr("-_.", longer.p[shorter.n]) &&
           cb_str_starts(longer, shorter);
}

static uint32_t distance_of(const struct entry *e, cb_str id, uint32_t at, uint64_t bytes,
                            uint32_t max)
{
    cb_str name = name_of(id, at), other = name_of(e->id, e->name_at);
    size_t kind_n = cb_str_find_char(id, ':', 0);
    uint32_t slips;

    if (cb_str_eq(name, other))
        return 0;
    if (kind_n == SIZE_MAX || e->id.n <= kind_n || memcmp(e->id.p, id.p, kind_n + 1) != 0)
        return FAR;
    /* A slip brings one byte at most, and takes one: more that differ are more slips. */
    if (max && (uint32_t)__builtin_popcountll(bytes & ~e->bytes) <= max &&
        (uint32_t)__builtin_popcountll(e->bytes & ~bytes) <= max &&
        (slips = cb_near_slips(name, other, max)) <= max)
        return slips;
    return begins(name, other) || begins(other, name) ? BEGINS : FAR;
}

static bool before(const struct found *a, const struct found *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (a->other_space != b->other_space)
        return b->other_space;
    return cb_str_cmp(a->id, b->id) < 0;
}

size_t cb_near_find(cb_str out[CB_NEAR_MOST], const struct cb_near *near, cb_str id)
{
    uint32_t at = name_at(id);
    cb_str name = name_of(id, at);
    uint64_t bytes = bytes_of(name);
    uint32_t max = name.n > CB_NEAR_NAME_MAX ? 0 : name.n <= 4 ? 1 : name.n <= 8 ? 2 : CB_NEAR_SLIP_MAX;
    size_t space = cb_str_find_char(id, ':', 0) + 1, n = 0;
    struct found best[CB_NEAR_MOST + 1];

    for (size_t i = 0; i < near->n; i++) {
        const struct entry *e = &near->v[i];
        struct found f = {.id = e->id, .distance = distance_of(e, id, at, bytes, max)};
        size_t k, begin;

        if (f.distance == FAR || cb_str_eq(e->id, id))
            continue;
        begin = cb_str_find_char(e->id, ':', 0) + 1;
        f.other_space = !cb_str_eq(cb_str_sub(id, space, at), cb_str_sub(e->id, begin, e->name_at));
        for (k = n; k > 0 && before(&f, &best[k - 1]); k--)
            best[k] = best[k - 1];
        best[k] = f;
        n += n < CB_NEAR_MOST;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = best[i].id;
    return n;
}
