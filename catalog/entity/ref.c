#include "catalog/entity/ref.h"

static enum cb_code not_a_ref(struct cb_err *err, cb_str text)
{
    return cb_fail(err, CB_EINVAL,
                   "Entity reference \"%" CB_FMT "\" was not on the form [<kind>:][<namespace>/]<name>",
                   CB_ARG(text));
}

/* The colon and the slash that split TEXT; SIZE_MAX for one that is not there. */
static void find_marks(cb_str text, size_t *colon, size_t *slash)
{
    *colon = cb_str_find_char(text, ':', 0);
    *slash = cb_str_find_char(text, '/', 0);
    if (*slash != SIZE_MAX && *colon != SIZE_MAX && *slash < *colon)
        *colon = SIZE_MAX; /* the colon belongs to the name */
}

enum cb_code cb_ref_parse(struct cb_ref *out, cb_str text, const struct cb_ref *defaults, struct cb_err *err)
{
    struct cb_ref ref = {.space = CB_LIT("default")};
    size_t colon, slash, at = 0;

    if (text.n == 0)
        return cb_fail(err, CB_EINVAL, "Entity reference must not be empty");
    if (text.n > CB_REF_TEXT_MAX)
        return cb_fail(err, CB_EINVAL, "Entity reference of %zu bytes is over %d", text.n, CB_REF_TEXT_MAX);
    if (defaults) {
        ref.kind = defaults->kind;
        if (defaults->space.n)
            ref.space = defaults->space;
    }
    find_marks(text, &colon, &slash);
    if (colon != SIZE_MAX) {
        ref.kind = cb_str_sub(text, 0, colon);
        at = colon + 1;
        if (ref.kind.n == 0)
            return not_a_ref(err, text);
    }
    if (slash != SIZE_MAX) {
        ref.space = cb_str_sub(text, at, slash);
        at = slash + 1;
        if (ref.space.n == 0)
            return not_a_ref(err, text);
    }
    ref.name = cb_str_sub(text, at, text.n);
    if (ref.name.n == 0)
        return not_a_ref(err, text);
    if (ref.kind.n == 0)
        return cb_fail(err, CB_EINVAL,
                       "Entity reference \"%" CB_FMT
                       "\" had missing or empty kind (e.g. did not start with \"component:\" or similar)",
                       CB_ARG(text));
    *out = ref;
    return CB_OK;
}

/* Lower-cases in place where P holds only ASCII; false at the first other byte. */
static bool lower_ascii(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c >= 0x80)
            return false;
        if (c >= 'A' && c <= 'Z')
            p[i] = (char)(c | 0x20);
    }
    return true;
}

cb_str cb_ref_id(struct cb_arena *a, const struct cb_ref *ref)
{
    cb_str space = ref->space.n ? ref->space : CB_LIT("default");
    size_t n = ref->kind.n + space.n + ref->name.n + 2;
    char *p = cb_arena_alloc(a, n + 1), *at = p;

    memcpy(at, ref->kind.p, ref->kind.n);
    at += ref->kind.n;
    *at++ = ':';
    memcpy(at, space.p, space.n);
    at += space.n;
    *at++ = '/';
    memcpy(at, ref->name.p, ref->name.n);
    p[n] = '\0';
    if (!lower_ascii(p, n))
        return cb_arena_lower(a, cb_str_make(p, n));
    return cb_str_make(p, n);
}

cb_str cb_ref_id_of(struct cb_arena *a, cb_str text, const struct cb_ref *defaults)
{
    struct cb_ref ref;

    if (cb_ref_parse(&ref, text, defaults, NULL) != CB_OK)
        return (cb_str){0};
    return cb_ref_id(a, &ref);
}
