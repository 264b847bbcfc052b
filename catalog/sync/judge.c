#include "catalog/sync/judge.h"

#include "catalog/sync/lead.h"

struct judging {
    struct cb_arena *a;
    const struct cb_visit_opts *opts;
    cb_str location;
    struct cb_visit *visit; /* opened for the first file that is asked for */
    struct cb_visit_place place;
    bool opened;
    struct cb_err why; /* it cannot be opened */
    struct cb_problems problems;
};

/* It could not be found out, which is no mistake of the entity's. */
static bool is_unknown(enum cb_code rc)
{
    return rc == CB_EUNAVAILABLE || rc == CB_ETIMEOUT || rc == CB_ECANCELLED;
}

static enum cb_code open_place(struct judging *j, struct cb_err *err)
{
    cb_str url = cb_str_sub(j->location, 4, j->location.n);

    if (j->opened) {
        if (j->why.code != CB_OK)
            *err = j->why;
        return j->why.code;
    }
    j->opened = true;
    if (!cb_str_starts(j->location, CB_LIT("url:")))
        j->why.code = cb_fail(&j->why, CB_EINVAL, "there is no repository at %" CB_FMT, CB_ARG(cb_str_cut(j->location, 300)));
    else if ((j->why.code = cb_visit_open(&j->visit, j->opts, &j->why)) == CB_OK)
        j->why.code = cb_visit_url(&j->place, j->visit, url, &j->why);
    if (j->why.code != CB_OK)
        *err = j->why;
    return j->why.code;
}

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path, struct cb_err *err)
{
    struct judging *j = ctx;
    enum cb_code rc = open_place(j, err);

    (void)from;
    *path = CB_LIT("");
    if (rc == CB_OK && is_unknown(rc = cb_address_include(a, j->place.address, j->place.tree, j->place.path, target, bytes, path, err)))
        j->why = *err;
    return rc;
}

/* ---- what a Location leads to */

static void add_target(struct judging *j, cb_str entity, cb_str words)
{
    struct cb_problem p = {.rule = "location-target", .severity = CB_PROBLEM_ERROR, .field = CB_LIT("spec.target"), .entity = entity,
                           .message = words, .remedy = CB_LIT("check the target: it is relative to the location"),
                           .backstage = words};

    cb_problem_add(&j->problems, &p);
}

/* Of another document only what hides it altogether is the Location's fault: no YAML, no object, no entity. */
static bool is_unread(const struct cb_problem *p)
{
    return p->severity == CB_PROBLEM_ERROR && (strcmp(p->rule, "yaml-syntax") == 0 || strcmp(p->rule, "document-shape") == 0);
}

static enum cb_code read_target(struct judging *j, cb_str entity, const struct cb_target *target, size_t *left, struct cb_err *err)
{
    struct cb_visit_place at;
    struct cb_descriptor d;
    cb_str *paths = &at.path;
    size_t n = 1;
    enum cb_code rc;

    if ((rc = open_place(j, err)) == CB_OK && (rc = cb_visit_target(&at, j->visit, &j->place, target, err)) == CB_OK)
        rc = cb_lead_is_pattern(at.path) ? cb_visit_list(&paths, &n, j->visit, &at, &at.path, 1, *left, err)
                                         : at.tree->ops->want(at.tree, paths, 1, err);
    for (size_t i = 0; rc == CB_OK && i < n && *left > 0; i++, (*left)--) {
        rc = cb_visit_read(&d, NULL, j->visit, &at, paths[i], j->location, cb_visit_rules(j->visit), err);
        for (size_t p = 0; rc == CB_OK && p < d.problem_n; p++)
            if (is_unread(&d.problems[p]))
                cb_problem_add(&j->problems, &d.problems[p]);
    }
    if (rc == CB_OK || is_unknown(rc))
        return rc;
    if (rc != CB_ENOTFOUND || !target->optional)
        add_target(j, entity, cb_visit_words(j->a, target->type, err));
    return CB_OK;
}

static enum cb_code read_targets(struct judging *j, const struct cb_node *doc, cb_str entity, struct cb_err *err)
{
    const struct cb_node *spec = cb_node_get(doc, "spec"), *one = cb_node_get(spec, "target"), *many = cb_node_get(spec, "targets");
    struct cb_target target = {.entity = entity, .type = cb_node_text(spec, "type")};
    size_t left = CB_JUDGE_TARGET_MAX;
    enum cb_code rc = CB_OK;

    if (!target.type.n)
        target.type = CB_LIT("url");
    target.optional = cb_str_eq(cb_node_text(spec, "presence"), CB_LIT("optional"));
    if (one && one->type == CB_STRING) {
        target.text = one->text;
        rc = read_target(j, entity, &target, &left, err);
    }
    for (const struct cb_node *n = many && many->type == CB_ARRAY ? many->first : NULL; n && rc == CB_OK && left > 0; n = n->next) {
        if (n->type != CB_STRING)
            continue;
        target.text = n->text;
        rc = read_target(j, entity, &target, &left, err);
    }
    return rc;
}

/* ---- the whole */

enum cb_code cb_judge(struct cb_problem **out, size_t *n, struct cb_arena *a, struct cb_node *doc, cb_str location, cb_str origin,
                      const struct cb_visit_opts *opts, struct cb_err *err)
{
    struct judging j = {.a = a, .opts = opts, .location = location, .problems = {.arena = a}};
    struct cb_descriptor_at at = {.location = location, .origin_location = origin, .location_type = CB_LIT("url")};
    struct cb_descriptor_opts how = {.rules = &opts->conf->rules, .include = include, .include_ctx = &j};
    struct cb_problem *problems;
    struct cb_entity entity;
    size_t problem_n;
    enum cb_code rc = cb_descriptor_entity(&entity, a, doc, &at, &how, &problems, &problem_n, err);

    for (size_t i = 0; i < problem_n; i++)
        if (problems[i].severity == CB_PROBLEM_ERROR)
            cb_problem_add(&j.problems, &problems[i]);
    if (rc == CB_OK && cb_str_eq(cb_node_text(doc, "kind"), CB_LIT("Location")))
        rc = read_targets(&j, doc, entity.id, err);
    else if (rc != CB_OK)
        rc = CB_OK;
    if (is_unknown(j.why.code)) {
        *err = j.why;
        rc = j.why.code;
    }
    for (size_t i = 0; i < j.problems.n; i++) { /* texts of another file lie in the visit's arena */
        struct cb_problem *p = &j.problems.v[i];

        p->at.path = cb_arena_str(a, p->at.path);
        p->field = cb_arena_str(a, p->field);
        p->message = cb_arena_str(a, p->message);
        p->remedy = cb_arena_str(a, p->remedy);
        p->backstage = cb_arena_str(a, p->backstage);
        p->entity = cb_arena_str(a, p->entity);
    }
    cb_visit_close(j.visit);
    *out = j.problems.v;
    *n = j.problems.n;
    return rc;
}
