/* callboard panel: what plugins say about an entity, as text. */
#include "catalog/entity/ref.h"
#include "server/cli/command.h"
#include "server/cli/panel_text.h"
#include "server/cli/serving.h"

struct panel_flags {
    struct cb_config_flags from;
    const char *url, *output;
    enum cb_output form;
    bool refresh, all;
};

static enum cb_code path_of(cb_str *out, struct cb_arena *a, const char *text, struct cb_err *err)
{
    static const struct cb_ref preset = {{"component", 9}, {"default", 7}, {"", 0}};
    struct cb_ref ref;
    enum cb_code rc = cb_ref_parse(&ref, cb_arena_lower(a, cb_str_cstr(text)), &preset, err);

    if (rc == CB_OK)
        *out = cb_arena_printf(a, "/api/panels/%" CB_FMT "/%" CB_FMT "/%" CB_FMT, CB_ARG(ref.kind), CB_ARG(ref.space), CB_ARG(ref.name));
    return rc;
}

static cb_str say(struct cb_arena *a, const struct cb_node *n, const char *key)
{
    return cb_panel_clean(a, cb_node_text(n, key));
}

static void print_list(struct cb_arena *a, const struct cb_node *json)
{
    static const char *const heads[] = {"PANEL", "TITLE", "STATE", "WHAT IS MISSING"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *panels = cb_node_get(json, "panels"), *problems = cb_node_get(json, "problems");

    for (const struct cb_node *p = panels ? panels->first : NULL; p; p = p->next) {
        const cb_str cells[] = {cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(say(a, p, "plugin")), CB_ARG(say(a, p, "panel"))),
                                say(a, p, "title"), say(a, p, "state"), say(a, p, "help")};

        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
    for (const struct cb_node *p = problems ? problems->first : NULL; p; p = p->next)
        fprintf(stderr, "%" CB_FMT " is %" CB_FMT ": %" CB_FMT "\n", CB_ARG(say(a, p, "plugin")), CB_ARG(say(a, p, "state")), CB_ARG(say(a, p, "message")));
}

/* Its data, or why there is none. False: there is none. */
static bool print_panel(struct cb_arena *a, const struct cb_node *json)
{
    const struct cb_node *data = cb_node_get(json, "data"), *stale = cb_node_get(json, "stale"), *simulated = cb_node_get(json, "simulated"),
                         *age = cb_node_get(json, "ageSeconds");

    printf("%" CB_FMT "%s\n", CB_ARG(say(a, json, "title")), simulated && simulated->type == CB_BOOL && simulated->b ? " (simulated)" : "");
    if (data && data->type == CB_OBJECT)
        cb_panel_text(stdout, a, data);
    else if (cb_str_eq(cb_node_text(json, "state"), CB_LIT("absent")))
        printf("nothing for this entity. %" CB_FMT "\n", CB_ARG(say(a, json, "help")));
    else
        fprintf(stderr, "%" CB_FMT "\n", CB_ARG(say(a, cb_node_get(json, "error"), "message")));
    if (stale && stale->type == CB_BOOL && stale->b)
        fprintf(stderr, "%lld seconds old: %" CB_FMT "\n", (long long)(age && age->type == CB_INT ? age->i : 0), CB_ARG(say(a, json, "staleReason")));
    return data && data->type == CB_OBJECT;
}

static enum cb_code run(int *status, struct cb_arena *a, const struct panel_flags *f, const char *ref, const char *panel, struct cb_err *err)
{
    struct cb_upstream *u = NULL;
    struct cb_node *json = NULL;
    struct cb_buf text = CB_BUF_INIT;
    int http = 0;
    cb_str path;
    enum cb_code rc;

    if ((rc = path_of(&path, a, ref, err)) != CB_OK || (rc = cb_serving_open(&u, a, f->url, &f->from, err)) != CB_OK)
        return rc;
    if (panel) {
        rc = cb_upstream_ask(&json, &http, u, a, cb_arena_printf(a, "%" CB_FMT "/%s%s", CB_ARG(path), panel, f->refresh ? "?refresh=true" : ""),
                             CB_LIT(""), err);
        if (rc == CB_OK && (!json || !cb_node_get(json, "panel"))) /* an error body is none of a panel */
            rc = cb_fail(err, http == 404 ? CB_ENOTFOUND : CB_EUPSTREAM, "%" CB_FMT, CB_ARG(cb_upstream_why(a, json, http)));
    } else {
        rc = cb_serving_ask(&json, u, a, cb_arena_printf(a, "%" CB_FMT "%s", CB_ARG(path), f->all ? "?all=true" : ""), CB_LIT(""), err);
    }
    cb_upstream_close(u);
    if (rc != CB_OK)
        return rc;
    if (f->form != CB_OUTPUT_TABLE) {
        cb_node_dump(&text, json);
        cb_command_print(f->form, cb_buf_str(&text));
        cb_buf_fini(&text);
        *status = panel && http / 100 != 2 ? CB_EXIT_NO : CB_EXIT_DONE;
    } else if (panel) {
        *status = print_panel(a, json) ? CB_EXIT_DONE : CB_EXIT_NO;
    } else {
        print_list(a, json);
    }
    return CB_OK;
}

static int panel(int argc, char **argv)
{
    struct panel_flags f = {0};
    struct cb_flag flags[] = {
        {"--config", 'c', &f.from.file, NULL}, {"--url", 0, &f.url, NULL}, {"--output", 'o', &f.output, NULL},
        {"--refresh", 0, NULL, &f.refresh},    {"--all", 0, NULL, &f.all},
    };
    struct cb_arena *a;
    struct cb_err err = {0};
    int status = CB_EXIT_DONE;
    enum cb_code rc;
    bool helped;

    if (!cb_command_flags(&cb_cmd_panel, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc < 2 || argc > 3)
        return cb_command_usage(&cb_cmd_panel, "it takes an entity's ref, and one of its panels as PLUGIN/PANEL");
    if (f.output && !cb_command_output(&f.form, &cb_cmd_panel, f.output))
        return CB_EXIT_USAGE;
    a = cb_arena_new();
    rc = run(&status, a, &f, argv[1], argc > 2 ? argv[2] : NULL, &err);
    cb_arena_free(a);
    return rc == CB_OK ? status : cb_command_fail(&cb_cmd_panel, &err);
}

const struct cb_command cb_cmd_panel = {
    .name = "panel",
    .usage = "panel [--url URL] [-o table|json|yaml] REF [PLUGIN/PANEL]",
    .sentence = "Which panels an entity has, or what one of them shows",
    .help = "      --all             also those that do not apply, with what to write to have them\n"
            "      --refresh         ask the plugin anew\n"
            "      --url URL         of the callboard that serves; else where the configuration says that it listens\n"
            "  -c, --config FILE     callboard.yaml\n"
            "  -o, --output FORM     table, json or yaml\n\n"
            "CALLBOARD_TOKEN is sent as its token. Exit 1 when there is nothing to show.\n",
    .run = panel,
};
