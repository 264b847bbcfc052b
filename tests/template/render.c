/*
 * Renders templates for the tests in Node: a line of JSON in, a line of JSON out, until the end of the input.
 *
 *   {"source": TEXT, "context": {...}, "text": true, "cookiecutter": true, "trimBlocks": true, "lstripBlocks": true}
 *   {"value": ANY} | {"absent": true} | {"error": "sentence"}, and "called": [...] when always() or failure() were called
 *
 * "text": as a file, not as a value. "failed": what failure() answers; "integrations": [{"host", "type"}].
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/render.h"

#define HOST_N 16

static bool flag(const json_t *line, const char *name)
{
    return json_is_true(json_object_get(line, name));
}

static void answer(json_t *out, const json_t *line, struct tpl_session *s)
{
    char *context = json_dumps(json_object_get(line, "context"), JSON_ENCODE_ANY);
    char *source = json_dumps(json_object_get(line, "source"), JSON_ENCODE_ANY);
    struct tpl_result result = {0};
    const char *text = NULL;
    size_t n = 0;
    json_t *v = NULL;
    int rc;

    rc = context ? tpl_session_values(s, context, strlen(context)) : 0;
    if (rc == 0 && flag(line, "text"))
        rc = tpl_session_render(s, "template", json_string_value(json_object_get(line, "source")), json_string_length(json_object_get(line, "source")), &text, &n);
    else if (rc == 0)
        rc = tpl_session_value(s, "template", source, strlen(source), &result);
    if (rc == 0 && text)
        v = json_stringn(text, n);
    else if (rc == 0 && result.json)
        v = json_loadb(result.json, result.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (rc != 0)
        json_object_set_new(out, "error", json_string(tpl_session_error(s)));
    else if (v)
        json_object_set_new(out, "value", v);
    else if (result.json)
        json_object_set_new(out, "raw", json_string(result.json)); /* jansson takes no lone halves of pairs */
    else
        json_object_set_new(out, "absent", json_true());
    if (result.called_always || result.called_failure) {
        json_t *called = json_array();

        if (result.called_always)
            json_array_append_new(called, json_string("always"));
        if (result.called_failure)
            json_array_append_new(called, json_string("failure"));
        json_object_set_new(out, "called", called);
    }
    free(context);
    free(source);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;

    while (getline(&line, &cap, stdin) > 0) {
        json_t *in = json_loads(line, JSON_ALLOW_NUL, NULL), *out = json_object();
        struct tpl_integration hosts[HOST_N];
        struct tpl_options options = {.cookiecutter = flag(in, "cookiecutter"), .trim_blocks = flag(in, "trimBlocks"), .lstrip_blocks = flag(in, "lstripBlocks"),
                                      .status = true, .failed = flag(in, "failed"), .integrations = hosts};
        struct tpl_session *s;
        json_t *host;
        size_t i;

        json_array_foreach(json_object_get(in, "integrations"), i, host)
            if (i < HOST_N)
                hosts[options.integration_n++] = (struct tpl_integration){json_string_value(json_object_get(host, "host")),
                                                                          json_string_value(json_object_get(host, "type"))};
        s = tpl_session_new(&options);
        if (in)
            answer(out, in, s);
        else
            json_object_set_new(out, "error", json_string("the line is no JSON"));
        json_dumpf(out, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        tpl_session_free(s);
        json_decref(in);
        json_decref(out);
    }
    free(line);
    return 0;
}
