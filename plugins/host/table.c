#include "plugins/host/table.h"

#include <math.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/host/http.h"
#include "plugins/host/line.h"

#define ANNOTATION_MAX 1024 /* bytes: more is no value that somebody wrote for a tool */
#define LOG_MAX 8192        /* bytes of a line */
#define WAIT_STEP_MS 50

static json_t *configuration, *secrets;

void cb_table_open(json_t *config, json_t *list)
{
    configuration = json_incref(config);
    secrets = json_incref(list);
}

/* ---- secrets */

static const char *secret_at(const struct callboard_call *call, size_t i)
{
    size_t n = json_array_size(secrets);

    if (i < n) {
        const char *text = json_string_value(json_array_get(secrets, i));

        return text ? text : "";
    }
    return call && i - n < call->mask_n ? call->masks[i - n] : NULL;
}

char *cb_table_masked(const struct callboard_call *call, const char *text, size_t n, size_t *out_n)
{
    char *out = malloc(n + 1);
    const char *secret;

    if (!out)
        abort();
    memcpy(out, text, n);
    for (size_t i = 0; (secret = secret_at(call, i)); i++) {
        size_t length = strlen(secret);
        char *at = out;

        if (length < CB_TABLE_SECRET_MIN)
            continue;
        while ((at = memmem(at, n - (size_t)(at - out), secret, length))) {
            memcpy(at, "***", 3);
            memmove(at + 3, at + length, n - (size_t)(at - out) - length);
            n -= length - 3;
            at += 3;
        }
    }
    out[n] = '\0';
    if (out_n)
        *out_n = n;
    return out;
}

static void mask(struct callboard_call *call, const char *secret)
{
    if (!secret || strlen(secret) < CB_TABLE_SECRET_MIN || call->mask_n == CB_CALL_MASK_N)
        return;
    if (!(call->masks[call->mask_n++] = strdup(secret)))
        abort();
}

/* ---- the call */

static const char *ref(struct callboard_call *call)
{
    return call->ref;
}

static const char *user(struct callboard_call *call)
{
    return call->user;
}

static const char *annotation(struct callboard_call *call, const char *key)
{
    const json_t *value = json_object_get(json_object_get(json_object_get(call->entity, "metadata"), "annotations"), key ? key : "");
    const char *text = json_string_value(value);
    size_t n;

    if (!text)
        return NULL;
    text += strspn(text, " \t\r\n");
    n = strlen(text);
    while (n && strchr(" \t\r\n", text[n - 1]))
        n--;
    if (n == 0 || n > ANNOTATION_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return NULL;
    return cb_call_text(call, text, n);
}

static const struct callboard_json *entity(struct callboard_call *call)
{
    return (const struct callboard_json *)call->entity;
}

static const struct callboard_json *config(struct callboard_call *call)
{
    (void)call;
    return (const struct callboard_json *)configuration;
}

static const struct callboard_json *input(struct callboard_call *call)
{
    return (const struct callboard_json *)call->input;
}

static int64_t now_us(struct callboard_call *call)
{
    struct timespec t;

    (void)call;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t left_ms(struct callboard_call *call)
{
    int64_t left = (call->deadline_us - cb_call_now_us()) / 1000;

    return left > 0 ? left : 0;
}

static int cancelled(struct callboard_call *call)
{
    return atomic_load(&call->cancelled) || left_ms(call) == 0;
}

static int wait_ms(struct callboard_call *call, int64_t ms)
{
    int64_t until = cb_call_now_us() + ms * 1000;

    for (;;) {
        int64_t left = (until - cb_call_now_us()) / 1000;
        struct timespec step = {0, (left < WAIT_STEP_MS ? left : WAIT_STEP_MS) * 1000000};

        if (atomic_load(&call->cancelled))
            return cb_call_error(call, CALLBOARD_ECANCELLED, "cancelled");
        if (left_ms(call) == 0)
            return cb_call_error(call, CALLBOARD_ETIMEOUT, "the call's time is over");
        if (left <= 0)
            return 0;
        nanosleep(&step, NULL);
    }
}

static int fail(struct callboard_call *call, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(call->error, sizeof(call->error), format, args);
    va_end(args);
    call->error_code = code < 0 && code >= CALLBOARD_EUNSUPPORTED ? code : CALLBOARD_FAILED;
    return CALLBOARD_FAILED;
}

static const char *error(struct callboard_call *call)
{
    return call->last;
}

static void say(struct callboard_call *call, int level, const char *format, ...)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    char text[LOG_MAX], *masked;
    va_list args;
    size_t n;
    int wrote;

    va_start(args, format);
    wrote = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    n = wrote < 0 ? 0 : (size_t)wrote < sizeof(text) ? (size_t)wrote : sizeof(text) - 1;
    masked = cb_table_masked(call, text, n, &n);
    cb_line_put(json_pack("{s:s,s:I,s:s}", "op", "log", "call", (json_int_t)call->id, "level", levels[level >= 0 && level < 4 ? level : 1]), masked,
                n);
    free(masked);
}

/* ---- texts */

static const struct callboard_json *parse(struct callboard_call *call, const char *text, size_t n)
{
    json_error_t why;
    json_t *value = json_loadb(text ? text : "", text ? n : 0, JSON_DECODE_ANY, &why);

    if (!value)
        cb_call_error(call, CALLBOARD_EINVAL, "no JSON: line %d, column %d: %s", why.line, why.column, why.text);
    return cb_call_value(call, value);
}

static const char *dump(struct callboard_call *call, const struct callboard_json *value, int indent)
{
    size_t flags = JSON_ENCODE_ANY | (indent > 0 ? JSON_INDENT((size_t)(indent < 8 ? indent : 8)) : JSON_COMPACT);
    char *text = value ? json_dumps((const json_t *)value, flags) : NULL;
    const char *kept = cb_call_text(call, text ? text : "null", text ? strlen(text) : 4);

    free(text);
    return kept;
}

static const char *print(struct callboard_call *call, const char *format, ...)
{
    const char *text;
    va_list args;

    va_start(args, format);
    text = cb_call_vprintf(call, format, args);
    va_end(args);
    return text;
}

static const char *escape(struct callboard_call *call, const char *text)
{
    size_t n = text ? strlen(text) : 0, m = 0;
    char *out = cb_call_text(call, "", 0), *made = malloc(3 * n + 1);

    if (!made)
        abort();
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c))
            made[m++] = (char)c;
        else
            m += (size_t)sprintf(made + m, "%%%02X", c);
    }
    out = cb_call_text(call, made, m);
    free(made);
    return out;
}

static const char *hmac_sha256(struct callboard_call *call, const char *key, const char *data, size_t n)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_n = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1];

    if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)data, n, sum, &sum_n))
        abort();
    for (unsigned i = 0; i < sum_n; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    return cb_call_text(call, hex, 2 * sum_n);
}

static int same_text(const char *a, const char *b)
{
    return a && b && strlen(a) == strlen(b) && CRYPTO_memcmp(a, b, strlen(a)) == 0;
}

/* ---- writing */

static void begin_object(struct callboard_call *call, const char *key)
{
    cb_write_begin(call, key, '{');
}

static void begin_array(struct callboard_call *call, const char *key)
{
    cb_write_begin(call, key, '[');
}

static void put_textf(struct callboard_call *call, const char *key, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    cb_write_text(call, key, text);
    free(text);
}

static void put_integer(struct callboard_call *call, const char *key, int64_t i)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)i);
    cb_write_literal(call, key, text);
}

static void put_number(struct callboard_call *call, const char *key, double d)
{
    char text[32];

    snprintf(text, sizeof(text), "%.17g", d);
    cb_write_literal(call, key, isfinite(d) ? text : "null");
}

static void put_boolean(struct callboard_call *call, const char *key, int b)
{
    cb_write_literal(call, key, b ? "true" : "false");
}

static void put_time(struct callboard_call *call, const char *key, int64_t at_us)
{
    time_t s = (time_t)(at_us / 1000000);
    struct tm tm;
    char day[32], text[48];

    if (!gmtime_r(&s, &tm) || !strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm)) {
        cb_write_text(call, key, NULL);
        return;
    }
    snprintf(text, sizeof(text), "%s.%03dZ", day, (int)(at_us % 1000000 / 1000));
    cb_write_text(call, key, text);
}

static const struct callboard_json *task(struct callboard_call *call)
{
    return (const struct callboard_json *)call->task;
}

/* ---- what the server does */

/* NONE_IS_NONE: CALLBOARD_ENOTFOUND is an answer, and leaves no error. */
static const struct callboard_json *asked_json(struct callboard_call *call, const char *what, json_t *head, const char *body, bool none_is_none)
{
    char *text = NULL;
    size_t n = 0;
    const struct callboard_json *value;
    int rc;

    call->last[0] = '\0';
    rc = cb_line_ask(call, what, head, body, body ? strlen(body) : 0, &text, &n);
    if (none_is_none && rc == CALLBOARD_ENOTFOUND)
        call->last[0] = '\0';
    if (rc < 0)
        return NULL;
    value = n ? parse(call, text, n) : NULL;
    free(text);
    return value;
}

static const struct callboard_json *catalog_entity(struct callboard_call *call, const char *name)
{
    return asked_json(call, "catalog_entity", json_pack("{s:s}", "ref", name ? name : ""), NULL, true);
}

static const struct callboard_json *catalog_query(struct callboard_call *call, const char *query)
{
    return asked_json(call, "catalog_query", json_object(), query ? query : "", false);
}

static const struct callboard_json *api_get(struct callboard_call *call, const char *path)
{
    return asked_json(call, "api_get", json_object(), path ? path : "", false);
}

static int location_register(struct callboard_call *call, const char *type, const char *target)
{
    return cb_line_ask(call, "location_register", json_pack("{s:s,s:s}", "type", type ? type : "url", "target", target ? target : ""), NULL, 0, NULL,
                       NULL);
}

static int location_remove(struct callboard_call *call, const char *type, const char *target)
{
    return cb_line_ask(call, "location_remove", json_pack("{s:s,s:s}", "type", type ? type : "url", "target", target ? target : ""), NULL, 0, NULL, NULL);
}

static int git_export(struct callboard_call *call, const char *url, const char *folder)
{
    return cb_line_ask(call, "git_export", json_pack("{s:s,s:s}", "url", url ? url : "", "folder", folder ? folder : ""), NULL, 0, NULL, NULL);
}

static const struct callboard_json *git_publish(struct callboard_call *call, const char *what)
{
    return asked_json(call, "git_publish", json_object(), what ? what : "", false);
}

static const char *workspace(struct callboard_call *call)
{
    return call->workspace;
}

static int check_key(struct callboard_call *call, const char *key)
{
    size_t n = key ? strlen(key) : 0;

    if (n == 0 || n > CALLBOARD_STATE_KEY_MAX)
        return cb_call_error(call, CALLBOARD_EINVAL, "a state's key has 1 to %d bytes", CALLBOARD_STATE_KEY_MAX);
    return 0;
}

static const char *state_get(struct callboard_call *call, const char *key, size_t *n)
{
    char *text = NULL;
    const char *kept;
    size_t got = 0;
    int rc;

    call->last[0] = '\0';
    if (n)
        *n = 0;
    if (check_key(call, key) < 0)
        return NULL;
    rc = cb_line_ask(call, "state_get", json_pack("{s:s}", "key", key), NULL, 0, &text, &got);
    if (rc == CALLBOARD_ENOTFOUND)
        call->last[0] = '\0';
    if (rc < 0)
        return NULL;
    kept = cb_call_text(call, text, got);
    free(text);
    if (n)
        *n = got;
    return kept;
}

static int state_put(struct callboard_call *call, const char *key, const char *value, size_t n, int64_t ttl_s)
{
    int rc = check_key(call, key);

    if (rc < 0)
        return rc;
    if (n > CALLBOARD_STATE_VALUE_MAX)
        return cb_call_error(call, CALLBOARD_ELIMIT, "a state's value has at most %d bytes", CALLBOARD_STATE_VALUE_MAX);
    return cb_line_ask(call, "state_put", json_pack("{s:s,s:I}", "key", key, "ttl_s", (json_int_t)ttl_s), value, n, NULL, NULL);
}

static int state_del(struct callboard_call *call, const char *key)
{
    int rc = check_key(call, key);

    return rc < 0 ? rc : cb_line_ask(call, "state_del", json_pack("{s:s}", "key", key), NULL, 0, NULL, NULL);
}

/* ---- metrics: the server keeps the numbers; here the number of names is bounded */

static bool metric_is_known(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *names[CB_TABLE_METRIC_N];
    static size_t n;
    size_t length = name ? strlen(name) : 0, i;

    if (length == 0 || length > CALLBOARD_NAME_MAX || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != length)
        return false;
    pthread_mutex_lock(&lock);
    for (i = 0; i < n && strcmp(names[i], name) != 0; i++)
        ;
    if (i == n && n < CB_TABLE_METRIC_N && !(names[n++] = strdup(name)))
        abort();
    length = i < n;
    pthread_mutex_unlock(&lock);
    return length;
}

static void metric(const char *name, const char *how, double d)
{
    if (isfinite(d) && metric_is_known(name))
        cb_line_put(json_pack("{s:s,s:s,s:f}", "op", "metric", "name", name, how, d), NULL, 0);
}

static void metric_add(struct callboard_call *call, const char *name, double by)
{
    (void)call;
    metric(name, "add", by);
}

static void metric_set(struct callboard_call *call, const char *name, double to)
{
    (void)call;
    metric(name, "set", to);
}

/* ---- sources */

static int emit_kind(struct callboard_call *call, const char *kind, const char *text, size_t n)
{
    if (call->what != CB_CALL_SOURCE)
        return cb_call_error(call, CALLBOARD_EINVAL, "only a source's read may emit");
    return cb_line_ask(call, "emit", json_pack("{s:s}", "kind", kind), text, n, NULL, NULL);
}

static int emit(struct callboard_call *call, const char *text, size_t n)
{
    return emit_kind(call, "entity", text ? text : "", text ? n : 0);
}

static int emit_location(struct callboard_call *call, const char *target)
{
    return emit_kind(call, "location", target ? target : "", target ? strlen(target) : 0);
}

static int source_refresh(struct callboard_call *call, const char *name)
{
    return cb_line_ask(call, "source_refresh", json_pack("{s:s}", "name", name ? name : ""), NULL, 0, NULL, NULL);
}

const struct callboard_host cb_table = {
    .size = sizeof(struct callboard_host),
    .minor = CALLBOARD_ABI_MINOR,
    .ref = ref,
    .user = user,
    .annotation = annotation,
    .entity = entity,
    .config = config,
    .input = input,
    .now_us = now_us,
    .left_ms = left_ms,
    .cancelled = cancelled,
    .wait_ms = wait_ms,
    .fail = fail,
    .error = error,
    .log = say,
    .mask = mask,
    .type = cb_read_type,
    .get = cb_read_get,
    .text = cb_read_text,
    .number = cb_read_number,
    .integer = cb_read_integer,
    .boolean = cb_read_boolean,
    .count = cb_read_count,
    .at = cb_read_at,
    .key_at = cb_read_key_at,
    .parse = parse,
    .dump = dump,
    .format = print,
    .escape = escape,
    .hmac_sha256 = hmac_sha256,
    .same_text = same_text,
    .begin_object = begin_object,
    .begin_array = begin_array,
    .end = cb_write_end,
    .put_text = cb_write_text,
    .put_textf = put_textf,
    .put_integer = put_integer,
    .put_number = put_number,
    .put_boolean = put_boolean,
    .put_time = put_time,
    .put_json = cb_write_json,
    .reset = cb_write_reset,
    .http = cb_http_new,
    .http_header = cb_http_header,
    .http_body = cb_http_body,
    .http_cache = cb_http_cache,
    .http_timeout = cb_http_timeout,
    .http_send = cb_http_send,
    .http_text = cb_http_text,
    .http_json = cb_http_json,
    .http_answer_header = cb_http_answer_header,
    .http_age_s = cb_http_age_s,
    .catalog_entity = catalog_entity,
    .catalog_query = catalog_query,
    .location_register = location_register,
    .git_export = git_export,
    .git_publish = git_publish,
    .workspace = workspace,
    .state_get = state_get,
    .state_put = state_put,
    .state_del = state_del,
    .metric_add = metric_add,
    .metric_set = metric_set,
    .emit = emit,
    .emit_location = emit_location,
    .task = task,
    .source_refresh = source_refresh,
    .http_forget = cb_http_forget,
    .api_get = api_get,
    .location_remove = location_remove,
};
