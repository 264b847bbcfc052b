#include "catalog/search/text.h"

#include "catalog/search/column.h"

#define AHEAD 8 /* values whose text is brought into the cache before it is looked at */

/* Nobody left in MATCH has the value: no need to look at its text. */
static bool unwanted(const struct cb_view *v, uint32_t i, const uint64_t *match)
{
    return v->v[i].docs.n == 1 && !cb_bits_get(match, v->v[i].docs.at);
}

void cb_text_restrict(uint64_t *match, const struct cb_snapshot *s, cb_str term,
                      const cb_str *fields, size_t field_n, struct cb_arena *a)
{
    uint64_t *found = CB_NEW_N(a, uint64_t, s->word_n + 1);
    struct cb_buf scratch = CB_BUF_INIT;
    struct cb_needle needle;
    struct cb_view v;

    term = cb_arena_lower(a, cb_str_trim(term));
    if (term.n == 0)
        return;
    cb_needle_init(&needle, term);
    for (size_t f = 0; f < field_n; f++) {
        cb_str key = cb_arena_lower(a, fields[f]);

        for (uint32_t p = 0; p < s->part_n; p++) {
            const uint64_t *own = match + s->word_at[p];

            if (!s->parts[p].segment || !cb_column_view(&v, s, p, key, a))
                continue;
            for (uint32_t i = 0; i < v.n; i++) {
                if (i + AHEAD < v.n)
                    __builtin_prefetch(cb_value_at(v.v[i + AHEAD].text));
                if (!unwanted(&v, i, own) && cb_value_contains(v.v[i].text, &needle, &scratch))
                    cb_posting_or(v.pools, v.v[i].docs, found + s->word_at[p]);
            }
        }
    }
    cb_bits_and(match, found, s->word_n);
    cb_buf_fini(&scratch);
}
