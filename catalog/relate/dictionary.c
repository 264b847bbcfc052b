#include "catalog/relate/dictionary.h"

#include <stdlib.h>

#include "catalog/relate/place.h"

#define SLOT_FIRST 256
#define AHEAD 8       /* texts that are fetched into the cache before they are read */
#define SORT_FEW 8    /* texts that are compared rather than split by their bytes */
#define SORT_DEPTH 96 /* bytes up to which they are split */

void cb_dictionary_init(struct cb_dictionary *d, const struct cb_names *names,
                        struct cb_blobs *texts)
{
    *d = (struct cb_dictionary){.names = names, .texts = texts, .slot_n = SLOT_FIRST};
    d->slots = cb_block_new(d->slot_n * sizeof(*d->slots));
    memset(d->slots, 0, d->slot_n * sizeof(*d->slots));
}

static void drop_slots(struct cb_dictionary *d)
{
    cb_block_free(d->slots, d->slot_n * sizeof(*d->slots));
    d->slots = NULL;
    d->slot_n = 0;
}

void cb_dictionary_fini(struct cb_dictionary *d)
{
    drop_slots(d);
    cb_pile_fini(&d->entries);
    cb_pile_fini(&d->columns);
    cb_pile_fini(&d->column_of);
    cb_pile_fini(&d->rows);
    cb_buf_fini(&d->scratch);
}

/* Entities of one kind have the same keys in the same order: the column that came next last time is tried first. */
uint32_t cb_dictionary_column(struct cb_dictionary *d, cb_str key)
{
    uint32_t guess = d->columns.n ? d->columns.v[d->last_column].after : 0, id, column;

    if (guess < d->columns.n && cb_str_eq(d->columns.v[guess].text, key))
        return d->last_column = guess;
    id = cb_intern_put(d->names->keys, key);
    if (id >= d->column_of.n) {
        size_t from = d->column_of.n;

        cb_pile_reserve(&d->column_of, (size_t)id + 1);
        memset(d->column_of.v + from, 0, (id + 1 - from) * sizeof(uint32_t));
        d->column_of.n = (size_t)id + 1;
    }
    if (d->column_of.v[id] == 0) {
        cb_pile_push(&d->columns, (struct cb_dictionary_column){
                                      .key = id, .text = cb_intern_text(d->names->keys, id)});
        d->column_of.v[id] = (uint32_t)d->columns.n;
    }
    column = d->column_of.v[id] - 1;
    d->columns.v[d->last_column].after = column;
    return d->last_column = column;
}

static void slots_grow(struct cb_dictionary *d)
{
    size_t n = d->slot_n * 2, bytes = n * sizeof(*d->slots);
    typeof(d->slots) slots = cb_block_new(bytes);

    memset(slots, 0, bytes);
    for (size_t i = 0; i < d->slot_n; i++) {
        size_t k = d->slots[i].hash & (n - 1);

        if (d->slots[i].entry == 0)
            continue;
        while (slots[k].entry)
            k = (k + 1) & (n - 1);
        slots[k] = d->slots[i];
    }
    drop_slots(d);
    d->slots = slots;
    d->slot_n = n;
}

/* One row an entry and document: a key may have several rows without a value. */
static void put_row(struct cb_dictionary *d, uint32_t entry)
{
    struct cb_dictionary_entry *e = &d->entries.v[entry];

    if (e->n > 0 && e->place == d->doc)
        return;
    e->n++;
    e->place = d->doc;
    cb_pile_push(&d->rows, entry);
}

uint32_t cb_dictionary_hash(const struct cb_dictionary *d, uint32_t column, cb_str value)
{
    uint64_t wide = cb_intern_hash(d->names->keys, value) ^ column * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t hash = (uint32_t)(wide ^ wide >> 32);

    __builtin_prefetch(&d->slots[hash & (d->slot_n - 1)]);
    return hash;
}

void cb_dictionary_put(struct cb_dictionary *d, uint32_t column, cb_str value, uint32_t hash,
                       cb_str body)
{
    size_t i = hash & (d->slot_n - 1);

    for (; d->slots[i].entry; i = (i + 1) & (d->slot_n - 1)) {
        uint32_t e = d->slots[i].entry - 1;

        if (d->slots[i].hash == hash && d->entries.v[e].column == column &&
            cb_value_is(d->entries.v[e].text, value)) {
            put_row(d, e);
            return;
        }
    }
    if (value.n > CB_VALUE_BYTES_MAX) {
        cb_dictionary_put_mark(d, column, CB_MARK_BARE);
        return;
    }
    cb_pile_push(&d->entries,
                 (struct cb_dictionary_entry){.text = cb_place(d->texts, value, body, &d->scratch),
                                              .column = column});
    d->slots[i].entry = (uint32_t)d->entries.n;
    d->slots[i].hash = hash;
    put_row(d, (uint32_t)d->entries.n - 1);
    if (d->entries.n * 3 > d->slot_n * 2)
        slots_grow(d);
}

void cb_dictionary_put_mark(struct cb_dictionary *d, uint32_t column, enum cb_mark mark)
{
    uint32_t *entry = &d->columns.v[column].mark[mark];

    if (*entry == 0) {
        cb_pile_push(&d->entries, (struct cb_dictionary_entry){.text = 0, .column = column});
        *entry = (uint32_t)d->entries.n;
    }
    put_row(d, *entry - 1);
}

/* ---- sorting */

struct sortable {
    uint64_t prefix;
    uint32_t entry;
};

/* Merge sort by prefix; parts that are in order already (names, in documents by name) cost one comparison. */
static void sort_prefixes(struct sortable *v, struct sortable *work, size_t n)
{
    size_t half = n / 2, i = 0, k = half, to = 0;

    if (n < 2)
        return;
    sort_prefixes(v, work, half);
    sort_prefixes(v + half, work, n - half);
    if (v[half - 1].prefix <= v[half].prefix)
        return;
    memcpy(work, v, half * sizeof(*v));
    while (i < half && k < n)
        v[to++] = work[i].prefix <= v[k].prefix ? work[i++] : v[k++];
    memcpy(v + to, work + i, (half - i) * sizeof(*v));
}

static int by_text(const void *x, const void *y, void *dictionary)
{
    const struct sortable *a = x, *b = y;
    const struct cb_dictionary *d = dictionary;

    return cb_value_cmp_exact(d->entries.v[a->entry].text, d->entries.v[b->entry].text);
}

/*
 * By eight bytes from DEPTH on, then those that are equal there by the next eight: each text is read once a step, where
 * comparing would read it again and again. Long equal beginnings are left to comparing.
 */
static void sort(struct cb_dictionary *d, struct sortable *v, struct sortable *work, size_t n,
                 size_t depth)
{
    if (n < SORT_FEW || depth >= SORT_DEPTH) {
        if (n > 1)
            qsort_r(v, n, sizeof(*v), by_text, d);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (i + 2 * AHEAD < n)
            __builtin_prefetch(&d->entries.v[v[i + 2 * AHEAD].entry]);
        if (i + AHEAD < n)
            __builtin_prefetch(cb_value_at(d->entries.v[v[i + AHEAD].entry].text) + depth);
        v[i].prefix = cb_value_prefix(d->entries.v[v[i].entry].text, depth);
    }
    sort_prefixes(v, work, n);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && v[to].prefix == v[from].prefix; to++)
            ;
        /* A text that ended here has a 0 in its last byte: equal ones differ in case alone. */
        if (to - from > 1)
            sort(d, v + from, work, to - from, v[from].prefix & 0xff ? depth + 8 : SORT_DEPTH);
    }
}

static bool is_mark(const struct cb_dictionary *d, uint32_t entry)
{
    const struct cb_dictionary_column *c = &d->columns.v[d->entries.v[entry].column];

    return c->mark[CB_MARK_BARE] == entry + 1 || c->mark[CB_MARK_LISTED] == entry + 1;
}

struct by_key {
    uint32_t key, column;
};

static int by_key(const void *x, const void *y)
{
    const struct by_key *a = x, *b = y;

    return a->key < b->key ? -1 : a->key > b->key;
}

/* Entries of each column together: AT[column] up to AT[column + 1] of SORTED. Marks are not among them. */
static void group(struct cb_dictionary *d, struct sortable *sorted, uint32_t *at)
{
    size_t n = d->columns.n;

    memset(at, 0, (n + 1) * sizeof(*at));
    for (uint32_t e = 0; e < d->entries.n; e++)
        at[d->entries.v[e].column + 1] += d->entries.v[e].n > 0 && !is_mark(d, e);
    for (size_t c = 0; c < n; c++)
        at[c + 1] += at[c];
    for (uint32_t e = 0; e < d->entries.n; e++) {
        const struct cb_dictionary_entry *x = &d->entries.v[e];

        if (x->n > 0 && !is_mark(d, e))
            sorted[at[x->column]++] = (struct sortable){.entry = e};
    }
    for (size_t c = n; c > 0; c--)
        at[c] = at[c - 1];
    at[0] = 0;
}

/* Values of S in order, each with room for its documents; columns with first and n. */
static void lay_out(struct cb_dictionary *d, struct cb_segment *s)
{
    size_t entry_bytes = d->entries.n * sizeof(struct sortable), n = d->columns.n;
    struct sortable *sorted = cb_block_new(entry_bytes), *work;
    uint32_t *at = cb_block_new((n + 1) * sizeof(*at)), most = 0;
    struct by_key *keys = cb_block_new(n * sizeof(*keys));

    group(d, sorted, at);
    for (size_t c = 0; c < n; c++)
        most = at[c + 1] - at[c] > most ? at[c + 1] - at[c] : most;
    work = cb_block_new(most / 2 * sizeof(*work));
    for (uint32_t c = 0; c < n; c++)
        keys[c] = (struct by_key){d->columns.v[c].key, c};
    if (n > 1)
        qsort(keys, n, sizeof(*keys), by_key);
    cb_pile_reserve(&s->values, at[n]);
    cb_pile_reserve(&s->columns, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = keys[i].column;

        sort(d, sorted + at[c], work, at[c + 1] - at[c], 0);
        cb_pile_push(&s->columns, (struct cb_column){.key = keys[i].key,
                                                     .first = (uint32_t)s->values.n,
                                                     .n = at[c + 1] - at[c]});
        for (uint32_t k = at[c]; k < at[c + 1]; k++) {
            struct cb_dictionary_entry *e = &d->entries.v[sorted[k].entry];
            struct cb_value v = {e->text, cb_posting_room(&s->pools, e->n)};

            if (k > at[c])
                v.docs.same = cb_value_same(s->values.v[s->values.n - 1].text, e->text);
            e->place = (uint32_t)s->values.n;
            e->n = 0; /* counts again while documents are filled in */
            cb_pile_push(&s->values, v);
        }
    }
    cb_block_free(keys, n * sizeof(*keys));
    cb_block_free(at, (n + 1) * sizeof(*at));
    cb_block_free(work, most / 2 * sizeof(*work));
    cb_block_free(sorted, entry_bytes);
}

static void fill(struct cb_dictionary *d, struct cb_segment *s, const uint32_t *order,
                 const uint32_t *row_at, uint32_t *mark_docs)
{
    for (uint32_t doc = 0; doc < s->doc_n; doc++)
        for (uint32_t r = row_at[order[doc]]; r < row_at[order[doc] + 1]; r++) {
            struct cb_dictionary_entry *e = &d->entries.v[d->rows.v[r]];

            if (is_mark(d, d->rows.v[r]))
                mark_docs[e->place + e->n++] = doc;
            else
                cb_posting_fill(&s->pools, &s->values.v[e->place].docs, e->n++, doc);
        }
}

/* Rows of dropped documents do not count. */
static void recount(struct cb_dictionary *d, const struct cb_segment *s, const uint32_t *order,
                    const uint32_t *row_at)
{
    for (size_t e = 0; e < d->entries.n; e++)
        d->entries.v[e].n = 0;
    for (uint32_t doc = 0; doc < s->doc_n; doc++)
        for (uint32_t r = row_at[order[doc]]; r < row_at[order[doc] + 1]; r++)
            d->entries.v[d->rows.v[r]].n++;
}

/* Places for the documents of marks, one after the other; how many there are in all. */
static size_t place_marks(struct cb_dictionary *d)
{
    size_t n = 0;

    for (size_t c = 0; c < d->columns.n; c++)
        for (int m = 0; m < CB_MARK_N; m++)
            if (d->columns.v[c].mark[m]) {
                struct cb_dictionary_entry *e = &d->entries.v[d->columns.v[c].mark[m] - 1];

                e->place = (uint32_t)n;
                n += e->n;
                e->n = 0;
            }
    return n;
}

static bool mark_bits(const struct cb_dictionary *d, const struct cb_dictionary_column *c,
                      enum cb_mark mark, const uint32_t *mark_docs, uint64_t *w, uint32_t word_n)
{
    const struct cb_dictionary_entry *e;

    if (!c->mark[mark])
        return false;
    e = &d->entries.v[c->mark[mark] - 1];
    memset(w, 0, word_n * sizeof(*w));
    for (uint32_t i = 0; i < e->n; i++)
        cb_bits_set(w, mark_docs[e->place + i]);
    return e->n > 0;
}

void cb_dictionary_close_column(struct cb_segment *s, struct cb_column *c, const uint64_t *bare,
                                uint64_t *work)
{
    size_t rows = 0;

    if (c->n == 1) {
        c->valued = s->values.v[c->first].docs;
    } else if (c->n > 1) {
        memset(work, 0, s->pools.word_n * sizeof(*work));
        for (uint32_t i = c->first; i < c->first + c->n; i++) {
            cb_posting_or(&s->pools, s->values.v[i].docs, work);
            rows += s->values.v[i].docs.n;
        }
        c->valued = cb_posting_from_bits(&s->pools, work);
        c->multi = rows > c->valued.n;
    }
    c->any = c->valued;
    if (!bare)
        return;
    memcpy(work, bare, s->pools.word_n * sizeof(*work));
    cb_posting_or(&s->pools, c->valued, work);
    c->any = cb_posting_from_bits(&s->pools, work);
}

static void close_columns(struct cb_dictionary *d, struct cb_segment *s, const uint32_t *mark_docs)
{
    size_t bytes = s->pools.word_n * sizeof(uint64_t);
    uint64_t *bare = cb_block_new(bytes), *work = cb_block_new(bytes);
    size_t kept = 0;

    for (size_t i = 0; i < s->columns.n; i++) {
        struct cb_column *c = &s->columns.v[i];
        const struct cb_dictionary_column *from = &d->columns.v[d->column_of.v[c->key] - 1];

        bool some = mark_bits(d, from, CB_MARK_BARE, mark_docs, bare, s->pools.word_n);

        cb_dictionary_close_column(s, c, some ? bare : NULL, work);
        if (mark_bits(d, from, CB_MARK_LISTED, mark_docs, bare, s->pools.word_n))
            c->listed = cb_posting_from_bits(&s->pools, bare);
        if (c->any.n > 0)
            s->columns.v[kept++] = *c;
    }
    s->columns.n = kept;
    cb_block_free(work, bytes);
    cb_block_free(bare, bytes);
}

void cb_dictionary_finish(struct cb_dictionary *d, struct cb_segment *s, const uint32_t *order,
                          const uint32_t *row_at)
{
    uint32_t *mark_docs;
    size_t mark_n;

    drop_slots(d);
    cb_pools_init(&s->pools, s->doc_n);
    recount(d, s, order, row_at);
    lay_out(d, s);
    mark_n = place_marks(d);
    mark_docs = cb_block_new(mark_n * sizeof(*mark_docs));
    fill(d, s, order, row_at, mark_docs);
    close_columns(d, s, mark_docs);
    cb_block_free(mark_docs, mark_n * sizeof(*mark_docs));
    cb_pile_fit(&s->columns);
    cb_pile_fit(&s->values);
    cb_pile_fit(&s->pools.few);
    cb_pile_fit(&s->pools.many);
}
