/* /api/scaffolder/v2/tasks: runs of templates. */
#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/entity/ref.h"
#include "catalog/persist/task_store.h"
#include "catalog/persist/token_store.h"
#include "server/http/router.h"
#include "server/http/task_right.h"
#include "server/http/template_find.h"
#include "server/scaffold/mask.h"
#include "server/scaffold/runner.h"

#define WHERE "request/body"
#define LIST_MAX 1000 /* tasks of one answer */
#define STATES "open, processing, completed, failed, cancelled, skipped"

/* ---- what the API tells of one */

static void put_task(struct cb_buf *out, const struct cb_task_row *t)
{
    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, t->id);
    cb_buf_put_cstr(out, ",\"spec\":");
    cb_buf_put_str(out, t->spec);
    cb_put_member(out, "status", t->state);
    cb_put_member_time(out, "createdAt", t->created_us);
    if (t->heartbeat_us)
        cb_put_member_time(out, "lastHeartbeatAt", t->heartbeat_us);
    if (t->created_by.n)
        cb_put_member(out, "createdBy", t->created_by);
    cb_buf_put_char(out, '}');
}

/* ---- POST …/tasks {"templateRef", "values", "secrets"} */

static enum cb_code read_object(const struct cb_node **out, struct cb_request *rq, const char *key, bool required, struct cb_err *err)
{
    const struct cb_node *node = cb_node_get(rq->json, key);

    if (!node && required)
        return cb_fail(err, CB_EINVAL, WHERE " must have required property '%s'", key);
    if (node && node->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, WHERE "/%s must be object", key);
    *out = node;
    return CB_OK;
}

static enum cb_code read_secrets(const struct cb_node **out, struct cb_request *rq, struct cb_err *err)
{
    struct cb_mask mask = {0};
    enum cb_code rc = read_object(out, rq, "secrets", false, err);

    if (rc != CB_OK || !*out)
        return rc;
    for (const struct cb_node *s = (*out)->first; s; s = s->next)
        if (s->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, WHERE "/secrets/%" CB_FMT " must be string", CB_ARG(cb_str_cut(s->key, 100)));
    if (!cb_mask_add(&mask, rq->arena, *out))
        return cb_fail(err, CB_ELIMIT, "too many secrets for one run");
    return CB_OK;
}

struct cb_node *cb_template_caller(struct cb_request *rq)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_node *entity = NULL;
    cb_doc doc;

    if (!cb_snapshot_find(&doc, rq->snapshot, cb_str_cstr(rq->caller.user)))
        return NULL;
    cb_doc_put(&json, rq->snapshot, doc);
    if (cb_node_parse(&entity, rq->arena, cb_arena_str(rq->arena, cb_buf_str(&json)), NULL) != CB_OK)
        entity = NULL;
    cb_buf_fini(&json);
    return entity;
}

static enum cb_code seal(struct cb_buf *sealed, char key_id[CB_SECRET_ID_TEXT + 1], struct cb_request *rq, cb_str id,
                         const struct cb_node *secrets, struct cb_err *err)
{
    struct cb_buf json = CB_BUF_INIT;
    enum cb_code rc;

    key_id[0] = '\0';
    if (!secrets || !secrets->first)
        return CB_OK;
    cb_node_dump(&json, secrets);
    rc = cb_secret_seal(sealed, key_id, cb_runner_ring(rq->env->runner), id, cb_buf_str(&json), err);
    explicit_bzero(json.p, json.n);
    cb_buf_fini(&json);
    return rc;
}

static cb_str new_id(struct cb_arena *a)
{
    char text[CB_UUID_TEXT + 1];
    uint8_t uuid[16];

    cb_random(uuid, sizeof(uuid));
    uuid[6] = (uuid[6] & 0x0f) | 0x40;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
    cb_uuid_format(text, uuid);
    return cb_arena_str(a, cb_str_cstr(text));
}

/* Those that come at the same time may each find the last place: the queue is bounded all the same, by as many as there are workers. */
static enum cb_code check_room(struct cb_request *rq, struct cb_conn *conn, struct cb_err *err)
{
    int64_t most = rq->config->task_waiting_max, n;
    enum cb_code rc = cb_task_waiting(&n, conn, most, err);

    if (rc != CB_OK || n < most)
        return rc;
    return cb_fail(err, CB_EUNAVAILABLE, "%lld runs wait already, as many as may (scaffolder.waiting_tasks): try again when some have begun", (long long)n);
}

static enum cb_code store(struct cb_request *rq, const struct cb_task_row *row, cb_str secrets, const char *key_id, struct cb_err *err)
{
    struct cb_conn *conn = NULL;
    enum cb_code rc = cb_request_conn(&conn, rq, err);

    if (rc == CB_OK && (rc = check_room(rq, conn, err)) == CB_OK)
        rc = cb_task_put(conn, row, secrets, cb_str_cstr(key_id), err);
    if (rc == CB_OK)
        rc = cb_audit_put(conn, row->created_by, CB_LIT("task.create"), row->template_ref,
                          cb_arena_printf(rq->arena, "{\"task\":\"%" CB_FMT "\"}", CB_ARG(row->id)), err);
    cb_pool_give(rq->env->pool, conn);
    return rc;
}

static enum cb_code no_runner(struct cb_err *err)
{
    return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no templates");
}

static enum cb_code post_task(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_schema_errors *errors = CB_NEW(rq->arena, struct cb_schema_errors);
    struct cb_task_row row = {.created_by = cb_str_cstr(rq->caller.user)};
    struct cb_template_run run = {.user = cb_str_cstr(rq->caller.user)};
    struct cb_buf json = CB_BUF_INIT, sealed = CB_BUF_INIT;
    const struct cb_node *secrets;
    struct cb_node *entity, *spec;
    char key_id[CB_SECRET_ID_TEXT + 1];
    bool of_secrets;
    enum cb_code rc;

    if (!rq->env->runner)
        return no_runner(err);
    if ((rc = cb_template_read_ref(&run.ref, rq, err)) != CB_OK || (rc = read_object(&run.values, rq, "values", true, err)) != CB_OK ||
        (rc = read_secrets(&secrets, rq, err)) != CB_OK || (rc = cb_template_find(&entity, rq, run.ref, err)) != CB_OK ||
        (rc = cb_template_check(errors, &of_secrets, rq->arena, entity, run.values, secrets, err)) != CB_OK)
        return rc;
    if (errors->n) {
        rp->status = 400;
        cb_template_put_errors(&rp->body, errors, of_secrets);
        return CB_OK;
    }
    run.entity = entity;
    run.user_entity = cb_template_caller(rq);
    if ((rc = cb_template_spec(&spec, rq->arena, &run, err)) != CB_OK)
        return rc;
    row.id = new_id(rq->arena);
    row.template_ref = run.ref;
    row.start_over = cb_template_starts_over(spec);
    cb_node_dump(&json, spec);
    row.spec = cb_buf_str(&json);
    if ((rc = seal(&sealed, key_id, rq, row.id, secrets, err)) == CB_OK)
        rc = store(rq, &row, cb_buf_str(&sealed), key_id, err);
    cb_buf_fini(&json);
    cb_buf_fini(&sealed);
    if (rc != CB_OK)
        return rc;
    cb_log(CB_LOG_INFO, "task.created", "task=%" CB_FMT " template=%" CB_FMT " user=%s", CB_ARG(row.id), CB_ARG(row.template_ref), rq->caller.user);
    rp->status = 201;
    cb_buf_put_cstr(&rp->body, "{\"id\":");
    cb_buf_put_json(&rp->body, row.id);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

/* ---- GET …/tasks */

/* All values of a parameter, a line each; a line's end in one of them would be two. */
static enum cb_code lines_of(cb_str *out, struct cb_request *rq, const char *name, const char *words, struct cb_err *err)
{
    const cb_str *v;
    size_t n = cb_params_all(&v, rq->arena, &rq->params, name);
    struct cb_buf text = CB_BUF_INIT;
    enum cb_code rc = CB_OK;

    for (size_t i = 0; i < n && rc == CB_OK; i++) {
        if (cb_str_find_char(v[i], '\n', 0) != SIZE_MAX || (words && (!v[i].n || cb_str_find(cb_str_cstr(words), v[i]) == SIZE_MAX)))
            rc = cb_fail(err, CB_EINVAL, "request/query/%s must be equal to one of the allowed values: %s", name, words ? words : "one line");
        cb_buf_printf(&text, "%s%" CB_FMT, i ? "\n" : "", CB_ARG(cb_arena_lower(rq->arena, v[i])));
    }
    *out = cb_arena_str(rq->arena, cb_buf_str(&text));
    cb_buf_fini(&text);
    return rc;
}

/* "desc:created_at" */
static enum cb_code order_of(cb_str *out, struct cb_request *rq, struct cb_err *err)
{
    static const char *const fields[] = {"created_at", "status", "created_by", "template"};
    cb_str text = cb_params_get(&rq->params, "order");
    size_t colon = cb_str_find_char(text, ':', 0);
    cb_str way = cb_str_sub(text, 0, colon), field = colon == SIZE_MAX ? CB_LIT("") : cb_str_sub(text, colon + 1, text.n);

    *out = CB_LIT("created_at desc");
    if (!text.n)
        return CB_OK;
    for (size_t i = 0; i < CB_COUNT(fields); i++)
        if (cb_str_eq(field, cb_str_cstr(fields[i])) && (cb_str_eq(way, CB_LIT("asc")) || cb_str_eq(way, CB_LIT("desc")))) {
            *out = cb_arena_printf(rq->arena, "%s %" CB_FMT, fields[i], CB_ARG(way));
            return CB_OK;
        }
    return cb_fail(err, CB_EINVAL, "Invalid order parameter \"%" CB_FMT "\", expected \"<asc or desc>:<field name>\": the fields are created_at, status, "
                                   "created_by and template",
                   CB_ARG(cb_str_cut(text, 100)));
}

static enum cb_code get_tasks(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_task_wish wish = {.limit = cb_params_int(&rq->params, "limit", LIST_MAX), .offset = cb_params_int(&rq->params, "offset", 0)};
    struct cb_task_row *rows;
    struct cb_conn *conn;
    int64_t total;
    size_t n;
    enum cb_code rc;

    if ((rc = lines_of(&wish.created_by, rq, "createdBy", NULL, err)) != CB_OK || (rc = lines_of(&wish.states, rq, "status", STATES, err)) != CB_OK ||
        (rc = lines_of(&wish.templates, rq, "template", NULL, err)) != CB_OK || (rc = order_of(&wish.order, rq, err)) != CB_OK ||
        (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if (wish.limit > LIST_MAX)
        wish.limit = LIST_MAX;
    rc = cb_task_list(&rows, &n, &total, rq->arena, conn, &wish, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"tasks\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(&rp->body, ',');
        put_task(&rp->body, &rows[i]);
    }
    cb_buf_printf(&rp->body, "],\"totalTasks\":%lld}", (long long)total);
    return CB_OK;
}

/* ---- GET …/tasks/{id} */

static enum cb_code get_task(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_task_row row;
    struct cb_conn *conn;
    enum cb_code rc = cb_request_conn(&conn, rq, err);

    if (rc != CB_OK)
        return rc;
    rc = cb_task_get(&row, rq->arena, conn, rq->args[0], err);
    cb_pool_give(rq->env->pool, conn);
    if (rc == CB_OK)
        put_task(&rp->body, &row);
    return rc;
}

/* ---- POST …/tasks/{id}/cancel, …/retry */

enum cb_code cb_task_right(const struct cb_request *rq, cb_str created_by, struct cb_err *err)
{
    if (rq->caller.role >= CB_ROLE_EDITOR || cb_str_eq(created_by, cb_str_cstr(rq->caller.user)))
        return CB_OK;
    return cb_fail(err, CB_EDENIED, "%s may not do this: the run is of %" CB_FMT ", and it needs the role editor", rq->caller.user, CB_ARG(created_by));
}

static bool has_ended(cb_str state)
{
    return !cb_str_eq(state, CB_LIT("open")) && !cb_str_eq(state, CB_LIT("processing"));
}

/* One that nobody runs yet ends at once. */
static enum cb_code cancel(struct cb_request *rq, struct cb_conn *conn, const struct cb_task_row *row, struct cb_err *err)
{
    static const char said[] = "[{\"type\":\"cancelled\",\"at\":\"%s\",\"body\":{\"message\":\"The run has been cancelled.\",\"status\":\"cancelled\"}},"
                               "{\"type\":\"completion\",\"at\":\"%s\",\"body\":{\"message\":\"Run completed with status: cancelled\"}}]";
    char at[32];
    enum cb_code rc;

    if (cb_str_eq(row->state, CB_LIT("processing")))
        return cb_task_cancel(conn, row->id, err);
    cb_clock_format(at, cb_clock_now_us());
    if ((rc = cb_task_event_put(conn, row->id, cb_arena_printf(rq->arena, said, at, at), err)) != CB_OK)
        return rc;
    return cb_task_end(conn, row->id, CB_LIT("cancelled"), err);
}

static enum cb_code post_cancel(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_task_row row;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = cb_task_begin_any(&row, rq->arena, conn, rq->args[0], err)) == CB_OK) {
        rc = cb_task_right(rq, row.created_by, err);
        if (rc == CB_OK && has_ended(row.state))
            rc = cb_fail(err, CB_ECONFLICT, "the run has ended as %" CB_FMT ": there is nothing to cancel", CB_ARG(row.state));
        if (rc == CB_OK && (rc = cancel(rq, conn, &row, err)) == CB_OK &&
            (rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("task.cancel"), row.id, CB_LIT("{}"), err)) == CB_OK)
            rc = cb_task_commit(conn, err);
        if (rc != CB_OK)
            cb_task_rollback(conn);
    }
    cb_pool_give(rq->env->pool, conn);
    if (rc == CB_OK)
        cb_buf_put_cstr(&rp->body, "{\"status\":\"cancelled\"}");
    return rc;
}

static enum cb_code retry(struct cb_request *rq, struct cb_conn *conn, const struct cb_task_row *row, const struct cb_node *secrets, struct cb_err *err)
{
    struct cb_buf sealed = CB_BUF_INIT;
    char key_id[CB_SECRET_ID_TEXT + 1], at[32];
    enum cb_code rc;

    cb_clock_format(at, cb_clock_now_us());
    if ((rc = seal(&sealed, key_id, rq, row->id, secrets, err)) == CB_OK &&
        (rc = cb_task_retry(conn, row->id, cb_buf_str(&sealed), cb_str_cstr(key_id), err)) == CB_OK &&
        (rc = cb_task_event_put(conn, row->id,
                                cb_arena_printf(rq->arena, "[{\"type\":\"recovered\",\"at\":\"%s\",\"body\":{\"recoverStrategy\":\"startOver\"}}]", at),
                                err)) == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("task.retry"), row->id, CB_LIT("{}"), err);
    cb_buf_fini(&sealed);
    return rc;
}

/* {"secrets"}: those of the first time are gone. */
static enum cb_code post_retry(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *secrets;
    struct cb_task_row row;
    struct cb_conn *conn;
    enum cb_code rc;

    if (!rq->env->runner)
        return no_runner(err);
    if ((rc = read_secrets(&secrets, rq, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = cb_task_begin_any(&row, rq->arena, conn, rq->args[0], err)) == CB_OK) {
        rc = cb_task_right(rq, row.created_by, err);
        if (rc == CB_OK && !has_ended(row.state))
            rc = cb_fail(err, CB_ECONFLICT, "the run has not ended: it cannot begin anew");
        if (rc == CB_OK && (rc = check_room(rq, conn, err)) == CB_OK && (rc = retry(rq, conn, &row, secrets, err)) == CB_OK)
            rc = cb_task_commit(conn, err);
        if (rc != CB_OK)
            cb_task_rollback(conn);
    }
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    rp->status = 201;
    cb_buf_put_cstr(&rp->body, "{\"id\":");
    cb_buf_put_json(&rp->body, row.id);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

static const struct cb_param_rule list_params[] = {
    {"createdBy", CB_PARAM_LIST, false, 0, 0, NULL}, {"status", CB_PARAM_LIST, false, 0, 0, NULL}, {"template", CB_PARAM_LIST, false, 0, 0, NULL},
    {"order", CB_PARAM_TEXT, false, 0, 0, NULL},     {"limit", CB_PARAM_INT, false, 0, 0, NULL},   {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_task[] = {
    {CB_POST, "/api/scaffolder/v2/tasks", CB_RIGHT_TEMPLATES, CB_ROUTE_WORKER | CB_ROUTE_LARGE | CB_ROUTE_WAITS, post_task, "Scaffold", "Run a template",
     NULL},
    {CB_GET, "/api/scaffolder/v2/tasks", CB_RIGHT_READ, CB_ROUTE_WORKER, get_tasks, "ListTasks", "Runs of templates", list_params},
    {CB_GET, "/api/scaffolder/v2/tasks/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_task, "GetTask", "One run of a template", NULL},
    {CB_POST, "/api/scaffolder/v2/tasks/{id}/cancel", CB_RIGHT_TEMPLATES, CB_ROUTE_WORKER, post_cancel, "CancelTask", "Cancel a run", NULL},
    {CB_POST, "/api/scaffolder/v2/tasks/{id}/retry", CB_RIGHT_TEMPLATES, CB_ROUTE_WORKER, post_retry, "Retry", "Have a run that ended begin anew", NULL},
    {0},
};
