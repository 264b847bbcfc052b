#include "plugins/host/http_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/host/http.h"

#define WAIT_STEP_US 100000 /* how often one who waits looks whether he was cancelled */

struct entry {
    char *key;
    uint64_t hash;
    struct cb_http_answer *answer;
    struct cb_http_answer *before; /* until the answer is known to be sound */
    bool fetching;
    unsigned waiting;
    struct entry *newer, *older; /* by use */
    struct entry *next;          /* of its bucket */
};

#define BUCKET_N 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct entry *buckets[BUCKET_N];
static struct entry *newest, *oldest;
static size_t entry_n, bytes;

struct cb_http_answer *cb_http_answer_new(void)
{
    struct cb_http_answer *answer = calloc(1, sizeof(*answer));

    if (!answer)
        abort();
    answer->refs = 1;
    return answer;
}

void cb_http_answer_unref(struct cb_http_answer *answer)
{
    if (!answer || atomic_fetch_sub(&answer->refs, 1) != 1)
        return;
    free(answer->headers);
    free(answer->body);
    free(answer);
}

static struct cb_http_answer *counted(struct cb_http_answer *answer)
{
    if (answer)
        atomic_fetch_add(&answer->refs, 1);
    return answer;
}

static size_t size_of(const struct cb_http_answer *answer)
{
    return answer ? sizeof(*answer) + answer->body_n + (answer->headers ? strlen(answer->headers) : 0) : 0;
}

/* Let *AT go. With the lock. */
static void let_go(struct cb_http_answer **at)
{
    bytes -= size_of(*at);
    cb_http_answer_unref(*at);
    *at = NULL;
}

static void make_ready(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &attr);
    pthread_condattr_destroy(&attr);
}

static uint64_t hash_of(const char *key)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(1099511628211);
    return h;
}

static void unlink_use(struct entry *e)
{
    *(e->newer ? &e->newer->older : &newest) = e->older;
    *(e->older ? &e->older->newer : &oldest) = e->newer;
}

static void link_newest(struct entry *e)
{
    e->newer = NULL;
    e->older = newest;
    *(newest ? &newest->newer : &oldest) = e;
    newest = e;
}

static struct entry *find_or_make(const char *key)
{
    uint64_t hash = hash_of(key);
    struct entry *e;

    for (e = buckets[hash % BUCKET_N]; e; e = e->next) {
        if (e->hash == hash && strcmp(e->key, key) == 0) {
            unlink_use(e);
            link_newest(e);
            return e;
        }
    }
    e = calloc(1, sizeof(*e));
    if (!e || !(e->key = strdup(key)))
        abort();
    e->hash = hash;
    e->next = buckets[hash % BUCKET_N];
    buckets[hash % BUCKET_N] = e;
    link_newest(e);
    entry_n++;
    return e;
}

static void drop(struct entry *e)
{
    struct entry **at = &buckets[e->hash % BUCKET_N];

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    unlink_use(e);
    let_go(&e->answer);
    let_go(&e->before);
    free(e->key);
    free(e);
    entry_n--;
}

static void shrink(void)
{
    struct entry *e = oldest;

    while (e && (entry_n > CB_HTTP_CACHE_N || bytes > CB_HTTP_CACHE_BYTES)) {
        struct entry *newer = e->newer;

        if (!e->fetching && !e->waiting)
            drop(e);
        e = newer;
    }
}

static void wait_a_step(int64_t until_us)
{
    struct timespec t = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};

    pthread_cond_timedwait(&changed, &lock, &t);
}

enum cb_http_found cb_http_cache_get(struct cb_http_answer **out, const char *key, int64_t fresh_us, int64_t deadline_us,
                                     const atomic_bool *cancelled)
{
    enum cb_http_found found = CB_HTTP_LATE;
    struct entry *e;

    pthread_once(&once, make_ready);
    pthread_mutex_lock(&lock);
    e = find_or_make(key);
    e->waiting++;
    for (;;) {
        int64_t now = cb_call_now_us();

        if (e->answer && now - e->answer->at_us < fresh_us) {
            found = CB_HTTP_FRESH;
            break;
        }
        if (!e->fetching) {
            e->fetching = true;
            found = CB_HTTP_YOURS;
            break;
        }
        if (now >= deadline_us || atomic_load(cancelled))
            break;
        wait_a_step(now + WAIT_STEP_US < deadline_us ? now + WAIT_STEP_US : deadline_us);
    }
    e->waiting--;
    *out = counted(e->answer);
    pthread_mutex_unlock(&lock);
    return found;
}

void cb_http_cache_put(const char *key, struct cb_http_answer *answer)
{
    struct entry *e;

    pthread_mutex_lock(&lock);
    e = find_or_make(key);
    e->fetching = false;
    if (answer) {
        let_go(&e->before);
        e->before = e->answer;
        e->answer = counted(answer);
        bytes += size_of(answer);
    }
    shrink();
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void cb_http_cache_sound(const char *key, const struct cb_http_answer *answer)
{
    struct entry *e;

    pthread_mutex_lock(&lock);
    e = find_or_make(key);
    if (e->answer == answer)
        let_go(&e->before);
    pthread_mutex_unlock(&lock);
}

void cb_http_cache_spoil(struct cb_http_answer **out, const char *key, const struct cb_http_answer *answer)
{
    struct entry *e;

    pthread_mutex_lock(&lock);
    e = find_or_make(key);
    if (e->answer == answer) { /* else somebody has said so already, or a newer one is there */
        let_go(&e->answer);
        e->answer = e->before;
        e->before = NULL;
    }
    *out = counted(e->answer);
    pthread_mutex_unlock(&lock);
}

void cb_http_cache_clear(void)
{
    pthread_mutex_lock(&lock);
    while (oldest)
        drop(oldest);
    pthread_mutex_unlock(&lock);
}
