/*
 * The language for the engine: POST render, all templates of a step in one call, and GET extensions.
 *
 *   {"templates": [{"at": "steps[0].input", "value": ANY, "as": "value" | "condition"}], "context": {...}, "failed": false,
 *    "integrations": [{"host", "type"}]}
 *   {"results": [{"value": ANY} | {"absent": true}, each also "called": ["always", "failure"] when it called these]}
 *
 * failure() answers what "failed" says. A condition's value is a boolean.
 */
#include "plugins/templates/route.h"

#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/render.h"

#define HOST_N 256     /* integrations */
#define TEMPLATE_N 4096 /* of one call */

struct answering {
    const struct callboard_host *host;
    struct callboard_call *call;
    struct tpl_session *session;
};

static void put_called(const struct answering *a, const struct tpl_result *result)
{
    if (!result->called_always && !result->called_failure)
        return;
    a->host->begin_array(a->call, "called");
    if (result->called_always)
        a->host->put_text(a->call, NULL, "always");
    if (result->called_failure)
        a->host->put_text(a->call, NULL, "failure");
    a->host->end(a->call);
}

/* One of "templates"; 0, or the code of what host->fail was told. */
static int put_result(const struct answering *a, const struct callboard_json *t, size_t i)
{
    const struct callboard_host *host = a->host;
    const char *at = host->text(t, "/at", host->format(a->call, "templates[%zu]", i));
    const struct callboard_json *value = host->get(t, "/value"), *out;
    const char *json = value ? host->dump(a->call, value, 0) : "null";
    struct tpl_result result;
    int rc = tpl_session_value(a->session, at, json, strlen(json), &result);

    if (rc != 0)
        return host->fail(a->call, rc, "%s", tpl_session_error(a->session));
    host->begin_object(a->call, NULL);
    if (strcmp(host->text(t, "/as", "value"), "condition") == 0) {
        host->put_boolean(a->call, "value", result.truthy);
    } else if (!result.json) {
        host->put_boolean(a->call, "absent", 1);
    } else if ((out = host->parse(a->call, result.json, result.n))) {
        host->put_json(a->call, "value", out);
    } else {
        return host->fail(a->call, CALLBOARD_EINVAL, "%s: its value cannot be written as JSON: %s", at, host->error(a->call));
    }
    put_called(a, &result);
    host->end(a->call);
    return 0;
}

int tpl_route_render(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *body = host->get(host->input(call), "/body"), *templates = host->get(body, "/templates");
    const struct callboard_json *context = host->get(body, "/context"), *integrations = host->get(body, "/integrations");
    struct tpl_integration hosts[HOST_N];
    struct tpl_options options = {.status = true, .failed = host->boolean(body, "/failed", 0) != 0, .integrations = hosts};
    struct answering a = {.host = host, .call = call};
    int rc = 0;

    if (host->type(templates, "") != CALLBOARD_JSON_ARRAY)
        return host->fail(call, CALLBOARD_EINVAL, "the body has no list \"templates\"");
    if (host->count(templates, "") > TEMPLATE_N)
        return host->fail(call, CALLBOARD_ELIMIT, "more than %d templates in one call", TEMPLATE_N);
    for (size_t i = 0; i < host->count(integrations, "") && i < HOST_N; i++) {
        const struct callboard_json *one = host->at(integrations, i);

        hosts[options.integration_n++] = (struct tpl_integration){host->text(one, "/host", ""), host->text(one, "/type", "")};
    }
    a.session = tpl_session_new(&options);
    if (context) {
        const char *json = host->dump(call, context, 0);

        if ((rc = tpl_session_values(a.session, json, strlen(json))) != 0)
            rc = host->fail(call, rc, "context: %s", tpl_session_error(a.session));
    }
    host->begin_array(call, "results");
    for (size_t i = 0; rc == 0 && i < host->count(templates, ""); i++) /* each within limit.h, all of them within the call's time */
        rc = host->cancelled(call) ? host->fail(call, CALLBOARD_ECANCELLED, "the time for rendering is over") : put_result(&a, host->at(templates, i), i);
    host->end(call);
    tpl_session_free(a.session);
    return rc == 0 ? CALLBOARD_OK : CALLBOARD_FAILED;
}

int tpl_route_extensions(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *all = host->parse(call, tpl_extensions, strlen(tpl_extensions));

    host->put_json(call, "filters", host->get(all, "/filters"));
    host->put_json(call, "globals", host->get(all, "/globals"));
    return CALLBOARD_OK;
}
