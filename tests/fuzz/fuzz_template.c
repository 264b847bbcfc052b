/*
 * Any bytes as a template: as a file and as a value, in each mode. It ends, within its limits, with a text or with a sentence
 * that says where; a value that came out is JSON, and what is rendered twice is the same.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char values[] = "{\"a\":1,\"b\":\"two\",\"arr\":[3,1,2],\"obj\":{\"x\":1,\"y\":\"z\"},\"s\":\"h\\u00e9llo \\ud83d\\ude00\",\"nul\":null,\"t\":true,"
                             "\"objs\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":1}],\"repo\":\"github.com?owner=o&repo=r\",\"ref\":\"component:default/x\"}";

static const struct tpl_integration forges[] = {{"github.com", "github"}};

static void must(bool is_true)
{
    if (!is_true)
        __builtin_trap();
}

static char *as_file(const struct tpl_options *options, const char *text, size_t n, size_t *out_n)
{
    struct tpl_session *s = tpl_session_new(options);
    const char *out = NULL;
    char *copy = NULL;

    must(tpl_session_values(s, values, sizeof(values) - 1) == 0);
    if (tpl_session_render(s, "src/x", text, n, &out, out_n) != 0) {
        must(strncmp(tpl_session_error(s), "src/x:", 6) == 0);
    } else {
        must(out && out[*out_n] == '\0' && *out_n <= TPL_OUTPUT_MAX);
        copy = malloc(*out_n + 1);
        must(copy != NULL);
        memcpy(copy, out, *out_n + 1);
    }
    tpl_session_free(s);
    return copy;
}

static void as_value(const struct tpl_options *options, const char *text, size_t n)
{
    json_t *source = json_stringn(text, n), *got;
    struct tpl_session *s;
    struct tpl_result result = {0};
    char *json;

    if (!source)
        return; /* no UTF-8: it could not have come as JSON */
    json = json_dumps(source, JSON_ENCODE_ANY);
    s = tpl_session_new(options);
    must(tpl_session_values(s, values, sizeof(values) - 1) == 0);
    if (tpl_session_value(s, "steps[0].input", json, strlen(json), &result) != 0) {
        must(tpl_session_error(s)[0] != '\0');
    } else if (result.json && !strstr(result.json, "\\ud")) { /* jansson takes no lone halves of pairs */
        got = json_loadb(result.json, result.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        must(got != NULL);
        json_decref(got);
    }
    tpl_session_free(s);
    free(json);
    json_decref(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tpl_options options = {.integrations = forges, .integration_n = 1, .status = true};
    size_t n1 = 0, n2 = 0;
    char *one, *two;

    if (size < 1)
        return 0;
    options.cookiecutter = data[0] & 1;
    options.trim_blocks = data[0] & 2;
    options.lstrip_blocks = data[0] & 4;
    options.failed = data[0] & 8;
    one = as_file(&options, (const char *)data + 1, size - 1, &n1);
    if (!memmem(data, size, "random", 6)) {
        two = as_file(&options, (const char *)data + 1, size - 1, &n2);
        must((one == NULL) == (two == NULL) && (!one || (n1 == n2 && memcmp(one, two, n1) == 0)));
        free(two);
    }
    free(one);
    as_value(&options, (const char *)data + 1, size - 1);
    return 0;
}
