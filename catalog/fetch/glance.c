#include "catalog/fetch/glance.h"

#include <curl/curl.h>
#include <pthread.h>

#include "catalog/base/buf.h"
#include "catalog/base/hash.h"
#include "catalog/fetch/transport.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CURL *idle[CB_GLANCE_IDLE_MAX];
static size_t idle_n;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* The one given back last: its connections are the freshest. */
static CURL *borrow(void)
{
    CURL *c = NULL;

    pthread_once(&once, start_curl);
    pthread_mutex_lock(&lock);
    if (idle_n)
        c = idle[--idle_n];
    pthread_mutex_unlock(&lock);
    return c ? c : curl_easy_init();
}

static void give_back(CURL *c)
{
    curl_easy_reset(c); /* options and credentials go, connections stay */
    pthread_mutex_lock(&lock);
    if (idle_n < CB_GLANCE_IDLE_MAX) {
        idle[idle_n++] = c;
        c = NULL;
    }
    pthread_mutex_unlock(&lock);
    if (c)
        curl_easy_cleanup(c);
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct cb_buf *answer = ctx;

    (void)size;
    if (answer->n + n > CB_GLANCE_ANSWER_MAX)
        return 0;
    cb_buf_put(answer, bytes, n);
    return n;
}

static int check_cancelled(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)ctx, (void)a, (void)b, (void)c, (void)d;
    return cb_transport_is_cancelled();
}

/* ---- Git's lines: four hex digits of length, which count themselves */

static void put_line(struct cb_buf *b, const char *before, cb_str text)
{
    cb_buf_printf(b, "%04zx%s", 4 + strlen(before) + text.n + 1, before);
    cb_buf_put_str(b, text);
    cb_buf_put_char(b, '\n');
}

static void put_question(struct cb_buf *b, cb_str ref)
{
    put_line(b, "command=", CB_LIT("ls-refs"));
    put_line(b, "agent=", CB_LIT("callboard"));
    cb_buf_put_cstr(b, "0001");
    put_line(b, "", CB_LIT("symrefs"));
    put_line(b, "ref-prefix ", ref);
    cb_buf_put_cstr(b, "0000");
}

/* One line of *REST without its end; false at the flush, or when it is none (*BAD). */
static bool next_line(cb_str *line, cb_str *rest, bool *bad)
{
    uint8_t raw[2];
    size_t n;

    *bad = true;
    if (rest->n < 4 || !cb_unhex(raw, 2, cb_str_sub(*rest, 0, 4)))
        return false;
    n = (size_t)raw[0] << 8 | raw[1];
    if (n == 0) {
        *bad = rest->n != 4;
        return false;
    }
    if (n < 4 || n > rest->n)
        return false;
    *bad = false;
    *line = cb_str_trim(cb_str_sub(*rest, 4, n));
    *rest = cb_str_sub(*rest, n, rest->n);
    return true;
}

static bool is_hex(cb_str s)
{
    uint8_t raw[20];

    return s.n == 40 && cb_unhex(raw, sizeof(raw), s);
}

/*
 * "<id> HEAD symref-target:refs/heads/main", "<id> refs/heads/main", and others that begin alike.
 */
static enum cb_glance read_answer(char commit[41], cb_str *target, struct cb_arena *a,
                                  cb_str answer, cb_str ref)
{
    cb_str line, id, name, word;
    bool found = false, bad;

    *target = CB_LIT("");
    while (next_line(&line, &answer, &bad)) {
        cb_str rest = line;

        if (!cb_str_split(&id, &rest, ' ') || !is_hex(id) || !cb_str_split(&name, &rest, ' '))
            return CB_GLANCE_NEVER;
        if (!cb_str_eq(name, ref))
            continue;
        memcpy(commit, id.p, id.n);
        commit[id.n] = '\0';
        found = true;
        while (rest.n && cb_str_split(&word, &rest, ' '))
            if (cb_str_starts(word, CB_LIT("symref-target:")))
                *target = cb_arena_str(a, cb_str_sub(word, 14, word.n));
    }
    if (bad)
        return CB_GLANCE_NEVER;
    return found ? CB_GLANCE_YES : CB_GLANCE_NOT_NOW;
}

/* ---- asking */

static void set_options(CURL *c, const struct cb_remote *r, const struct cb_credential *secret,
                        const char *url, int64_t timeout_us)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, r->scheme == CB_REMOTE_HTTPS ? "https" : "http");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
                     (long)(timeout_us < CB_GLANCE_TIMEOUT_US ? timeout_us : CB_GLANCE_TIMEOUT_US) /
                         1000);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "git/callboard");
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, check_cancelled);
    if (secret && secret->ca_file) {
        curl_easy_setopt(c, CURLOPT_CAINFO, secret->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    if (secret && (secret->token || secret->username)) {
        curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(c, CURLOPT_USERNAME, cb_credential_username(secret));
        curl_easy_setopt(c, CURLOPT_PASSWORD, secret->token ? secret->token : "");
    }
}

enum cb_glance cb_glance_ask(char commit[41], cb_str *target, struct cb_arena *a,
                             const struct cb_remote *remote, const struct cb_credential *secret,
                             cb_str ref, int64_t timeout_us)
{
    struct cb_buf question = CB_BUF_INIT, answer = CB_BUF_INIT;
    struct curl_slist *headers = NULL;
    enum cb_glance said = CB_GLANCE_NOT_NOW;
    CURL *c = borrow();
    long status = 0;

    if (!c)
        return said;
    put_question(&question, ref);
    headers = curl_slist_append(headers, "Content-Type: application/x-git-upload-pack-request");
    headers = curl_slist_append(headers, "Accept: application/x-git-upload-pack-result");
    headers = curl_slist_append(headers, "Git-Protocol: version=2");
    headers = curl_slist_append(headers, "Expect:");
    set_options(c, remote, secret,
                cb_arena_printf(a, "%" CB_FMT "/git-upload-pack", CB_ARG(remote->clean)).p,
                timeout_us);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, question.p);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)question.n);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    if (curl_easy_perform(c) == CURLE_OK) {
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        if (status == 200)
            said = read_answer(commit, target, a, cb_buf_str(&answer), ref);
        else if (status < 500 && status != 401 && status != 403 && status != 429)
            said = CB_GLANCE_NEVER;
    }
    give_back(c);
    curl_slist_free_all(headers);
    cb_buf_fini(&question);
    cb_buf_fini(&answer);
    return said;
}
