#include "server/cli/template_try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/base64.h"
#include "catalog/base/clock.h"
#include "catalog/base/diff.h"
#include "catalog/base/vec.h"
#include "catalog/parse/yaml.h"
#include "catalog/relate/snapshot.h"
#include "server/http/plugin_ask.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/plugin/git.h"
#include "server/scaffold/template.h"
#include "server/scaffold/workspace.h"

#define FILE_MAX ((off_t)16 * 1024 * 1024) /* bytes of a template, of values */
#define LOAD_US (20 * CB_S_US)
#define LOOK_US 10000
#define WORKER_N 2
#define JOB_MAX 100
#define TEMPLATE "template.yaml"
#define CASES "tests"

struct cb_try {
    struct cb_config *config;
    struct cb_jobs *jobs;
    struct cb_catalog *catalog;
    struct cb_server_env env;
    struct cb_credential_set *secrets;
    struct cb_sync_conf sync;
    struct cb_plugins *plugins;
    char dir[64];
};

/* ---- plugins */

/* Git as the server does it, with the configuration's credentials; all else needs one. */
static enum cb_code answer(void *ctx, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct cb_try *t = ctx;

    if (cb_str_eq(ask->what, CB_LIT("git_export")))
        return cb_plugin_git_export(&t->sync, ask, err);
    return cb_plugin_answer(&t->env, ask, out, err);
}

static const char *text_or_null(cb_str s)
{
    return s.n ? s.p : NULL;
}

static void read_credentials(struct cb_try *t)
{
    t->secrets = cb_credential_set_new();
    for (size_t i = 0; i < t->config->integration_n; i++) {
        const struct cb_config_integration *in = &t->config->integrations[i];

        cb_credential_set_put(t->secrets, &(struct cb_credential){.host = in->host.p, .username = text_or_null(in->username),
                                                                  .token = text_or_null(in->token), .ssh_key = text_or_null(in->ssh_key),
                                                                  .known_hosts = text_or_null(in->known_hosts), .ca_file = text_or_null(in->ca_file)});
    }
    t->sync = (struct cb_sync_conf){.secrets = t->secrets, .data_dir = t->dir};
}

enum cb_code cb_try_open(struct cb_try **out, const struct cb_config_flags *from, struct cb_err *err)
{
    struct cb_try *t = calloc(1, sizeof(*t));
    struct cb_plugins_env env;
    int64_t until_us;
    enum cb_code rc;

    if (!t)
        abort();
    *out = t;
    if ((rc = cb_config_load(&t->config, from, err)) != CB_OK || (rc = cb_jobs_new(&t->jobs, WORKER_N, JOB_MAX, err)) != CB_OK)
        return rc;
    strcpy(t->dir, "/tmp/callboard-try-XXXXXX");
    if (!mkdtemp(t->dir)) {
        t->dir[0] = '\0';
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make a folder below /tmp: %s", strerror(errno));
    }
    t->config->workspaces = cb_str_cstr(t->dir);
    t->catalog = cb_catalog_new();
    read_credentials(t);
    cb_router_init();
    t->env = (struct cb_server_env){.config = t->config, .catalog = t->catalog, .jobs = t->jobs};
    env = (struct cb_plugins_env){.config = t->config, .jobs = t->jobs, .answer = answer, .ctx = t, .workspaces = t->dir};
    if ((rc = cb_plugins_start(&t->plugins, &env, err)) != CB_OK)
        return rc;
    for (until_us = cb_clock_mono_us() + LOAD_US; !cb_plugins_settled(t->plugins) && cb_clock_mono_us() < until_us;)
        usleep(LOOK_US);
    return CB_OK;
}

void cb_try_close(struct cb_try *t)
{
    if (!t)
        return;
    cb_plugins_close(t->plugins, cb_clock_mono_us() + CB_S_US);
    cb_plugins_stop(t->plugins);
    cb_jobs_free(t->jobs);
    if (t->catalog)
        cb_catalog_free(t->catalog);
    if (t->dir[0])
        cb_workspace_remove(t->dir);
    cb_credential_set_free(t->secrets);
    cb_config_free(t->config);
    free(t);
}

/* ---- files */

static enum cb_code read_bytes(cb_str *out, struct cb_arena *a, const char *file, struct cb_err *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *bytes;
    ssize_t n;

    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size > FILE_MAX) {
        if (fd >= 0)
            close(fd);
        return cb_fail(err, CB_EINVAL, "cannot read %s: %s", file, fd < 0 ? strerror(errno) : "it is too large");
    }
    bytes = cb_arena_alloc(a, (size_t)st.st_size + 1);
    n = read(fd, bytes, (size_t)st.st_size);
    close(fd);
    if (n < 0)
        return cb_fail(err, CB_EINVAL, "cannot read %s: %s", file, strerror(errno));
    bytes[n] = '\0';
    *out = cb_str_make(bytes, (size_t)n);
    return CB_OK;
}

static enum cb_code read_documents(struct cb_yaml *out, struct cb_arena *a, const char *file, struct cb_err *err)
{
    cb_str bytes;
    enum cb_code rc = read_bytes(&bytes, a, file, err);

    if (rc != CB_OK)
        return rc;
    cb_yaml_read(out, a, bytes);
    for (size_t i = 0; i < out->doc_n; i++)
        if (out->docs[i].broken)
            return cb_fail(err, CB_EINVAL, "%s:%u:%u: %" CB_FMT, file, out->docs[i].line, out->docs[i].column, CB_ARG(out->docs[i].message));
    return CB_OK;
}

enum cb_code cb_try_read(struct cb_node **out, struct cb_arena *a, const char *file, struct cb_err *err)
{
    struct cb_yaml yaml;
    enum cb_code rc = read_documents(&yaml, a, file, err);

    if (rc != CB_OK)
        return rc;
    *out = yaml.doc_n && yaml.docs[0].root ? yaml.docs[0].root : cb_node_new(a, CB_OBJECT);
    if (yaml.doc_n > 1 || (*out)->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "%s: one map is expected", file);
    return CB_OK;
}

/* The file of a template, absolute. */
static enum cb_code find_template(cb_str *file, struct cb_arena *a, const char *path, struct cb_err *err)
{
    char real[PATH_MAX];
    struct stat st;

    if (!realpath(path, real) || stat(real, &st) < 0)
        return cb_fail(err, CB_EINVAL, "cannot read %s: %s", path, strerror(errno));
    *file = S_ISDIR(st.st_mode) ? cb_arena_printf(a, "%s/" TEMPLATE, real) : cb_arena_str(a, cb_str_cstr(real));
    return CB_OK;
}

static enum cb_code read_template(struct cb_node **out, struct cb_arena *a, const char *file, struct cb_err *err)
{
    struct cb_yaml yaml;
    enum cb_code rc = read_documents(&yaml, a, file, err);

    for (size_t i = 0; rc == CB_OK && i < yaml.doc_n; i++)
        if (cb_str_eq(cb_node_text(yaml.docs[i].root, "kind"), CB_LIT("Template"))) {
            *out = yaml.docs[i].root;
            return cb_template_is(*out, err);
        }
    return rc == CB_OK ? cb_fail(err, CB_EINVAL, "%s has no document of kind Template", file) : rc;
}

/* ---- one run */

static void check_values(struct cb_tried *out, struct cb_arena *a, const struct cb_dry *q)
{
    struct cb_schema_errors *errors = CB_NEW(a, struct cb_schema_errors);
    struct cb_buf text = CB_BUF_INIT;
    bool of_secrets;

    out->code = cb_template_check(errors, &of_secrets, a, q->entity, q->values, q->secrets, &out->err);
    for (size_t i = 0; i < errors->n; i++) {
        if (i)
            cb_buf_put_cstr(&text, "; ");
        cb_template_put_error_text(&text, &errors->v[i]);
    }
    if (out->code == CB_OK && errors->n)
        out->code = cb_fail(&out->err, CB_EINVAL, "the %s do not keep to the template: %" CB_FMT, of_secrets ? "secrets" : "values",
                            CB_ARG(cb_buf_str(&text)));
    cb_buf_fini(&text);
}

/* What lies beside the template goes along with it, as it would with a request. */
static enum cb_code read_beside(struct cb_dry *q, struct cb_arena *a, cb_str file, struct cb_err *err)
{
    struct cb_workspace_file *found;
    struct cb_dry_file *v;
    size_t n;
    enum cb_code rc;

    while (file.n > 1 && file.p[file.n - 1] != '/')
        file.n--;
    if ((rc = cb_workspace_read(&found, &n, a, cb_arena_str(a, file).p, CB_DRY_FILES_MAX, err)) != CB_OK)
        return rc;
    v = CB_NEW_N(a, struct cb_dry_file, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!found[i].link && !cb_str_starts(found[i].path, CB_LIT(".git/")))
            v[q->file_n++] = (struct cb_dry_file){found[i].path, found[i].bytes, found[i].executable};
    q->files = v;
    return CB_OK;
}

enum cb_code cb_try_template(struct cb_tried *out, struct cb_try *t, struct cb_arena *a, const char *path, const struct cb_node *values,
                             const struct cb_node *secrets, struct cb_err *err)
{
    struct cb_dry q = {.plugins = t->plugins, .config = t->config, .arena = a, .user = CB_LIT("user:default/guest"), .secrets = secrets};
    struct cb_node *entity = NULL, *answer;
    cb_str file;
    enum cb_code rc;

    *out = (struct cb_tried){0};
    if ((rc = find_template(&file, a, path, err)) != CB_OK || (rc = read_template(&entity, a, file.p, err)) != CB_OK)
        return rc;
    q.entity = entity;
    q.values = values ? values : cb_node_new(a, CB_OBJECT);
    if ((rc = read_beside(&q, a, file, err)) != CB_OK)
        return rc;
    check_values(out, a, &q);
    if (out->code != CB_OK)
        return CB_OK;
    cb_run_init(&q.run);
    cb_dry_run(&q);
    out->code = q.code;
    out->err = q.err;
    if (q.answer.n && cb_node_parse(&answer, a, cb_arena_str(a, cb_buf_str(&q.answer)), err) == CB_OK)
        out->answer = answer;
    cb_buf_fini(&q.answer);
    cb_run_fini(&q.run);
    return CB_OK;
}

/* ---- cases: tests/NAME.yaml {values, secrets, error, output, files}, and beside it NAME/ with the files that are to come */

struct case_of {
    struct cb_arena *a;
    struct cb_try *t;
    const char *path;  /* of the template */
    cb_str name, file, folder;
    bool update;
    struct cb_buf why; /* of what is wrong */
};

static void wrong(struct case_of *c, const char *fmt, ...) CB_PRINTF(2, 3);
static void wrong(struct case_of *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    cb_buf_put_str(&c->why, cb_arena_vprintf(c->a, fmt, ap));
    va_end(ap);
}

static void compare_file(struct case_of *c, cb_str path, const cb_str *want, const cb_str *got)
{
    struct cb_buf diff = CB_BUF_INIT;

    if (!got) {
        wrong(c, "    %" CB_FMT " is missing\n", CB_ARG(path));
        return;
    }
    if (!want) {
        wrong(c, "    %" CB_FMT " was not expected\n", CB_ARG(path));
        return;
    }
    if (cb_str_eq(*want, *got))
        return;
    wrong(c, "    %" CB_FMT " is not what was expected\n", CB_ARG(path));
    if (cb_str_is_utf8(*want) && cb_str_is_utf8(*got))
        cb_diff_text(&diff, cb_arena_printf(c->a, "expected/%" CB_FMT, CB_ARG(path)), path, *want, *got, NULL, NULL);
    cb_buf_put_str(&c->why, cb_buf_str(&diff));
    cb_buf_fini(&diff);
}

static enum cb_code update(struct case_of *c, const struct cb_node *files, struct cb_err *err)
{
    enum cb_code rc;
    cb_str bytes;
    bool made;

    cb_workspace_remove(c->folder.p);
    if ((rc = cb_workspace_make(&made, c->folder.p, err)) != CB_OK)
        return rc;
    chmod(c->folder.p, 0755);
    for (const struct cb_node *f = files->first; f && rc == CB_OK; f = f->next) {
        const struct cb_node *x = cb_node_get(f, "executable");

        if (cb_base64_decode(&bytes, c->a, cb_node_text(f, "base64Content")))
            rc = cb_workspace_put(c->folder.p, cb_node_text(f, "path"), bytes, x && x->type == CB_BOOL && x->b, err);
    }
    return rc;
}

/* Both lists are in the order of paths. */
static enum cb_code compare_files(struct case_of *c, const struct cb_node *files, struct cb_err *err)
{
    struct cb_workspace_file *want;
    const struct cb_node *f = files->first;
    size_t n, i = 0;
    enum cb_code rc;
    cb_str got;

    if ((rc = cb_workspace_read(&want, &n, c->a, c->folder.p, CB_DRY_FILES_MAX, err)) != CB_OK)
        return rc;
    while (i < n || f) {
        int way = i == n ? 1 : !f ? -1 : cb_str_cmp(want[i].path, cb_node_text(f, "path"));

        if (way >= 0 && !cb_base64_decode(&got, c->a, cb_node_text(f, "base64Content")))
            got = CB_LIT("");
        compare_file(c, way <= 0 ? want[i].path : cb_node_text(f, "path"), way <= 0 ? &want[i].bytes : NULL, way >= 0 ? &got : NULL);
        i += way <= 0;
        if (way >= 0)
            f = f->next;
    }
    return CB_OK;
}

/* Files that a case names itself: {"README.md": "text", "gone.txt": null}. */
static void compare_named(struct case_of *c, const struct cb_node *named, const struct cb_node *files)
{
    for (const struct cb_node *w = named->first; w; w = w->next) {
        const struct cb_node *f = files->first;
        cb_str got = CB_LIT("");

        while (f && !cb_str_eq(cb_node_text(f, "path"), w->key))
            f = f->next;
        if (f && !cb_base64_decode(&got, c->a, cb_node_text(f, "base64Content")))
            got = CB_LIT("");
        if (w->type == CB_NULL ? f != NULL : !f || w->type == CB_STRING)
            compare_file(c, w->key, w->type == CB_STRING ? &w->text : NULL, f ? &got : NULL);
    }
}

static void judge(struct case_of *c, const struct cb_node *wish, const struct cb_tried *tried)
{
    const struct cb_node *files = cb_node_get(tried->answer, "directoryContents"), *named = cb_node_get(wish, "files"), *output = cb_node_get(wish, "output");
    cb_str error = cb_node_text(wish, "error");
    struct stat st;
    struct cb_err err = {0};

    if (tried->code != CB_OK) {
        if (!error.n || cb_str_find(cb_str_cstr(tried->err.text), error) == SIZE_MAX)
            wrong(c, "    it failed: %s\n", tried->err.text);
        return;
    }
    if (error.n) {
        wrong(c, "    it went well, and was to fail with \"%" CB_FMT "\"\n", CB_ARG(error));
        return;
    }
    if (c->update && (!named || stat(c->folder.p, &st) == 0)) {
        if (update(c, files, &err) != CB_OK)
            wrong(c, "    %s\n", err.text);
    } else if (stat(c->folder.p, &st) == 0 && compare_files(c, files, &err) != CB_OK) {
        wrong(c, "    %s\n", err.text);
    }
    if (named && named->type == CB_OBJECT)
        compare_named(c, named, files);
    if (output && !cb_node_same(output, cb_node_get(tried->answer, "output"))) {
        struct cb_buf is = CB_BUF_INIT;

        cb_node_dump(&is, cb_node_get(tried->answer, "output"));
        wrong(c, "    its output is %" CB_FMT "\n", CB_ARG(cb_buf_str(&is)));
        cb_buf_fini(&is);
    }
}

/* CB_OK whether it went well or not. */
static enum cb_code try_case(bool *well, struct case_of *c, struct cb_err *err)
{
    struct cb_node *wish;
    struct cb_tried tried;
    enum cb_code rc;

    if ((rc = cb_try_read(&wish, c->a, c->file.p, err)) != CB_OK ||
        (rc = cb_try_template(&tried, c->t, c->a, c->path, cb_node_get(wish, "values"), cb_node_get(wish, "secrets"), err)) != CB_OK)
        return rc;
    judge(c, wish, &tried);
    *well = c->why.n == 0;
    printf("%s %" CB_FMT "\n%" CB_FMT, *well ? "ok  " : "FAIL", CB_ARG(c->name), CB_ARG(cb_buf_str(&c->why)));
    return CB_OK;
}

static int is_case(const struct dirent *e)
{
    cb_str name = cb_str_cstr(e->d_name);

    return cb_str_ends(name, CB_LIT(".yaml")) && name.p[0] != '.';
}

enum cb_code cb_try_cases(size_t *case_n, size_t *failed_n, struct cb_try *t, const char *path, bool again, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct dirent **names = NULL;
    enum cb_code rc;
    cb_str file, dir;
    int n = 0;

    *case_n = *failed_n = 0;
    if ((rc = find_template(&file, a, path, err)) == CB_OK) {
        while (file.n && file.p[file.n - 1] != '/')
            file.n--;
        dir = cb_arena_printf(a, "%" CB_FMT CASES, CB_ARG(file));
        if ((n = scandir(dir.p, &names, is_case, alphasort)) < 0)
            rc = cb_fail(err, CB_EINVAL, "there is no folder %" CB_FMT " with cases", CB_ARG(dir));
        else if (n == 0)
            rc = cb_fail(err, CB_EINVAL, "the folder %" CB_FMT " has no case NAME.yaml", CB_ARG(dir));
    }
    for (int i = 0; i < n; i++) {
        struct case_of c = {.a = cb_arena_new(), .t = t, .path = path, .update = again};
        bool well = false;

        c.name = cb_str_sub(cb_str_cstr(names[i]->d_name), 0, strlen(names[i]->d_name) - 5);
        c.file = cb_arena_printf(c.a, "%" CB_FMT "/%s", CB_ARG(dir), names[i]->d_name);
        c.folder = cb_arena_printf(c.a, "%" CB_FMT "/%" CB_FMT, CB_ARG(dir), CB_ARG(c.name));
        if (rc == CB_OK && (rc = try_case(&well, &c, err)) == CB_OK) {
            ++*case_n;
            *failed_n += !well;
        }
        cb_buf_fini(&c.why);
        cb_arena_free(c.a);
        free(names[i]);
    }
    free(names);
    cb_arena_free(a);
    return rc;
}
