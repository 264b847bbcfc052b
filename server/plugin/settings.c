#include "server/plugin/settings.h"

#include "catalog/base/clock.h"
#include "catalog/base/schema.h"
#include "catalog/base/vec.h"
#include "server/config/option.h"
#include "server/plugin/lend.h"

#define SECRET_MIN 4 /* bytes: a shorter one would hide half of every text (as the host's CB_TABLE_SECRET_MIN) */

struct place {
    struct cb_arena *a;
    const struct cb_config *config;
    cb_str name;
    struct cb_err *err;
};

/* "callboard.yaml:12:5: plugins.argocd: sentence" */
static enum cb_code wrong(const struct place *at, const struct cb_node *n, const char *fmt, ...) CB_PRINTF(3, 4);
static enum cb_code wrong(const struct place *at, const struct cb_node *n, const char *fmt, ...)
{
    cb_str file = at->config->plugins_file.n ? at->config->plugins_file : CB_LIT("the configuration");
    cb_str text;
    va_list ap;

    va_start(ap, fmt);
    text = cb_arena_vprintf(at->a, fmt, ap);
    va_end(ap);
    if (n && n->line)
        return cb_fail(at->err, CB_EINVAL, "%" CB_FMT ":%u:%u: plugins.%" CB_FMT ": %" CB_FMT, CB_ARG(file), n->line, n->column,
                       CB_ARG(at->name), CB_ARG(text));
    return cb_fail(at->err, CB_EINVAL, "%" CB_FMT ": plugins.%" CB_FMT ": %" CB_FMT, CB_ARG(file), CB_ARG(at->name), CB_ARG(text));
}

static enum cb_code number(int64_t *out, const struct place *at, const struct cb_node *n, int64_t min, int64_t max)
{
    if (n->type != CB_INT || n->i < min || n->i > max)
        return wrong(at, n, "%" CB_FMT " is a whole number from %lld to %lld", CB_ARG(n->key), (long long)min, (long long)max);
    *out = n->i;
    return CB_OK;
}

/* A key of ours; *TAKEN false when it is the plugin's. */
static enum cb_code own_key(bool *taken, struct cb_plugin_settings *out, const struct place *at, const struct cb_node *n)
{
    *taken = true;
    if (cb_str_eq(n->key, CB_LIT("enabled"))) {
        if (n->type != CB_BOOL)
            return wrong(at, n, "enabled is true or false");
        out->enabled = n->b;
        return CB_OK;
    }
    if (cb_str_eq(n->key, CB_LIT("concurrency")))
        return number(&out->concurrency, at, n, 1, CB_PLUGIN_CONCURRENCY_MAX);
    if (cb_str_eq(n->key, CB_LIT("memory")))
        return number(&out->memory_mb, at, n, CB_PLUGIN_MEMORY_MIN, CB_PLUGIN_MEMORY_MAX);
    if (cb_str_eq(n->key, CB_LIT("files")))
        return number(&out->file_n, at, n, CB_PLUGIN_FILES_MIN, CB_PLUGIN_FILES_MAX);
    if (cb_str_eq(n->key, CB_LIT("deadline"))) {
        if (!cb_duration_parse(&out->deadline_us, cb_node_scalar(at->a, n)) || out->deadline_us < CB_MS_US ||
            out->deadline_us > CB_PLUGIN_DEADLINE_MAX_US)
            return wrong(at, n, "deadline is a duration such as 20s, at most 1h");
        return CB_OK;
    }
    if (cb_str_eq(n->key, CB_LIT("ca_file"))) {
        if (n->type != CB_STRING || n->text.n == 0)
            return wrong(at, n, "ca_file is a path");
        out->ca_file = cb_option_path(at->a, n->text, at->config->plugins_dir);
        return CB_OK;
    }
    if (cb_str_eq(n->key, CB_LIT("integrations"))) {
        struct cb_node *lent;
        struct cb_err why = {0};

        if (cb_lend(&lent, at->a, at->config, n, &why) != CB_OK)
            return wrong(at, n, "%s", why.text);
        out->lent = lent;
        return CB_OK;
    }
    *taken = false;
    return CB_OK;
}

enum cb_code cb_settings_read(struct cb_plugin_settings *out, struct cb_arena *a, const struct cb_config *config, cb_str name,
                              struct cb_err *err)
{
    const struct cb_node *section = cb_node_get_str(config->plugins, name);
    struct cb_node *rest = cb_node_new(a, CB_OBJECT);
    struct place at = {a, config, name, err};
    enum cb_code rc;

    *out = (struct cb_plugin_settings){.enabled = true, .configured = section != NULL, .concurrency = CB_PLUGIN_CONCURRENCY, .section = rest};
    if (!section || section->type != CB_OBJECT)
        return CB_OK;
    rest->line = section->key_line;
    rest->column = section->key_column;
    for (const struct cb_node *n = section->first; n; n = n->next) {
        bool taken;

        if ((rc = own_key(&taken, out, &at, n)) != CB_OK)
            return rc;
        if (!taken)
            cb_node_put(rest, cb_arena_str(a, n->key), cb_node_copy(a, n));
    }
    return CB_OK;
}

/* ---- by the plugin's schema */

typedef CB_VEC(cb_str) texts;

static void gather(cb_str text, void *ctx)
{
    texts *to = ctx;

    cb_vec_push(to, text);
}

static bool is_among(const texts *all, const char *p)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].p == p)
            return true;
    return false;
}

/* Put in the files' first lines for "file:" in what is secret; a secret is known by where its text lies. */
static enum cb_code resolve(const struct place *at, struct cb_node *n, const texts *secret)
{
    enum cb_code rc = CB_OK;

    if (n->type == CB_STRING && cb_str_starts(n->text, CB_LIT("file:")) && is_among(secret, n->text.p)) {
        struct cb_err why = {0};
        cb_str text;

        if (cb_option_secret(&text, at->a, n->text, at->config->plugins_dir, &why) != CB_OK)
            return wrong(at, n, "%" CB_FMT " %s", CB_ARG(n->key.n ? n->key : CB_LIT("it")), why.text);
        n->text = cb_arena_str(at->a, text);
    }
    for (struct cb_node *child = n->first; child && rc == CB_OK; child = child->next)
        rc = resolve(at, child, secret);
    return rc;
}

static const cb_str *keep(struct cb_arena *a, texts *from, size_t *n)
{
    cb_str *v = CB_NEW_N(a, cb_str, from->n + 1);

    *n = from->n;
    for (size_t i = 0; i < from->n; i++)
        v[i] = cb_arena_str(a, from->v[i]);
    cb_vec_clear(from);
    return v;
}

/* Where a URL leads: what comes behind its host may hold a plugin's placeholders, which no parser of URLs would take. */
static cb_str origin_of(cb_str url)
{
    size_t scheme = cb_str_find(url, CB_LIT("://")), n;

    if (scheme == SIZE_MAX)
        return url;
    for (n = scheme + 3; n < url.n && !strchr("/?#", url.p[n]);)
        n++;
    return cb_str_sub(url, 0, n);
}

/* The integrations as a member of VALUE, where no schema has looked; their KEY into FOUND. */
static void lend(struct cb_node *value, struct cb_arena *a, const struct cb_plugin_settings *s, const char *key, texts *found)
{
    if (!s->lent)
        return;
    if (!cb_node_get(value, "integrations"))
        cb_node_put(value, CB_LIT("integrations"), cb_node_copy(a, s->lent));
    for (const struct cb_node *n = s->lent->first; n; n = n->next)
        if (cb_node_text(n, key).n)
            cb_vec_push(found, cb_node_text(n, key));
}

static enum cb_code first_error(const struct place *at, const struct cb_plugin_settings *s, const struct cb_schema_error *e, size_t n)
{
    const struct cb_node *where = e->at && e->at->line ? e->at : s->section;
    cb_str more = n > 1 ? cb_arena_printf(at->a, " (and %zu more)", n - 1) : CB_LIT("");

    return wrong(at, where, "%" CB_FMT "%s%" CB_FMT "%" CB_FMT, CB_ARG(e->path), e->path.n ? " " : "", CB_ARG(e->message), CB_ARG(more));
}

enum cb_code cb_settings_check(struct cb_plugin_settings *s, struct cb_arena *a, const struct cb_config *config, cb_str name,
                               const struct cb_node *schema, struct cb_err *err)
{
    struct cb_schema_errors *errors = CB_NEW(a, struct cb_schema_errors);
    struct cb_node *value = cb_node_copy(a, s->section);
    struct place at = {a, config, name, err};
    struct cb_buf json = CB_BUF_INIT;
    texts found = {0};
    enum cb_code rc = CB_OK;

    if (!schema && value->first)
        return wrong(&at, value->first, "%" CB_FMT ": this plugin takes no configuration", CB_ARG(value->first->key));
    if (schema) {
        cb_schema_each_text(schema, value, "writeOnly", NULL, gather, &found);
        rc = resolve(&at, value, &found);
        cb_vec_clear(&found);
        if (rc == CB_OK)
            rc = cb_schema_check(errors, a, schema, value, err);
        if (rc == CB_OK && errors->n)
            rc = first_error(&at, s, &errors->v[0], errors->n);
    }
    if (rc == CB_OK) {
        if (schema)
            cb_schema_fill(a, schema, value);
        if (schema)
            cb_schema_each_text(schema, value, "writeOnly", NULL, gather, &found);
        lend(value, a, s, "token", &found);
        s->secrets = keep(a, &found, &s->secret_n);
        if (schema)
            cb_schema_each_text(schema, value, "", "uri", gather, &found);
        lend(value, a, s, "api", &found);
        for (size_t i = 0; i < found.n; i++)
            found.v[i] = origin_of(found.v[i]);
        s->allow = keep(a, &found, &s->allow_n);
    }
    if (rc == CB_OK) {
        cb_node_dump(&json, value);
        s->json = cb_arena_str(a, cb_buf_str(&json));
    }
    cb_buf_fini(&json);
    cb_vec_fini(&found);
    return rc;
}

bool cb_settings_same(const struct cb_plugin_settings *a, const struct cb_plugin_settings *b)
{
    return a->enabled == b->enabled && a->concurrency == b->concurrency && a->memory_mb == b->memory_mb && a->file_n == b->file_n &&
           a->deadline_us == b->deadline_us && cb_str_eq(a->ca_file, b->ca_file) && cb_str_eq(a->json, b->json);
}

cb_str cb_settings_mask(struct cb_arena *a, const struct cb_plugin_settings *s, cb_str text)
{
    for (size_t i = 0; i < s->secret_n; i++) {
        struct cb_buf out = CB_BUF_INIT;
        cb_str secret = s->secrets[i], rest = text;
        size_t at;

        if (secret.n < SECRET_MIN || cb_str_find(text, secret) == SIZE_MAX)
            continue;
        while ((at = cb_str_find(rest, secret)) != SIZE_MAX) {
            cb_buf_put(&out, rest.p, at);
            cb_buf_put_cstr(&out, "***");
            rest = cb_str_sub(rest, at + secret.n, rest.n);
        }
        cb_buf_put_str(&out, rest);
        text = cb_arena_str(a, cb_buf_str(&out));
        cb_buf_fini(&out);
    }
    return text;
}
