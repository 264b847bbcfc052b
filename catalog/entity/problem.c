#include "catalog/entity/problem.h"

const char *cb_severity_name(enum cb_severity s)
{
    switch (s) {
    case CB_PROBLEM_INFO:
        return "info";
    case CB_PROBLEM_WARNING:
        return "warning";
    case CB_PROBLEM_ERROR:
        break;
    }
    return "error";
}

cb_str cb_problem_cut(cb_str text, size_t max)
{
    if (text.n <= max)
        return text;
    text.n = max;
    while (text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
        text.n--;
    return text;
}

size_t cb_problem_count(const struct cb_problems *list)
{
    return list->n + list->left_out;
}

void cb_problem_add(struct cb_problems *list, const struct cb_problem *p)
{
    struct cb_problem *at;

    if (list->n >= CB_PROBLEM_N_MAX) {
        list->left_out++;
        return;
    }
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        struct cb_problem *grown = CB_NEW_N(list->arena, struct cb_problem, cap);

        if (list->n)
            memcpy(grown, list->v, list->n * sizeof(*grown));
        list->v = grown;
        list->cap = cap;
    }
    at = &list->v[list->n++];
    *at = *p;
    at->message = cb_problem_cut(at->message, CB_PROBLEM_MESSAGE_MAX);
    at->remedy = cb_problem_cut(at->remedy, CB_PROBLEM_MESSAGE_MAX);
}
