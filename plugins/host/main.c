/*
 * callboard-plugin-host: loads one plugin and runs its calls. Started by callboard with a socket on descriptor 3; see
 * plugins/abi/wire.h for what is said on it.
 *
 *   callboard-plugin-host [--memory MB] [--files N] [--workspaces DIR]
 *
 * Threads   main reads frames; workers run calls. A worker whose plugin never returns is callboard's to notice, which kills the process
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/abi/wire.h"
#include "plugins/host/http.h"
#include "plugins/host/line.h"
#include "plugins/host/load.h"
#include "plugins/host/sandbox.h"
#include "plugins/host/table.h"

#define WORKER_MAX 64
#define QUEUE_MAX 1024 /* calls that wait; callboard keeps to fewer */
#define READ_BYTES 65536
#define ARENA_N 2           /* of malloc: each takes 64 MiB of the address space that is limited */
#define STACK_BYTES (1024 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
static struct callboard_call *first, **last = &first; /* waiting */
static struct callboard_call *running[WORKER_MAX];
static size_t waiting_n, worker_n;
static bool stopping;
static const struct cb_loaded *loaded;
static const char *workspaces;

static _Noreturn void refuse(const char *why)
{
    cb_line_put(json_pack("{s:s,s:s}", "op", "refused", "error", why), NULL, 0);
    _exit(1);
}

/* ---- running a call */

static callboard_fn *function_of(const struct callboard_call *call)
{
    struct callboard_panel panel;
    struct callboard_panel_action panel_action;
    struct callboard_action action;
    struct callboard_source source;
    struct callboard_route route;
    size_t i = call->row;

    switch (call->what) {
    case CB_CALL_PANEL: return cb_load_row(&panel, sizeof(panel), &loaded->panels, i) ? panel.render : NULL;
    case CB_CALL_PANEL_ACTION: return cb_load_row(&panel_action, sizeof(panel_action), &loaded->panel_actions, i) ? panel_action.run : NULL;
    case CB_CALL_ACTION: return cb_load_row(&action, sizeof(action), &loaded->actions, i) ? action.run : NULL;
    case CB_CALL_UNDO: return cb_load_row(&action, sizeof(action), &loaded->actions, i) ? action.undo : NULL;
    case CB_CALL_SOURCE: return cb_load_row(&source, sizeof(source), &loaded->sources, i) ? source.read : NULL;
    case CB_CALL_ROUTE: return cb_load_row(&route, sizeof(route), &loaded->routes, i) ? route.answer : NULL;
    case CB_CALL_OPEN: return loaded->plugin->open;
    case CB_CALL_CLOSE: return loaded->plugin->close;
    case CB_CALL_WHAT_N: break;
    }
    return NULL;
}

/* What the plugin returned, and what it wrote, as one code and one sentence. */
static int settle(struct callboard_call *call, int rc)
{
    if (rc == CALLBOARD_OK && !cb_write_finish(call))
        rc = cb_table.fail(call, CALLBOARD_ELIMIT, "%s", call->broken);
    if (rc == CALLBOARD_OK || rc == CALLBOARD_ABSENT)
        return rc;
    if (!call->error[0])
        cb_table.fail(call, rc, "%s", call->last[0] ? call->last : "the plugin failed without a word");
    return CALLBOARD_FAILED;
}

static void done(struct callboard_call *call, int rc, int64_t took_us)
{
    char *body = NULL, *error;
    size_t body_n = 0;

    if (rc == CALLBOARD_OK)
        body = cb_table_masked(call, call->out, call->out_n, &body_n);
    error = cb_table_masked(call, call->error, strlen(call->error), NULL);
    cb_line_put(json_pack("{s:s,s:I,s:i,s:s,s:i,s:I,s:I}", "op", "done", "id", (json_int_t)call->id, "code", rc, "error",
                          rc == CALLBOARD_FAILED ? error : "", "error_code", call->error_code, "age_s", (json_int_t)call->age_s, "us",
                          (json_int_t)took_us),
                body, body_n);
    free(body);
    free(error);
}

/* The plugin's own start: what it says against itself is why it is refused. */
static void run_open(struct callboard_call *call)
{
    callboard_fn *function = function_of(call);

    if (function && settle(call, function(&cb_table, call)) == CALLBOARD_FAILED)
        refuse(cb_table_masked(call, call->error, strlen(call->error), NULL));
    cb_line_put(json_pack("{s:s}", "op", "opened"), NULL, 0);
}

static void run(struct callboard_call *call)
{
    callboard_fn *function = function_of(call);
    int64_t since = cb_call_now_us();
    int rc;

    if (call->what == CB_CALL_OPEN) {
        run_open(call);
        return;
    }
    if (!function)
        rc = cb_table.fail(call, CALLBOARD_EUNSUPPORTED, "the plugin has no such %s", cb_call_names[call->what]);
    else
        rc = function(&cb_table, call);
    done(call, settle(call, rc), cb_call_now_us() - since);
}

/* The last worker that has nothing to do any more ends the process. */
static _Noreturn void leave(void)
{
    struct callboard_call *call;

    pthread_mutex_lock(&lock);
    if (--worker_n) {
        pthread_mutex_unlock(&lock);
        pthread_exit(NULL);
    }
    pthread_mutex_unlock(&lock);
    call = cb_call_new(0, CB_CALL_CLOSE);
    call->deadline_us = cb_call_now_us() + CALLBOARD_DEADLINE_MS * INT64_C(1000);
    if (loaded->plugin->close)
        loaded->plugin->close(&cb_table, call);
    _exit(0);
}

static void *work(void *arg)
{
    size_t me = (size_t)(uintptr_t)arg;

    for (;;) {
        struct callboard_call *call;

        pthread_mutex_lock(&lock);
        while (!first && !stopping)
            pthread_cond_wait(&came, &lock);
        call = first;
        if (!call) {
            pthread_mutex_unlock(&lock);
            leave();
        }
        first = call->next;
        if (!first)
            last = &first;
        waiting_n--;
        running[me] = call;
        pthread_mutex_unlock(&lock);
        run(call);
        pthread_mutex_lock(&lock);
        running[me] = NULL;
        pthread_mutex_unlock(&lock);
        cb_call_free(call);
    }
}

/* ---- frames */

static const char *text_of(const json_t *head, const char *key)
{
    return json_string_value(json_object_get(head, key));
}

static char *copy_of(const json_t *head, const char *key)
{
    const char *text = text_of(head, key);
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        abort();
    return copy;
}

static void on_load(const json_t *head)
{
    const char *path = text_of(head, "path"), *missing = "";
    char why[CALLBOARD_SENTENCE_MAX];
    json_t *descriptor;
    char *text;
    int rc;

    if (loaded || !path)
        refuse("the host was asked to load twice, or nothing");
    if ((rc = cb_sandbox_confine(workspaces, &missing)) == 0) { /* its constructors run as it loads, and may start threads */
        loaded = cb_load(path, why, sizeof(why));
        if (!loaded)
            refuse(why);
    }
    if (rc == 0 && workspaces && loaded->actions.n == 0)
        rc = cb_sandbox_confine(NULL, &missing);
    if (rc != 0 || (rc = cb_sandbox_forbid(&missing)) != 0) {
        snprintf(why, sizeof(why), "its process could not be confined: %s", strerror(rc));
        refuse(why);
    }
    descriptor = cb_load_descriptor(loaded);
    text = descriptor ? json_dumps(descriptor, JSON_COMPACT) : NULL;
    json_decref(descriptor);
    if (!text)
        refuse("its tables have a text that is not UTF-8");
    cb_line_put(json_pack("{s:s,s:s}", "op", "loaded", "unconfined", missing), text, strlen(text));
    free(text);
}

/* Behind whatever waits. With the lock. */
static void enqueue(struct callboard_call *call)
{
    *last = call;
    last = &call->next;
    waiting_n++;
    pthread_cond_signal(&came);
}

static void on_open(const json_t *head, const char *body, size_t body_n)
{
    struct callboard_call *call;
    json_t *config = json_loadb(body, body_n, 0, NULL);
    size_t n = (size_t)json_integer_value(json_object_get(head, "concurrency"));
    pthread_attr_t attr;

    if (!loaded || worker_n || !json_is_object(config))
        refuse("the host was opened twice, before it loaded, or without a configuration");
    cb_table_open(config, json_object_get(head, "secrets"));
    json_decref(config);
    cb_http_open(json_object_get(head, "allow"), text_of(head, "ca_file"));
    n = n < 1 ? CALLBOARD_CONCURRENCY : n > WORKER_MAX ? WORKER_MAX : n;
    call = cb_call_new(0, CB_CALL_OPEN);
    call->deadline_us = cb_call_now_us() + CALLBOARD_DEADLINE_MS * INT64_C(1000);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&lock);
    enqueue(call);
    for (; worker_n < n; worker_n++) {
        pthread_t thread;

        if (pthread_create(&thread, &attr, work, (void *)(uintptr_t)worker_n) != 0)
            refuse("its threads could not be made");
    }
    pthread_mutex_unlock(&lock);
    pthread_attr_destroy(&attr);
}

static bool what_of(enum cb_call_what *out, const char *name)
{
    for (size_t i = 0; name && i < CB_CALL_OPEN; i++) {
        if (strcmp(cb_call_names[i], name) == 0) {
            *out = (enum cb_call_what)i;
            return true;
        }
    }
    return false;
}

static void on_call(const json_t *head, const char *body, size_t body_n)
{
    size_t input_n = (size_t)json_integer_value(json_object_get(head, "input_n"));
    struct callboard_call *call;
    enum cb_call_what what = CB_CALL_PANEL;
    bool known = what_of(&what, text_of(head, "what"));

    call = cb_call_new(json_integer_value(json_object_get(head, "id")), what);
    call->row = (size_t)json_integer_value(json_object_get(head, "row"));
    call->ref = copy_of(head, "ref");
    call->user = copy_of(head, "user");
    call->workspace = copy_of(head, "workspace");
    call->task = json_incref(json_object_get(head, "task"));
    call->deadline_us = cb_call_now_us() + json_integer_value(json_object_get(head, "deadline_ms")) * 1000;
    if (input_n > body_n)
        input_n = body_n;
    if (input_n)
        call->input = json_loadb(body, input_n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (body_n > input_n)
        call->entity = json_loadb(body + input_n, body_n - input_n, JSON_ALLOW_NUL, NULL);
    pthread_mutex_lock(&lock);
    if (!known || !worker_n || waiting_n == QUEUE_MAX) {
        pthread_mutex_unlock(&lock);
        cb_table.fail(call, CALLBOARD_ELIMIT, "the plugin has too much to do");
        done(call, CALLBOARD_FAILED, 0);
        cb_call_free(call);
        return;
    }
    enqueue(call);
    pthread_mutex_unlock(&lock);
}

static void on_cancel(int64_t id)
{
    pthread_mutex_lock(&lock);
    for (struct callboard_call *call = first; call; call = call->next)
        if (call->id == id)
            atomic_store(&call->cancelled, true);
    for (size_t i = 0; i < WORKER_MAX; i++)
        if (running[i] && running[i]->id == id)
            atomic_store(&running[i]->cancelled, true);
    pthread_mutex_unlock(&lock);
}

/* Frames are still read: what runs may wait for an answer. */
static void on_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    if (!worker_n)
        _exit(0);
    pthread_cond_broadcast(&came);
    pthread_mutex_unlock(&lock);
}

static void on_frame(const struct cb_wire_frame *frame)
{
    json_t *head = json_loadb(frame->head, frame->head_n, 0, NULL);
    const char *op = text_of(head, "op");

    if (!op)
        _exit(1);
    if (strcmp(op, "call") == 0)
        on_call(head, frame->body, frame->body_n);
    else if (strcmp(op, "answer") == 0)
        cb_line_answer(head, frame->body, frame->body_n);
    else if (strcmp(op, "cancel") == 0)
        on_cancel(json_integer_value(json_object_get(head, "id")));
    else if (strcmp(op, "load") == 0)
        on_load(head);
    else if (strcmp(op, "open") == 0)
        on_open(head, frame->body, frame->body_n);
    else if (strcmp(op, "stop") == 0)
        on_stop();
    json_decref(head);
}

static void serve(void)
{
    struct cb_wire_reader reader = {0};
    struct cb_wire_frame frame;

    for (;;) {
        ssize_t n = read(CB_WIRE_FD, cb_wire_room(&reader, READ_BYTES), READ_BYTES);
        int got;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(0); /* callboard is gone */
        cb_wire_came(&reader, (size_t)n);
        while ((got = cb_wire_take(&reader, &frame)) == 1)
            on_frame(&frame);
        if (got < 0)
            _exit(1);
    }
}

int main(int argc, char **argv)
{
    size_t memory_mb = 0, file_n = 0;
    int rc;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--memory") == 0)
            memory_mb = strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--files") == 0)
            file_n = strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--workspaces") == 0)
            workspaces = argv[i + 1];
    }
    if (write(CB_WIRE_FD, "", 0) < 0) {
        fprintf(stderr, "callboard-plugin-host is started by callboard; to try a plugin: callboard plugin check FILE.so\n");
        return 2;
    }
    close_range(CB_WIRE_FD + 1, ~0u, 0);
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_ARENA_MAX, ARENA_N);
    if ((rc = cb_sandbox_limits(memory_mb, file_n)) != 0) {
        fprintf(stderr, "callboard-plugin-host: its limits could not be set: %s\n", strerror(rc));
        return 3;
    }
    serve();
}
