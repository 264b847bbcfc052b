#include "catalog/relate/fault.h"

#include <stdlib.h>

static bool is_touched(const struct cb_fault_news *news, int64_t source)
{
    for (size_t i = 0; i < news->sources.n; i++)
        if (news->sources.v[i] == source)
            return true;
    return news->whole;
}

struct cb_faults *cb_faults_new(const struct cb_faults *old, const struct cb_fault_news *news)
{
    size_t most = (old ? old->n : 0) + news->all.n;
    struct cb_faults *f = malloc(sizeof(*f) + most * sizeof(f->v[0]));
    int64_t source = 0;
    bool touched = false;

    if (!f)
        abort();
    atomic_init(&f->refs, 1);
    f->n = 0;
    for (size_t i = 0; old && i < old->n; i++) {
        if (i == 0 || old->v[i].source != source) { /* a source's rows lie together */
            source = old->v[i].source;
            touched = is_touched(news, source);
        }
        if (!touched)
            f->v[f->n++] = old->v[i];
    }
    if (news->all.n)
        memcpy(f->v + f->n, news->all.v, news->all.n * sizeof(f->v[0]));
    f->n += news->all.n;
    return f;
}

struct cb_faults *cb_faults_ref(struct cb_faults *f)
{
    if (f)
        atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void cb_faults_unref(struct cb_faults *f)
{
    if (f && atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1)
        free(f);
}

void cb_fault_news_fini(struct cb_fault_news *news)
{
    cb_pile_fini(&news->sources);
    cb_pile_fini(&news->all);
}
