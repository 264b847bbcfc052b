#include "server/http/moment.h"

#include <stdio.h>

#define EPOCH_BYTES 36
#define EPOCH_SHORT 8

bool cb_moment_parse(struct cb_moment *out, cb_str text)
{
    size_t colon = cb_str_find_char(text, ':', 0);
    cb_str epoch = CB_LIT("");

    if (colon != SIZE_MAX) {
        epoch = cb_str_sub(text, 0, colon);
        text = cb_str_sub(text, colon + 1, text.n);
        if (epoch.n != EPOCH_BYTES && epoch.n != EPOCH_SHORT)
            return false;
    }
    out->epoch = epoch;
    return text.n && text.p[0] >= '0' && text.p[0] <= '9' &&
           cb_str_to_int(&out->generation, text, 0, CB_MOMENT_GENERATION_MAX);
}

bool cb_moment_is_of(const struct cb_moment *m, const char *epoch)
{
    return cb_str_eq_nocase(m->epoch, cb_str_sub(cb_str_cstr(epoch), 0, m->epoch.n));
}

size_t cb_moment_format(char out[CB_MOMENT_TEXT_MAX], const char *epoch, int64_t generation)
{
    return (size_t)snprintf(out, CB_MOMENT_TEXT_MAX, "%s:%lld", epoch, (long long)generation);
}
