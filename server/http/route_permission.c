#include <stdio.h>

#include "server/http/router.h"

/*
 * What a permission framework asks of a catalog: which rules may stand in a condition, and which entities one holds for.
 * callboard itself decides by roles (server/auth/policy.h); conditions are evaluated for whoever asks, and bind nobody here.
 */

#define REF_MAX 1000 /* entities of one question */
#define WHERE "request/body"
#define TYPE "catalog-entity"

/* ---- GET …/metadata */

#define BASIC(name, action) "{\"type\":\"basic\",\"name\":\"" name "\",\"attributes\":{" action "}}"
#define RESOURCE(name, action)                                                                                         \
    "{\"type\":\"resource\",\"name\":\"" name "\",\"attributes\":{" action "},\"resourceType\":\"" TYPE "\"}"
#define ACTION(word) "\"action\":\"" word "\""
#define TEXT(name, about) "\"" name "\":{\"type\":\"string\",\"description\":\"" about "\"}"
#define TEXTS(name, about) "\"" name "\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"" about "\"}"
#define RULE(name, about, required, properties)                                                                        \
    "{\"name\":\"" name "\",\"description\":\"" about "\",\"resourceType\":\"" TYPE                                    \
    "\",\"paramsSchema\":{\"type\":\"object\",\"properties\":{" properties "},\"required\":[\"" required              \
    "\"],\"additionalProperties\":false,\"$schema\":\"http://json-schema.org/draft-07/schema#\"}}"

static const char metadata[] =
    "{\"permissions\":["
    RESOURCE("catalog.entity.read", ACTION("read")) ","
    BASIC("catalog.entity.create", ACTION("create")) ","
    RESOURCE("catalog.entity.delete", ACTION("delete")) ","
    RESOURCE("catalog.entity.refresh", ACTION("update")) ","
    BASIC("catalog.entity.validate", "") ","
    BASIC("catalog.location.read", ACTION("read")) ","
    BASIC("catalog.location.create", ACTION("create")) ","
    BASIC("catalog.location.analyze", "") ","
    BASIC("catalog.location.delete", ACTION("delete"))
    "],\"rules\":["
    RULE("HAS_ANNOTATION", "Allow entities with the specified annotation", "annotation",
         TEXT("annotation", "Name of the annotation to match on") "," TEXT("value", "Value of the annotation to match on")) ","
    RULE("HAS_LABEL", "Allow entities with the specified label", "label",
         TEXT("label", "Name of the label to match on") "," TEXT("value", "Value of the label to match on")) ","
    RULE("HAS_METADATA", "Allow entities with the specified metadata subfield", "key",
         TEXT("key", "Property within the entities metadata to match on") ","
         TEXT("value", "Value of the given property to match on")) ","
    RULE("HAS_SPEC", "Allow entities with the specified spec subfield", "key",
         TEXT("key", "Property within the entities spec to match on") "," TEXT("value", "Value of the given property to match on")) ","
    RULE("IS_ENTITY_KIND", "Allow entities matching a specified kind", "kinds",
         TEXTS("kinds", "List of kinds to match at least one of")) ","
    RULE("IS_ENTITY_OWNER", "Allow entities owned by a specified claim", "claims",
         TEXTS("claims", "List of claims to match at least one on within ownedBy"))
    "]}";

static enum cb_code get_metadata(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = cb_str_cstr(metadata);
    return CB_OK;
}

/* ---- rules: ENTITY as it is served, and the rule's parameters */

static bool is_text(const struct cb_node *node, cb_str text)
{
    return node && node->type == CB_STRING && cb_str_eq(node->text, text);
}

static bool has_text(const struct cb_node *texts, cb_str text, bool nocase)
{
    for (const struct cb_node *n = texts ? texts->first : NULL; n; n = n->next)
        if (n->type == CB_STRING && (nocase ? cb_str_eq_nocase(n->text, text) : cb_str_eq(n->text, text)))
            return true;
    return false;
}

static bool has_member(const struct cb_node *object, const struct cb_node *params, const char *key)
{
    const struct cb_node *found = cb_node_get_str(object, cb_node_text(params, key)), *value = cb_node_get(params, "value");

    return found && (!value || is_text(found, value->text));
}

static bool has_annotation(const struct cb_node *entity, const struct cb_node *params)
{
    return has_member(cb_node_path(entity, "metadata.annotations"), params, "annotation");
}

static bool has_label(const struct cb_node *entity, const struct cb_node *params)
{
    return has_member(cb_node_path(entity, "metadata.labels"), params, "label");
}

static bool is_something(const struct cb_node *node)
{
    switch (node->type) {
    case CB_NULL:
        return false;
    case CB_BOOL:
        return node->b;
    case CB_INT:
        return node->i != 0;
    case CB_STRING:
        return node->text.n > 0;
    case CB_ARRAY:
        return node->first != NULL;
    default:
        return true;
    }
}

/* A member of that very name, else a path of members between dots. */
static bool has_property(const struct cb_node *object, const struct cb_node *params)
{
    cb_str key = cb_node_text(params, "key"), rest = key, part;
    const struct cb_node *found = cb_node_get_str(object, key), *value = cb_node_get(params, "value");

    if (!found)
        for (found = object; found && cb_str_split(&part, &rest, '.');)
            found = cb_node_get_str(found, part);
    if (!found)
        return false;
    if (!value)
        return is_something(found);
    return found->type == CB_ARRAY ? has_text(found, value->text, false) : is_text(found, value->text);
}

static bool has_metadata(const struct cb_node *entity, const struct cb_node *params)
{
    return has_property(cb_node_get(entity, "metadata"), params);
}

static bool has_spec(const struct cb_node *entity, const struct cb_node *params)
{
    return has_property(cb_node_get(entity, "spec"), params);
}

static bool is_kind(const struct cb_node *entity, const struct cb_node *params)
{
    return has_text(cb_node_get(params, "kinds"), cb_node_text(entity, "kind"), true);
}

static bool is_owner(const struct cb_node *entity, const struct cb_node *params)
{
    const struct cb_node *claims = cb_node_get(params, "claims"), *relations = cb_node_get(entity, "relations");

    for (const struct cb_node *n = relations ? relations->first : NULL; n; n = n->next)
        if (cb_str_eq(cb_node_text(n, "type"), CB_LIT("ownedBy")) && has_text(claims, cb_node_text(n, "targetRef"), false))
            return true;
    return false;
}

static const struct rule {
    const char *name, *param;
    bool list;
    bool (*holds)(const struct cb_node *entity, const struct cb_node *params);
} rules[] = {
    {"HAS_ANNOTATION", "annotation", false, has_annotation},
    {"HAS_LABEL", "label", false, has_label},
    {"HAS_METADATA", "key", false, has_metadata},
    {"HAS_SPEC", "key", false, has_spec},
    {"IS_ENTITY_KIND", "kinds", true, is_kind},
    {"IS_ENTITY_OWNER", "claims", true, is_owner},
};

static const struct rule *rule_of(const struct cb_node *condition)
{
    cb_str name = cb_node_text(condition, "rule");

    for (size_t i = 0; i < CB_COUNT(rules); i++)
        if (cb_str_eq(name, cb_str_cstr(rules[i].name)))
            return &rules[i];
    return NULL;
}

/* ---- conditions. Their depth is the JSON reader's limit */

static enum cb_code check_rule(const struct cb_node *c, struct cb_err *err)
{
    const struct cb_node *params = cb_node_get(c, "params"), *value = cb_node_get(params, "value"), *param;
    const struct rule *rule = rule_of(c);

    if (!rule)
        return cb_fail(err, CB_EINVAL, "Unexpected permission rule: %" CB_FMT, CB_ARG(cb_str_cut(cb_node_text(c, "rule"), 100)));
    if (!cb_str_eq(cb_node_text(c, "resourceType"), CB_LIT(TYPE)))
        return cb_fail(err, CB_EINVAL, "a condition of %s must have the resourceType " TYPE, rule->name);
    param = cb_node_get(params, rule->param);
    if (!param || param->type != (rule->list ? CB_ARRAY : CB_STRING) || (value && (rule->list || value->type != CB_STRING)))
        return cb_fail(err, CB_EINVAL, "Parameters to rule are invalid: %s takes %s, %s", rule->name, rule->param,
                       rule->list ? "a list of texts" : "a text, and may have value, a text");
    return CB_OK;
}

static enum cb_code check_condition(const struct cb_node *c, struct cb_err *err)
{
    const struct cb_node *all = cb_node_get(c, "allOf"), *any = cb_node_get(c, "anyOf"), *not = cb_node_get(c, "not");
    const struct cb_node *many = all ? all : any;
    enum cb_code rc = CB_OK;

    if (!c || c->type != CB_OBJECT || !!all + !!any + !!not + !!cb_node_get(c, "rule") != 1 ||
        (many && (many->type != CB_ARRAY || !many->first)))
        return cb_fail(err, CB_EINVAL, "a condition is one of rule, not, allOf and anyOf; the last two are lists that are not empty");
    if (not)
        return check_condition(not, err);
    for (const struct cb_node *n = many ? many->first : NULL; n && rc == CB_OK; n = n->next)
        rc = check_condition(n, err);
    return many ? rc : check_rule(c, err);
}

static bool holds(const struct cb_node *c, const struct cb_node *entity)
{
    const struct cb_node *all = cb_node_get(c, "allOf"), *any = cb_node_get(c, "anyOf"), *not = cb_node_get(c, "not");

    if (not)
        return !holds(not, entity);
    for (const struct cb_node *n = all || any ? (all ? all : any)->first : NULL; n; n = n->next)
        if (holds(n, entity) != (all != NULL))
            return !all;
    return all || any ? all != NULL : rule_of(c)->holds(entity, cb_node_get(c, "params"));
}

/* ---- POST …/apply-conditions */

static enum cb_code check_item(const struct cb_node *item, size_t i, size_t *ref_n, struct cb_err *err)
{
    const struct cb_node *ref = cb_node_get(item, "resourceRef");
    char path[64];
    cb_str text;
    enum cb_code rc;

    snprintf(path, sizeof(path), WHERE "/items/%zu", i);
    if (item->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "%s must be object", path);
    if ((rc = cb_body_text(&text, item, path, "id", true, err)) != CB_OK ||
        (rc = cb_body_text(&text, item, path, "resourceType", true, err)) != CB_OK)
        return rc;
    if (!cb_str_eq(text, CB_LIT(TYPE)))
        return cb_fail(err, CB_EINVAL, "Unexpected resource types: %" CB_FMT ".", CB_ARG(cb_str_cut(text, 100)));
    if (!ref || (ref->type != CB_STRING && (ref->type != CB_ARRAY || !ref->first)))
        return cb_fail(err, CB_EINVAL, "%s/resourceRef must be a ref, or a list of refs that is not empty", path);
    for (const struct cb_node *n = ref->first; n; n = n->next)
        if (n->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, "%s/resourceRef must be a ref, or a list of refs that is not empty", path);
    if ((*ref_n += ref->type == CB_ARRAY ? ref->child_n : 1) > REF_MAX)
        return cb_fail(err, CB_ELIMIT, "conditions are asked of more than %d entities at once", REF_MAX);
    return check_condition(cb_node_get(item, "conditions"), err);
}

static enum cb_code put_result(struct cb_buf *out, struct cb_request *rq, struct cb_arena *a, cb_str ref, const struct cb_node *conditions,
                               struct cb_err *err)
{
    struct cb_buf text = CB_BUF_INIT;
    struct cb_node *entity = NULL;
    enum cb_code rc = CB_OK;
    bool allowed = false;
    cb_doc doc;

    if (rq->job && cb_job_over(rq->job))
        return cb_fail(err, CB_ETIMEOUT, "too many conditions for one question");
    if (cb_snapshot_find(&doc, rq->snapshot, cb_arena_lower(a, ref))) {
        cb_doc_put(&text, rq->snapshot, doc);
        rc = cb_node_parse(&entity, a, cb_buf_str(&text), err);
        allowed = rc == CB_OK && holds(conditions, entity);
    }
    cb_buf_put_cstr(out, allowed ? "\"ALLOW\"" : "\"DENY\"");
    cb_buf_fini(&text);
    cb_arena_reset(a);
    return rc;
}

static enum cb_code put_item(struct cb_buf *out, struct cb_request *rq, struct cb_arena *a, const struct cb_node *item, struct cb_err *err)
{
    const struct cb_node *ref = cb_node_get(item, "resourceRef"), *conditions = cb_node_get(item, "conditions");
    enum cb_code rc = CB_OK;

    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, cb_node_text(item, "id"));
    cb_buf_put_cstr(out, ",\"result\":");
    if (ref->type == CB_STRING)
        rc = put_result(out, rq, a, ref->text, conditions, err);
    for (const struct cb_node *n = ref->first; n && rc == CB_OK; n = n->next) {
        cb_buf_put_char(out, n == ref->first ? '[' : ',');
        rc = put_result(out, rq, a, n->text, conditions, err);
    }
    cb_buf_put_cstr(out, ref->type == CB_ARRAY ? "]}" : "}");
    return rc;
}

static enum cb_code post_conditions(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *items = cb_node_get(rq->json, "items");
    struct cb_arena *a;
    enum cb_code rc = CB_OK;
    size_t i = 0, ref_n = 0;

    if (!items || items->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, items ? WHERE "/items must be array" : WHERE " must have required property 'items'");
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    for (const struct cb_node *n = items->first; n; n = n->next)
        if ((rc = check_item(n, i++, &ref_n, err)) != CB_OK)
            return rc;
    a = cb_arena_new();
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (const struct cb_node *n = items->first; n && rc == CB_OK; n = n->next) {
        if (n != items->first)
            cb_buf_put_char(&rp->body, ',');
        rc = put_item(&rp->body, rq, a, n, err);
    }
    cb_buf_put_cstr(&rp->body, "]}");
    cb_arena_free(a);
    rp->no_store = true;
    return rc;
}

const struct cb_route cb_routes_permission[] = {
    {CB_GET, "/api/catalog/.well-known/backstage/permissions/metadata", CB_RIGHT_READ, 0, get_metadata, "GetPermissionMetadata",
     "Which rules a condition on entities may have", NULL},
    {CB_POST, "/api/catalog/.well-known/backstage/permissions/apply-conditions", CB_RIGHT_READ, CB_ROUTE_WORKER, post_conditions,
     "ApplyPermissionConditions", "For which entities a condition holds", NULL},
    {0},
};
