/* Sessions: three heaps, for the values, for one template, and for what goes out. */
#include "plugins/templates/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

#define VALUES_MAX ((size_t)256 * 1024 * 1024) /* bytes of the values given: the host has bounded their JSON */
#define PATH_MAX_N 512

struct tpl_session {
    struct tpl_options options;
    struct tpl_heap values, work, answer;
    struct tpl_dict *given, none;
    struct tpl_run run; /* of the template under way: outside of what longjmp spoils */
    uint64_t random;
    char error[TPL_SENTENCE_MAX];
};

struct tpl_session *tpl_session_new(const struct tpl_options *options)
{
    struct tpl_session *s = calloc(1, sizeof(*s));
    struct timespec now;

    if (!s)
        abort();
    s->options = *options;
    tpl_heap_init(&s->values, VALUES_MAX);
    tpl_heap_init(&s->work, TPL_MEMORY_MAX);
    tpl_heap_init(&s->answer, VALUES_MAX);
    s->given = &s->none;
    clock_gettime(CLOCK_MONOTONIC, &now);
    s->random = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20;
    return s;
}

void tpl_session_free(struct tpl_session *s)
{
    if (!s)
        return;
    tpl_heap_fini(&s->values);
    tpl_heap_fini(&s->work);
    tpl_heap_fini(&s->answer);
    free(s);
}

const char *tpl_session_error(const struct tpl_session *s)
{
    return s->error;
}

int tpl_session_values(struct tpl_session *s, const char *json, size_t n)
{
    struct tpl_value v;

    tpl_heap_reset(&s->values);
    s->given = &s->none;
    if (!tpl_json_read(&v, &s->values, json, n, true)) {
        snprintf(s->error, sizeof(s->error), "%s", s->values.error.text);
        return s->values.error.code;
    }
    if (v.type != TPL_DICT) {
        snprintf(s->error, sizeof(s->error), "the values of a template are an object");
        return CALLBOARD_EINVAL;
    }
    s->given = v.o;
    return 0;
}

/* "AT:LINE:COLUMN: sentence" */
static int failed(struct tpl_session *s, const char *at, const char *text, size_t n, const struct tpl_error *e)
{
    size_t line = 1, column = 1;

    for (size_t i = 0; i < e->at && i < n; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)text[i] & 0xc0) != 0x80;
        }
    }
    snprintf(s->error, sizeof(s->error), "%.400s:%zu:%zu: %s", at, line, column, e->text);
    for (char *p = s->error; *p; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    return e->code;
}

/* One template, in the work heap. WHOLE: its value when it is nothing but one ${{ }}, else the text. */
static int render(struct tpl_session *s, const char *at, const char *text, size_t n, bool whole, struct tpl_value *value)
{
    const struct tpl_syntax syntax = {s->options.cookiecutter, s->options.trim_blocks, s->options.lstrip_blocks};
    struct tpl_run *r = &s->run;
    const struct tpl_node *only;
    struct tpl_buf out;
    jmp_buf here;

    tpl_heap_reset(&s->work);
    memset(r, 0, sizeof(*r));
    r->h = &s->work;
    r->values = s->given;
    r->integrations = s->options.integrations;
    r->integration_n = s->options.integration_n;
    r->status = s->options.status;
    r->failed = s->options.failed;
    r->random = s->random;
    s->work.out = &here;
    if (setjmp(here)) {
        tpl_run_restore(&s->run);
        return failed(s, at, text, n, &s->work.error);
    }
    tpl_buf_init(&out, r->h);
    r->out = &out;
    r->program = tpl_parse(r->h, text, n, &syntax);
    r->h->work = 0;
    only = r->program->body;
    tpl_run_start(r);
    if (whole && only && only->kind == TPL_N_OUTPUT && !only->next) {
        *value = tpl_eval(r, only->a);
        r->h->at = only->at;
    } else if (whole && only && only->kind == TPL_N_FILTERED && !only->next) {
        *value = tpl_eval_filtered(r, only);
    } else {
        tpl_walk(r, r->program->body);
        *value = tpl_text_of(tpl_buf_done(&out));
    }
    s->random = r->random;
    return 0;
}

int tpl_session_render(struct tpl_session *s, const char *at, const char *text, size_t n, const char **out, size_t *out_n)
{
    struct tpl_value v;
    char *p;
    int rc = render(s, at, text, n, false, &v);

    if (rc)
        return rc;
    tpl_run_restore(&s->run);
    tpl_heap_reset(&s->answer);
    s->answer.out = NULL; /* TPL_OUTPUT_MAX is less than its limit */
    p = tpl_take(&s->answer, v.s->n + 1);
    memcpy(p, v.s->p, v.s->n);
    p[v.s->n] = '\0';
    if (tpl_has_halves(v.s)) { /* half a pair has no UTF-8 */
        struct tpl_text *fixed = tpl_utf8(&s->answer, tpl_text_borrow(&s->answer, p, v.s->n));

        p = tpl_take(&s->answer, fixed->n + 1);
        memcpy(p, fixed->p, fixed->n);
        p[fixed->n] = '\0';
        v.s->n = fixed->n;
    }
    *out = p;
    *out_n = v.s->n;
    return 0;
}

/* ---- values */

struct walk {
    struct tpl_session *s;
    struct tpl_buf out; /* in the answer's heap */
    struct tpl_result *result;
    char path[PATH_MAX_N];
    size_t depth;
    int rc;
};

static bool is_template(const struct tpl_session *s, const struct tpl_text *text)
{
    const char *p = text->p, *end = p + text->n;

    while (p < end && (p = memchr(p, '{', (size_t)(end - p)))) {
        if (end - p > 1 && (p[1] == '%' || p[1] == '#' || (p[1] == '{' && (s->options.cookiecutter || (p > text->p && p[-1] == '$')))))
            return true;
        p++;
    }
    return false;
}

/* V, of the work heap, to the answer: as renderValue gives it, with a regular expression as its text. */
static struct tpl_value plain(struct tpl_run *r, struct tpl_value v, size_t depth)
{
    struct tpl_value out;

    if (depth > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "its values are nested deeper than %d", TPL_DEPTH_MAX);
    if (v.type == TPL_CYCLER)
        tpl_fail(r->h, CALLBOARD_EINVAL, "a cycler is not a value: use its next()");
    if (v.type == TPL_REGEX || v.type == TPL_CALLABLE)
        return tpl_text_of(tpl_to_text(r->h, v));
    if (v.type == TPL_LIST) {
        out = tpl_list_new(r->h, v.l->n);
        for (size_t i = 0; i < v.l->n; i++)
            tpl_push(r->h, out.l, plain(r, v.l->v[i], depth + 1));
        return out;
    }
    if (v.type == TPL_DICT) {
        out = tpl_dict_new(r->h);
        for (size_t i = 0; i < v.o->n; i++)
            tpl_put(r->h, out.o, v.o->e[i].key, plain(r, v.o->e[i].v, depth + 1));
        return out;
    }
    v.safe = false;
    return v;
}

/* The text S as a template. False: there is no value, or w->rc says why. */
static bool put_rendered(struct walk *w, const struct tpl_text *text)
{
    struct tpl_session *s = w->s;
    struct tpl_text *json;
    struct tpl_value v;
    jmp_buf here;

    if ((w->rc = render(s, w->path, text->p, text->n, true, &v)) != 0)
        return false;
    s->work.out = &here;
    if (setjmp(here)) {
        tpl_run_restore(&s->run);
        w->rc = failed(s, w->path, text->p, text->n, &s->work.error);
        return false;
    }
    w->result->called_always |= s->run.called_always;
    w->result->called_failure |= s->run.called_failure;
    if (w->depth == 0)
        w->result->truthy = v.type == TPL_LIST ? v.l->n > 0 : tpl_truthy(v);
    json = tpl_json(&s->work, plain(&s->run, v, 1), NULL);
    if (json)
        tpl_buf_add(&w->out, json->p, json->n);
    tpl_run_restore(&s->run);
    return json != NULL;
}

static bool put(struct walk *w, struct tpl_value v);

static void put_members(struct walk *w, struct tpl_value v)
{
    size_t path_n = strlen(w->path), n = v.type == TPL_LIST ? v.l->n : v.o->n;
    bool first = true;

    tpl_buf_char(&w->out, v.type == TPL_LIST ? '[' : '{');
    w->depth++;
    for (size_t i = 0; i < n && w->rc == 0; i++) {
        size_t before = w->out.n;
        bool there;

        if (!first)
            tpl_buf_char(&w->out, ',');
        if (v.type == TPL_LIST) {
            snprintf(w->path + path_n, sizeof(w->path) - path_n, "[%zu]", i);
            there = put(w, v.l->v[i]);
            if (!there)
                tpl_buf_add(&w->out, "null", 4);
            there = true;
        } else {
            struct tpl_text *key = tpl_json(&w->s->answer, tpl_text_of(v.o->e[i].key), NULL);

            snprintf(w->path + path_n, sizeof(w->path) - path_n, ".%.*s", (int)v.o->e[i].key->n, v.o->e[i].key->p);
            tpl_buf_add(&w->out, key->p, key->n);
            tpl_buf_char(&w->out, ':');
            there = put(w, v.o->e[i].v);
        }
        if (there)
            first = false;
        else
            w->out.n = before; /* undefined: the key disappears */
        w->path[path_n] = '\0';
    }
    w->depth--;
    tpl_buf_char(&w->out, v.type == TPL_LIST ? ']' : '}');
}

static bool put(struct walk *w, struct tpl_value v)
{
    struct tpl_text *json;

    w->s->answer.work = 0; /* bounded by the JSON that came in */
    if (v.type == TPL_TEXT && is_template(w->s, v.s))
        return put_rendered(w, v.s);
    if (w->depth == 0)
        w->result->truthy = v.type == TPL_LIST ? v.l->n > 0 : tpl_truthy(v);
    if (v.type == TPL_LIST || v.type == TPL_DICT) {
        put_members(w, v);
        return true;
    }
    json = tpl_json(&w->s->answer, v, NULL);
    tpl_buf_add(&w->out, json->p, json->n);
    return true;
}

int tpl_session_value(struct tpl_session *s, const char *at, const char *json, size_t n, struct tpl_result *out)
{
    struct walk *w;
    struct tpl_value v;
    jmp_buf here;

    memset(out, 0, sizeof(*out));
    tpl_heap_reset(&s->answer);
    if (!tpl_json_read(&v, &s->answer, json, n, false)) {
        snprintf(s->error, sizeof(s->error), "%.400s: %s", at, s->answer.error.text);
        return s->answer.error.code;
    }
    s->answer.out = &here;
    if (setjmp(here)) {
        snprintf(s->error, sizeof(s->error), "%.400s: %s", at, s->answer.error.text);
        return s->answer.error.code;
    }
    w = TPL_NEW(&s->answer, struct walk);
    w->s = s;
    w->result = out;
    tpl_buf_init(&w->out, &s->answer);
    snprintf(w->path, sizeof(w->path), "%.400s", at);
    if (put(w, v)) {
        tpl_buf_char(&w->out, '\0');
        out->json = w->out.p;
        out->n = w->out.n - 1;
    }
    return w->rc;
}
