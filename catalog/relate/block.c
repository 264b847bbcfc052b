#include "catalog/relate/block.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (bytes + page - 1) / page * page;
}

void *cb_block_new(size_t bytes)
{
    void *p;

    if (bytes == 0)
        return NULL;
    if (bytes < CB_BLOCK_MAP) {
        if (!(p = malloc(bytes)))
            abort();
        return p;
    }
    p = mmap(NULL, pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

void cb_block_free(void *p, size_t bytes)
{
    if (!p)
        return;
    if (bytes < CB_BLOCK_MAP)
        free(p);
    else
        munmap(p, pages(bytes));
}

void *cb_block_resize(void *p, size_t from, size_t to)
{
    void *q;

    if (from == to)
        return p;
    if (from >= CB_BLOCK_MAP && to >= CB_BLOCK_MAP) {
        q = mremap(p, pages(from), pages(to), MREMAP_MAYMOVE);
        if (q == MAP_FAILED)
            abort();
        return q;
    }
    if (from > 0 && to > 0 && from < CB_BLOCK_MAP && to < CB_BLOCK_MAP) {
        if (!(q = realloc(p, to)))
            abort();
        return q;
    }
    q = cb_block_new(to);
    if (p && q)
        memcpy(q, p, from < to ? from : to);
    cb_block_free(p, from);
    return q;
}

void *cb_pile_grow(void *v, size_t *cap, size_t want, size_t size)
{
    size_t next = *cap < 16 ? 16 : *cap + *cap / 2;

    if (next < want)
        next = want;
    if (next > SIZE_MAX / size / 2)
        abort();
    v = cb_block_resize(v, *cap * size, next * size);
    *cap = next;
    return v;
}

struct cb_blob *cb_blob_new(size_t cap)
{
    struct cb_blob *b = malloc(sizeof(*b));

    if (!b)
        abort();
    *b = (struct cb_blob){.n = 0, .cap = cap, .p = cb_block_new(cap)};
    atomic_init(&b->refs, 1);
    return b;
}

struct cb_blob *cb_blob_ref(struct cb_blob *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void cb_blob_unref(struct cb_blob *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    cb_block_free(b->p, b->cap);
    free(b);
}

void cb_blob_fit(struct cb_blob *b)
{
    size_t keep = pages(b->n < CB_BLOCK_MAP ? CB_BLOCK_MAP : b->n);

    /* Only mappings shrink in place; of a small block the rest is little. */
    if (b->cap < CB_BLOCK_MAP || keep >= b->cap)
        return;
    if (munmap(b->p + keep, pages(b->cap) - keep) == 0)
        b->cap = keep;
}

char *cb_blobs_room(struct cb_blobs *b, size_t n)
{
    char *at;

    if (!b->open || b->open->cap - b->open->n < n) {
        size_t chunk = b->chunk ? b->chunk : CB_BLOB_MIN;
        struct cb_blob *blob = cb_blob_new(n > chunk / 2 ? n : chunk);

        cb_pile_push(&b->all, blob);
        if (n <= chunk / 2 || !b->open) {
            b->open = blob;
            b->chunk = chunk * 2 > CB_BLOB_MAX ? CB_BLOB_MAX : chunk * 2;
        }
        at = blob->p;
        blob->n = n;
        return at;
    }
    at = b->open->p + b->open->n;
    b->open->n += n;
    return at;
}

const char *cb_blobs_put(struct cb_blobs *b, cb_str s)
{
    char *to = cb_blobs_room(b, s.n ? s.n : 1);

    if (s.n > 0)
        memcpy(to, s.p, s.n);
    return to;
}
