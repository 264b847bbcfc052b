/*
 * call.h - one call under way in the host: what was asked, what the plugin wrote, what it holds until it returns.
 *
 * Lifetime  made by the reader, run and ended by a worker; the reader may cancel it in between (calls.h)
 * Memory    texts and JSON values handed to the plugin are kept in lists of the call and go with it
 */
#ifndef CB_HOST_CALL_H
#define CB_HOST_CALL_H

#include <callboard/plugin.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>

#define CB_CALL_TEXT_MAX (16 * 1024 * 1024) /* bytes of texts made for one call */
#define CB_CALL_MASK_N 32                   /* secrets a call may name by host->mask */

enum cb_call_what { CB_CALL_PANEL, CB_CALL_PANEL_ACTION, CB_CALL_ACTION, CB_CALL_UNDO, CB_CALL_SOURCE, CB_CALL_ROUTE, CB_CALL_OPEN, CB_CALL_CLOSE, CB_CALL_WHAT_N };
extern const char *const cb_call_names[CB_CALL_WHAT_N];

struct callboard_http;

struct callboard_call {
    int64_t id;
    enum cb_call_what what;
    size_t row;
    char *ref, *user, *workspace;
    json_t *entity, *input, *task;
    int64_t deadline_us; /* monotonic */
    atomic_bool cancelled;
    struct callboard_call *next;

    /* what the plugin said */
    char error[CALLBOARD_SENTENCE_MAX]; /* of host->fail */
    int error_code;
    char last[CALLBOARD_SENTENCE_MAX];  /* of the host function that failed last */
    int64_t age_s;                      /* of the oldest cached answer it was given because the upstream is down */

    /* the answer, as it grows */
    char *out;
    size_t out_n, out_room;
    char stack[CALLBOARD_DEPTH_MAX];    /* '{' or '[' of each open one */
    size_t depth;
    bool first;                         /* nothing in the innermost one yet */
    const char *broken;                 /* why the answer cannot be used */

    /* what goes with the call */
    char **texts;
    size_t text_n, text_room, text_bytes;
    json_t **values;
    size_t value_n, value_room;
    struct callboard_http *https;
    char *masks[CB_CALL_MASK_N];
    size_t mask_n;
};

int64_t cb_call_now_us(void); /* monotonic */
struct callboard_call *cb_call_new(int64_t id, enum cb_call_what what);
void cb_call_free(struct callboard_call *call);

/* A text that lives as long as the call; never NULL. Over CB_CALL_TEXT_MAX the empty text, with last set. */
char *cb_call_text(struct callboard_call *call, const char *text, size_t n);
const char *cb_call_vprintf(struct callboard_call *call, const char *format, va_list args);
/* Takes VALUE (NULL is passed through): decref'd with the call. */
const struct callboard_json *cb_call_value(struct callboard_call *call, json_t *value);
/* VALUE, which cb_call_value took, goes before its call ends; accepts NULL. */
void cb_call_forget(struct callboard_call *call, const struct callboard_json *value);
/* Sets host->error; returns CODE. */
int cb_call_error(struct callboard_call *call, int code, const char *format, ...) CALLBOARD_PRINTF(3, 4);

/* ---- write.c: the answer */

void cb_write_begin(struct callboard_call *call, const char *key, char kind);
void cb_write_end(struct callboard_call *call);
void cb_write_text(struct callboard_call *call, const char *key, const char *text);
/* A number, true, false, null: TEXT as it is. */
void cb_write_literal(struct callboard_call *call, const char *key, const char *text);
void cb_write_json(struct callboard_call *call, const char *key, const struct callboard_json *value);
void cb_write_reset(struct callboard_call *call);
/* Close what is open. False when call->broken. */
bool cb_write_finish(struct callboard_call *call);

/* ---- read.c: JSON values */

extern enum callboard_json_type cb_read_type(const struct callboard_json *value, const char *pointer);
const struct callboard_json *cb_read_get(const struct callboard_json *value, const char *pointer);
const char *cb_read_text(const struct callboard_json *value, const char *pointer, const char *otherwise);
double cb_read_number(const struct callboard_json *value, const char *pointer, double otherwise);
int64_t cb_read_integer(const struct callboard_json *value, const char *pointer, int64_t otherwise);
int cb_read_boolean(const struct callboard_json *value, const char *pointer, int otherwise);
size_t cb_read_count(const struct callboard_json *value, const char *pointer);
const struct callboard_json *cb_read_at(const struct callboard_json *value, size_t i);
const char *cb_read_key_at(const struct callboard_json *value, size_t i);

#endif
