/* Filters that take a text. */
#include <math.h>
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

/* The input as a text; undefined, null and false are "". Anything else has no methods of texts. */
static struct tpl_text *input(struct tpl_run *r, struct tpl_value v)
{
    if (v.type <= TPL_NULL || (v.type == TPL_BOOLEAN && !v.b))
        return tpl_words(r->h, "").s;
    if (v.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(v));
    return v.s;
}

/* A text that is as safe as the input was. */
static struct tpl_value as(const struct tpl_args *args, struct tpl_text *s)
{
    struct tpl_value v = tpl_text_of(s);

    v.safe = args->self.type == TPL_TEXT && args->self.safe;
    return v;
}

/* How often JavaScript's lib.repeat(x, n) repeats: n is any number. */
static size_t times(struct tpl_run *r, double n)
{
    if (isnan(n) || n <= 0)
        return 0;
    if (n > TPL_MEMORY_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "a text is over %d MiB", TPL_MEMORY_MAX >> 20);
    return (size_t)ceil(n);
}

static struct tpl_text *capitalized(struct tpl_run *r, struct tpl_text *s)
{
    struct tpl_text *lower = tpl_lower(r->h, s);
    size_t n = tpl_units(lower);
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    if (n) {
        tpl_buf_text(&b, tpl_upper(r->h, tpl_sub(r->h, lower, 0, 1)));
        tpl_buf_text(&b, tpl_sub(r->h, lower, 1, n));
    }
    return tpl_buf_done(&b);
}

struct tpl_value tpl_f_capitalize(struct tpl_run *r, const struct tpl_args *args)
{
    return as(args, capitalized(r, input(r, args->self)));
}

struct tpl_value tpl_f_title(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *s = input(r, args->self);
    const char *p = s->p, *end = s->p + s->n;
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    for (;;) {
        const char *space = memchr(p, ' ', (size_t)(end - p)), *to = space ? space : end;

        tpl_work(r->h, 1);
        tpl_buf_text(&b, capitalized(r, tpl_text_borrow(r->h, p, (size_t)(to - p))));
        if (!space)
            break;
        tpl_buf_char(&b, ' ');
        p = space + 1;
    }
    return as(args, tpl_buf_done(&b));
}

struct tpl_value tpl_f_center(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value asked = tpl_arg(args, 0), v = args->self;
    double width = tpl_truthy(asked) ? tpl_to_number(r->h, asked) : 80, spaces;
    struct tpl_text *s;
    struct tpl_buf b;

    if (!tpl_truthy(v) && (v.type <= TPL_BOOLEAN))
        v = tpl_words(r->h, "");
    spaces = width - tpl_length(r, v);
    if (!(spaces > 0) && !isnan(spaces))
        return v;
    s = tpl_to_text(r->h, v);
    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, tpl_repeat(r->h, " ", 1, times(r, spaces / 2 - fmod(spaces, 2))));
    tpl_buf_text(&b, s);
    tpl_buf_text(&b, tpl_repeat(r->h, " ", 1, times(r, spaces / 2)));
    return as(args, tpl_buf_done(&b));
}

static struct tpl_value escaped(struct tpl_run *r, struct tpl_text *s)
{
    static const char from[] = "&\"'<>\\";
    static const char *const to[] = {"&amp;", "&quot;", "&#39;", "&lt;", "&gt;", "&#92;"};
    struct tpl_buf b;
    size_t done = 0;
    struct tpl_value v;

    tpl_buf_init(&b, r->h);
    for (size_t i = 0; i < s->n; i++) {
        const char *at = s->p[i] ? strchr(from, s->p[i]) : NULL;

        if (!at)
            continue;
        tpl_buf_add(&b, s->p + done, i - done);
        tpl_buf_add(&b, to[at - from], strlen(to[at - from]));
        done = i + 1;
    }
    tpl_buf_add(&b, s->p + done, s->n - done);
    v = tpl_text_of(tpl_buf_done(&b));
    v.safe = true;
    return v;
}

struct tpl_value tpl_f_escape(struct tpl_run *r, const struct tpl_args *args)
{
    if (args->self.type == TPL_TEXT && args->self.safe)
        return args->self;
    return tpl_f_forceescape(r, args);
}

struct tpl_value tpl_f_forceescape(struct tpl_run *r, const struct tpl_args *args)
{
    return escaped(r, args->self.type <= TPL_NULL ? tpl_words(r->h, "").s : tpl_to_text(r->h, args->self));
}

struct tpl_value tpl_f_safe(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;

    if (v.type == TPL_TEXT && v.safe)
        return v;
    v = tpl_text_of(v.type <= TPL_NULL ? tpl_words(r->h, "").s : tpl_to_text(r->h, v));
    v.safe = true;
    return v;
}

struct tpl_value tpl_f_string(struct tpl_run *r, const struct tpl_args *args)
{
    if (args->self.type <= TPL_NULL)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the filter string takes a value, not %s", tpl_type_name(args->self));
    return as(args, tpl_to_text(r->h, args->self));
}

struct tpl_value tpl_f_indent(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *s = input(r, args->self), *space;
    struct tpl_value width = tpl_arg(args, 0);
    bool first = tpl_truthy(tpl_arg(args, 1));
    const char *p = s->p, *end = s->p + s->n;
    struct tpl_buf b;

    if (s->n == 0 && !(args->self.type == TPL_TEXT && args->self.safe))
        return tpl_words(r->h, "");
    space = tpl_repeat(r->h, " ", 1, times(r, tpl_truthy(width) ? tpl_to_number(r->h, width) : 4));
    tpl_buf_init(&b, r->h);
    for (bool at_first = true;; at_first = false) {
        const char *line = memchr(p, '\n', (size_t)(end - p)), *to = line ? line : end;

        tpl_work(r->h, 1);
        if (!at_first || first)
            tpl_buf_text(&b, space);
        tpl_buf_add(&b, p, (size_t)(to - p));
        if (!line)
            break;
        tpl_buf_char(&b, '\n');
        p = line + 1;
    }
    return as(args, tpl_buf_done(&b));
}

struct tpl_value tpl_f_lower(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_lower(r->h, input(r, args->self)));
}

struct tpl_value tpl_f_upper(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_upper(r->h, input(r, args->self)));
}

struct tpl_value tpl_f_nl2br(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *s;
    struct tpl_buf b;
    size_t done = 0;

    if (args->self.type <= TPL_NULL)
        return tpl_words(r->h, "");
    if (args->self.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(args->self));
    s = args->self.s;
    tpl_buf_init(&b, r->h);
    for (size_t i = 0; i < s->n; i++)
        if (s->p[i] == '\n') {
            tpl_buf_add(&b, s->p + done, i - done - (i > done && s->p[i - 1] == '\r'));
            tpl_buf_add(&b, "<br />\n", 7);
            done = i + 1;
        }
    tpl_buf_add(&b, s->p + done, s->n - done);
    return as(args, tpl_buf_done(&b));
}

struct tpl_value tpl_f_trim(struct tpl_run *r, const struct tpl_args *args)
{
    if (args->self.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(args->self));
    return as(args, tpl_trim(r->h, args->self.s, true, true));
}

struct tpl_value tpl_f_truncate(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value length = tpl_arg(args, 0), tail = tpl_arg(args, 2);
    double n = tpl_truthy(length) ? tpl_to_number(r->h, length) : 255;
    struct tpl_text *s;
    size_t units, to;
    struct tpl_buf b;

    if (tpl_length(r, args->self) <= n && args->self.type != TPL_TEXT) /* whatever has a length */
        return args->self;
    s = input(r, args->self);
    units = tpl_units(s);

    if ((double)units <= n)
        return as(args, s);
    to = n > 0 ? (size_t)n : 0; /* NaN: 0 */
    if (!tpl_truthy(tpl_arg(args, 1))) {
        size_t space = tpl_text_find_last(r->h, s, tpl_words(r->h, " ").s, isnan(n) ? units : to);

        to = space == SIZE_MAX ? to : space;
    }
    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, tpl_sub(r->h, s, 0, to));
    tpl_buf_text(&b, tail.type <= TPL_NULL ? tpl_words(r->h, "...").s : tpl_to_text(r->h, tail));
    return as(args, tpl_buf_done(&b));
}

struct tpl_value tpl_f_wordcount(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *s;
    double n = 0;
    bool in = false;

    if (!tpl_truthy(args->self))
        return tpl_null();
    s = input(r, args->self);
    for (size_t i = 0; i < s->n; i++) {
        char c = s->p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';

        n += word && !in;
        in = word;
    }
    return n > 0 ? tpl_number(n) : tpl_null();
}

/* BY at both ends, and BETWEEN between each two units. */
static struct tpl_text *between_all(struct tpl_run *r, struct tpl_text *s, struct tpl_text *by, struct tpl_text *between)
{
    struct tpl_text *split = tpl_split(r->h, s);
    struct tpl_buf b;
    size_t n;

    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, by);
    if (s->n == 0)
        tpl_buf_text(&b, by);
    for (size_t i = 0; i < split->n; i += n) {
        struct tpl_text unit;

        tpl_decode(split->p + i, split->p + split->n, &n);
        unit = (struct tpl_text){split->p + i, n, TPL_UNCOUNTED};
        tpl_work(r->h, 1);
        tpl_buf_text(&b, &unit);
        tpl_buf_text(&b, i + n < split->n ? between : by);
    }
    return tpl_buf_done(&b);
}

struct tpl_value tpl_f_replace(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value old = tpl_arg(args, 0), new = tpl_arg(args, 1), most = tpl_arg(args, 2);
    struct tpl_text *s, *what, *by, *in;
    double left = most.type == TPL_UNDEFINED ? -1 : tpl_to_number(r->h, most);
    bool any = most.type == TPL_UNDEFINED || (most.type == TPL_NUMBER && most.d == -1);
    struct tpl_buf b;
    size_t done = 0;

    if (old.type == TPL_REGEX) {
        if (args->self.type != TPL_TEXT)
            tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(args->self));
        return tpl_text_of(tpl_regex_replace(r, old.r, args->self.s, tpl_to_text(r->h, new)));
    }
    if ((old.type != TPL_TEXT || old.safe) && old.type != TPL_NUMBER)
        return args->self;
    if (args->self.type != TPL_TEXT && args->self.type != TPL_NUMBER)
        return args->self;
    s = tpl_to_text(r->h, args->self);
    what = tpl_to_text(r->h, old);
    by = tpl_to_text(r->h, new);
    if (what->n == 0)
        return as(args, between_all(r, s, by, new.type == TPL_UNDEFINED ? tpl_words(r->h, ",").s : by));
    in = s;
    if (tpl_has_halves(what)) {
        in = tpl_split(r->h, s);
        what = tpl_split(r->h, what);
    }
    tpl_buf_init(&b, r->h);
    for (double count = 0; any || count < left; count++) {
        const char *found = memmem(in->p + done, in->n - done, what->p, what->n);
        struct tpl_text before = {in->p + done, 0, TPL_UNCOUNTED};

        if (!found)
            break;
        tpl_work(r->h, 1);
        before.n = (size_t)(found - before.p);
        tpl_buf_text(&b, &before);
        tpl_buf_text(&b, by);
        done = (size_t)(found - in->p) + what->n;
    }
    if (done == 0)
        return args->self.type == TPL_NUMBER ? tpl_text_of(s) : args->self;
    {
        struct tpl_text rest = {in->p + done, in->n - done, TPL_UNCOUNTED};

        tpl_buf_text(&b, &rest);
    }
    s = tpl_buf_done(&b);
    return as(args, in == args->self.s ? s : tpl_whole(r->h, s));
}
