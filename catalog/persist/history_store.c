#include "catalog/persist/history_store.h"

#include <stdio.h>

#include "catalog/base/clock.h"
#include "catalog/persist/stmt.h"

#define RANGE_TEXT_MAX 160

enum cb_code cb_history_range(struct cb_history_range *out, struct cb_conn *c, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_HISTORY_RANGE, NULL, err)) != CB_OK)
        return rc;
    *out = (struct cb_history_range){
        .oldest = cb_col_int(res, 0, 0),
        .newest = cb_col_int(res, 0, 1),
        .oldest_us = cb_col_time(res, 0, 3),
        .newest_us = cb_col_time(res, 0, 4),
    };
    snprintf(out->epoch, sizeof(out->epoch), "%" CB_FMT, CB_ARG(cb_col_str(res, 0, 2)));
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_history_oldest(int64_t *oldest, struct cb_conn *c, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc = cb_stmt_run(&res, c, CB_SQL_ENTITY_NEWEST, NULL, err);

    if (rc != CB_OK)
        return rc;
    *oldest = cb_col_int(res, 0, 2);
    PQclear(res);
    return CB_OK;
}

/* ---- which moments there are, as the end of a sentence */

static void say_range(char out[RANGE_TEXT_MAX], const struct cb_history_range *r)
{
    char from[32], to[32];

    if (r->newest == 0) {
        snprintf(out, RANGE_TEXT_MAX, "nothing was read yet");
        return;
    }
    cb_clock_format(from, r->oldest_us);
    cb_clock_format(to, r->newest_us);
    snprintf(out, RANGE_TEXT_MAX, "history goes from generation %lld (%s) to %lld (%s)",
             (long long)(r->oldest ? r->oldest : 1), from, (long long)r->newest, to);
}

enum cb_code cb_history_within(const struct cb_history_range *range, int64_t generation,
                               struct cb_err *err)
{
    char text[RANGE_TEXT_MAX];

    if (generation >= 1 && generation >= range->oldest && generation <= range->newest)
        return CB_OK;
    say_range(text, range);
    if (generation >= 1 && generation < range->oldest)
        return cb_fail(err, CB_ENOTFOUND, "generation %lld is kept no more: %s",
                       (long long)generation, text);
    return cb_fail(err, CB_ENOTFOUND, "there is no generation %lld: %s", (long long)generation,
                   text);
}

/* ---- what a moment is called */

static bool is_hex(cb_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return text.n > 0;
}

/* A '+' that came as a blank, as it does in an address that was not escaped: 2026-11-25T10:00:00 02:00. */
static bool read_time(int64_t *at_us, cb_str text)
{
    char plain[48];

    if (cb_clock_parse(at_us, text))
        return true;
    if (text.n < 7 || text.n >= sizeof(plain) || text.p[text.n - 6] != ' ')
        return false;
    memcpy(plain, text.p, text.n);
    plain[text.n - 6] = '+';
    return cb_clock_parse(at_us, cb_str_make(plain, text.n));
}

static enum cb_code by_time(int64_t *generation, struct cb_conn *c, cb_str text, int64_t at_us,
                            const struct cb_history_range *r, struct cb_err *err)
{
    char range[RANGE_TEXT_MAX];
    struct cb_args args = {0};
    PGresult *res = NULL;
    int64_t found = 0;
    enum cb_code rc;

    say_range(range, r);
    if (at_us > cb_clock_now_us() && at_us > r->newest_us)
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is in the future: %s", CB_ARG(text), range);
    cb_args_time(&args, at_us ? at_us : 1); /* 0 would be NULL */
    if ((rc = cb_stmt_run(&res, c, CB_SQL_HISTORY_BY_TIME, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res))
        found = cb_col_int(res, 0, 0);
    PQclear(res);
    if (found == 0 || found < r->oldest)
        return cb_fail(err, CB_ENOTFOUND, "nothing is known of %" CB_FMT ": %s", CB_ARG(text),
                       range);
    *generation = found;
    return CB_OK;
}

/* "1234567 (generation 4), 1234568 (generation 3)" */
static void say_commits(struct cb_buf *out, const PGresult *res)
{
    for (int i = 0; i < PQntuples(res) && i < CB_HISTORY_COMMITS_SAID; i++)
        cb_buf_printf(out, "%s%" CB_FMT " (generation %lld)", i ? ", " : "",
                      CB_ARG(cb_col_str(res, i, 0)), (long long)cb_col_int(res, i, 1));
    if (PQntuples(res) > CB_HISTORY_COMMITS_SAID)
        cb_buf_put_cstr(out, " and more");
}

static enum cb_code by_commit(int64_t *generation, struct cb_conn *c, cb_str text,
                              const struct cb_history_range *r, struct cb_err *err)
{
    char lower[CB_HISTORY_COMMIT_MAX], range[RANGE_TEXT_MAX];
    struct cb_buf said = CB_BUF_INIT;
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    for (size_t i = 0; i < text.n; i++)
        lower[i] = text.p[i] >= 'A' && text.p[i] <= 'F' ? (char)(text.p[i] | 32) : text.p[i];
    cb_args_str(&args, cb_str_make(lower, text.n));
    if ((rc = cb_stmt_run(&res, c, CB_SQL_HISTORY_BY_COMMIT, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 1) {
        *generation = cb_col_int(res, 0, 1);
        rc = cb_history_within(r, *generation, err);
    } else if (PQntuples(res) == 0) {
        say_range(range, r);
        rc = cb_fail(err, CB_ENOTFOUND,
                     "no commit that begins with %" CB_FMT
                     " changed the catalog: %s. A commit that changed nothing in it made no "
                     "generation",
                     CB_ARG(text), range);
    } else {
        say_commits(&said, res);
        rc = cb_fail(err, CB_EINVAL, "several commits begin with %" CB_FMT ": %s", CB_ARG(text),
                     said.p);
    }
    cb_buf_fini(&said);
    PQclear(res);
    return rc;
}

enum cb_code cb_history_moment(int64_t *generation, struct cb_conn *c, cb_str text,
                               struct cb_err *err)
{
    bool commit = text.n >= CB_HISTORY_COMMIT_MIN && text.n <= CB_HISTORY_COMMIT_MAX && is_hex(text);
    struct cb_history_range range;
    int64_t n, at_us;
    enum cb_code rc;

    if ((rc = cb_history_range(&range, c, err)) != CB_OK)
        return rc;
    if (cb_str_to_int(&n, text, 0, INT64_MAX) &&
        (!commit || cb_history_within(&range, n, NULL) == CB_OK)) {
        *generation = n;
        return cb_history_within(&range, n, err);
    }
    if (commit)
        return by_commit(generation, c, text, &range, err);
    if (read_time(&at_us, text))
        return by_time(generation, c, text, at_us, &range, err);
    return cb_fail(err, CB_EINVAL,
                   "'%" CB_FMT "' is no moment: give a generation (42), a time "
                   "(2026-11-25T10:00:00Z or 2026-11-25) or %d or more digits of a commit",
                   CB_ARG(cb_str_cut(text, 100)), CB_HISTORY_COMMIT_MIN);
}

/* ---- forgetting */

enum cb_code cb_history_forget(bool *moved, struct cb_conn *c, int64_t kept_from_us,
                               struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t n = 0;
    enum cb_code rc;

    cb_args_time(&args, kept_from_us);
    if ((rc = cb_stmt_do(c, CB_SQL_HISTORY_HORIZON, &args, &n, err)) == CB_OK)
        *moved = n > 0;
    return rc;
}

enum cb_code cb_history_prune(int64_t *n, struct cb_conn *c, struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;

    cb_args_int(&args, CB_HISTORY_PRUNE_N);
    rc = cb_stmt_do(c, CB_SQL_HISTORY_PRUNE_VERSION, &args, n, err);
    if (rc == CB_OK && *n == 0)
        rc = cb_stmt_do(c, CB_SQL_HISTORY_PRUNE_PASS, &args, n, err);
    return rc;
}
