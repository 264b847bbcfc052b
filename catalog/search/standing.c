#include "catalog/search/standing.h"

#include <string.h>

#include "catalog/relate/snapshot_in.h"
#include "catalog/search/column.h"

/* The worst first; each has one of them. */
static const cb_str words[] = {CB_LIT("error"), CB_LIT("warning"), CB_LIT("orphan"), CB_LIT("problems"), CB_LIT("well")};

struct cb_standing {
    struct cb_arena *a;
    const struct cb_snapshot *s;
    struct cb_view views[CB_PART_MAX];
    bool made[CB_PART_MAX];
};

struct cb_standing *cb_standing_new(struct cb_arena *a)
{
    struct cb_standing *st = CB_NEW(a, struct cb_standing);

    st->a = a;
    return st;
}

static bool has(const struct cb_view *v, cb_str word, cb_doc d)
{
    uint32_t at = cb_view_at(v, word);

    return at < v->n && cb_value_cmp_str(v->v[at].text, word) == 0 && cb_posting_has(v->pools, v->v[at].docs, d.n);
}

cb_str cb_standing_of(struct cb_standing *st, const struct cb_snapshot *s, cb_doc d)
{
    size_t i = 0;

    if (st->s != s)
        memset(st->made, 0, sizeof(st->made));
    st->s = s;
    if (!st->made[d.segment])
        cb_column_view(&st->views[d.segment], s, d.segment, CB_LIT("health"), st->a);
    st->made[d.segment] = true;
    while (i + 1 < CB_COUNT(words) && !has(&st->views[d.segment], words[i], d))
        i++;
    return words[i];
}
