/* callboard template: list, run, dry-run, test. */
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/cli/command.h"
#include "server/cli/panel_text.h"
#include "server/cli/serving.h"
#include "server/cli/template_try.h"

struct template_flags {
    struct cb_config_flags from;
    const char *url, *output, *values, *secrets;
    enum cb_output form;
    bool update, no_wait, diff;
};

static void print_json(const struct template_flags *f, const struct cb_node *json)
{
    struct cb_buf text = CB_BUF_INIT;

    cb_node_dump(&text, json);
    cb_command_print(f->form, cb_buf_str(&text));
    cb_buf_fini(&text);
}

/* ---- list */

static void print_templates(struct cb_arena *a, const struct cb_node *json)
{
    static const char *const heads[] = {"TEMPLATE", "TITLE", "TYPE", "OWNER"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *items = cb_node_get(json, "items");

    for (const struct cb_node *e = items ? items->first : NULL; e; e = e->next) {
        const struct cb_node *metadata = cb_node_get(e, "metadata"), *spec = cb_node_get(e, "spec");
        cb_str space = cb_node_text(metadata, "namespace");
        const cb_str cells[] = {
            cb_arena_printf(a, "template:%" CB_FMT "/%" CB_FMT, CB_ARG(space.n ? space : CB_LIT("default")), CB_ARG(cb_node_text(metadata, "name"))),
            cb_panel_clean(a, cb_node_text(metadata, "title")), cb_panel_clean(a, cb_node_text(spec, "type")), cb_panel_clean(a, cb_node_text(spec, "owner"))};

        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
}

static enum cb_code ask(struct cb_node **out, struct cb_arena *a, const struct template_flags *f, cb_str path, cb_str body, struct cb_err *err)
{
    struct cb_upstream *u = NULL;
    enum cb_code rc = cb_serving_open(&u, a, f->url, &f->from, err);

    if (rc != CB_OK)
        return rc;
    rc = cb_serving_ask(out, u, a, path, body, err);
    cb_upstream_close(u);
    return rc;
}

static enum cb_code list(struct cb_arena *a, const struct template_flags *f, struct cb_err *err)
{
    struct cb_node *json;
    enum cb_code rc = ask(&json, a, f, CB_LIT("/api/catalog/entities/by-query?filter=kind=template&orderField=metadata.name,asc&limit=1000"), CB_LIT(""), err);

    if (rc != CB_OK)
        return rc;
    if (f->form == CB_OUTPUT_TABLE)
        print_templates(a, json);
    else
        print_json(f, cb_node_get(json, "items"));
    return CB_OK;
}

/* ---- run */

static enum cb_code read_given(struct cb_node **values, struct cb_node **secrets, struct cb_arena *a, const struct template_flags *f, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    *values = *secrets = NULL;
    if (f->values)
        rc = cb_try_read(values, a, f->values, err);
    if (rc == CB_OK && f->secrets)
        rc = cb_try_read(secrets, a, f->secrets, err);
    return rc;
}

static void say(struct cb_arena *a, const struct cb_node *body)
{
    cb_str step = cb_node_text(body, "stepId");

    printf("%s%" CB_FMT "%s%" CB_FMT "\n", step.n ? "[" : "", CB_ARG(cb_panel_clean(a, step)), step.n ? "] " : "",
           CB_ARG(cb_panel_clean(a, cb_node_text(body, "message"))));
}

static void say_output(struct cb_arena *a, const struct cb_node *output)
{
    const struct cb_node *links = cb_node_get(output, "links"), *texts = cb_node_get(output, "text");

    for (const struct cb_node *l = links && links->type == CB_ARRAY ? links->first : NULL; l; l = l->next) {
        cb_str to = cb_node_text(l, "url").n ? cb_node_text(l, "url") : cb_node_text(l, "entityRef");

        printf("%" CB_FMT ": %" CB_FMT "\n", CB_ARG(cb_panel_clean(a, cb_node_text(l, "title"))), CB_ARG(cb_panel_clean(a, to)));
    }
    for (const struct cb_node *t = texts && texts->type == CB_ARRAY ? texts->first : NULL; t; t = t->next)
        printf("%" CB_FMT "\n%" CB_FMT "\n", CB_ARG(cb_panel_clean(a, cb_node_text(t, "title"))), CB_ARG(cb_node_text(t, "content")));
}

/* Its events as they come. *END: the body of the last. */
static enum cb_code follow(const struct cb_node **end, struct cb_arena *a, const struct template_flags *f, cb_str id, struct cb_err *err)
{
    struct cb_node *events;
    int64_t after = 0;
    enum cb_code rc;

    for (;;) {
        if ((rc = ask(&events, a, f, cb_arena_printf(a, "/api/scaffolder/v2/tasks/%" CB_FMT "/events?after=%lld", CB_ARG(id), (long long)after), CB_LIT(""),
                      err)) != CB_OK)
            return rc;
        for (const struct cb_node *e = events->type == CB_ARRAY ? events->first : NULL; e; e = e->next) {
            const struct cb_node *n = cb_node_get(e, "id"), *body = cb_node_get(e, "body");

            if (n && n->type == CB_INT && n->i > after)
                after = n->i;
            if (f->form == CB_OUTPUT_TABLE)
                say(a, body);
            if (cb_str_eq(cb_node_text(e, "type"), CB_LIT("completion"))) {
                *end = body;
                return CB_OK;
            }
        }
        fflush(stdout);
    }
}

static enum cb_code begin(cb_str *id, struct cb_arena *a, const struct template_flags *f, const char *ref, struct cb_err *err)
{
    struct cb_node *request = cb_node_new(a, CB_OBJECT), *values, *secrets, *answer = NULL;
    struct cb_upstream *u = NULL;
    struct cb_buf body = CB_BUF_INIT;
    int status = 0;
    enum cb_code rc;

    if ((rc = read_given(&values, &secrets, a, f, err)) != CB_OK || (rc = cb_serving_open(&u, a, f->url, &f->from, err)) != CB_OK)
        return rc;
    cb_node_put(request, CB_LIT("templateRef"), cb_node_string(a, cb_str_cstr(ref)));
    cb_node_put(request, CB_LIT("values"), values ? cb_node_copy(a, values) : cb_node_new(a, CB_OBJECT));
    if (secrets)
        cb_node_put(request, CB_LIT("secrets"), cb_node_copy(a, secrets));
    cb_node_dump(&body, request);
    rc = cb_upstream_ask(&answer, &status, u, a, CB_LIT("/api/scaffolder/v2/tasks"), cb_buf_str(&body), err);
    cb_upstream_close(u);
    cb_buf_fini(&body);
    if (rc != CB_OK)
        return rc;
    if (status == 201 && answer) {
        *id = cb_node_text(answer, "id");
        return CB_OK;
    }
    if (cb_node_get(answer, "errors") && cb_node_get(answer, "errors")->first)
        return cb_fail(err, CB_ENOTFOUND, "the values do not keep to the template: %" CB_FMT, CB_ARG(cb_node_text(cb_node_get(answer, "errors")->first, "stack")));
    return cb_fail(err, status == 400 || status == 404 ? CB_ENOTFOUND : status == 401 ? CB_EAUTH : CB_EUPSTREAM, "%" CB_FMT,
                   CB_ARG(cb_upstream_why(a, answer, status)));
}

static enum cb_code run(int *status, struct cb_arena *a, const struct template_flags *f, const char *ref, struct cb_err *err)
{
    const struct cb_node *end = NULL;
    struct cb_node *task;
    cb_str id = CB_LIT("");
    enum cb_code rc;

    if ((rc = begin(&id, a, f, ref, err)) != CB_OK)
        return rc;
    if (f->no_wait) {
        printf("%" CB_FMT "\n", CB_ARG(id));
        return CB_OK;
    }
    if ((rc = follow(&end, a, f, id, err)) != CB_OK)
        return rc;
    if (f->form != CB_OUTPUT_TABLE) {
        if ((rc = ask(&task, a, f, cb_arena_printf(a, "/api/tasks/%" CB_FMT, CB_ARG(id)), CB_LIT(""), err)) != CB_OK)
            return rc;
        cb_node_put(task, CB_LIT("end"), cb_node_copy(a, end));
        print_json(f, task);
    } else {
        say_output(a, cb_node_get(end, "output"));
        if (cb_node_get(end, "error"))
            fprintf(stderr, "callboard template: %" CB_FMT "\n", CB_ARG(cb_panel_clean(a, cb_node_text(cb_node_get(end, "error"), "message"))));
    }
    *status = cb_str_ends(cb_node_text(end, "message"), CB_LIT(": completed")) ? CB_EXIT_DONE : CB_EXIT_NO;
    return CB_OK;
}

/* ---- dry-run */

static void print_tried(struct cb_arena *a, const struct cb_node *answer, bool diff)
{
    const struct cb_node *log = cb_node_get(answer, "log"), *files = cb_node_get(answer, "directoryContents"), *changes = cb_node_get(answer, "changes");

    for (const struct cb_node *l = log ? log->first : NULL; l; l = l->next)
        say(a, cb_node_get(l, "body"));
    for (const struct cb_node *f = files ? files->first : NULL; f; f = f->next)
        printf("%s %" CB_FMT "\n", cb_node_get(f, "executable") && cb_node_get(f, "executable")->b ? "x" : " ", CB_ARG(cb_panel_clean(a, cb_node_text(f, "path"))));
    for (const struct cb_node *c = diff && changes ? changes->first : NULL; c; c = c->next)
        for (const struct cb_node *f = cb_node_get(c, "files")->first; f; f = f->next)
            printf("%" CB_FMT, CB_ARG(cb_node_text(f, "diff")));
    say_output(a, cb_node_get(answer, "output"));
}

static enum cb_code dry_run(int *status, struct cb_arena *a, const struct template_flags *f, const char *path, struct cb_err *err)
{
    struct cb_node *values, *secrets;
    struct cb_tried tried;
    struct cb_try *t = NULL;
    enum cb_code rc = read_given(&values, &secrets, a, f, err);

    if (rc == CB_OK && (rc = cb_try_open(&t, &f->from, err)) == CB_OK)
        rc = cb_try_template(&tried, t, a, path, values, secrets, err);
    cb_try_close(t);
    if (rc != CB_OK)
        return rc;
    if (tried.answer && f->form != CB_OUTPUT_TABLE)
        print_json(f, tried.answer);
    else if (tried.answer)
        print_tried(a, tried.answer, f->diff);
    if (tried.code != CB_OK)
        fprintf(stderr, "callboard template: %s\n", tried.err.text);
    *status = tried.code == CB_OK ? CB_EXIT_DONE : CB_EXIT_NO;
    return CB_OK;
}

/* ---- test */

static enum cb_code test(int *status, const struct template_flags *f, int n, char **paths, struct cb_err *err)
{
    size_t case_n, failed_n, all = 0, failed = 0;
    struct cb_try *t = NULL;
    enum cb_code rc = cb_try_open(&t, &f->from, err);

    for (int i = 0; i < n && rc == CB_OK; i++) {
        rc = cb_try_cases(&case_n, &failed_n, t, paths[i], f->update, err);
        all += case_n;
        failed += failed_n;
    }
    cb_try_close(t);
    if (rc != CB_OK)
        return rc;
    printf("%zu passed, %zu failed\n", all - failed, failed);
    *status = failed ? CB_EXIT_NO : CB_EXIT_DONE;
    return CB_OK;
}

static int template(int argc, char **argv)
{
    struct template_flags f = {0};
    struct cb_flag flags[] = {
        {"--config", 'c', &f.from.file, NULL}, {"--data-dir", 0, &f.from.data_dir, NULL}, {"--url", 0, &f.url, NULL}, {"--output", 'o', &f.output, NULL},
        {"--values", 'f', &f.values, NULL},    {"--secrets", 0, &f.secrets, NULL},        {"--update", 0, NULL, &f.update},
        {"--no-wait", 0, NULL, &f.no_wait},    {"--diff", 0, NULL, &f.diff},
    };
    struct cb_arena *a;
    struct cb_err err = {0};
    int status = CB_EXIT_DONE;
    enum cb_code rc;
    const char *verb;
    bool helped;

    if (!cb_command_flags(&cb_cmd_template, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (f.output && !cb_command_output(&f.form, &cb_cmd_template, f.output))
        return CB_EXIT_USAGE;
    verb = argc > 1 ? argv[1] : "";
    cb_log_set_level(CB_LOG_ERROR);
    a = cb_arena_new();
    if (strcmp(verb, "list") == 0 && argc == 2)
        rc = list(a, &f, &err);
    else if (strcmp(verb, "run") == 0 && argc == 3)
        rc = run(&status, a, &f, argv[2], &err);
    else if (strcmp(verb, "dry-run") == 0 && argc == 3)
        rc = dry_run(&status, a, &f, argv[2], &err);
    else if (strcmp(verb, "test") == 0 && argc >= 3)
        rc = test(&status, &f, argc - 2, argv + 2, &err);
    else {
        cb_arena_free(a);
        return cb_command_usage(&cb_cmd_template, "it is one of: list; run REF; dry-run PATH; test PATH...");
    }
    cb_arena_free(a);
    return rc == CB_OK ? status : cb_command_fail(&cb_cmd_template, &err);
}

const struct cb_command cb_cmd_template = {
    .name = "template",
    .usage = "template list | run REF | dry-run PATH | test PATH... [-f VALUES] [-o table|json|yaml]",
    .sentence = "Software templates: which there are, run one, try one out, test one",
    .help = "  list                  those of the catalog\n"
            "  run REF               begin a run on the callboard that serves, and follow it to its end\n"
            "  dry-run PATH          try out a template of this machine: a file, or a folder with template.yaml; no server is needed\n"
            "  test PATH...          try out its cases: tests/NAME.yaml beside the template\n\n"
            "  -f, --values FILE     the values of the form, YAML or JSON\n"
            "      --secrets FILE    likewise its secrets\n"
            "      --no-wait         of run: print its id and do not follow it\n"
            "      --diff            of dry-run: what each step changed\n"
            "      --update          of test: write what came as what is expected\n"
            "      --url URL         of the callboard that serves; else where the configuration says that it listens\n"
            "  -c, --config FILE     callboard.yaml: plugins, integrations, default environment\n"
            "  -o, --output FORM     table, json or yaml\n\n"
            "A case: {values, secrets, error: \"part of the sentence\", output, files: {path: \"text\", gone: null}}; a folder tests/NAME\n"
            "has all files that are to come. CALLBOARD_TOKEN is sent as a token. Exit 1: the run or a case failed.\n",
    .run = template,
};
