/*
 * block.h - memory that lives as long as a segment: exact sizes, big ones straight from the kernel, so that
 * what a dead segment held goes back at once and the heap does not fragment.
 *
 *   CB_PILE(uint32_t) pile = {0};      an array that grows without being copied (mremap)
 *   cb_pile_push(&pile, 7); cb_pile_fit(&pile); cb_pile_fini(&pile);
 *
 * Errors    none: out of memory aborts
 * Threads   a block, a pile: one thread at a time; a blob's count: any
 */
#ifndef CB_RELATE_BLOCK_H
#define CB_RELATE_BLOCK_H

#include <stdatomic.h>

#include "catalog/base/str.h"

#define CB_BLOCK_MAP ((size_t)256 * 1024) /* bytes from which a block is a mapping of its own */

/* Uninitialised. The size is the caller's to remember; 0 bytes give NULL. */
void *cb_block_new(size_t bytes);
void *cb_block_resize(void *p, size_t from, size_t to);
void cb_block_free(void *p, size_t bytes); /* accepts NULL */

#define CB_PILE(type)                                                                              \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }

void *cb_pile_grow(void *v, size_t *cap, size_t want, size_t size);

#define cb_pile_reserve(pile, want)                                                                \
    ((want) <= (pile)->cap                                                                         \
         ? (void)0                                                                                 \
         : (void)((pile)->v = cb_pile_grow((pile)->v, &(pile)->cap, (want), sizeof(*(pile)->v))))
#define cb_pile_push(pile, ...)                                                                    \
    (cb_pile_reserve((pile), (pile)->n + 1), (void)((pile)->v[(pile)->n++] = (__VA_ARGS__)))
#define cb_pile_fit(pile)                                                                          \
    ((pile)->v = cb_block_resize((pile)->v, (pile)->cap * sizeof(*(pile)->v),                      \
                                 (pile)->n * sizeof(*(pile)->v)),                                  \
     (pile)->cap = (pile)->n)
#define cb_pile_fini(pile)                                                                         \
    (cb_block_free((pile)->v, (pile)->cap * sizeof(*(pile)->v)), (pile)->v = NULL,                 \
     (pile)->n = (pile)->cap = 0)

/* Bytes that several segments may point into: bodies of entities, texts of values. */
struct cb_blob {
    atomic_size_t refs;
    size_t n, cap;
    char *p;
};

struct cb_blob *cb_blob_new(size_t cap);
struct cb_blob *cb_blob_ref(struct cb_blob *b);
void cb_blob_unref(struct cb_blob *b);
/* Give back what is behind n; texts stay where they are. */
void cb_blob_fit(struct cb_blob *b);

/* A row of blobs that is written at its end. */
struct cb_blobs {
    CB_PILE(struct cb_blob *) all;
    struct cb_blob *open; /* the last one, while there may be room */
    size_t chunk;         /* bytes of the next one: doubles up to CB_BLOB_MAX */
};

#define CB_BLOB_MIN ((size_t)4 * 1024)
#define CB_BLOB_MAX ((size_t)4 * 1024 * 1024)

/* A copy of S that never moves. */
const char *cb_blobs_put(struct cb_blobs *b, cb_str s);
/* Room for N bytes that the caller fills. */
char *cb_blobs_room(struct cb_blobs *b, size_t n);

#endif
