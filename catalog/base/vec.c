#include "catalog/base/vec.h"

#define FIRST_N 8 /* elements of an array's first block */

void *cb_vec_grow(void *v, size_t *cap, size_t want, size_t size)
{
    size_t n = *cap ? *cap : FIRST_N, bytes;

    while (n < want) {
        if (n > SIZE_MAX / 2)
            abort();
        n *= 2;
    }
    if (__builtin_mul_overflow(n, size, &bytes))
        abort();
    v = realloc(v, bytes);
    if (!v)
        abort();
    *cap = n;
    return v;
}
