#include "server/http/reply.h"

#include <assert.h>
#include <stdio.h>

#include "catalog/base/clock.h"

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

const char *cb_reply_reason(int status)
{
    for (size_t i = 0; i < CB_COUNT(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

/* The names Backstage's clients know errors by. */
static const char *error_name(enum cb_code code)
{
    switch (code) {
    case CB_EINVAL:
        return "InputError";
    case CB_EAUTH:
        return "AuthenticationError";
    case CB_EDENIED:
        return "NotAllowedError";
    case CB_ENOTFOUND:
        return "NotFoundError";
    case CB_ECONFLICT:
        return "ConflictError";
    case CB_ELIMIT:
        return "PayloadTooLargeError";
    case CB_ETYPE:
        return "UnsupportedMediaTypeError";
    case CB_EUNSUPPORTED:
        return "NotImplementedError";
    case CB_EUNAVAILABLE:
        return "ServiceUnavailableError";
    case CB_EUPSTREAM:
        return "UpstreamError";
    case CB_ETIMEOUT:
        return "TimeoutError";
    default:
        return "Error";
    }
}

void cb_reply_header(struct cb_reply *rp, const char *name, cb_str value)
{
    assert(rp->header_n < CB_REPLY_HEADER_N);
    rp->headers[rp->header_n++] = (struct cb_reply_header){name, value};
}

/* Forget what a handler had begun. */
static void start_over(struct cb_reply *rp, int status)
{
    cb_buf_clear(&rp->body);
    rp->status = status;
    rp->fixed = CB_LIT("");
    rp->coding = NULL;
    rp->etag = false;
    rp->next = NULL;
    rp->header_n = 0;
    rp->later = false;
    rp->await = false;
    rp->park = 0;
    rp->made = 0;
}

enum cb_code cb_reply_empty(struct cb_reply *rp, int status)
{
    start_over(rp, status);
    rp->type = NULL;
    rp->compress = false;
    return CB_OK;
}

enum cb_code cb_reply_stream(struct cb_reply *rp, cb_reply_next_fn *next, void *ctx)
{
    rp->next = next;
    rp->next_ctx = ctx;
    return CB_OK;
}

enum cb_code cb_reply_outside(struct cb_reply *rp, cb_reply_begin_fn *begin, void *ctx)
{
    rp->begin = begin;
    rp->begin_ctx = ctx;
    return CB_OK;
}

enum cb_code cb_reply_later(struct cb_reply *rp)
{
    rp->later = true;
    return CB_OK;
}

void cb_reply_made(struct cb_reply *rp, int64_t generation)
{
    rp->made = generation;
}

void cb_reply_refuse(struct cb_reply *rp, const struct cb_request *rq, int status, const char *name, const char *text)
{
    start_over(rp, status);
    rp->type = "application/json; charset=utf-8";
    rp->compress = true;
    rp->no_store = true;
    cb_buf_put_cstr(&rp->body, "{\"error\":{\"name\":\"");
    cb_buf_put_cstr(&rp->body, name);
    cb_buf_put_cstr(&rp->body, "\",\"message\":");
    cb_buf_put_json(&rp->body, cb_str_cstr(text));
    cb_buf_put_cstr(&rp->body, "},\"request\":{\"method\":");
    cb_buf_put_json(&rp->body, rq->method_text);
    cb_buf_put_cstr(&rp->body, ",\"url\":");
    cb_buf_put_json(&rp->body, rq->url);
    cb_buf_printf(&rp->body, "},\"response\":{\"statusCode\":%d}}", status);
}

void cb_reply_error(struct cb_reply *rp, const struct cb_request *rq, enum cb_code code, const char *text)
{
    cb_reply_refuse(rp, rq, cb_code_http(code), error_name(code), text);
    if (code == CB_EAUTH)
        cb_reply_header(rp, "www-authenticate", CB_LIT("Bearer"));
    if (code == CB_EUNAVAILABLE)
        cb_reply_header(rp, "retry-after", CB_LIT("1"));
}

void cb_reply_etag(char out[CB_REPLY_ETAG_MAX], const struct cb_request *rq)
{
    static const char digits[] = "0123456789";
    uint64_t generation = (uint64_t)(rq->at ? rq->at : cb_snapshot_generation(rq->snapshot));
    char reversed[20];
    size_t n = 0, at = 0;

    memcpy(out, "W/\"", at = 3);
    memcpy(out + at, cb_snapshot_epoch(rq->snapshot), 8);
    at += 8;
    out[at++] = '-';
    do {
        reversed[n++] = digits[generation % 10];
    } while ((generation /= 10));
    while (n)
        out[at++] = reversed[--n];
    out[at++] = '"';
    out[at] = '\0';
}

void cb_put_member(struct cb_buf *out, const char *key, cb_str text)
{
    cb_buf_put_cstr(out, ",\"");
    cb_buf_put_cstr(out, key);
    cb_buf_put_cstr(out, "\":");
    cb_buf_put_json(out, text);
}

void cb_put_member_int(struct cb_buf *out, const char *key, int64_t i)
{
    cb_buf_printf(out, ",\"%s\":%lld", key, (long long)i);
}

void cb_put_member_bool(struct cb_buf *out, const char *key, bool b)
{
    cb_buf_printf(out, ",\"%s\":%s", key, b ? "true" : "false");
}

void cb_put_member_time(struct cb_buf *out, const char *key, int64_t at_us)
{
    char text[32];

    cb_buf_put_cstr(out, ",\"");
    cb_buf_put_cstr(out, key);
    cb_buf_put_cstr(out, "\":");
    if (at_us == 0) {
        cb_buf_put_cstr(out, "null");
        return;
    }
    cb_clock_format(text, at_us);
    cb_buf_put_json(out, cb_str_cstr(text));
}
