/*
 * schema.h - does a JSON value keep to a JSON schema (draft 7)?
 *
 * Who asks  plugin configurations, inputs of actions, parameters of templates
 * Draft     all of draft 7's assertions; "format" says nothing but for "uri", which must have a scheme; "$ref" within the schema
 *           itself, by pointer or "$id"; one that leads elsewhere is CB_EINVAL of the schema
 * Words     as npm's jsonschema puts them, since clients of Backstage's scaffolder show them: "requires property \"name\""
 * Limits    CB_SCHEMA_ERROR_MAX errors are told; CB_SCHEMA_STEP_MAX checks, beyond that CB_ELIMIT; patterns by PCRE2 with limits
 * Source    json-schema.org draft-07; held to its published test suite
 * Threads   pure; call from anywhere
 */
#ifndef CB_BASE_SCHEMA_H
#define CB_BASE_SCHEMA_H

#include "catalog/base/node.h"

#define CB_SCHEMA_ERROR_MAX 100
#define CB_SCHEMA_STEP_MAX 2000000 /* checks of one value against one subschema */
#define CB_SCHEMA_DEPTH_MAX 256    /* subschemas within one another, $ref included */
#define CB_SCHEMA_PATTERN_MAX 4096 /* bytes of a pattern */

struct cb_schema_error {
    const struct cb_node
        *at; /* the value that is wrong; has its line when it was read from a file */
    const struct cb_node *schema; /* the (sub)schema it does not keep to */
    cb_str path;                  /* "/instances/0/url": JSON pointer of the value */
    const char *keyword;          /* "required" */
    cb_str message;               /* without the path: "requires property \"url\"" */
    const struct cb_node
        *argument; /* the keyword's value; of required a text: the missing property */
};

struct cb_schema_errors {
    struct cb_schema_error v[CB_SCHEMA_ERROR_MAX];
    size_t n;
};

/*
 * CB_OK whether VALUE keeps to SCHEMA or not: OUT->n tells. Texts of OUT live in A.
 * CB_EINVAL: the schema itself makes no sense (a pattern, a $ref). CB_ELIMIT: too much work.
 */
enum cb_code cb_schema_check(struct cb_schema_errors *out, struct cb_arena *a,
                             const struct cb_node *schema, const struct cb_node *value,
                             struct cb_err *err) CB_MUSTCHECK;
/* Put the schema's defaults where VALUE, an object, has nothing: through "properties" and "items". In VALUE's arena A. */
void cb_schema_fill(struct cb_arena *a, const struct cb_node *schema, struct cb_node *value);
/* Call EACH for every text within VALUE whose property's schema has KEYWORD (any value but false), such as "writeOnly"; FORMAT: or, when not NULL, whose "format" is that. */
void cb_schema_each_text(const struct cb_node *schema, const struct cb_node *value,
                         const char *keyword, const char *format,
                         void (*each)(cb_str text, void *ctx), void *ctx);

#endif
