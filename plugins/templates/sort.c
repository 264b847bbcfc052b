/* Binary insertion in short rows, merged: for a consistent comparison the order is the only stable one. */
#include "plugins/templates/sort.h"

#include <string.h>

size_t tpl_sort_undefined(struct tpl_value *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (v[i].type != TPL_UNDEFINED)
            v[kept++] = v[i];
    for (size_t i = kept; i < n; i++)
        v[i] = (struct tpl_value){.type = TPL_UNDEFINED};
    return kept;
}

static void insert(struct tpl_run *r, struct tpl_value *v, size_t n, size_t sorted, tpl_order *order, void *ctx)
{
    for (size_t i = sorted; i < n; i++) {
        struct tpl_value it = v[i];
        size_t low = 0, high = i;

        while (low < high) {
            size_t middle = low + (high - low) / 2;

            tpl_work(r->h, 1);
            if (order(&it, &v[middle], ctx) < 0)
                high = middle;
            else
                low = middle + 1;
        }
        memmove(&v[low + 1], &v[low], (i - low) * sizeof(*v));
        v[low] = it;
    }
}

/* How long the row at the beginning is that is sorted already; one that falls strictly is turned round. */
static size_t run_of(struct tpl_run *r, struct tpl_value *v, size_t n, tpl_order *order, void *ctx)
{
    size_t to = 2;
    bool falls;

    if (n < 2)
        return n;
    tpl_work(r->h, 1);
    falls = order(&v[1], &v[0], ctx) < 0;
    for (; to < n; to++) {
        tpl_work(r->h, 1);
        if ((order(&v[to], &v[to - 1], ctx) < 0) != falls)
            break;
    }
    if (falls)
        for (size_t i = 0; i < to / 2; i++) {
            struct tpl_value it = v[i];

            v[i] = v[to - 1 - i];
            v[to - 1 - i] = it;
        }
    return to;
}

void tpl_sort(struct tpl_run *r, struct tpl_value *v, size_t n, tpl_order *order, void *ctx)
{
    struct tpl_value *half;
    size_t middle = n / 2, i = 0, k = middle, at = 0;

    if (n < 2)
        return;
    if (n <= 32) {
        insert(r, v, n, run_of(r, v, n, order, ctx), order, ctx);
        return;
    }
    tpl_sort(r, v, middle, order, ctx);
    tpl_sort(r, v + middle, n - middle, order, ctx);
    half = TPL_NEW_N(r->h, struct tpl_value, middle);
    memcpy(half, v, middle * sizeof(*v));
    while (i < middle && k < n) {
        tpl_work(r->h, 1);
        v[at++] = order(&v[k], &half[i], ctx) < 0 ? v[k++] : half[i++];
    }
    memcpy(&v[at], &half[i], (middle - i) * sizeof(*v));
}
