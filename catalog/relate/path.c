/*
 * How far each ref is from the end is found first, breadth first against the direction of the relations. Then ways of the
 * least length are looked for depth first, then of one more, and so on; a step is taken only where what is left of the
 * length suffices, so that no way of the least length is ever given up half-way.
 */
#include "catalog/relate/path.h"

#include "catalog/relate/link.h"

struct step {
    uint32_t *refs; /* where to go from here, by text */
    uint8_t *types;
    size_t n, at;
};

struct search {
    const struct cb_snapshot *s;
    const struct cb_reach *left; /* distances from the end */
    uint32_t to;
    uint64_t types;
    uint64_t *on_way;
    struct step steps[CB_PATH_LENGTH_MAX + 1];
    struct cb_path way;
    size_t step_n, most;
    const struct cb_stop *stop;
    struct cb_paths *out;
};

/* Who can follow REF on a way with LEFT relations still to go. */
static void list_steps(struct search *k, struct step *st, uint32_t ref, uint32_t left,
                       struct cb_arena *a)
{
    struct cb_link_run run;
    CB_PILE(uint32_t) next = {0};
    size_t unique = 0;

    for (cb_link_start(&run, k->s, ref, k->types); cb_link_next(&run);) {
        k->step_n++;
        if (!cb_bits_get(k->left->seen, run.ref) ||
            cb_snapshot_where(k->s, run.ref).segment == CB_DOC_NONE ||
            k->left->hop[run.ref] > left - 1 || cb_bits_get(k->on_way, run.ref) ||
            (run.ref == k->to && left != 1))
            continue;
        cb_pile_push(&next, run.ref);
    }
    cb_refs_sort(k->s, next.v, next.n, a);
    for (size_t i = 0; i < next.n; i++)
        if (i == 0 || next.v[i] != next.v[i - 1])
            next.v[unique++] = next.v[i];
    *st = (struct step){.refs = cb_arena_alloc(a, unique * sizeof(uint32_t)), .n = unique};
    if (unique)
        memcpy(st->refs, next.v, unique * sizeof(uint32_t));
    cb_pile_fini(&next);
}

static uint8_t type_between(const struct search *k, uint32_t from, uint32_t to)
{
    struct cb_link_run run;
    uint8_t least = UINT8_MAX;

    for (cb_link_start(&run, k->s, from, k->types); cb_link_next(&run);)
        if (run.ref == to && run.type < least)
            least = run.type;
    return least;
}

static void take(struct search *k, uint32_t length)
{
    k->way.n = length;
    for (uint32_t i = 0; i < length; i++)
        k->way.types[i] = type_between(k, k->way.refs[i], k->way.refs[i + 1]);
    k->out->v[k->out->n++] = k->way;
}

/* All ways of LENGTH, until there are enough. */
static enum cb_code look(struct search *k, uint32_t length, struct cb_err *err)
{
    struct cb_arena *scratch = cb_arena_new();
    enum cb_code rc = CB_OK;
    uint32_t depth = 0;

    list_steps(k, &k->steps[0], k->way.refs[0], length, scratch);
    while (k->out->n < k->most && k->step_n < CB_PATH_STEP_MAX) {
        struct step *st = &k->steps[depth];

        if (st->at == st->n) { /* back by one */
            if (depth == 0)
                break;
            cb_bits_clear(k->on_way, k->way.refs[depth--]);
            continue;
        }
        if (cb_stop_now(k->stop)) {
            rc = cb_fail(err, CB_ETIMEOUT,
                         "the deadline passed while ways of %u relations were looked for", length);
            break;
        }
        k->way.refs[depth + 1] = st->refs[st->at++];
        if (depth + 1 == length) {
            take(k, length);
            continue;
        }
        depth++;
        cb_bits_set(k->on_way, k->way.refs[depth]);
        list_steps(k, &k->steps[depth], k->way.refs[depth], length - depth, scratch);
    }
    for (; depth > 0; depth--)
        cb_bits_clear(k->on_way, k->way.refs[depth]);
    cb_arena_free(scratch);
    return rc;
}

enum cb_code cb_path_between(struct cb_paths *out, const struct cb_snapshot *s, uint32_t from,
                             uint32_t to, uint64_t types, size_t most, const struct cb_stop *stop,
                             struct cb_arena *a, struct cb_err *err)
{
    uint32_t ref_n = cb_intern_n(cb_snapshot_names(s)->refs);
    struct search *k = CB_NEW(a, struct search);
    struct cb_reach left;
    enum cb_code rc;

    *out = (struct cb_paths){.v = CB_NEW_N(a, struct cb_path, CB_PATH_MAX)};
    most = most > CB_PATH_MAX ? CB_PATH_MAX : most;
    if ((rc = cb_reach_from(&left, s, to, cb_reach_inverse(types), CB_PATH_LENGTH_MAX,
                            most > 1 ? CB_INTERN_NONE : from, stop, a, err)) != CB_OK)
        return rc;
    if (!cb_bits_get(left.seen, from)) {
        out->cut = left.further;
        return CB_OK;
    }
    if (from == to) {
        out->v[out->n++].refs[0] = from;
        return CB_OK;
    }
    *k = (struct search){
        .s = s, .left = &left, .to = to, .types = types, .most = most, .stop = stop, .out = out};
    k->on_way = CB_NEW_N(a, uint64_t, cb_bits_words(ref_n));
    k->way.refs[0] = from;
    cb_bits_set(k->on_way, from);
    for (uint32_t length = left.hop[from]; length <= CB_PATH_LENGTH_MAX && length < left.n;
         length++) {
        if (out->n == most || k->step_n >= CB_PATH_STEP_MAX) {
            out->cut = true;
            break;
        }
        if ((rc = look(k, length, err)) != CB_OK)
            return rc;
    }
    out->cut |= k->step_n >= CB_PATH_STEP_MAX;
    return CB_OK;
}
