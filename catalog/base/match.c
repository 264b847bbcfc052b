#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "catalog/base/match.h"

enum cb_code cb_match_find(bool *found, cb_str pattern, cb_str text, struct cb_err *err)
{
    int why = 0, rc;
    PCRE2_SIZE at = 0;
    PCRE2_UCHAR sentence[256];
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
                      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C,
                      &why, &at, NULL);
    pcre2_match_data *match;
    pcre2_match_context *limits;

    *found = false;
    if (!code) {
        pcre2_get_error_message(why, sentence, sizeof(sentence));
        return cb_fail(err, CB_EINVAL,
                       "'%" CB_FMT "' is no regular expression: %s at character %zu",
                       CB_ARG(cb_str_sub(pattern, 0, 200)), (const char *)sentence, (size_t)at);
    }
    match = pcre2_match_data_create(1, NULL);
    limits = pcre2_match_context_create(NULL);
    if (!match || !limits)
        abort();
    pcre2_set_match_limit(limits, CB_MATCH_STEPS);
    pcre2_set_depth_limit(limits, CB_MATCH_STEPS);
    pcre2_set_heap_limit(limits, CB_MATCH_HEAP_KIB);
    rc = pcre2_match(code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, match, limits);
    pcre2_match_context_free(limits);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    *found = rc >= 0;
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        return cb_fail(err, CB_ELIMIT, "'%" CB_FMT "' takes too long to be matched",
                       CB_ARG(cb_str_sub(pattern, 0, 200)));
    return CB_OK;
}
