#include "plugins/host/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/host/http.h"

const char *const cb_call_names[CB_CALL_WHAT_N] = {"panel", "panel_action", "action", "undo", "source", "route", "open", "close"};

int64_t cb_call_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct callboard_call *cb_call_new(int64_t id, enum cb_call_what what)
{
    struct callboard_call *call = calloc(1, sizeof(*call));

    if (!call)
        abort();
    call->id = id;
    call->what = what;
    cb_write_reset(call);
    return call;
}

void cb_call_free(struct callboard_call *call)
{
    if (!call)
        return;
    cb_http_free_all(call->https);
    for (size_t i = 0; i < call->text_n; i++)
        free(call->texts[i]);
    for (size_t i = 0; i < call->value_n; i++)
        json_decref(call->values[i]);
    for (size_t i = 0; i < call->mask_n; i++)
        free(call->masks[i]);
    json_decref(call->entity);
    json_decref(call->input);
    json_decref(call->task);
    free(call->texts);
    free(call->values);
    free(call->out);
    free(call->ref);
    free(call->user);
    free(call->workspace);
    free(call);
}

static void *grown(void *v, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return v;
    *room = *room ? *room * 2 : 16;
    v = realloc(v, *room * size);
    if (!v)
        abort();
    return v;
}

char *cb_call_text(struct callboard_call *call, const char *text, size_t n)
{
    char *copy;

    if (n > CB_CALL_TEXT_MAX - call->text_bytes) {
        cb_call_error(call, CALLBOARD_ELIMIT, "the texts of one call are over %d bytes", CB_CALL_TEXT_MAX);
        n = 0;
    }
    call->texts = grown(call->texts, call->text_n, &call->text_room, sizeof(*call->texts));
    copy = malloc(n + 1);
    if (!copy)
        abort();
    if (n)
        memcpy(copy, text, n);
    copy[n] = '\0';
    call->text_bytes += n;
    return call->texts[call->text_n++] = copy;
}

const char *cb_call_vprintf(struct callboard_call *call, const char *format, va_list args)
{
    char *text = NULL;
    const char *kept;
    int n = vasprintf(&text, format, args);

    if (n < 0)
        abort();
    kept = cb_call_text(call, text, (size_t)n);
    free(text);
    return kept;
}

const struct callboard_json *cb_call_value(struct callboard_call *call, json_t *value)
{
    if (!value)
        return NULL;
    call->values = grown(call->values, call->value_n, &call->value_room, sizeof(*call->values));
    call->values[call->value_n++] = value;
    return (const struct callboard_json *)value;
}

void cb_call_forget(struct callboard_call *call, const struct callboard_json *value)
{
    for (size_t i = call->value_n; value && i; i--) {
        if ((const struct callboard_json *)call->values[i - 1] != value)
            continue;
        json_decref(call->values[i - 1]);
        call->values[i - 1] = call->values[--call->value_n];
        return;
    }
}

int cb_call_error(struct callboard_call *call, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(call->last, sizeof(call->last), format, args);
    va_end(args);
    return code;
}
