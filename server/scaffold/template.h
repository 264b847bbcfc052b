/*
 * template.h - a Template entity as the engine reads it: a form, what may be submitted, and the run that comes of it.
 *
 * Entity    as it is served; scaffolder.backstage.io/v1beta3. Unknown keys are passed on
 * Pages     spec.parameters: one page or a list of them, each a JSON schema; every page is checked against all values, and the first one
 *           that fails is told (Backstage's scaffolder does the same)
 * Spec      what a task keeps and the API tells: steps with ids and names filled in, output, parameters, user, templateInfo
 * Limits    CB_TEMPLATE_STEP_MAX steps
 * Lifetime  answers borrow from the entity, or live in the arena
 * Threads   pure
 */
#ifndef CB_SCAFFOLD_TEMPLATE_H
#define CB_SCAFFOLD_TEMPLATE_H

#include "catalog/base/schema.h"

#define CB_TEMPLATE_STEP_MAX 500

/* CB_EINVAL with a sentence: ENTITY is no template that can be run. */
enum cb_code cb_template_is(const struct cb_node *entity, struct cb_err *err) CB_MUSTCHECK;
/* GET parameter-schema's answer. */
void cb_template_put_form(struct cb_buf *out, struct cb_arena *a, const struct cb_node *entity);
/*
 * Does VALUES keep to all pages, and SECRETS to spec.secrets.schema? OUT->n tells. *OF_SECRETS: the errors are those of secrets.
 * CB_EINVAL: a page's schema makes no sense.
 */
enum cb_code cb_template_check(struct cb_schema_errors *out, bool *of_secrets, struct cb_arena *a, const struct cb_node *entity,
                               const struct cb_node *values, const struct cb_node *secrets, struct cb_err *err) CB_MUSTCHECK;
/* {"errors": [...]} as npm's jsonschema tells them; OF_SECRETS: their values are left out. */
void cb_template_put_errors(struct cb_buf *out, const struct cb_schema_errors *errors, bool of_secrets);
/* One error in npm's words: "instance.name does not match pattern \"^a$\"". */
void cb_template_put_error_text(struct cb_buf *out, const struct cb_schema_error *e);

struct cb_template_run {
    const struct cb_node *entity;
    cb_str ref;                   /* "template:default/new-service" */
    const struct cb_node *values; /* submitted */
    cb_str user;                  /* ref, or empty */
    const struct cb_node *user_entity; /* or NULL */
    cb_str base_url;              /* empty: that of the entity's location */
};

/* The spec of a task. CB_EINVAL: steps that are none, or two of one id. */
enum cb_code cb_template_spec(struct cb_node **out, struct cb_arena *a, const struct cb_template_run *run, struct cb_err *err) CB_MUSTCHECK;
/* Where its relative URLs begin: source-location, else managed-by-location; empty: nowhere. */
cb_str cb_template_base_url(struct cb_arena *a, const struct cb_node *entity);
/* Is its strategy of recovery "startOver"? SPEC is an entity's or a task's. */
bool cb_template_starts_over(const struct cb_node *spec);

#endif
