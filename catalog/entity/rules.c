#include "catalog/entity/rules.h"

#define GLOB_STEPS_MAX 200000 /* comparisons of one match: patterns are the administrator's, targets are not */

struct glob {
    unsigned steps;
};

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool match(struct glob *g, cb_str pat, cb_str text);

/* Length of a "[...]" at the start of PAT and whether it holds C; 0 when there is no such class. */
static size_t match_class(cb_str pat, char c, bool *hit)
{
    size_t i = 1;
    bool not = pat.n > 1 && (pat.p[1] == '!' || pat.p[1] == '^'), in = false;

    i += not;
    for (size_t from = i; i < pat.n && (pat.p[i] != ']' || i == from); i++) {
        char lo = fold(pat.p[i]), hi = lo;

        if (i + 2 < pat.n && pat.p[i + 1] == '-' && pat.p[i + 2] != ']') {
            hi = fold(pat.p[i + 2]);
            i += 2;
        }
        in = in || (fold(c) >= lo && fold(c) <= hi);
    }
    if (i >= pat.n)
        return 0;
    *hit = in != not;
    return i + 1;
}

/* "{a,b}rest": try each alternative with the rest behind it. Alternatives nest no braces. */
static bool match_brace(struct glob *g, cb_str pat, cb_str text, bool *is_brace)
{
    size_t end = cb_str_find_char(pat, '}', 0), room;
    cb_str part, rest;
    char joined[1024];

    *is_brace = end != SIZE_MAX && cb_str_find_char(cb_str_sub(pat, 0, end), ',', 0) != SIZE_MAX;
    if (!*is_brace)
        return false;
    rest = cb_str_sub(pat, 1, end);
    room = pat.n - end - 1;
    while (cb_str_split(&part, &rest, ',')) {
        if (part.n + room > sizeof(joined))
            continue;
        if (part.n)
            memcpy(joined, part.p, part.n);
        memcpy(joined + part.n, pat.p + end + 1, room);
        if (match(g, cb_str_make(joined, part.n + room), text))
            return true;
    }
    return false;
}

/* Star: within one path part; double star as a part of its own: any number of parts. */
static bool match_star(struct glob *g, cb_str pat, cb_str text, bool at_start)
{
    size_t stars = 0;

    while (stars < pat.n && pat.p[stars] == '*')
        stars++;
    if (stars == 2 && at_start && (stars == pat.n || pat.p[stars] == '/')) {
        cb_str rest = cb_str_sub(pat, stars + 1, pat.n);

        if (stars == pat.n)
            return true;
        for (size_t i = 0;; i++) {
            if (match(g, rest, cb_str_sub(text, i, text.n)))
                return true;
            i = cb_str_find_char(text, '/', i);
            if (i == SIZE_MAX)
                return false;
        }
    }
    pat = cb_str_sub(pat, stars, pat.n);
    for (size_t i = 0;; i++) {
        if (match(g, pat, cb_str_sub(text, i, text.n)))
            return true;
        if (i >= text.n || text.p[i] == '/')
            return false;
    }
}

static bool match(struct glob *g, cb_str pat, cb_str text)
{
    bool at_start = true, hit;

    while (pat.n) {
        size_t used = 1;
        char c = pat.p[0];

        if (++g->steps > GLOB_STEPS_MAX)
            return false;
        if (c == '*')
            return match_star(g, pat, text, at_start);
        if (c == '{') {
            bool is_brace;
            bool ok = match_brace(g, pat, text, &is_brace);

            if (is_brace)
                return ok;
        }
        if (text.n == 0)
            return false;
        hit = fold(c) == fold(text.p[0]);
        if (c == '?') {
            hit = text.p[0] != '/';
        } else if (c == '[') {
            bool in = false;
            size_t n = match_class(pat, text.p[0], &in);

            if (n) {
                used = n;
                hit = in && text.p[0] != '/';
            }
        } else if (c == '\\' && pat.n > 1) {
            used = 2;
            hit = fold(pat.p[1]) == fold(text.p[0]);
        }
        if (!hit)
            return false;
        at_start = text.p[0] == '/';
        pat = cb_str_sub(pat, used, pat.n);
        text = cb_str_sub(text, 1, text.n);
    }
    return text.n == 0;
}

/* "type:target" of the rule against that of the location: the type exactly, the target by the rule. */
static bool location_matches(const struct cb_rule *rule, cb_str location)
{
    size_t a = cb_str_find_char(rule->location, ':', 0), b = cb_str_find_char(location, ':', 0);
    struct glob g = {0};

    if (!rule->location.n)
        return true;
    if (!rule->glob)
        return cb_str_eq(rule->location, location);
    if (a == SIZE_MAX || b == SIZE_MAX || !cb_str_eq(cb_str_sub(rule->location, 0, a), cb_str_sub(location, 0, b)))
        return false;
    return match(&g, cb_str_sub(rule->location, a + 1, rule->location.n), cb_str_sub(location, b + 1, location.n));
}

bool cb_rules_allow(const struct cb_rules *rules, cb_str kind, cb_str spec_type, cb_str origin_location)
{
    if (!rules)
        return true;
    for (size_t i = 0; i < rules->n; i++) {
        const struct cb_rule *rule = &rules->v[i];

        if (cb_str_eq_nocase(rule->kind, kind) &&
            (!rule->spec_type.n || (spec_type.n && cb_str_eq_nocase(rule->spec_type, spec_type))) &&
            location_matches(rule, origin_location))
            return true;
    }
    return false;
}

bool cb_rules_name(const struct cb_rules *rules, cb_str kind, cb_str spec_type)
{
    for (size_t i = 0; i < rules->n; i++)
        if (cb_str_eq_nocase(rules->v[i].kind, kind) &&
            (!spec_type.n || cb_str_eq_nocase(rules->v[i].spec_type, spec_type)))
            return true;
    return false;
}
