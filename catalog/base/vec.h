/*
 * vec.h - a typed array on the heap that grows.
 *
 *   CB_VEC(struct cb_edge) edges = {0};
 *   cb_vec_push(&edges, edge);
 *   for (size_t i = 0; i < edges.n; i++) use(&edges.v[i]);
 *   cb_vec_fini(&edges);
 *
 * Errors    none: out of memory aborts
 */
#ifndef CB_BASE_VEC_H
#define CB_BASE_VEC_H

#include <stdlib.h>

#include "catalog/base/str.h"

#define CB_VEC(type)                                                                               \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }

/* Make room for WANT elements of SIZE bytes: the one out-of-line part. */
void *cb_vec_grow(void *v, size_t *cap, size_t want, size_t size);

#define cb_vec_reserve(vec, want)                                                                  \
    ((want) <= (vec)->cap                                                                          \
         ? (void)0                                                                                 \
         : (void)((vec)->v = cb_vec_grow((vec)->v, &(vec)->cap, (want), sizeof(*(vec)->v))))
#define cb_vec_push(vec, ...)                                                                      \
    (cb_vec_reserve((vec), (vec)->n + 1), (void)((vec)->v[(vec)->n++] = (__VA_ARGS__)))
#define cb_vec_fini(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)
#define cb_vec_clear(vec) ((void)((vec)->n = 0))

#endif
