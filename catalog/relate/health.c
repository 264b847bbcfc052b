#include "catalog/relate/health.h"

#include "catalog/relate/snapshot_in.h"

void cb_health_read(struct cb_health_of *out, const struct cb_snapshot *s, struct cb_arena *a)
{
    const struct cb_names *names = cb_snapshot_names(s);

    *out = (struct cb_health_of){.s = s, .ref_n = cb_intern_n(names->refs)};
    out->fault = CB_NEW_N(a, uint8_t, out->ref_n + 1);
    for (size_t i = 0; s->faults && i < s->faults->n; i++) {
        const struct cb_fault *f = &s->faults->v[i];
        enum cb_health health = f->severity == names->warning ? CB_HEALTH_WARNING : CB_HEALTH_ERROR;

        if (f->ref < out->ref_n && out->fault[f->ref] < health)
            out->fault[f->ref] = health;
    }
}

enum cb_health cb_health_of(const struct cb_health_of *h, uint32_t ref)
{
    cb_doc d = cb_snapshot_where(h->s, ref);
    enum cb_health health = ref < h->ref_n ? h->fault[ref] : CB_HEALTH_OK;
    cb_str status;

    if (d.segment == CB_DOC_NONE)
        return health > CB_HEALTH_WARNING ? health : CB_HEALTH_WARNING;
    status = cb_doc_status(h->s, d);
    if (cb_str_find(status, CB_LIT("\"level\":\"error\"")) != SIZE_MAX)
        return CB_HEALTH_ERROR;
    if (health == CB_HEALTH_OK && (status.n || cb_bits_get(cb_snapshot_dangling(h->s) + h->s->word_at[d.segment], d.n)))
        return CB_HEALTH_WARNING;
    return health;
}

const char *cb_health_name(enum cb_health health)
{
    static const char *const names[] = {"ok", "warning", "error"};

    return names[health];
}
