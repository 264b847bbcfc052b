#include "plugins/host/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plugins/host/http_cache.h"

#define ALLOW_N_MAX 256
#define HEADERS_MAX (64 * 1024) /* bytes of an answer's headers */

struct callboard_http {
    struct callboard_call *call;
    struct callboard_http *next;
    char *method, *url;
    struct curl_slist *headers;
    size_t header_n;
    char *body;
    size_t body_n;
    int64_t fresh_s, stale_s, timeout_ms;
    const char *refused; /* why it cannot be sent at all */
    struct cb_http_answer *answer;
    const struct callboard_json *json;
    int64_t age_s;
    char *key; /* under which the answer is kept; NULL: it is not */
};

static char *allowed[ALLOW_N_MAX]; /* "https://host:443" */
static size_t allowed_n;
static char *ca_path;
static CURLSH *shared;
static pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
static pthread_key_t easy_key;

/* ---- shared: name look-ups, TLS sessions; a handle a thread keeps its connections */

static void lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *ctx)
{
    (void)easy;
    (void)access;
    (void)ctx;
    pthread_mutex_lock(&share_locks[data]);
}

static void unlock_share(CURL *easy, curl_lock_data data, void *ctx)
{
    (void)easy;
    (void)ctx;
    pthread_mutex_unlock(&share_locks[data]);
}

static void free_easy(void *easy)
{
    curl_easy_cleanup(easy);
}

static CURL *easy_of_thread(void)
{
    CURL *easy = pthread_getspecific(easy_key);

    if (!easy) {
        easy = curl_easy_init();
        if (!easy)
            abort();
        pthread_setspecific(easy_key, easy);
    }
    curl_easy_reset(easy);
    return easy;
}

/* "https://host:port" of URL in lower case with the port always; NULL: it is no http or https URL. */
static char *origin_of(const char *url, char *why, size_t why_n)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *origin = NULL;

    if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcasecmp(scheme, "https") == 0 || strcasecmp(scheme, "http") == 0) &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        if (asprintf(&origin, "%s://%s:%s", scheme, host, port) < 0)
            abort();
        for (char *p = origin; *p; p++)
            *p = (char)tolower((unsigned char)*p);
    } else {
        snprintf(why, why_n, "'%.200s' is no http or https URL", url);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return origin;
}

void cb_http_open(const json_t *allow, const char *ca_file)
{
    const json_t *row;
    size_t i;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || pthread_key_create(&easy_key, free_easy) != 0)
        abort();
    for (i = 0; i < CURL_LOCK_DATA_LAST; i++)
        pthread_mutex_init(&share_locks[i], NULL);
    shared = curl_share_init();
    if (!shared)
        abort();
    curl_share_setopt(shared, CURLSHOPT_LOCKFUNC, lock_share);
    curl_share_setopt(shared, CURLSHOPT_UNLOCKFUNC, unlock_share);
    curl_share_setopt(shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    json_array_foreach ((json_t *)(uintptr_t)allow, i, row) {
        char why[256];
        char *origin = json_is_string(row) ? origin_of(json_string_value(row), why, sizeof(why)) : NULL;

        if (origin && allowed_n < ALLOW_N_MAX)
            allowed[allowed_n++] = origin;
        else
            free(origin);
    }
    if (ca_file && !(ca_path = strdup(ca_file)))
        abort();
}

void cb_http_close(void)
{
    cb_http_cache_clear();
    for (size_t i = 0; i < allowed_n; i++)
        free(allowed[i]);
    allowed_n = 0;
    free(ca_path);
    ca_path = NULL;
}

/* ---- a request as the plugin makes it */

static char *copied(const char *text)
{
    char *copy = strdup(text ? text : "");

    if (!copy)
        abort();
    return copy;
}

struct callboard_http *cb_http_new(struct callboard_call *call, const char *method, const char *url)
{
    struct callboard_http *http = calloc(1, sizeof(*http));

    if (!http)
        abort();
    http->call = call;
    http->method = copied(method ? method : "GET");
    http->url = copied(url);
    http->timeout_ms = CB_HTTP_TOTAL_MS;
    for (const char *p = http->method; *p; p++)
        if (!isupper((unsigned char)*p))
            http->refused = "the method is none";
    if (strlen(http->url) > CB_HTTP_URL_MAX)
        http->refused = "the URL is too long";
    http->next = call->https;
    call->https = http;
    return http;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

void cb_http_header(struct callboard_http *http, const char *name, const char *value)
{
    char *line;

    if (!name || !value || !*name || has_control(name) || strpbrk(name, ": ") || has_control(value)) {
        http->refused = "a header has a character that headers may not have";
        return;
    }
    if (http->header_n++ >= CB_HTTP_HEADER_N) {
        http->refused = "the request has too many headers";
        return;
    }
    if (asprintf(&line, *value ? "%s: %s" : "%s;", name, value) < 0)
        abort();
    http->headers = curl_slist_append(http->headers, line);
    free(line);
}

void cb_http_body(struct callboard_http *http, const char *type, const char *body, size_t n)
{
    free(http->body);
    http->body = malloc(n + 1);
    if (!http->body)
        abort();
    if (n)
        memcpy(http->body, body, n);
    http->body[n] = '\0';
    http->body_n = n;
    cb_http_header(http, "Content-Type", type ? type : "application/json");
}

void cb_http_cache(struct callboard_http *http, int64_t fresh_s, int64_t stale_s)
{
    http->fresh_s = fresh_s > 0 ? fresh_s : 0;
    http->stale_s = stale_s > http->fresh_s ? stale_s : http->fresh_s;
}

void cb_http_timeout(struct callboard_http *http, int64_t ms)
{
    if (ms > 0)
        http->timeout_ms = ms;
}

/* ---- sending */

struct transfer {
    struct callboard_http *http;
    struct cb_http_answer *answer;
    size_t room, header_n;
    bool too_long;
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct cb_http_answer *a = t->answer;

    n *= size;
    if (n > CALLBOARD_HTTP_BODY_MAX - a->body_n) {
        t->too_long = true;
        return 0;
    }
    if (a->body_n + n + 1 > t->room) {
        t->room = t->room ? t->room : 8192;
        while (t->room < a->body_n + n + 1)
            t->room *= 2;
        a->body = realloc(a->body, t->room);
        if (!a->body)
            abort();
    }
    memcpy(a->body + a->body_n, p, n);
    a->body_n += n;
    a->body[a->body_n] = '\0';
    return n;
}

/* Kept as "name: value\n" with the name in lower case; of a redirect or a "100 Continue", what came last. */
static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct cb_http_answer *a = t->answer;
    size_t whole = n * size, name_n;

    n = whole;
    while (n && (p[n - 1] == '\r' || p[n - 1] == '\n'))
        n--;
    if (n >= 5 && memcmp(p, "HTTP/", 5) == 0) {
        t->header_n = 0;
        return whole;
    }
    name_n = 0;
    while (name_n < n && p[name_n] != ':')
        name_n++;
    if (name_n == n || t->header_n + n + 2 > HEADERS_MAX)
        return whole;
    a->headers = realloc(a->headers, t->header_n + n + 2);
    if (!a->headers)
        abort();
    for (size_t i = 0; i < n; i++)
        a->headers[t->header_n + i] = i < name_n ? (char)tolower((unsigned char)p[i]) : p[i];
    t->header_n += n;
    a->headers[t->header_n++] = '\n';
    a->headers[t->header_n] = '\0';
    return whole;
}

static int on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    const struct transfer *t = ctx;

    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    return atomic_load(&t->http->call->cancelled);
}

static const char *header_in(const struct cb_http_answer *answer, const char *name, size_t *value_n)
{
    const char *found = NULL;
    size_t n = strlen(name);

    for (const char *p = answer ? answer->headers : NULL; p && *p;) {
        size_t line = strcspn(p, "\n");

        if (line > n && p[n] == ':' && strncasecmp(p, name, n) == 0) {
            found = p + n + 1 + strspn(p + n + 1, " \t");
            *value_n = line - (size_t)(found - p);
        }
        p += line + (p[line] == '\n');
    }
    return found;
}

static bool is_allowed(const char *origin)
{
    for (size_t i = 0; i < allowed_n; i++)
        if (strcmp(allowed[i], origin) == 0)
            return true;
    return false;
}

static int64_t ms_left(const struct callboard_http *http, int64_t since_us)
{
    int64_t now = cb_call_now_us();
    int64_t of_request = http->timeout_ms - (now - since_us) / 1000;
    int64_t of_call = (http->call->deadline_us - now) / 1000;

    return of_request < of_call ? of_request : of_call;
}

static int fail_transfer(struct callboard_http *http, const struct transfer *t, const char *origin, CURLcode rc)
{
    struct callboard_call *call = http->call;

    if (t->too_long)
        return cb_call_error(call, CALLBOARD_ELIMIT, "%s answered more than %d bytes", origin, CALLBOARD_HTTP_BODY_MAX);
    if (rc == CURLE_ABORTED_BY_CALLBACK)
        return cb_call_error(call, CALLBOARD_ECANCELLED, "cancelled");
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return cb_call_error(call, CALLBOARD_ETIMEOUT, "%s did not answer in time", origin);
    return cb_call_error(call, CALLBOARD_EUPSTREAM, "%s: %s", origin, curl_easy_strerror(rc));
}

/* One request to URL, no redirect followed. A status, or a negative code. */
static int fetch_once(struct cb_http_answer **out, struct callboard_http *http, const char *url, const char *origin, int64_t since_us)
{
    struct transfer t = {.http = http, .answer = cb_http_answer_new()};
    CURL *easy = easy_of_thread();
    int64_t left = ms_left(http, since_us);
    long status = 0;
    CURLcode rc;

    *out = NULL;
    if (left <= 0) {
        cb_http_answer_unref(t.answer);
        return cb_call_error(http->call, CALLBOARD_ETIMEOUT, "%s did not answer in time", origin);
    }
    curl_easy_setopt(easy, CURLOPT_SHARE, shared);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CB_HTTP_CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "callboard");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, http->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &t);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &t);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    if (ca_path)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_path);
    if (strcmp(http->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (strcmp(http->method, "GET") != 0 || http->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, http->body ? http->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_n);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http->method);
    }
    rc = curl_easy_perform(easy);
    if (rc != CURLE_OK) {
        cb_http_answer_unref(t.answer);
        return fail_transfer(http, &t, origin, rc);
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    t.answer->status = (int)status;
    t.answer->at_us = cb_call_now_us();
    if (!t.answer->body && !(t.answer->body = calloc(1, 1)))
        abort();
    *out = t.answer;
    return (int)status;
}

/* How long to wait before another try; -1: none. */
static int64_t retry_ms(const struct callboard_http *http, int status, const struct cb_http_answer *answer)
{
    size_t n;
    const char *after;
    int64_t ms;

    if (strcmp(http->method, "GET") != 0 && strcmp(http->method, "HEAD") != 0)
        return -1;
    if (status == CALLBOARD_EUPSTREAM || status == 502 || status == 503 || status == 504)
        return 100;
    if (status != 429 || !(after = header_in(answer, "retry-after", &n)) || !isdigit((unsigned char)*after))
        return -1;
    ms = strtoll(after, NULL, 10) * 1000;
    return ms <= CB_HTTP_RETRY_MS ? ms : -1;
}

static int fetch_again(struct cb_http_answer **out, struct callboard_http *http, const char *url, const char *origin, int64_t since_us)
{
    int status = fetch_once(out, http, url, origin, since_us);
    int64_t wait = retry_ms(http, status, *out);

    if (wait < 0 || ms_left(http, since_us) < wait + 100)
        return status;
    for (int64_t end = cb_call_now_us() + wait * 1000; cb_call_now_us() < end && !atomic_load(&http->call->cancelled);) {
        struct timespec step = {0, 20 * 1000000};

        nanosleep(&step, NULL);
    }
    cb_http_answer_unref(*out);
    return fetch_once(out, http, url, origin, since_us);
}

/* Where a redirect leads: an absolute URL for curl_free, or NULL. */
static char *resolved(const char *base, const char *to, size_t n)
{
    CURLU *u = curl_url();
    char *text = strndup(to, n), *url = NULL;

    if (!u || !text || curl_url_set(u, CURLUPART_URL, base, 0) != CURLUE_OK || curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_URL, &url, 0) != CURLUE_OK)
        url = NULL;
    free(text);
    curl_url_cleanup(u);
    return url;
}

static int fetch(struct cb_http_answer **out, struct callboard_http *http)
{
    int64_t since = cb_call_now_us();
    char why[256] = "";
    char *url = copied(http->url), *origin = origin_of(url, why, sizeof(why));
    int status;

    *out = NULL;
    if (!origin) {
        free(url);
        return cb_call_error(http->call, CALLBOARD_EINVAL, "%s", why);
    }
    if (!is_allowed(origin)) {
        status = cb_call_error(http->call, CALLBOARD_EDENIED, "%s is not among the addresses of this plugin's configuration", origin);
        goto out;
    }
    for (int hop = 0;; hop++) {
        const char *to;
        char *next, *next_origin;
        bool same;
        size_t n;

        status = fetch_again(out, http, url, origin, since);
        if (status < 301 || status > 308 || status == 304 || !(to = header_in(*out, "location", &n)))
            break;
        if ((strcmp(http->method, "GET") != 0 && strcmp(http->method, "HEAD") != 0) || hop == CB_HTTP_REDIRECT_MAX)
            break;
        next = resolved(url, to, n);
        next_origin = next ? origin_of(next, why, sizeof(why)) : NULL;
        same = next_origin && strcmp(next_origin, origin) == 0;
        free(next_origin);
        if (!same) {
            curl_free(next);
            cb_http_answer_unref(*out);
            *out = NULL;
            status = cb_call_error(http->call, CALLBOARD_EDENIED, "%s redirects to another host, which is not followed", origin);
            break;
        }
        free(url);
        url = copied(next);
        curl_free(next);
        cb_http_answer_unref(*out);
        *out = NULL;
    }
out:
    free(url);
    free(origin);
    return status;
}

/* What makes two requests the same. */
static char *key_of(const struct callboard_http *http)
{
    size_t n = strlen(http->method) + strlen(http->url) + http->body_n + 4;
    char *key, *p;

    for (const struct curl_slist *h = http->headers; h; h = h->next)
        n += strlen(h->data) + 1;
    key = p = malloc(n);
    if (!key)
        abort();
    p += sprintf(p, "%s %s\n", http->method, http->url);
    for (const struct curl_slist *h = http->headers; h; h = h->next)
        p += sprintf(p, "%s\n", h->data);
    for (size_t i = 0; i < http->body_n; i++)
        *p++ = http->body[i] ? http->body[i] : ' ';
    *p = '\0';
    return key;
}

/* Is it an answer for others, too, and for later? */
static bool is_kept(int status)
{
    return (status >= 200 && status < 300) || status == 404 || status == 410;
}

static bool is_trouble(int status)
{
    return status < 0 || status == 429 || status >= 500;
}

static int take(struct callboard_http *http, struct cb_http_answer *answer, bool late)
{
    cb_http_answer_unref(http->answer);
    http->answer = answer;
    http->age_s = (cb_call_now_us() - answer->at_us) / 1000000;
    if (late && http->age_s >= http->call->age_s)
        http->call->age_s = http->age_s > 0 ? http->age_s : 1;
    return answer->status;
}

static int send_cached(struct callboard_http *http)
{
    struct cb_http_answer *old = NULL, *fresh = NULL;
    int64_t until = cb_call_now_us() + (http->timeout_ms < 0 ? 0 : http->timeout_ms) * 1000;
    char *key = key_of(http);
    enum cb_http_found found;
    int status;

    if (until > http->call->deadline_us)
        until = http->call->deadline_us;
    found = cb_http_cache_get(&old, key, http->fresh_s * 1000000, until, &http->call->cancelled);
    free(http->key);
    http->key = key;
    if (found == CB_HTTP_FRESH)
        return take(http, old, false);
    status = found == CB_HTTP_LATE ? cb_call_error(http->call, CALLBOARD_ETIMEOUT, "the answer did not come in time") : fetch(&fresh, http);
    if (found == CB_HTTP_YOURS)
        cb_http_cache_put(key, is_kept(status) ? fresh : NULL);
    if (is_trouble(status) && old && cb_call_now_us() - old->at_us < http->stale_s * 1000000) {
        cb_http_answer_unref(fresh);
        return take(http, old, true);
    }
    cb_http_answer_unref(old);
    return fresh ? take(http, fresh, false) : status;
}

int cb_http_send(struct callboard_http *http)
{
    struct cb_http_answer *answer = NULL;
    int status;

    if (http->refused)
        return cb_call_error(http->call, CALLBOARD_EINVAL, "%s", http->refused);
    http->json = NULL;
    if (http->stale_s > 0)
        return send_cached(http);
    status = fetch(&answer, http);
    return answer ? take(http, answer, false) : status;
}

/* ---- the answer */

const char *cb_http_text(struct callboard_http *http, size_t *n)
{
    if (n)
        *n = http->answer ? http->answer->body_n : 0;
    return http->answer ? http->answer->body : "";
}

static json_t *parsed(const struct cb_http_answer *answer, json_error_t *why)
{
    return json_loadb(answer->body, answer->body_n, JSON_DECODE_ANY | JSON_ALLOW_NUL, why);
}

/* The answer is no JSON: a page of whatever stands in front of the upstream. What was kept before it stands in, if it is young enough. */
static json_t *parsed_before(struct callboard_http *http)
{
    struct cb_http_answer *before;
    json_t *value = NULL;

    cb_http_cache_spoil(&before, http->key, http->answer);
    if (before && before != http->answer && before->status == http->answer->status && cb_call_now_us() - before->at_us < http->stale_s * 1000000)
        value = parsed(before, NULL);
    if (value)
        take(http, before, true);
    else
        cb_http_answer_unref(before);
    return value;
}

const struct callboard_json *cb_http_json(struct callboard_http *http)
{
    json_error_t why;
    json_t *value;

    if (http->json || !http->answer)
        return http->json;
    value = parsed(http->answer, &why);
    if (http->key && value)
        cb_http_cache_sound(http->key, http->answer);
    else if (http->key && is_kept(http->answer->status))
        value = parsed_before(http);
    if (!value) {
        cb_call_error(http->call, CALLBOARD_EUPSTREAM, "the answer is no JSON: line %d, column %d: %s", why.line, why.column, why.text);
        return NULL;
    }
    return http->json = cb_call_value(http->call, value);
}

const char *cb_http_answer_header(struct callboard_http *http, const char *name)
{
    size_t n;
    const char *value = header_in(http->answer, name, &n);

    return value ? cb_call_text(http->call, value, n) : NULL;
}

int64_t cb_http_age_s(struct callboard_http *http)
{
    return http->age_s;
}

static void free_one(struct callboard_http *http)
{
    curl_slist_free_all(http->headers);
    cb_http_answer_unref(http->answer);
    free(http->method);
    free(http->key);
    free(http->url);
    free(http->body);
    free(http);
}

void cb_http_forget(struct callboard_http *http)
{
    struct callboard_http **at;

    if (!http)
        return;
    at = &http->call->https;
    while (*at != http) /* mostly the first: the newest is there */
        at = &(*at)->next;
    *at = http->next;
    cb_call_forget(http->call, http->json);
    free_one(http);
}

void cb_http_free_all(struct callboard_http *first)
{
    while (first) {
        struct callboard_http *next = first->next;

        free_one(first);
        first = next;
    }
}
