#include "catalog/parse/placeholder.h"

#include "catalog/parse/yaml.h"
#include "catalog/parse/yaml_text.h"

struct step {
    const struct step *up;
    cb_str key;
    size_t index; /* when KEY.p is NULL */
};

static cb_str dotted(struct cb_arena *a, const struct step *at)
{
    cb_str up;

    if (!at)
        return (cb_str){0};
    up = dotted(a, at->up);
    if (!at->key.p)
        return cb_arena_printf(a, "%" CB_FMT ".%zu", CB_ARG(up), at->index);
    return cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(up), up.n ? "." : "", CB_ARG(at->key));
}

static bool fail(struct cb_placeholder_fault *f, const char *rule, cb_str words, cb_str message, const char *remedy)
{
    f->rule = rule;
    f->words = words;
    f->message = message;
    f->remedy = cb_str_cstr(remedy);
    return false;
}

static void note_path(struct cb_placeholder *p, cb_str path)
{
    if (!path.n)
        return;
    for (size_t i = 0; i < p->path_n; i++)
        if (cb_str_eq(p->paths[i], path))
            return;
    if (p->path_n == p->path_cap) {
        size_t cap = p->path_cap ? p->path_cap * 2 : 4;
        cb_str *grown = CB_NEW_N(p->a, cb_str, cap);

        if (p->path_n)
            memcpy(grown, p->paths, p->path_n * sizeof(*grown));
        p->paths = grown;
        p->path_cap = cap;
    }
    p->paths[p->path_n++] = path;
}

static bool over(struct cb_placeholder *p, const char *key, struct cb_placeholder_fault *f)
{
    return fail(f, "placeholder-limit", cb_arena_printf(p->a, "Placeholder %s is over the limit", key),
                cb_arena_printf(p->a, "the file includes more than %d files or %d MB", CB_INCLUDE_MAX,
                                CB_INCLUDE_BYTES_MAX / (1024 * 1024)),
                "include less, or split the file");
}

static bool read_target(struct cb_placeholder *p, const char *key, cb_str target, cb_str *bytes,
                        struct cb_placeholder_fault *f)
{
    struct cb_err err = {0};
    cb_str path = {0};
    enum cb_code rc;

    if (++p->n > CB_INCLUDE_MAX)
        return over(p, key, f);
    if (p->opts && p->opts->include)
        rc = p->opts->include(p->opts->include_ctx, p->a, p->at->path, target, bytes, &path, &err);
    else
        rc = cb_fail(&err, CB_EUNSUPPORTED, "files cannot be included here");
    note_path(p, path);
    if (rc != CB_OK)
        return fail(f, "placeholder-read",
                    cb_arena_printf(p->a, "Placeholder %s could not read location %" CB_FMT ", %s: %s", key, CB_ARG(target),
                                    rc == CB_ENOTFOUND ? "NotFoundError" : "Error", err.text),
                    cb_arena_printf(p->a, "%s: %" CB_FMT " could not be read: %s", key, CB_ARG(target), err.text),
                    "check the path: it is relative to this file");
    p->bytes += bytes->n;
    if (p->bytes > CB_INCLUDE_BYTES_MAX)
        return over(p, key, f);
    return true;
}

/* All of an included tree stands where the placeholder stood. */
static void stamp(struct cb_node *node, uint32_t line, uint32_t column)
{
    node->line = line;
    node->column = column;
    node->key_line = line;
    node->key_column = column;
    for (struct cb_node *c = node->first; c; c = c->next)
        stamp(c, line, column);
}

static size_t depth_of(const struct cb_node *node)
{
    size_t most = 0;

    for (const struct cb_node *c = node->first; c; c = c->next) {
        size_t depth = depth_of(c);

        if (depth > most)
            most = depth;
    }
    return most + (node->type == CB_ARRAY || node->type == CB_OBJECT);
}

static bool bad_data(struct cb_placeholder *p, const char *key, cb_str target, const char *what,
                     struct cb_placeholder_fault *f, cb_str words)
{
    return fail(f, "placeholder-parse", words,
                cb_arena_printf(p->a, "%s: %" CB_FMT ": %s", key, CB_ARG(target), what), "correct the included file");
}

static struct cb_node *read_yaml(struct cb_placeholder *p, cb_str bytes, cb_str target, struct cb_placeholder_fault *f)
{
    struct cb_yaml yaml;
    char what[512];

    cb_yaml_read(&yaml, p->a, bytes);
    if (yaml.doc_n != 1) {
        snprintf(what, sizeof(what), "it has %zu documents, where exactly one is needed", yaml.doc_n);
        bad_data(p, "$yaml", target, what, f,
                 cb_arena_printf(p->a,
                                 "Placeholder $yaml expected to find exactly one document of data at %" CB_FMT
                                 ", found %zu",
                                 CB_ARG(target), yaml.doc_n));
        return NULL;
    }
    if (yaml.docs[0].broken) {
        snprintf(what, sizeof(what), "line %u: %.*s", yaml.docs[0].line, (int)yaml.docs[0].message.n,
                 yaml.docs[0].message.p);
        bad_data(p, "$yaml", target, what, f,
                 cb_arena_printf(p->a, "Placeholder $yaml found an error in the data at %" CB_FMT ", YAMLParseError: %s",
                                 CB_ARG(target), what));
        return NULL;
    }
    return yaml.docs[0].root ? yaml.docs[0].root : cb_node_new(p->a, CB_NULL);
}

static struct cb_node *read_json(struct cb_placeholder *p, cb_str bytes, cb_str target, struct cb_placeholder_fault *f)
{
    struct cb_node *node = NULL;
    struct cb_err err = {0};

    if (cb_node_parse(&node, p->a, bytes, &err) == CB_OK)
        return node;
    bad_data(p, "$json", target, err.text, f,
             cb_arena_printf(p->a, "Placeholder $json failed to parse JSON data at %" CB_FMT ", SyntaxError: %s",
                             CB_ARG(target), err.text));
    return NULL;
}

static struct cb_node *read_text(struct cb_placeholder *p, cb_str bytes, cb_str target, struct cb_placeholder_fault *f)
{
    struct cb_yaml_text text;
    bool nul = false;
    cb_str s = bytes;

    if (!cb_str_is_utf8(bytes)) {
        cb_yaml_text_make(&text, p->a, bytes);
        s = cb_yaml_text_back(&text, p->a, text.bytes, &nul);
    }
    if (memchr(s.p ? s.p : "", '\0', s.n)) {
        bad_data(p, "$text", target, "it has a NUL character, so it is no text", f,
                 cb_arena_printf(p->a, "Placeholder $text could not read location %" CB_FMT ", Error: it has a NUL",
                                 CB_ARG(target)));
        return NULL;
    }
    return cb_node_string(p->a, cb_arena_str(p->a, s));
}

/* NODE is {$key: value}: put what it names in its place. */
static bool replace(struct cb_placeholder *p, struct cb_node *node, const struct step *at, struct cb_placeholder_fault *f)
{
    struct cb_node *value = node->first, *got, old = *node;
    cb_str key = value->key, bytes = {0};
    size_t depth = 0;

    f->node = node;
    if (value->type != CB_STRING) {
        cb_str words = cb_arena_printf(p->a,
                                       "Placeholder %" CB_FMT
                                       " expected a string value parameter, in the form of an absolute URL or a "
                                       "relative path",
                                       CB_ARG(key));

        return fail(f, "placeholder-form", words,
                    cb_arena_printf(p->a, "%" CB_FMT " has something else than a path", CB_ARG(key)),
                    "write a path that is relative to this file, such as ./openapi.yaml");
    }
    key = cb_arena_str(p->a, key); /* ends in NUL */
    if (!read_target(p, key.p, value->text, &bytes, f))
        return false;
    if (cb_str_eq(key, CB_LIT("$yaml")))
        got = read_yaml(p, bytes, value->text, f);
    else if (cb_str_eq(key, CB_LIT("$json")))
        got = read_json(p, bytes, value->text, f);
    else
        got = read_text(p, bytes, value->text, f);
    if (!got)
        return false;
    for (const struct step *s = at; s; s = s->up)
        depth++;
    if (depth + depth_of(got) > CB_NODE_DEPTH_MAX)
        return bad_data(p, key.p, value->text, "it is nested too deeply", f, CB_LIT("Placeholder is nested too deeply"));
    stamp(got, old.line, old.column);
    *node = *got;
    node->key = old.key;
    node->key_line = old.key_line;
    node->key_column = old.key_column;
    node->next = old.next;
    return true;
}

static bool is_known(cb_str key)
{
    return cb_str_eq(key, CB_LIT("$text")) || cb_str_eq(key, CB_LIT("$json")) || cb_str_eq(key, CB_LIT("$yaml"));
}

static bool fill(struct cb_placeholder *p, struct cb_node *node, const struct step *at, struct cb_placeholder_fault *f)
{
    size_t i = 0;

    if (node->type == CB_OBJECT) {
        for (const struct cb_node *c = node->first; c; c = c->next) {
            if (!(c->key.n && c->key.p[0] == '$'))
                continue;
            if (node->child_n != 1 || !is_known(c->key))
                return true;
            if (replace(p, node, at, f))
                return true;
            f->field = dotted(p->a, at);
            return false;
        }
    } else if (node->type != CB_ARRAY) {
        return true;
    }
    for (struct cb_node *c = node->first; c; c = c->next, i++) {
        struct step here = {at, node->type == CB_OBJECT ? (c->key.p ? c->key : CB_LIT("")) : (cb_str){0}, i};

        if ((c->type == CB_OBJECT || c->type == CB_ARRAY) && !fill(p, c, &here, f))
            return false;
    }
    return true;
}

bool cb_placeholder_fill(struct cb_placeholder *p, struct cb_node *root, struct cb_placeholder_fault *fault)
{
    *fault = (struct cb_placeholder_fault){0};
    return fill(p, root, NULL, fault);
}
