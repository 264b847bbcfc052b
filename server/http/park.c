#include "server/http/loop.h"

void cb_park_put(struct cb_exchange *x, enum cb_park list, int64_t due_us)
{
    struct cb_parked *p = &x->loop->parked[list];

    x->parked = list;
    x->park_due_us = due_us;
    x->park_next = NULL;
    x->park_prev = p->last;
    if (p->last)
        p->last->park_next = x;
    else
        p->first = x;
    p->last = x;
    atomic_fetch_add(&x->loop->park_n, 1);
    if (list == CB_PARK_REQUEST)
        atomic_fetch_add(&x->loop->srv->waiting_n, 1);
}

void cb_park_take(struct cb_exchange *x)
{
    struct cb_parked *p = &x->loop->parked[x->parked];

    if (x->parked == CB_PARK_NOT)
        return;
    if (x->park_prev)
        x->park_prev->park_next = x->park_next;
    else
        p->first = x->park_next;
    if (x->park_next)
        x->park_next->park_prev = x->park_prev;
    else
        p->last = x->park_prev;
    atomic_fetch_sub(&x->loop->park_n, 1);
    if (x->parked == CB_PARK_REQUEST)
        atomic_fetch_sub(&x->loop->srv->waiting_n, 1);
    x->parked = CB_PARK_NOT;
}

void cb_park_news(struct cb_server *srv)
{
    atomic_fetch_add(&srv->news_n, 1);
    for (unsigned i = 0; i < srv->loop_n; i++) {
        struct cb_loop *loop = &srv->loops[i];

        if (atomic_load(&loop->park_n) && !atomic_exchange(&loop->news_sent, true))
            cb_loop_post(loop, &loop->news);
    }
}

static void make_ready(struct cb_exchange *x)
{
    cb_park_take(x);
    cb_park_put(x, CB_PARK_READY, 0);
}

void cb_park_wake(struct cb_loop *loop)
{
    int64_t served = atomic_load(&loop->srv->generation);
    struct cb_exchange *x, *next;

    for (x = loop->parked[CB_PARK_REQUEST].first; x; x = next) {
        next = x->park_next;
        if (x->rp.park <= served)
            make_ready(x);
    }
    while ((x = loop->parked[CB_PARK_STREAM].first))
        make_ready(x);
}

void cb_park_end(struct cb_loop *loop)
{
    struct cb_exchange *x;

    for (int list = CB_PARK_REQUEST; list < CB_PARK_READY; list++)
        while ((x = loop->parked[list].first))
            make_ready(x);
}

void cb_park_turn(struct cb_loop *loop, int64_t now_us)
{
    struct cb_exchange *x;

    for (int list = CB_PARK_REQUEST; list < CB_PARK_READY; list++)
        while ((x = loop->parked[list].first) && x->park_due_us <= now_us) {
            x->rq.waited = list == CB_PARK_REQUEST;
            make_ready(x);
        }
    while ((x = loop->parked[CB_PARK_OUTSIDE].first) && x->park_due_us <= now_us) {
        cb_park_take(x);
        cb_exchange_look(x, now_us);
    }
    for (int i = 0; i < CB_PARK_BATCH && (x = loop->parked[CB_PARK_READY].first); i++) {
        cb_park_take(x);
        cb_exchange_wake(x);
    }
}

int64_t cb_park_due(const struct cb_loop *loop)
{
    int64_t due_us = INT64_MAX;

    if (loop->parked[CB_PARK_READY].first)
        return 0;
    for (int list = CB_PARK_REQUEST; list < CB_PARK_N; list++)
        if (loop->parked[list].first && loop->parked[list].first->park_due_us < due_us)
            due_us = loop->parked[list].first->park_due_us;
    return due_us;
}
