#include "catalog/fetch/glob.h"

#include "catalog/base/vec.h"
#include "catalog/fetch/tree.h"

struct part {
    cb_str text;
    bool any;   /* "**": any number of parts */
    bool plain; /* nothing in it is a pattern */
};

struct choice {
    struct part *parts;
    size_t part_n;
};

struct cb_glob_set {
    struct choice *choices;
    size_t choice_n;
    bool dot;
    size_t steps; /* left for the question at hand */
};

/* ---- characters */

/*
 * The character at *AT and *AT moved behind it; a byte that is no UTF-8 counts as one character of
 * its own.
 */
static uint32_t next_char(cb_str s, size_t *at)
{
    const unsigned char *p = (const unsigned char *)s.p + *at;
    size_t left = s.n - *at, need = 0;
    uint32_t c = p[0];

    if (c >= 0xC2 && c <= 0xDF)
        need = 1, c &= 0x1F;
    else if (c >= 0xE0 && c <= 0xEF)
        need = 2, c &= 0x0F;
    else if (c >= 0xF0 && c <= 0xF4)
        need = 3, c &= 0x07;
    if (need && need < left) {
        for (size_t i = 1; i <= need; i++) {
            if ((p[i] & 0xC0) != 0x80)
                goto byte;
            c = c << 6 | (p[i] & 0x3F);
        }
        *at += need + 1;
        return c;
    }
byte:
    *at += 1;
    return p[0] < 0x80 ? p[0] : 0x110000u + p[0];
}

/* ---- [classes] */

/*
 * The index behind the ']' that closes the class opened at AT, or 0 when none does: '[' is then
 * itself.
 */
static size_t class_end(cb_str g, size_t at)
{
    size_t i = at + 1;

    if (i < g.n && (g.p[i] == '!' || g.p[i] == '^'))
        i++;
    if (i < g.n && g.p[i] == ']')
        i++;
    for (; i < g.n; i++) {
        if (g.p[i] == '\\')
            i++;
        else if (g.p[i] == '[' && i + 1 < g.n && g.p[i + 1] == ':') {
            size_t close = cb_str_find(cb_str_sub(g, i + 2, g.n), CB_LIT(":]"));

            if (close != SIZE_MAX)
                i += 2 + close + 1;
        } else if (g.p[i] == ']')
            return i + 1;
    }
    return 0;
}

static bool is_named(cb_str name, uint32_t c)
{
    bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';

    if (cb_str_eq(name, CB_LIT("alpha")))
        return upper || lower;
    if (cb_str_eq(name, CB_LIT("alnum")))
        return upper || lower || digit;
    if (cb_str_eq(name, CB_LIT("word")))
        return upper || lower || digit || c == '_';
    if (cb_str_eq(name, CB_LIT("digit")))
        return digit;
    if (cb_str_eq(name, CB_LIT("upper")))
        return upper;
    if (cb_str_eq(name, CB_LIT("lower")))
        return lower;
    if (cb_str_eq(name, CB_LIT("xdigit")))
        return digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    if (cb_str_eq(name, CB_LIT("space")))
        return c == ' ' || (c >= '\t' && c <= '\r');
    if (cb_str_eq(name, CB_LIT("punct")))
        return c > ' ' && c < 0x7F && !upper && !lower && !digit;
    return false;
}

/* Is C in the class G[AT..END), brackets included? */
static bool in_class(cb_str g, size_t at, size_t end, uint32_t c, size_t *steps)
{
    cb_str body = cb_str_sub(g, 0, end - 1);
    size_t i = at + 1;
    bool negate = false, hit = false;

    if (i < body.n && (body.p[i] == '!' || body.p[i] == '^'))
        negate = true, i++;
    while (i < body.n && *steps) {
        uint32_t low, high;

        --*steps;
        if (body.p[i] == '[' && i + 1 < body.n && body.p[i + 1] == ':') {
            size_t close = cb_str_find(cb_str_sub(body, i + 2, body.n), CB_LIT(":]"));

            if (close != SIZE_MAX) {
                hit |= is_named(cb_str_sub(body, i + 2, i + 2 + close), c);
                i += close + 4;
                continue;
            }
        }
        if (body.p[i] == '\\' && i + 1 < body.n)
            i++;
        low = high = next_char(body, &i);
        if (i + 1 < body.n && body.p[i] == '-') {
            i++;
            if (body.p[i] == '\\' && i + 1 < body.n)
                i++;
            high = next_char(body, &i);
        }
        hit |= low <= c && c <= high;
    }
    return hit != negate;
}

/* ---- one part */

/* Does one pattern character at *GI take the character C? *GI moves behind it. */
static bool takes(cb_str g, size_t *gi, uint32_t c, size_t *steps)
{
    size_t end;

    if (g.p[*gi] == '?') {
        ++*gi;
        return true;
    }
    if (g.p[*gi] == '[' && (end = class_end(g, *gi)) != 0) {
        bool hit = in_class(g, *gi, end, c, steps);

        *gi = end;
        return hit;
    }
    if (g.p[*gi] == '\\' && *gi + 1 < g.n)
        ++*gi;
    return next_char(g, gi) == c;
}

/*
 * A star takes as little as it can and gives more when what follows it fails: only the last star
 * need ever give.
 */
static bool part_matches(struct cb_glob_set *set, const struct part *part, cb_str name)
{
    cb_str g = part->text;
    size_t gi = 0, ni = 0, star_g = SIZE_MAX, star_n = 0;

    if (part->plain)
        return cb_str_eq(g, name);
    if (!set->dot && name.n && name.p[0] == '.' &&
        !(g.n && (g.p[0] == '.' || (g.n > 1 && g.p[0] == '\\' && g.p[1] == '.'))))
        return false;
    while (ni < name.n) {
        if (set->steps == 0)
            return false;
        set->steps--;
        if (gi < g.n && g.p[gi] == '*') {
            star_g = ++gi;
            star_n = ni;
            continue;
        }
        if (gi < g.n) {
            size_t at = ni, gn = gi;

            if (takes(g, &gn, next_char(name, &at), &set->steps)) {
                gi = gn;
                ni = at;
                continue;
            }
        }
        if (star_g == SIZE_MAX)
            return false;
        next_char(name, &star_n);
        ni = star_n;
        gi = star_g;
    }
    while (gi < g.n && g.p[gi] == '*')
        gi++;
    return gi == g.n;
}

/* ---- braces */

struct expansion {
    struct cb_arena *a;
    CB_VEC(cb_str) done;
    bool over;
};

/* The '}' that closes the '{' at AT, or SIZE_MAX; *COMMA tells whether a choice is in it. */
static size_t brace_close(cb_str g, size_t at, bool *comma)
{
    int depth = 0;

    *comma = false;
    for (size_t i = at; i < g.n; i++) {
        if (g.p[i] == '\\')
            i++;
        else if (g.p[i] == '{')
            depth++;
        else if (g.p[i] == ',' && depth == 1)
            *comma = true;
        else if (g.p[i] == '}' && --depth == 0)
            return i;
    }
    return SIZE_MAX;
}

/* Where the first brace with a choice in it opens; "${" never does: skeletons have such names. */
static size_t brace_open(cb_str g, size_t *close)
{
    bool comma;

    for (size_t i = 0; i < g.n; i++) {
        if (g.p[i] == '\\') {
            i++;
        } else if (g.p[i] == '{') {
            *close = brace_close(g, i, &comma);
            if (i > 0 && g.p[i - 1] == '$') {
                if (*close != SIZE_MAX)
                    i = *close;
            } else if (*close != SIZE_MAX && comma) {
                return i;
            }
        }
    }
    return SIZE_MAX;
}

static void expand(struct expansion *x, cb_str g)
{
    size_t close = 0, open, from;
    int depth = 0;

    if (x->over)
        return;
    if ((open = brace_open(g, &close)) == SIZE_MAX) {
        if (x->done.n == CB_GLOB_CHOICE_MAX)
            x->over = true;
        else
            cb_vec_push(&x->done, g);
        return;
    }
    from = open + 1;
    for (size_t i = from; i <= close && !x->over; i++) {
        if (g.p[i] == '\\') {
            i++;
            continue;
        }
        if (g.p[i] == '{')
            depth++;
        if (g.p[i] == '}' && i < close)
            depth--;
        if (i == close || (g.p[i] == ',' && depth == 0)) {
            cb_str one = cb_arena_printf(
                x->a, "%" CB_FMT "%" CB_FMT "%" CB_FMT, CB_ARG(cb_str_sub(g, 0, open)),
                CB_ARG(cb_str_sub(g, from, i)), CB_ARG(cb_str_sub(g, close + 1, g.n)));

            expand(x, one);
            from = i + 1;
        }
    }
}

/* ---- compiling */

static bool is_plain(cb_str part)
{
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] == '*' || part.p[i] == '?' || part.p[i] == '[' || part.p[i] == '\\')
            return false;
    return true;
}

static bool split_parts(struct choice *out, struct cb_arena *a, cb_str g)
{
    CB_VEC(struct part) parts = {0};
    cb_str rest = g, text;

    while (cb_str_starts(rest, CB_LIT("./")) || cb_str_starts(rest, CB_LIT("/")))
        rest = cb_str_sub(rest, rest.p[0] == '/' ? 1 : 2, rest.n);
    while (parts.n <= CB_GLOB_PART_MAX && cb_str_split(&text, &rest, '/')) {
        bool any = cb_str_eq(text, CB_LIT("**"));

        if (cb_str_eq(text, CB_LIT(".")) || (any && parts.n && parts.v[parts.n - 1].any))
            continue;
        cb_vec_push(&parts, (struct part){text, any, is_plain(text)});
    }
    out->part_n = parts.n;
    if (parts.n <= CB_GLOB_PART_MAX) {
        out->parts = CB_NEW_N(a, struct part, parts.n + 1);
        if (parts.n)
            memcpy(out->parts, parts.v, parts.n * sizeof(*parts.v));
    }
    cb_vec_fini(&parts);
    return out->part_n <= CB_GLOB_PART_MAX;
}

static enum cb_code check_text(cb_str g, struct cb_err *err)
{
    if (g.n == 0)
        return cb_fail(err, CB_EINVAL,
                       "a path pattern is empty: write for example \"**/catalog-info.yaml\"");
    if (g.n > CB_GLOB_TEXT_MAX)
        return cb_fail(err, CB_EINVAL, "a path pattern has %zu bytes, over %d", g.n,
                       CB_GLOB_TEXT_MAX);
    if (memchr(g.p, '\0', g.n))
        return cb_fail(err, CB_EINVAL, "a path pattern has a NUL byte in it");
    return CB_OK;
}

enum cb_code cb_glob_compile(struct cb_glob_set **out, struct cb_arena *a, const cb_str *globs,
                             size_t glob_n, bool dot, struct cb_err *err)
{
    CB_VEC(struct choice) choices = {0};
    struct cb_glob_set *set = CB_NEW(a, struct cb_glob_set);
    enum cb_code rc = CB_OK;

    for (size_t i = 0; i < glob_n && rc == CB_OK; i++) {
        struct expansion x = {.a = a};

        if ((rc = check_text(globs[i], err)) != CB_OK)
            break;
        expand(&x, cb_arena_str(a, globs[i]));
        if (x.over)
            rc = cb_fail(
                err, CB_EINVAL,
                "the braces of \"%.200s\" give over %d choices: use fewer, or several patterns",
                cb_arena_str(a, globs[i]).p, CB_GLOB_CHOICE_MAX);
        for (size_t k = 0; k < x.done.n && rc == CB_OK; k++) {
            struct choice c = {0};

            if (split_parts(&c, a, x.done.v[k]))
                cb_vec_push(&choices, c);
            else
                rc = cb_fail(err, CB_EINVAL, "the pattern \"%.200s\" has over %d parts",
                             cb_arena_str(a, globs[i]).p, CB_GLOB_PART_MAX);
        }
        cb_vec_fini(&x.done);
    }
    if (rc == CB_OK) {
        set->dot = dot;
        set->choice_n = choices.n;
        set->choices = CB_NEW_N(a, struct choice, choices.n + 1);
        if (choices.n)
            memcpy(set->choices, choices.v, choices.n * sizeof(*choices.v));
        *out = set;
    }
    cb_vec_fini(&choices);
    return rc;
}

/* ---- stepping */

#define BIT(i) (UINT64_C(1) << (i))

/*
 * "**" may also stand for no part at all, save at the end: what lies in a folder is not the folder.
 */
static cb_glob_state skip_any(const struct choice *c, cb_glob_state s)
{
    for (size_t i = 0; i + 1 < c->part_n; i++)
        if (c->parts[i].any && (s & BIT(i)))
            s |= BIT(i + 1);
    return s;
}

static cb_glob_state step(struct cb_glob_set *set, const struct choice *c, cb_glob_state s,
                          cb_str name)
{
    cb_glob_state next = 0;

    for (size_t i = 0; i < c->part_n; i++) {
        if (!(s & BIT(i)))
            continue;
        if (c->parts[i].any) {
            if (set->dot || name.n == 0 || name.p[0] != '.')
                next |= BIT(i) | (i + 1 == c->part_n ? BIT(i + 1) : 0);
        } else if (part_matches(set, &c->parts[i], name)) {
            next |= BIT(i + 1);
        }
    }
    return skip_any(c, next);
}

size_t cb_glob_width(const struct cb_glob_set *set)
{
    return set->choice_n;
}

void cb_glob_start(const struct cb_glob_set *set, cb_glob_state *at)
{
    for (size_t i = 0; i < set->choice_n; i++)
        at[i] = skip_any(&set->choices[i], BIT(0));
}

bool cb_glob_enter(struct cb_glob_set *set, const cb_glob_state *from, cb_str name,
                   cb_glob_state *to)
{
    bool alive = false;

    set->steps = CB_GLOB_STEPS_MAX;
    for (size_t i = 0; i < set->choice_n; i++) {
        const struct choice *c = &set->choices[i];

        to[i] = from[i] ? step(set, c, from[i], name) & ~BIT(c->part_n) : 0;
        alive |= to[i] != 0;
    }
    return alive;
}

bool cb_glob_file(struct cb_glob_set *set, const cb_glob_state *from, cb_str name)
{
    set->steps = CB_GLOB_STEPS_MAX;
    for (size_t i = 0; i < set->choice_n; i++) {
        const struct choice *c = &set->choices[i];

        if (from[i] && (step(set, c, from[i], name) & BIT(c->part_n)))
            return true;
    }
    return false;
}

bool cb_glob_path(struct cb_glob_set *set, cb_str path)
{
    set->steps = CB_GLOB_STEPS_MAX;
    for (size_t i = 0; i < set->choice_n; i++) {
        const struct choice *c = &set->choices[i];
        cb_glob_state s = skip_any(c, BIT(0));
        cb_str rest = path, name;

        while (s && cb_str_split(&name, &rest, '/'))
            s = step(set, c, s & ~BIT(c->part_n), name);
        if (s & BIT(c->part_n))
            return true;
    }
    return false;
}

bool cb_glob_match(cb_str glob, cb_str path, bool dot)
{
    struct cb_arena *a;
    struct cb_glob_set *set;
    bool hit;

    if (!cb_glob_is_pattern(glob) && !cb_str_starts(glob, CB_LIT(".")) &&
        !cb_str_starts(glob, CB_LIT("/")))
        return glob.n && cb_str_eq(glob, path);
    a = cb_arena_new();
    hit = cb_glob_compile(&set, a, &glob, 1, dot, NULL) == CB_OK && cb_glob_path(set, path);
    cb_arena_free(a);
    return hit;
}

bool cb_glob_is_pattern(cb_str text)
{
    size_t close = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '*' || text.p[i] == '?' || text.p[i] == '\\')
            return true;
        if (text.p[i] == '[' && class_end(text, i))
            return true;
    }
    return brace_open(text, &close) != SIZE_MAX;
}
