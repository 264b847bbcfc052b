#include "catalog/sync/forget.h"

#include "catalog/persist/explain_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/persist/token_store.h"
#include "catalog/sync/pass.h"

/* Within the transaction: CLAIM goes. */
static enum cb_code forget(struct cb_pass_result *out, const struct cb_explain_claim *claim, cb_str id, cb_str by,
                           struct cb_arena *a, struct cb_conn *conn, struct cb_err *err)
{
    struct cb_pass_opts opts = {.source_id = claim->source_id,
                                .author = by,
                                .subject = cb_arena_printf(a, "%" CB_FMT " was deleted over the API", CB_ARG(id)),
                                .recheck_n = -1,
                                .joined = true};
    struct cb_buf detail = CB_BUF_INIT;
    struct cb_source_row row;
    struct cb_pass *pass;
    enum cb_code rc;

    if ((rc = cb_source_get(&row, a, conn, claim->source_id, err)) != CB_OK)
        return rc;
    opts.fence = row.fence;
    if ((rc = cb_pass_begin(&pass, conn, &opts, err)) != CB_OK)
        return rc;
    cb_pass_forget(pass, claim->path, id);
    if ((rc = cb_pass_commit(pass, out, err)) != CB_OK || !out->generation)
        return rc;
    cb_buf_put_cstr(&detail, "{\"source\":");
    cb_buf_put_json(&detail, claim->source);
    cb_buf_put_cstr(&detail, ",\"path\":");
    cb_buf_put_json(&detail, claim->path);
    cb_buf_put_char(&detail, '}');
    rc = cb_audit_put(conn, by, CB_LIT("entity.delete"), id, cb_buf_str(&detail), err);
    cb_buf_fini(&detail);
    return rc;
}

enum cb_code cb_forget_entity(int64_t *generation, int64_t *source_id, cb_str id, cb_str by, struct cb_arena *a,
                              struct cb_conn *conn, struct cb_err *err)
{
    enum cb_code rc = CB_ECONFLICT;

    *generation = 0;
    for (int i = 0; i < CB_PASS_TRIES && rc == CB_ECONFLICT; i++) {
        struct cb_pass_result out = {0};
        struct cb_explain_claim *claims;
        size_t n;

        if ((rc = cb_pass_together(conn, err)) != CB_OK)
            continue;
        if ((rc = cb_explain_claims(&claims, &n, a, conn, id, err)) == CB_OK && n > 0 && claims[0].holds) {
            *source_id = claims[0].source_id;
            rc = forget(&out, &claims[0], id, by, a, conn, err);
        }
        rc = cb_pass_together_end(conn, rc, err);
        *generation = rc == CB_OK ? out.generation : 0;
    }
    return rc;
}
