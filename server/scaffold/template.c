#include "server/scaffold/template.h"

#define TITLE "Please enter the following information"
#define FORMAT "scaffolder.backstage.io/v1beta3"

enum cb_code cb_template_is(const struct cb_node *entity, struct cb_err *err)
{
    cb_str version = cb_node_text(entity, "apiVersion"), kind = cb_node_text(entity, "kind");
    const struct cb_node *spec = cb_node_get(entity, "spec"), *steps = cb_node_get(spec, "steps");

    if (!cb_str_eq_nocase(kind, CB_LIT("Template")))
        return cb_fail(err, CB_EINVAL, "Only templates can be run: the kind of this entity is %" CB_FMT, CB_ARG(cb_str_cut(kind, 100)));
    if (!cb_str_eq(version, CB_LIT(FORMAT)))
        return cb_fail(err, CB_EINVAL, "Unsupported apiVersion field in schema entity, %" CB_FMT, CB_ARG(cb_str_cut(version, 100)));
    if (!steps || steps->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "the template has no list spec.steps");
    if (steps->child_n > CB_TEMPLATE_STEP_MAX)
        return cb_fail(err, CB_EINVAL, "the template has %u steps: at most %d are run", steps->child_n, CB_TEMPLATE_STEP_MAX);
    return CB_OK;
}

/* ---- the form */

/* spec.parameters is one page, or a list of them. */
static const struct cb_node *first_page(const struct cb_node *spec)
{
    const struct cb_node *parameters = cb_node_get(spec, "parameters");

    if (!parameters || parameters->type == CB_NULL)
        return NULL;
    return parameters->type == CB_ARRAY ? parameters->first : parameters;
}

static const struct cb_node *next_page(const struct cb_node *spec, const struct cb_node *page)
{
    const struct cb_node *parameters = cb_node_get(spec, "parameters");

    return page == parameters ? NULL : page->next;
}

static void put_node(struct cb_node *to, struct cb_arena *a, const char *key, const struct cb_node *value)
{
    if (value)
        cb_node_put(to, cb_str_cstr(key), cb_node_copy(a, value));
}

void cb_template_put_form(struct cb_buf *out, struct cb_arena *a, const struct cb_node *entity)
{
    const struct cb_node *metadata = cb_node_get(entity, "metadata"), *spec = cb_node_get(entity, "spec");
    const struct cb_node *title = cb_node_get(metadata, "title"), *decorators = cb_node_get(spec, "formDecorators");
    struct cb_node *form = cb_node_new(a, CB_OBJECT), *steps = cb_node_new(a, CB_ARRAY);

    put_node(form, a, "title", title ? title : cb_node_get(metadata, "name"));
    put_node(form, a, "presentation", cb_node_get(spec, "presentation"));
    put_node(form, a, "description", cb_node_get(metadata, "description"));
    put_node(form, a, "ui:options", cb_node_get(metadata, "ui:options"));
    cb_node_put(form, CB_LIT("steps"), steps);
    for (const struct cb_node *page = first_page(spec); page; page = next_page(spec, page)) {
        const struct cb_node *its_title = cb_node_get(page, "title");
        struct cb_node *step = cb_node_new(a, CB_OBJECT);

        if (its_title)
            put_node(step, a, "title", its_title);
        else
            cb_node_put(step, CB_LIT("title"), cb_node_string(a, CB_LIT(TITLE)));
        put_node(step, a, "description", cb_node_get(page, "description"));
        put_node(step, a, "schema", page);
        cb_node_push(steps, step);
    }
    if (!decorators)
        decorators = cb_node_get(spec, "EXPERIMENTAL_formDecorators");
    put_node(form, a, "formDecorators", decorators);
    put_node(form, a, "EXPERIMENTAL_formDecorators", decorators);
    cb_node_dump(out, form);
}

/* ---- what may be submitted */

static enum cb_code check(struct cb_schema_errors *out, struct cb_arena *a, const struct cb_node *schema, const struct cb_node *value,
                          const char *what, struct cb_err *err)
{
    struct cb_err inner;
    enum cb_code rc = cb_schema_check(out, a, schema, value, &inner);

    return rc == CB_OK ? CB_OK : cb_fail(err, rc, "the template's schema of %s cannot be used: %s", what, inner.text);
}

enum cb_code cb_template_check(struct cb_schema_errors *out, bool *of_secrets, struct cb_arena *a, const struct cb_node *entity,
                               const struct cb_node *values, const struct cb_node *secrets, struct cb_err *err)
{
    const struct cb_node *spec = cb_node_get(entity, "spec"), *schema = cb_node_path(spec, "secrets.schema");
    enum cb_code rc;

    out->n = 0;
    *of_secrets = false;
    for (const struct cb_node *page = first_page(spec); page; page = next_page(spec, page)) {
        if (page->type != CB_OBJECT)
            continue;
        if ((rc = check(out, a, page, values, "parameters", err)) != CB_OK || out->n)
            return rc;
    }
    if (!schema || schema->type != CB_OBJECT)
        return CB_OK;
    *of_secrets = true;
    return check(out, a, schema, secrets ? secrets : cb_node_new(a, CB_OBJECT), "secrets", err);
}

static bool is_plain_name(cb_str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '-' || c == ':' || (i && c >= '0' && c <= '9')))
            return false;
    }
    return key.n > 0;
}

static bool is_index(cb_str key)
{
    int64_t i;

    return cb_str_to_int(&i, key, 0, INT64_MAX);
}

/* A part of a JSON pointer with its escapes undone, in ROOM. */
static cb_str unescape(struct cb_buf *room, cb_str part)
{
    cb_buf_clear(room);
    for (size_t i = 0; i < part.n; i++) {
        if (part.p[i] == '~' && i + 1 < part.n)
            cb_buf_put_char(room, part.p[++i] == '1' ? '/' : '~');
        else
            cb_buf_put_char(room, part.p[i]);
    }
    return cb_buf_str(room);
}

/* "/list/0/name" as "instance.list[0].name". */
static void put_property(struct cb_buf *out, const char *root, cb_str path)
{
    struct cb_buf room = CB_BUF_INIT;
    cb_str rest = cb_str_sub(path, 1, path.n), part;

    cb_buf_put_cstr(out, root);
    while (path.n && cb_str_split(&part, &rest, '/')) {
        part = unescape(&room, part);
        if (is_index(part)) {
            cb_buf_printf(out, "[%" CB_FMT "]", CB_ARG(part));
        } else if (is_plain_name(part)) {
            cb_buf_printf(out, ".%" CB_FMT, CB_ARG(part));
        } else {
            cb_buf_put_char(out, '[');
            cb_buf_put_json(out, part);
            cb_buf_put_char(out, ']');
        }
    }
    cb_buf_fini(&room);
}

static void put_path(struct cb_buf *out, cb_str path)
{
    struct cb_buf room = CB_BUF_INIT;
    cb_str rest = cb_str_sub(path, 1, path.n), part;
    bool first = true;

    cb_buf_put_char(out, '[');
    while (path.n && cb_str_split(&part, &rest, '/')) {
        if (!first)
            cb_buf_put_char(out, ',');
        first = false;
        part = unescape(&room, part);
        if (is_index(part))
            cb_buf_put_str(out, part);
        else
            cb_buf_put_json(out, part);
    }
    cb_buf_put_char(out, ']');
    cb_buf_fini(&room);
}

static void put_stack(struct cb_buf *out, const struct cb_schema_error *e, const char *root)
{
    put_property(out, root, e->path);
    cb_buf_put_char(out, ' ');
    cb_buf_put_str(out, e->message);
}

void cb_template_put_error_text(struct cb_buf *out, const struct cb_schema_error *e)
{
    put_stack(out, e, "instance");
}

static void put_member(struct cb_buf *out, const char *key, cb_str text)
{
    cb_buf_printf(out, ",\"%s\":", key);
    cb_buf_put_json(out, text);
}

static void put_error(struct cb_buf *out, struct cb_buf *text, const struct cb_schema_error *e, bool of_secrets)
{
    const char *root = of_secrets ? "secrets" : "instance";

    cb_buf_put_cstr(out, "{\"path\":");
    put_path(out, e->path);
    cb_buf_clear(text);
    put_property(text, root, e->path);
    put_member(out, "property", cb_buf_str(text));
    put_member(out, "message", e->message);
    cb_buf_put_cstr(out, ",\"schema\":");
    cb_node_dump(out, e->schema);
    cb_buf_put_cstr(out, ",\"instance\":");
    if (of_secrets)
        cb_buf_put_cstr(out, "{}");
    else
        cb_node_dump(out, e->at);
    put_member(out, "name", cb_str_cstr(e->keyword));
    if (e->argument) {
        cb_buf_put_cstr(out, ",\"argument\":");
        cb_node_dump(out, e->argument);
    }
    cb_buf_clear(text);
    put_stack(text, e, root);
    put_member(out, "stack", cb_buf_str(text));
    cb_buf_put_char(out, '}');
}

void cb_template_put_errors(struct cb_buf *out, const struct cb_schema_errors *errors, bool of_secrets)
{
    struct cb_buf text = CB_BUF_INIT;

    cb_buf_put_cstr(out, "{\"errors\":[");
    for (size_t i = 0; i < errors->n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        put_error(out, &text, &errors->v[i], of_secrets);
    }
    cb_buf_put_cstr(out, "]}");
    cb_buf_fini(&text);
}

/* ---- the run */

static bool is_file(cb_str location)
{
    return cb_str_starts(location, CB_LIT("file:"));
}

/* An author may write any source-location, but only what was read from this machine has files of it beside it. */
cb_str cb_template_base_url(struct cb_arena *a, const struct cb_node *entity)
{
    const struct cb_node *annotations = cb_node_path(entity, "metadata.annotations");
    cb_str location = cb_node_text(annotations, "backstage.io/source-location"), read_from = cb_node_text(annotations, "backstage.io/managed-by-location");

    if (!location.n || (is_file(location) && !is_file(read_from)))
        location = read_from;
    if (cb_str_starts(location, CB_LIT("url:")))
        return cb_str_sub(location, 4, location.n);
    if (cb_str_starts(location, CB_LIT("file:/")) && !cb_str_starts(location, CB_LIT("file://")))
        return cb_arena_printf(a, "file://%" CB_FMT, CB_ARG(cb_str_sub(location, 5, location.n)));
    return is_file(location) ? location : CB_LIT("");
}

bool cb_template_starts_over(const struct cb_node *spec)
{
    const struct cb_node *recovery = cb_node_get(spec, "EXPERIMENTAL_recovery");

    return cb_str_eq(cb_node_text(recovery, "EXPERIMENTAL_strategy"), CB_LIT("startOver"));
}

static bool is_taken(const struct cb_node *steps, cb_str id)
{
    for (const struct cb_node *s = steps->first; s; s = s->next)
        if (cb_str_eq(cb_node_text(s, "id"), id))
            return true;
    return false;
}

static enum cb_code fill_step(struct cb_node **out, struct cb_arena *a, const struct cb_node *steps, const struct cb_node *from, size_t place,
                              struct cb_err *err)
{
    struct cb_node *step = cb_node_copy(a, from);
    cb_str id, action;

    if (step->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "spec.steps[%zu] of the template is no object", place - 1);
    action = cb_node_text(step, "action");
    if (!action.n)
        return cb_fail(err, CB_EINVAL, "spec.steps[%zu] of the template has no action", place - 1);
    if (!cb_node_text(step, "id").n)
        cb_node_set(step, CB_LIT("id"), cb_node_string(a, cb_arena_printf(a, "step-%zu", place)));
    if (!cb_node_text(step, "name").n)
        cb_node_set(step, CB_LIT("name"), cb_node_string(a, action));
    id = cb_node_text(step, "id");
    if (is_taken(steps, id))
        return cb_fail(err, CB_EINVAL, "two steps of the template have the id %" CB_FMT, CB_ARG(cb_str_cut(id, 100)));
    *out = step;
    return CB_OK;
}

static struct cb_node *user_of(struct cb_arena *a, const struct cb_template_run *run)
{
    struct cb_node *user = cb_node_new(a, CB_OBJECT);

    put_node(user, a, "entity", run->user_entity);
    if (run->user.n)
        cb_node_put(user, CB_LIT("ref"), cb_node_string(a, run->user));
    return user;
}

static struct cb_node *info_of(struct cb_arena *a, const struct cb_template_run *run)
{
    struct cb_node *info = cb_node_new(a, CB_OBJECT), *entity = cb_node_new(a, CB_OBJECT);
    cb_str base_url = run->base_url.n ? run->base_url : cb_template_base_url(a, run->entity);

    cb_node_put(info, CB_LIT("entityRef"), cb_node_string(a, run->ref));
    if (base_url.n)
        cb_node_put(info, CB_LIT("baseUrl"), cb_node_string(a, base_url));
    put_node(entity, a, "metadata", cb_node_get(run->entity, "metadata"));
    cb_node_put(info, CB_LIT("entity"), entity);
    return info;
}

enum cb_code cb_template_spec(struct cb_node **out, struct cb_arena *a, const struct cb_template_run *run, struct cb_err *err)
{
    const struct cb_node *from = cb_node_get(run->entity, "spec"), *output = cb_node_get(from, "output");
    struct cb_node *spec = cb_node_new(a, CB_OBJECT), *steps = cb_node_new(a, CB_ARRAY), *step = NULL;
    size_t place = 0;
    enum cb_code rc;

    if ((rc = cb_template_is(run->entity, err)) != CB_OK)
        return rc;
    for (const struct cb_node *s = cb_node_get(from, "steps")->first; s; s = s->next) {
        if ((rc = fill_step(&step, a, steps, s, ++place, err)) != CB_OK)
            return rc;
        cb_node_push(steps, step);
    }
    put_node(spec, a, "apiVersion", cb_node_get(run->entity, "apiVersion"));
    cb_node_put(spec, CB_LIT("steps"), steps);
    if (output)
        put_node(spec, a, "output", output);
    else
        cb_node_put(spec, CB_LIT("output"), cb_node_new(a, CB_OBJECT));
    put_node(spec, a, "parameters", run->values);
    cb_node_put(spec, CB_LIT("user"), user_of(a, run));
    cb_node_put(spec, CB_LIT("templateInfo"), info_of(a, run));
    put_node(spec, a, "EXPERIMENTAL_recovery", cb_node_get(from, "EXPERIMENTAL_recovery"));
    *out = spec;
    return CB_OK;
}
