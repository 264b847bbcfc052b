#include "server/scaffold/dry.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/base64.h"
#include "catalog/base/diff.h"
#include "catalog/base/hash.h"
#include "server/scaffold/template.h"
#include "server/scaffold/workspace.h"

#define PREFIX "dry-"
#define REF "template:default/dry-run"
#define DIFF_MAX (8 * 1024 * 1024) /* bytes of all diffs */

/* What a folder had at a moment. */
struct files {
    struct cb_arena *arena;
    struct cb_workspace_file *v;
    size_t n;
};

struct trying {
    struct cb_dry *q;
    struct cb_buf log, changes;
    size_t log_n, change_n;
    struct files before;
    const char *work;
};

bool cb_dry_is_left(const char *name)
{
    long pid;
    char *end;

    if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) != 0)
        return false;
    pid = strtol(name + sizeof(PREFIX) - 1, &end, 10);
    return *end == '-' && pid > 0 && (long)getpid() != pid && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

/* ---- what each step changed */

static bool is_text(const struct cb_workspace_file *f)
{
    return !f || (f->bytes.n <= CB_DRY_TEXT_MAX && cb_str_is_utf8(f->bytes) && cb_str_find_char(f->bytes, '\0', 0) == SIZE_MAX);
}

static void put_change(struct cb_buf *out, struct trying *t, size_t *n, const struct cb_workspace_file *old, const struct cb_workspace_file *new)
{
    cb_str path = new ? new->path : old->path, none = CB_LIT("/dev/null");
    struct cb_buf diff = CB_BUF_INIT;

    cb_buf_put_cstr(out, (*n)++ ? ",{\"path\":" : "{\"path\":");
    cb_buf_put_json(out, cb_mask_text(t->before.arena, &t->q->run.mask, path));
    cb_buf_printf(out, ",\"change\":\"%s\"", !old ? "added" : !new ? "removed" : "changed");
    if (is_text(old) && is_text(new) && t->changes.n < DIFF_MAX) {
        cb_diff_text(&diff, old ? old->path : none, new ? new->path : none, old ? old->bytes : CB_LIT(""), new ? new->bytes : CB_LIT(""), NULL, NULL);
        cb_buf_put_cstr(out, ",\"diff\":");
        cb_buf_put_json(out, cb_mask_text(t->before.arena, &t->q->run.mask, cb_buf_str(&diff)));
        cb_buf_fini(&diff);
    }
    cb_buf_put_char(out, '}');
}

static bool same(const struct cb_workspace_file *a, const struct cb_workspace_file *b)
{
    return a->executable == b->executable && a->link == b->link && cb_str_eq(a->bytes, b->bytes);
}

static void compare(struct trying *t, const struct files *now, cb_str step)
{
    struct cb_buf files = CB_BUF_INIT;
    size_t i = 0, j = 0, n = 0;

    while (i < t->before.n || j < now->n) {
        const struct cb_workspace_file *old = i < t->before.n ? &t->before.v[i] : NULL, *new = j < now->n ? &now->v[j] : NULL;
        int way = !old ? 1 : !new ? -1 : cb_str_cmp(old->path, new->path);

        if (way < 0)
            put_change(&files, t, &n, old, NULL);
        else if (way > 0)
            put_change(&files, t, &n, NULL, new);
        else if (!same(old, new))
            put_change(&files, t, &n, old, new);
        i += way <= 0;
        j += way >= 0;
    }
    if (n) {
        cb_buf_put_cstr(&t->changes, t->change_n++ ? ",{\"step\":" : "{\"step\":");
        cb_buf_put_json(&t->changes, step);
        cb_buf_printf(&t->changes, ",\"files\":[%" CB_FMT "]}", CB_ARG(cb_buf_str(&files)));
    }
    cb_buf_fini(&files);
}

static enum cb_code look(struct trying *t, cb_str step, struct cb_err *err)
{
    struct files now = {.arena = cb_arena_new()};
    enum cb_code rc = cb_workspace_read(&now.v, &now.n, now.arena, t->work, CB_DRY_FILES_MAX, err);

    if (rc != CB_OK) {
        cb_arena_free(now.arena);
        return rc;
    }
    compare(t, &now, step);
    cb_arena_free(t->before.arena);
    t->before = now;
    return CB_OK;
}

/* ---- the sink */

static enum cb_code keep(void *ctx, cb_str events, const struct cb_run_mark *mark, struct cb_err *err)
{
    struct trying *t = ctx;
    struct cb_arena *a = cb_arena_new();
    struct cb_node *list = NULL;
    enum cb_code rc = CB_OK;

    if (events.n && (rc = cb_node_parse(&list, a, events, err)) == CB_OK) {
        for (const struct cb_node *e = list->first; e; e = e->next) {
            cb_buf_put_cstr(&t->log, t->log_n++ ? ",{\"body\":" : "{\"body\":");
            cb_node_dump(&t->log, cb_node_get(e, "body"));
            cb_buf_put_char(&t->log, '}');
        }
    }
    cb_arena_free(a);
    if (rc == CB_OK && mark && strcmp(mark->state, "processing") != 0)
        rc = look(t, mark->step, err);
    if (rc != CB_OK && t->q->code == CB_OK) {
        t->q->code = rc;
        t->q->err = *err;
    }
    return rc;
}

/* ---- the answer */

static void put_files(struct cb_buf *out, struct trying *t)
{
    struct cb_arena *a = t->before.arena;

    cb_buf_put_cstr(out, "\"directoryContents\":[");
    for (size_t i = 0; i < t->before.n; i++) {
        const struct cb_workspace_file *f = &t->before.v[i];

        cb_buf_put_cstr(out, i ? ",{\"path\":" : "{\"path\":");
        cb_buf_put_json(out, cb_mask_text(a, &t->q->run.mask, f->path));
        cb_buf_printf(out, ",\"executable\":%s,\"base64Content\":\"%" CB_FMT "\"}", f->executable ? "true" : "false",
                      CB_ARG(cb_base64_encode(a, cb_mask_text(a, &t->q->run.mask, f->bytes))));
    }
    cb_buf_put_char(out, ']');
}

static void put_answer(struct trying *t, const struct cb_run_result *result)
{
    struct cb_buf *out = &t->q->answer;

    cb_buf_printf(out, "{\"log\":[");
    cb_buf_put_str(out, cb_buf_str(&t->log));
    cb_buf_put_cstr(out, "],");
    put_files(out, t);
    cb_buf_put_cstr(out, ",\"output\":");
    if (result->end == CB_RUN_COMPLETED && result->output)
        cb_node_dump(out, result->output);
    else
        cb_buf_put_cstr(out, "{}");
    cb_buf_put_cstr(out, ",\"steps\":");
    cb_node_dump(out, cb_node_get(t->q->run.spec, "steps"));
    cb_buf_put_cstr(out, ",\"changes\":[");
    cb_buf_put_str(out, cb_buf_str(&t->changes));
    cb_buf_put_cstr(out, "]}");
}

static void judge(struct cb_dry *q, const struct cb_run_result *result)
{
    if (q->code != CB_OK)
        return;
    if (result->end == CB_RUN_FAILED)
        q->code = cb_fail(&q->err, result->code ? result->code : CB_EINTERNAL, "%s", result->error);
    else if (result->end != CB_RUN_COMPLETED)
        q->code = cb_fail(&q->err, CB_ECANCELLED, "the dry run was stopped");
}

/* ---- all of it */

static enum cb_code put_source(cb_str *base, struct cb_dry *q, const char *source, struct cb_err *err)
{
    enum cb_code rc = CB_OK;
    bool made;

    if (q->base_url.n) {
        *base = q->base_url;
        return CB_OK;
    }
    if ((rc = cb_workspace_make(&made, source, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < q->file_n && rc == CB_OK; i++)
        rc = cb_workspace_put(source, q->files[i].path, q->files[i].bytes, q->files[i].executable, err);
    *base = cb_arena_printf(q->arena, "file://%s/template.yaml", source);
    return rc;
}

static enum cb_code prepare(struct trying *t, const char *folder, struct cb_err *err)
{
    struct cb_dry *q = t->q;
    struct cb_template_run from = {.entity = q->entity, .ref = CB_LIT(REF), .values = q->values, .user = q->user, .user_entity = q->user_entity};
    struct cb_buf entity = CB_BUF_INIT;
    struct cb_node *spec;
    enum cb_code rc;
    bool made;

    if ((rc = cb_workspace_make(&made, folder, err)) != CB_OK ||
        (rc = put_source(&from.base_url, q, cb_arena_printf(q->arena, "%s/source", folder).p, err)) != CB_OK ||
        (rc = cb_workspace_make(&made, t->work = cb_arena_printf(q->arena, "%s/work", folder).p, err)) != CB_OK ||
        (rc = cb_template_spec(&spec, q->arena, &from, err)) != CB_OK)
        return rc;
    cb_node_dump(&entity, q->entity);
    q->run.plugins = q->plugins;
    q->run.config = q->config;
    q->run.sink = (struct cb_run_sink){t, keep};
    q->run.arena = q->arena;
    q->run.spec = spec;
    q->run.secrets = q->secrets;
    q->run.ref = CB_LIT(REF);
    q->run.entity = cb_arena_str(q->arena, cb_buf_str(&entity));
    q->run.workspace = t->work;
    q->run.dry = true;
    cb_buf_fini(&entity);
    return CB_OK;
}

void cb_dry_run(struct cb_dry *q)
{
    struct trying t = {.q = q, .before = {.arena = cb_arena_new()}};
    struct cb_run_result result;
    char id[CB_UUID_TEXT + 1];
    uint8_t uuid[16];
    cb_str folder;
    struct cb_err err;

    cb_random(uuid, sizeof(uuid));
    cb_uuid_format(id, uuid);
    q->run.id = cb_arena_printf(q->arena, PREFIX "%ld-%s", (long)getpid(), id);
    folder = cb_workspace_path(q->arena, q->config->workspaces, q->run.id);
    if ((q->code = prepare(&t, folder.p, &q->err)) == CB_OK) {
        cb_run_steps(&result, &q->run);
        if (cb_run_flush(&q->run, NULL, &err) != CB_OK || look(&t, CB_LIT(""), &err) != CB_OK)
            cb_run_stop(&q->run, CB_RUN_LOST);
        judge(q, &result);
        put_answer(&t, &result);
    }
    cb_workspace_remove(folder.p);
    cb_arena_free(t.before.arena);
    cb_buf_fini(&t.log);
    cb_buf_fini(&t.changes);
}
