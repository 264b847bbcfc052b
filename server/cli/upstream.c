#include "server/cli/upstream.h"

#include <curl/curl.h>
#include <time.h>

#include "catalog/base/clock.h"

struct cb_upstream {
    CURL *curl;
    struct curl_slist *headers;
    char *base;
    int64_t request_n, request_max, until_us;
};

static char *copy(cb_str s)
{
    char *p = strndup(s.p ? s.p : "", s.n);

    if (!p)
        abort();
    return p;
}

enum cb_code cb_upstream_open(struct cb_upstream **out, cb_str url, cb_str token, const struct cb_upstream_limits *limits,
                              struct cb_err *err)
{
    struct cb_upstream *u;
    struct cb_buf line = CB_BUF_INIT;

    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    if (cb_str_ends(url, CB_LIT("/api/catalog")))
        url.n -= 12;
    if (!cb_str_starts(url, CB_LIT("https://")) && !cb_str_starts(url, CB_LIT("http://")))
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is not the URL of a back end: https://backstage.example.com", CB_ARG(cb_str_cut(url, 200)));
    if (cb_str_find_char(url, '@', 0) != SIZE_MAX || cb_str_find_char(url, '?', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "the URL of a back end has no user and no query: give a token with --token");
    for (size_t i = 0; i < token.n; i++)
        if ((unsigned char)token.p[i] < 0x21 || (unsigned char)token.p[i] > 0x7E)
            return cb_fail(err, CB_EINVAL, "the token has a character that no token has");
    if (!(u = calloc(1, sizeof(*u))))
        abort();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    u->base = copy(url);
    u->request_max = limits->request_n;
    u->until_us = cb_clock_mono_us() + limits->time_us;
    if (!(u->curl = curl_easy_init()))
        abort();
    u->headers = curl_slist_append(u->headers, "Accept: application/json");
    u->headers = curl_slist_append(u->headers, "Content-Type: application/json");
    u->headers = curl_slist_append(u->headers, "Expect:");
    if (token.n) {
        cb_buf_printf(&line, "Authorization: Bearer %" CB_FMT, CB_ARG(token));
        u->headers = curl_slist_append(u->headers, line.p);
        explicit_bzero(line.p, line.n);
    }
    cb_buf_fini(&line);
    *out = u;
    return CB_OK;
}

void cb_upstream_close(struct cb_upstream *u)
{
    if (!u)
        return;
    curl_easy_cleanup(u->curl);
    curl_slist_free_all(u->headers);
    free(u->base);
    free(u);
}

const char *cb_upstream_name(const struct cb_upstream *u)
{
    return u->base;
}

int64_t cb_upstream_asked(const struct cb_upstream *u)
{
    return u->request_n;
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct cb_buf *answer = ctx;

    if (answer->n + size * n > CB_UPSTREAM_ANSWER_MAX)
        return 0;
    cb_buf_put(answer, bytes, size * n);
    return size * n;
}

/* One try. *WAIT_S: what Retry-After says. */
static enum cb_code ask_once(struct cb_buf *answer, long *status, curl_off_t *wait_s, struct cb_upstream *u, const char *url, cb_str body,
                             struct cb_err *err)
{
    int64_t left_us = u->until_us - cb_clock_mono_us();
    CURLcode code;

    if (u->request_n >= u->request_max)
        return cb_fail(err, CB_ELIMIT, "%s was asked %lld times and there is more: raise --requests", u->base, (long long)u->request_max);
    if (left_us <= 0)
        return cb_fail(err, CB_ELIMIT, "the time is over: raise --time");
    u->request_n++;
    curl_easy_reset(u->curl);
    curl_easy_setopt(u->curl, CURLOPT_URL, url);
    curl_easy_setopt(u->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(u->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(u->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(u->curl, CURLOPT_TIMEOUT_MS, (long)((left_us < CB_UPSTREAM_REQUEST_US ? left_us : CB_UPSTREAM_REQUEST_US) / CB_MS_US + 1));
    curl_easy_setopt(u->curl, CURLOPT_HTTPHEADER, u->headers);
    curl_easy_setopt(u->curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(u->curl, CURLOPT_USERAGENT, "callboard/" CB_VERSION);
    curl_easy_setopt(u->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(u->curl, CURLOPT_WRITEDATA, answer);
    if (body.n) {
        curl_easy_setopt(u->curl, CURLOPT_POSTFIELDS, body.p);
        curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
    }
    if ((code = curl_easy_perform(u->curl)) != CURLE_OK)
        return cb_fail(err, CB_EUPSTREAM, "%s: %s", u->base,
                       code == CURLE_WRITE_ERROR ? "the answer is larger than anything that is read" : curl_easy_strerror(code));
    curl_easy_getinfo(u->curl, CURLINFO_RESPONSE_CODE, status);
    curl_easy_getinfo(u->curl, CURLINFO_RETRY_AFTER, wait_s);
    return CB_OK;
}

enum cb_code cb_upstream_ask(struct cb_node **json, int *status, struct cb_upstream *u, struct cb_arena *a, cb_str path, cb_str body,
                             struct cb_err *err)
{
    struct cb_buf answer = CB_BUF_INIT;
    const char *url = cb_arena_printf(a, "%s%" CB_FMT, u->base, CB_ARG(path)).p;
    enum cb_code rc = CB_OK;
    long said = 0;

    *json = NULL;
    for (int i = 0; i < CB_UPSTREAM_TRY_N; i++) {
        curl_off_t wait_s = 0;
        struct timespec wait = {.tv_sec = 1};

        cb_buf_clear(&answer);
        if ((rc = ask_once(&answer, &said, &wait_s, u, url, body, err)) != CB_OK)
            goto out;
        if ((said != 429 && said != 503) || i + 1 == CB_UPSTREAM_TRY_N)
            break;
        if (wait_s > 0)
            wait.tv_sec = wait_s > CB_UPSTREAM_WAIT_MAX_S ? CB_UPSTREAM_WAIT_MAX_S : (time_t)wait_s;
        nanosleep(&wait, NULL);
    }
    *status = (int)said;
    if (answer.n && cb_node_parse(json, a, cb_arena_str(a, cb_buf_str(&answer)), NULL) != CB_OK)
        *json = NULL;
out:
    cb_buf_fini(&answer);
    return rc;
}

cb_str cb_upstream_why(struct cb_arena *a, const struct cb_node *json, int status)
{
    cb_str message = cb_node_text(cb_node_get(json, "error"), "message");

    return message.n ? cb_str_cut(message, 300) : cb_arena_printf(a, "status %d", status);
}

enum cb_code cb_upstream_get(struct cb_node **json, struct cb_upstream *u, struct cb_arena *a, cb_str path, struct cb_err *err)
{
    int status;
    enum cb_code rc = cb_upstream_ask(json, &status, u, a, path, CB_LIT(""), err);

    if (rc != CB_OK)
        return rc;
    if (status == 401 || status == 403)
        return cb_fail(err, CB_EAUTH, "%s does not let us in (%" CB_FMT "): give a token with --token", u->base,
                       CB_ARG(cb_upstream_why(a, *json, status)));
    if (status != 200 || !*json)
        return cb_fail(err, CB_EUPSTREAM, "%s%" CB_FMT ": %" CB_FMT, u->base, CB_ARG(cb_str_cut(path, 200)),
                       CB_ARG(*json ? cb_upstream_why(a, *json, status) : cb_arena_printf(a, "no JSON (status %d): is this the back end?", status)));
    return CB_OK;
}
