/*
 * http:backstage:request: a question to callboard's own API.
 *
 * Reading   is answered by callboard itself, as far as every reader may: whoever may run a template may read that anyway
 * The rest  goes over HTTP to the address that the operator has configured ("url"), with the authorization that the input has and no other:
 *           a step never has a right that its author's or its user's token does not have
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plugins/templates/act.h"

#define TIMEOUT_MS 60000
#define HEADER_N 50

const char act_http_request_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["path", "method"], "properties": {
        "method": {"type": "string", "title": "Method", "enum": ["GET", "HEAD", "OPTIONS", "POST", "UPDATE", "DELETE", "PUT", "PATCH"]},
        "path": {"type": "string", "title": "Path", "description": "Below /api, such as /catalog/entities/by-name/component/default/shop"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}, "title": "Headers"},
        "params": {"type": "object", "additionalProperties": {"type": "string"}, "title": "Parameters", "description": "Of the query"},
        "body": {"title": "Body", "type": ["object", "array", "string"], "description": "An object or list is sent as JSON"},
        "logRequestPath": {"type": "boolean", "title": "Log the path", "description": "Say in the log what is asked; yes unless it is said"},
        "continueOnBadResponse": {"type": "boolean", "title": "Go on", "description": "An answer of 400 and above is an output, not an error"},
        "timeout": {"type": "integer", "minimum": 1, "title": "Time", "description": "Milliseconds to wait for the answer; 60000 unless it is said"}}});

const char act_http_request_output[] = ACT_JSON({
    "type": "object", "properties": {
        "code": {"type": "string", "description": "Status of the answer"},
        "headers": {"type": "object", "description": "Its headers that matter"},
        "body": {"description": "The answer: a value if it was JSON"}}});

const char act_http_request_examples[] = ACT_JSON([
    {"description": "Ask who needs a component",
     "example": "steps:\n  - id: impact\n    name: Who needs it\n    action: http:backstage:request\n    input:\n      method: GET\n      path: /graph/entities/component/default/shop/impact\n"},
    {"description": "Have a source read again, with a token that the form asked for",
     "example": "steps:\n  - id: refresh\n    name: Read it again\n    action: http:backstage:request\n    input:\n      method: POST\n      path: /catalog/refresh\n      headers:\n        authorization: Bearer ${{ secrets.token }}\n      body:\n        entityRef: component:default/shop\n"}]);

static bool is_writing(const char *method)
{
    return strcmp(method, "GET") != 0;
}

/* "/api/x?a=b" of the input's path and params. */
static const char *path_of(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *params = host->get(input, "/params");
    const char *path = host->text(input, "/path", "");

    while (*path == '/')
        path++;
    path = strncmp(path, "api/", 4) == 0 ? host->format(call, "/%s", path) : host->format(call, "/api/%s", path);
    for (size_t i = 0; i < host->count(params, ""); i++)
        path = host->format(call, "%s%c%s=%s", path, strchr(path, '?') ? '&' : '?', host->escape(call, host->key_at(params, i)),
                            host->escape(call, host->text(host->at(params, i), "", "")));
    return path;
}

static int answered(const struct callboard_host *host, struct callboard_call *call, const char *code)
{
    host->put_text(call, "code", code);
    host->begin_object(call, "headers");
    host->end(call);
    return CALLBOARD_OK;
}

/* What callboard itself may answer. */
static int read_inside(const struct callboard_host *host, struct callboard_call *call, const char *path)
{
    const struct callboard_json *answer = host->api_get(call, path);

    if (answer) {
        answered(host, call, "200");
        host->put_json(call, "body", answer);
        return CALLBOARD_OK;
    }
    if (!host->boolean(host->input(call), "/continueOnBadResponse", 0))
        return host->fail(call, CALLBOARD_EUPSTREAM, "Unable to complete request: %s", host->error(call));
    answered(host, call, "400");
    host->begin_object(call, "body");
    host->begin_object(call, "error");
    host->put_text(call, "message", host->error(call));
    host->end(call);
    host->end(call);
    return CALLBOARD_OK;
}

/* The author's headers, but for those that belong to the connection. False: none of them says who asks. */
static bool put_headers(const struct callboard_host *host, const struct callboard_json *headers, struct callboard_http *http)
{
    static const char *const ours[] = {"host", "content-length", "transfer-encoding", "connection", "cookie"};
    bool authorized = false;

    for (size_t i = 0; i < host->count(headers, "") && i < HEADER_N; i++) {
        const char *name = host->key_at(headers, i), *value = host->text(host->at(headers, i), "", "");
        bool taken = strpbrk(value, "\r\n") != NULL;

        for (size_t j = 0; j < sizeof(ours) / sizeof(*ours); j++)
            taken |= strcasecmp(name, ours[j]) == 0;
        if (taken)
            continue;
        authorized |= strcasecmp(name, "authorization") == 0 && *value;
        host->http_header(http, name, value);
    }
    return authorized;
}

static int send(const struct callboard_host *host, struct callboard_call *call, const char *method, const char *path, const char *url)
{
    const struct callboard_json *input = host->input(call), *body = host->get(input, "/body"), *json;
    struct callboard_http *http = host->http(call, method, host->format(call, "%s%s", url, path));
    const char *text = host->text(body, "", NULL), *type;
    size_t n = 0;
    int status;

    if (!put_headers(host, host->get(input, "/headers"), http))
        return host->fail(call, CALLBOARD_EDENIED, "%s %s needs a token in the header authorization: callboard lends a step no rights", method, path);
    if (body) {
        bool is_text = text != NULL;

        text = is_text ? text : host->dump(call, body, 0);
        host->http_body(http, is_text ? host->text(input, "/headers/content-type", "text/plain") : "application/json", text, strlen(text));
    }
    host->http_timeout(http, host->integer(input, "/timeout", TIMEOUT_MS));
    if ((status = host->http_send(http)) < 0)
        return host->fail(call, status, "Unable to complete request: %s", host->error(call));
    text = host->http_text(http, &n);
    if (status >= 400 && !host->boolean(input, "/continueOnBadResponse", 0))
        return host->fail(call, CALLBOARD_EUPSTREAM, "Unable to complete request: %s %s was answered with %d: %.300s", method, path, status, text);
    host->put_textf(call, "code", "%d", status);
    host->begin_object(call, "headers");
    if ((type = host->http_answer_header(http, "content-type")))
        host->put_text(call, "content-type", type);
    host->end(call);
    json = n && type && strstr(type, "json") ? host->http_json(http) : NULL;
    if (json)
        host->put_json(call, "body", json);
    else
        host->put_text(call, "body", text);
    return CALLBOARD_OK;
}

int act_http_request(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *method = host->text(input, "/method", "GET"), *path = path_of(host, call), *url = host->text(host->config(call), "/url", "");
    size_t n = strlen(url);

    if (host->boolean(input, "/logRequestPath", 1))
        host->log(call, CALLBOARD_LOG_INFO, "Creating %s request with http:backstage:request scaffolder action against %s", method, path);
    if (!is_writing(method) && !host->text(input, "/headers/authorization", NULL) && !host->text(input, "/headers/Authorization", NULL))
        return read_inside(host, call, path);
    if (is_writing(method) && host->boolean(host->task(call), "/dryRun", 0)) {
        host->log(call, CALLBOARD_LOG_INFO, "A dry run changes nothing: %s %s was not sent", method, path);
        return answered(host, call, "200");
    }
    if (!n)
        return host->fail(call, CALLBOARD_EDENIED,
                          "%s %s goes to callboard by HTTP, and nobody has said where it is: plugins: {templates: {url: https://callboard.example.com}}",
                          method, path);
    while (n && url[n - 1] == '/')
        n--;
    return send(host, call, method, path, host->format(call, "%.*s", (int)n, url));
}
