#include "catalog/sync/status.h"

#include <assert.h>

/* "InputError: Policy check failed" -> "InputError" and the rest; without such a name it is an InputError. */
static void split_error(cb_str text, cb_str *name, cb_str *message)
{
    size_t colon = cb_str_find(text, CB_LIT(": "));
    cb_str head = cb_str_sub(text, 0, colon == SIZE_MAX ? 0 : colon);

    if (head.n && cb_str_ends(head, CB_LIT("Error")) && cb_str_find_char(head, ' ', 0) == SIZE_MAX) {
        *name = head;
        *message = cb_str_sub(text, colon + 2, text.n);
        return;
    }
    *name = CB_LIT("InputError");
    *message = text;
}

static void put_item(struct cb_buf *out, bool first, cb_str text)
{
    cb_str name, message;

    split_error(text, &name, &message);
    cb_buf_put_cstr(out, first ? "{\"items\":[" : ",");
    cb_buf_put_cstr(out, "{\"type\":\"backstage.io/catalog-processing\",\"level\":\"error\",\"message\":");
    {
        struct cb_buf full = CB_BUF_INIT;

        cb_buf_put_str(&full, name);
        cb_buf_put_cstr(&full, ": ");
        cb_buf_put_str(&full, message);
        cb_buf_put_json(out, cb_buf_str(&full));
        cb_buf_fini(&full);
    }
    cb_buf_put_cstr(out, ",\"error\":{\"name\":");
    cb_buf_put_json(out, name);
    cb_buf_put_cstr(out, ",\"message\":");
    cb_buf_put_json(out, message);
    cb_buf_put_cstr(out, "}}");
}

/* The words for a broken document: Backstage's when it has some. */
static cb_str words(struct cb_arena *a, const struct cb_problem *p)
{
    if (p->backstage.n)
        return p->backstage;
    if (p->at.line)
        return cb_arena_printf(a, "InputError: %" CB_FMT " (%" CB_FMT ":%u)", CB_ARG(p->message), CB_ARG(p->at.path),
                               p->at.line);
    return cb_arena_printf(a, "InputError: %" CB_FMT, CB_ARG(p->message));
}

/* Put the item of TEXT on the entity ID ("" for everyone of the file that nobody can tell). */
static void add(struct cb_status_set *set, struct cb_buf *bufs, cb_str id, cb_str text)
{
    size_t i = 0;

    while (i < set->n && !cb_str_eq(set->v[i].id, id))
        i++;
    if (i == set->n)
        set->v[set->n++] = (struct cb_status){.id = id};
    put_item(&bufs[i], bufs[i].n == 0, text);
}

static void add_broken(struct cb_status_set *set, struct cb_arena *a, struct cb_buf *bufs, const struct cb_descriptor *d)
{
    for (size_t b = 0; b < d->broken_n; b++) {
        size_t n = 0;

        for (size_t p = 0; p < d->problem_n && n < CB_STATUS_ITEM_MAX; p++) {
            if (d->problems[p].at.doc != d->broken[b].at.doc || d->problems[p].severity != CB_PROBLEM_ERROR)
                continue;
            add(set, bufs, d->broken[b].id, words(a, &d->problems[p]));
            n++;
        }
    }
}

void cb_status_make(struct cb_status_set *out, struct cb_arena *a, struct cb_descriptor *d, const cb_str *failing,
                    cb_str location)
{
    size_t most = d->broken_n + d->target_n + 1, failing_n = 0;
    struct cb_buf *bufs = CB_NEW_N(a, struct cb_buf, most);
    struct cb_problem *problems;

    out->v = CB_NEW_N(a, struct cb_status, most);
    out->n = 0;
    add_broken(out, a, bufs, d);
    for (size_t i = 0; i < d->target_n; i++)
        failing_n += failing[i].n != 0;
    problems = CB_NEW_N(a, struct cb_problem, d->problem_n + failing_n + 1);
    if (d->problem_n)
        memcpy(problems, d->problems, d->problem_n * sizeof(*problems));
    for (size_t i = 0; i < d->target_n; i++) {
        const struct cb_target *t = &d->targets[i];

        if (!failing[i].n)
            continue;
        problems[d->problem_n++] = (struct cb_problem){
            .rule = "location-target",
            .severity = CB_PROBLEM_ERROR,
            .at = t->at,
            .field = CB_LIT("spec.target"),
            .message = failing[i],
            .remedy = CB_LIT("name a file of this repository by a relative path or a glob, one of another by its page's URL on a forge of integrations:; "
                             "set spec.presence: optional for a file that may be missing"),
            .entity = t->entity,
        };
        add(out, bufs, t->entity,
            cb_arena_printf(a, "InputError: Unable to read %" CB_FMT " named by %" CB_FMT ": %" CB_FMT, CB_ARG(t->text),
                            CB_ARG(location), CB_ARG(failing[i])));
    }
    d->problems = problems;
    assert(out->n <= most);
    for (size_t i = 0; i < out->n; i++) {
        cb_buf_put_cstr(&bufs[i], "]}");
        out->v[i].json = cb_arena_str(a, cb_buf_str(&bufs[i]));
        cb_buf_fini(&bufs[i]);
    }
}

void cb_status_unreadable(struct cb_descriptor *out, struct cb_arena *a, cb_str path, const struct cb_err *why)
{
    struct cb_problem *problem = CB_NEW(a, struct cb_problem);
    struct cb_broken *broken = CB_NEW(a, struct cb_broken);

    *out = (struct cb_descriptor){0};
    problem->rule = "file-unreadable";
    problem->severity = CB_PROBLEM_ERROR;
    problem->at.path = path;
    problem->message = cb_arena_str(a, cb_str_cstr(why->text));
    problem->remedy = CB_LIT("make it a regular file of at most 16 MiB, or take it out of the source's paths");
    broken->at.path = path;
    out->problems = problem;
    out->problem_n = 1;
    out->broken = broken;
    out->broken_n = 1;
}
