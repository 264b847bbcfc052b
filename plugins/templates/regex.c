/* Searching, and what JavaScript makes of it. PCRE2's memory is the render's heap: nothing is to be freed. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "plugins/templates/regex.h"

#include <pcre2.h>
#include <string.h>
#include <time.h>

#include "plugins/templates/eval.h"
#include "plugins/templates/limit.h"
#include "plugins/templates/text.h"

static void *take(size_t n, void *heap)
{
    return tpl_take(heap, n);
}

static void give(void *p, void *heap)
{
    (void)p;
    (void)heap;
}

struct tpl_regex *tpl_regex_new(struct tpl_heap *h, struct tpl_text *pattern, const char *flags, size_t flag_n)
{
    struct tpl_regex *x = TPL_NEW(h, struct tpl_regex);
    uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C, groups;
    pcre2_general_context *memory;
    pcre2_compile_context *context;
    struct tpl_text *translated;
    bool lines = false;
    int code;
    PCRE2_SIZE at;

    x->source = pattern;
    x->flags = flags;
    x->flag_n = flag_n;
    for (size_t i = 0; i < flag_n; i++) {
        if (!strchr("gimy", flags[i]) || memchr(flags, flags[i], i))
            tpl_fail(h, CALLBOARD_EINVAL, "a regular expression's flags are g, i, m and y, each once");
        x->global |= flags[i] == 'g';
        x->sticky |= flags[i] == 'y';
        lines |= flags[i] == 'm';
        options |= flags[i] == 'i' ? PCRE2_CASELESS : 0;
    }
    if (tpl_units(pattern) > TPL_PATTERN_MAX)
        tpl_fail(h, CALLBOARD_ELIMIT, "a regular expression is longer than %d", TPL_PATTERN_MAX);
    if (!(translated = tpl_regex_translate(h, tpl_split(h, pattern), lines)))
        tpl_fail(h, CALLBOARD_EINVAL, "this is no regular expression");
    memory = pcre2_general_context_create(take, give, h);
    context = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(context, 200);
    x->code = pcre2_compile((PCRE2_SPTR)translated->p, translated->n, options, &code, &at, context);
    if (!x->code) {
        PCRE2_UCHAR why[120] = {0};

        pcre2_get_error_message(code, why, sizeof(why));
        tpl_fail(h, CALLBOARD_EINVAL, "this is no regular expression: %s", (const char *)why);
    }
    pcre2_pattern_info(x->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    x->group_n = groups;
    return x;
}

struct tpl_text *tpl_regex_text(struct tpl_heap *h, const struct tpl_regex *x)
{
    struct tpl_buf b;

    tpl_buf_init(&b, h);
    tpl_buf_char(&b, '/');
    tpl_buf_text(&b, x->source->n ? x->source : tpl_words(h, "(?:)").s);
    tpl_buf_char(&b, '/');
    for (const char *flag = "gimy"; *flag; flag++) /* in JavaScript's order, whatever the template's */
        if (x->flag_n && memchr(x->flags, *flag, x->flag_n))
            tpl_buf_char(&b, *flag);
    return tpl_buf_done(&b);
}

static size_t cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (size_t)t.tv_sec * 1000000 + (size_t)t.tv_nsec / 1000;
}

size_t tpl_regex_match(struct tpl_run *r, const struct tpl_regex *x, const struct tpl_text *subject, size_t from, size_t *pairs, size_t pair_max)
{
    struct tpl_regex *mine = (struct tpl_regex *)(uintptr_t)x;
    size_t before = cpu_us();
    pcre2_match_context *context;
    PCRE2_SIZE *found;
    int code;

    if (!mine->match) {
        pcre2_general_context *memory = pcre2_general_context_create(take, give, r->h);

        mine->match = pcre2_match_data_create_from_pattern(x->code, memory);
    }
    context = pcre2_match_context_create(pcre2_general_context_create(take, give, r->h));
    pcre2_set_match_limit(context, TPL_MATCH_MAX);
    pcre2_set_depth_limit(context, TPL_MATCH_MAX);
    pcre2_set_heap_limit(context, TPL_MATCH_KB);
    tpl_work(r->h, 1 + (subject->n - from) / 256);
    code = pcre2_match(x->code, (PCRE2_SPTR)subject->p, subject->n, from, PCRE2_NO_UTF_CHECK | (x->sticky ? PCRE2_ANCHORED : 0), mine->match, context);
    r->matched += cpu_us() - before;
    if (code == PCRE2_ERROR_NOMATCH)
        return 0;
    if (code < 0 || r->matched > TPL_MATCH_MS * 1000)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "the regular expression /%.*s/ takes too many steps", (int)(x->source->n < 200 ? x->source->n : 200), x->source->p);
    found = pcre2_get_ovector_pointer(mine->match);
    for (size_t i = 0; i <= x->group_n && i < pair_max; i++) {
        pairs[2 * i] = i < (size_t)code ? found[2 * i] : SIZE_MAX;
        pairs[2 * i + 1] = i < (size_t)code ? found[2 * i + 1] : SIZE_MAX;
        if (pairs[2 * i] == PCRE2_UNSET)
            pairs[2 * i] = pairs[2 * i + 1] = SIZE_MAX;
    }
    return x->group_n + 1;
}

/* ---- replacing */

static void part(struct tpl_buf *out, const struct tpl_text *subject, size_t from, size_t to)
{
    struct tpl_text piece;

    if (from == SIZE_MAX || from >= to)
        return;
    piece = (struct tpl_text){subject->p + from, to - from, TPL_UNCOUNTED};
    tpl_buf_text(out, &piece);
}

void tpl_expand(struct tpl_buf *out, const struct tpl_text *by, const struct tpl_text *subject, const size_t *pairs, size_t pair_n)
{
    size_t done = 0;

    for (size_t i = 0; i + 1 < by->n; i++) {
        char c = by->p[i + 1];
        size_t length = 2, group = 0;

        if (by->p[i] != '$')
            continue;
        if (c >= '0' && c <= '9') {
            size_t two = i + 2 < by->n && by->p[i + 2] >= '0' && by->p[i + 2] <= '9' ? (size_t)(c - '0') * 10 + (size_t)(by->p[i + 2] - '0') : 0;

            group = (size_t)(c - '0');
            if (two && two < pair_n) {
                group = two;
                length = 3;
            }
            if (group == 0 || group >= pair_n)
                continue;
        } else if (!strchr("$&`'", c)) {
            continue;
        }
        part(out, by, done, i);
        if (group)
            part(out, subject, pairs[2 * group], pairs[2 * group + 1]);
        else if (c == '$')
            tpl_buf_char(out, '$');
        else if (c == '&')
            part(out, subject, pairs[0], pairs[1]);
        else if (c == '`')
            part(out, subject, 0, pairs[0]);
        else
            part(out, subject, pairs[1], subject->n);
        done = i + length;
        i = done - 1;
    }
    part(out, by, done, by->n);
}

/* The byte behind the unit at AT. */
static size_t next_unit(const struct tpl_text *s, size_t at)
{
    size_t n;

    if (at >= s->n)
        return at + 1;
    tpl_decode(s->p + at, s->p + s->n, &n);
    return at + n;
}

/* Where a search by X begins: at lastIndex of a sticky one, or of a global one's test. */
static size_t begin_of(const struct tpl_regex *x, const struct tpl_text *s)
{
    size_t at = 0;

    for (size_t i = 0; i < x->last && at <= s->n; i++)
        at = next_unit(s, at);
    return at;
}

struct tpl_text *tpl_regex_replace(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s, struct tpl_text *by)
{
    struct tpl_text *in = tpl_split(r->h, s);
    size_t pairs[2 * TPL_GROUP_MAX], from = 0, done = 0, n;
    struct tpl_buf b;

    if (x->sticky && !x->global) {
        from = begin_of(x, in);
        x->last = 0;
        if (from > in->n)
            return s;
    }
    tpl_buf_init(&b, r->h);
    while (from <= in->n && (n = tpl_regex_match(r, x, in, from, pairs, TPL_GROUP_MAX))) {
        part(&b, in, done, pairs[0]);
        tpl_expand(&b, by, in, pairs, n < TPL_GROUP_MAX ? n : TPL_GROUP_MAX);
        done = pairs[1];
        from = pairs[1] > pairs[0] ? pairs[1] : next_unit(in, pairs[1]);
        if (!x->global) {
            if (x->sticky)
                x->last = tpl_units_of(in->p, pairs[1]);
            break;
        }
    }
    if (x->global)
        x->last = 0;
    part(&b, in, done, in->n);
    return tpl_whole(r->h, tpl_buf_done(&b));
}

bool tpl_regex_test(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s)
{
    struct tpl_text *in = tpl_split(r->h, s);
    size_t pairs[2], from = x->global || x->sticky ? begin_of(x, in) : 0;

    if (from > in->n || !tpl_regex_match(r, x, in, from, pairs, 1)) {
        x->last = 0;
        return false;
    }
    if (x->global || x->sticky)
        x->last = tpl_units_of(in->p, pairs[1]);
    return true;
}

static void push_part(struct tpl_run *r, struct tpl_list *out, const struct tpl_text *s, size_t from, size_t to)
{
    tpl_push(r->h, out, from == SIZE_MAX ? tpl_undefined() : tpl_text_of(tpl_whole(r->h, tpl_text_borrow(r->h, s->p + from, to - from))));
}

struct tpl_value tpl_regex_split(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s, size_t limit)
{
    struct tpl_text *in = tpl_split(r->h, s);
    struct tpl_value out = tpl_list_new(r->h, 0);
    size_t pairs[2 * TPL_GROUP_MAX], done = 0, from = 0, n;

    if (limit == 0)
        return out;
    if (in->n == 0) {
        if (!tpl_regex_match(r, x, in, 0, pairs, TPL_GROUP_MAX))
            push_part(r, out.l, in, 0, 0);
        return out;
    }
    while (from < in->n && (n = tpl_regex_match(r, x, in, from, pairs, TPL_GROUP_MAX)) && pairs[0] < in->n) {
        if (pairs[1] == done) { /* nothing, where a part begins */
            from = next_unit(in, from > pairs[0] ? from : pairs[0]);
            continue;
        }
        push_part(r, out.l, in, done, pairs[0]);
        if (out.l->n == limit)
            return out;
        done = pairs[1];
        for (size_t i = 1; i < n && i < TPL_GROUP_MAX; i++) {
            push_part(r, out.l, in, pairs[2 * i], pairs[2 * i + 1]);
            if (out.l->n == limit)
                return out;
        }
        from = pairs[1] > pairs[0] ? pairs[1] : next_unit(in, pairs[1]);
    }
    push_part(r, out.l, in, done, in->n);
    return out;
}
