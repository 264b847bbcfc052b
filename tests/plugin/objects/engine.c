/*
 * A language and steps for the tests of the engine, which knows neither: ${{ a.b.c }}, ${{ always() }}, ${{ failure() }}, and ${{ ! }} that
 * cannot be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <callboard/plugin.h>

struct rendering {
    const struct callboard_host *host;
    struct callboard_call *call;
    const struct callboard_json *context;
    const char *at;
    int failed, always, failure, wrong;
};

static const char *pointer(struct rendering *r, const char *path)
{
    const char *p = "";

    while (*path) {
        size_t n = strcspn(path, ".");

        p = r->host->format(r->call, "%s/%.*s", p, (int)n, path);
        path += n + (path[n] == '.');
    }
    return p;
}

/* Does one stand at FROM? */
static int expression(const char *from, char out[256])
{
    const char *end = strstr(from, "}}");
    size_t n;

    if (strncmp(from, "${{", 3) != 0 || !end)
        return 0;
    from += 3;
    while (*from == ' ')
        from++;
    n = (size_t)(end - from);
    while (n && from[n - 1] == ' ')
        n--;
    if (n > 255)
        n = 255;
    memcpy(out, from, n);
    out[n] = '\0';
    return 1;
}

/* Its value (NULL: undefined), or BOOLEAN 0 or 1. */
static const struct callboard_json *look_up(struct rendering *r, const char *text, int *boolean)
{
    *boolean = -1;
    if (strcmp(text, "always()") == 0) {
        r->always = 1;
        *boolean = 1;
    } else if (strcmp(text, "failure()") == 0) {
        r->failure = 1;
        *boolean = r->failed;
    } else if (*text == '!') {
        r->wrong = 1;
    } else {
        return r->host->get(r->context, pointer(r, text));
    }
    return NULL;
}

static const char *as_text(struct rendering *r, const struct callboard_json *v, int boolean)
{
    if (boolean >= 0)
        return boolean ? "true" : "false";
    switch (r->host->type(v, "")) {
    case CALLBOARD_JSON_NONE:
    case CALLBOARD_JSON_NULL:
        return "";
    case CALLBOARD_JSON_TEXT:
        return r->host->text(v, "", "");
    default:
        return r->host->dump(r->call, v, 0);
    }
}

static size_t length(const char *from)
{
    return (size_t)(strstr(from, "}}") + 2 - from);
}

static void put_text(struct rendering *r, const char *key, const char *text)
{
    const struct callboard_json *v;
    const char *out = "", *at = text;
    char e[256];
    int boolean;

    if (expression(text, e) && text[length(text)] == '\0') {
        v = look_up(r, e, &boolean);
        if (boolean >= 0)
            r->host->put_boolean(r->call, key, boolean);
        else if (r->host->type(v, "") != CALLBOARD_JSON_NONE)
            r->host->put_json(r->call, key, v);
        else if (!key)
            r->host->put_text(r->call, NULL, NULL);
        return;
    }
    while (*at) {
        if (expression(at, e)) {
            v = look_up(r, e, &boolean);
            out = r->host->format(r->call, "%s%s", out, as_text(r, v, boolean));
            at += length(at);
        } else {
            out = r->host->format(r->call, "%s%c", out, *at++);
        }
    }
    r->host->put_text(r->call, key, out);
}

static void put(struct rendering *r, const char *key, const struct callboard_json *v)
{
    enum callboard_json_type type = r->host->type(v, "");

    if (type == CALLBOARD_JSON_TEXT) {
        put_text(r, key, r->host->text(v, "", ""));
        return;
    }
    if (type != CALLBOARD_JSON_ARRAY && type != CALLBOARD_JSON_OBJECT) {
        r->host->put_json(r->call, key, v);
        return;
    }
    if (type == CALLBOARD_JSON_ARRAY)
        r->host->begin_array(r->call, key);
    else
        r->host->begin_object(r->call, key);
    for (size_t i = 0; i < r->host->count(v, ""); i++)
        put(r, type == CALLBOARD_JSON_OBJECT ? r->host->key_at(v, i) : NULL, r->host->at(v, i));
    r->host->end(r->call);
}

static int is_true(struct rendering *r, const struct callboard_json *value)
{
    const struct callboard_json *v = value;
    char e[256];
    int boolean = -1;

    if (r->host->type(value, "") == CALLBOARD_JSON_TEXT && expression(r->host->text(value, "", ""), e))
        v = look_up(r, e, &boolean);
    if (boolean >= 0)
        return boolean;
    switch (r->host->type(v, "")) {
    case CALLBOARD_JSON_TEXT:
        return *r->host->text(v, "", "") && strcmp(r->host->text(v, "", ""), "false") != 0;
    case CALLBOARD_JSON_BOOLEAN:
        return r->host->boolean(v, "", 0);
    case CALLBOARD_JSON_NUMBER:
        return r->host->number(v, "", 0) != 0;
    case CALLBOARD_JSON_NONE:
    case CALLBOARD_JSON_NULL:
        return 0;
    default:
        return r->host->count(v, "") > 0;
    }
}

static int render(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *body = host->get(host->input(call), "/body"), *templates = host->get(body, "/templates");

    host->begin_array(call, "results");
    for (size_t i = 0; i < host->count(templates, ""); i++) {
        const struct callboard_json *t = host->at(templates, i), *value = host->get(t, "/value");
        struct rendering r = {.host = host, .call = call, .context = host->get(body, "/context"), .at = host->text(t, "/at", ""),
                              .failed = host->boolean(body, "/failed", 0)};

        host->begin_object(call, NULL);
        if (strcmp(host->text(t, "/as", ""), "condition") == 0)
            host->put_boolean(call, "value", is_true(&r, value));
        else
            put(&r, "value", value);
        host->begin_array(call, "called");
        if (r.always)
            host->put_text(call, NULL, "always");
        if (r.failure)
            host->put_text(call, NULL, "failure");
        host->end(call);
        host->end(call);
        if (r.wrong)
            return host->fail(call, CALLBOARD_EINVAL, "%s: line 1, column 5: unexpected \"!\"", r.at);
    }
    return CALLBOARD_OK;
}

static int extensions(const struct callboard_host *host, struct callboard_call *call)
{
    host->begin_object(call, "filters");
    host->end(call);
    host->begin_object(call, "globals");
    return CALLBOARD_OK;
}

/* ---- steps */

static int echo(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);

    host->log(call, CALLBOARD_LOG_INFO, "%s", host->text(input, "/message", "nothing"));
    for (size_t i = 0; i < host->count(input, ""); i++)
        host->put_json(call, host->key_at(input, i), host->at(input, i));
    return CALLBOARD_OK;
}

static int rest(const struct callboard_host *host, struct callboard_call *call)
{
    int64_t ms = host->integer(host->input(call), "/ms", 0);
    int rc;

    host->log(call, CALLBOARD_LOG_INFO, "waiting");
    if ((rc = host->wait_ms(call, ms)) < 0)
        return host->fail(call, rc, "woken");
    return CALLBOARD_OK;
}

static int fails(const struct callboard_host *host, struct callboard_call *call)
{
    return host->fail(call, (int)host->integer(host->input(call), "/code", CALLBOARD_FAILED), "%s", host->text(host->input(call), "/message", "no reason"));
}

static int write_file(const struct callboard_host *host, struct callboard_call *call)
{
    const char *path = host->format(call, "%s/%s", host->workspace(call), host->text(host->input(call), "/path", "file"));
    FILE *f = fopen(path, "w");

    if (!f)
        return host->fail(call, CALLBOARD_EDENIED, "cannot write it");
    fputs(host->text(host->input(call), "/text", ""), f);
    for (int64_t n = host->integer(host->input(call), "/bytes", 0); n > 0; n--)
        fputc('x', f);
    fclose(f);
    return CALLBOARD_OK;
}

static int removes(const struct callboard_host *host, struct callboard_call *call)
{
    return remove(host->format(call, "%s/%s", host->workspace(call), host->text(host->input(call), "/path", "file"))) == 0
               ? CALLBOARD_OK
               : host->fail(call, CALLBOARD_ENOTFOUND, "no such file");
}

/* Something outside: a name that is remembered until it is undone. How often it was made is told. */
static int make(const struct callboard_host *host, struct callboard_call *call)
{
    const char *key = host->format(call, "made/%s", host->text(host->input(call), "/name", "")), *was = host->state_get(call, key, NULL);
    const char *now = host->format(call, "%d", was ? atoi(was) + 1 : 1);

    if (host->state_put(call, key, now, strlen(now), 0) < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    host->put_text(call, "url", host->format(call, "https://made.test/%s", host->text(host->input(call), "/name", "")));
    host->put_integer(call, "times", atoi(now));
    return CALLBOARD_OK;
}

static int unmake(const struct callboard_host *host, struct callboard_call *call)
{
    const char *name = host->text(host->input(call), "/input/name", "");

    if (strcmp(name, "stubborn") == 0)
        return host->fail(call, CALLBOARD_EDENIED, "it will not go");
    host->state_del(call, host->format(call, "made/%s", name));
    return CALLBOARD_OK;
}

static int made(const struct callboard_host *host, struct callboard_call *call)
{
    const char *was = host->state_get(call, host->format(call, "made/%s", host->text(host->input(call), "/query/name", "")), NULL);

    host->put_integer(call, "times", was ? atoi(was) : 0);
    return CALLBOARD_OK;
}

static int crash(const struct callboard_host *host, struct callboard_call *call)
{
    (void)host;
    (void)call;
    abort();
}

static const struct callboard_action actions[] = {
    {.name = "test:echo",
     .summary = "Answers what it was given",
     .input = "{\"type\":\"object\",\"properties\":{\"message\":{\"type\":\"string\"}}}",
     .examples = "[{\"description\":\"Says hello\",\"example\":\"steps: []\"}]",
     .dry_run = 1,
     .run = echo},
    {.name = "test:rest", .summary = "Waits", .dry_run = 1, .run = rest},
    {.name = "test:fail", .summary = "Fails", .dry_run = 1, .run = fails},
    {.name = "test:write", .summary = "Writes a file", .dry_run = 1, .run = write_file},
    {.name = "test:remove", .summary = "Removes a file", .dry_run = 1, .run = removes},
    {.name = "test:make",
     .summary = "Makes something",
     .input = "{\"type\":\"object\",\"required\":[\"name\"],\"additionalProperties\":false,\"properties\":{\"name\":{\"type\":\"string\"},\"token\":{\"type\":\"string\"}}}",
     .output = "{\"type\":\"object\",\"properties\":{\"url\":{\"type\":\"string\"},\"times\":{\"type\":\"number\"}}}",
     .run = make,
     .undo = unmake},
    {.name = "test:crash", .summary = "Crashes", .run = crash},
    {0},
};

static const struct callboard_route routes[] = {
    {"POST", "render", "reader", "Renders", 0, render},
    {"GET", "extensions", "reader", "Filters and globals", 0, extensions},
    {"GET", "made", "reader", "How often it was made", 0, made},
    {0},
};

CALLBOARD_PLUGIN(.name = "templates", .version = "1.0.0", .summary = "A language and steps for tests", .actions = actions, .routes = routes);
