/* callboard history: what became of an entity, and the difference of two of its moments. */
#include "catalog/entity/ref.h"
#include "catalog/persist/migrate.h"
#include "server/cli/command.h"
#include "server/http/history.h"

struct history_flags {
    struct cb_config_flags from;
    const char *limit, *at, *between, *output;
    bool diff;
};

static void print_list(struct cb_arena *a, const struct cb_node *root)
{
    static const char *const heads[] = {"GENERATION", "WHEN", "CHANGE", "COMMIT", "AUTHOR", "SUBJECT", "FIELDS"};
    struct cb_table *t = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *items = cb_node_get(root, "items");

    for (const struct cb_node *i = items ? items->first : NULL; i; i = i->next) {
        const struct cb_node *fields = cb_node_get(i, "fields");
        struct cb_buf said = CB_BUF_INIT;

        for (const struct cb_node *f = fields ? fields->first : NULL; f; f = f->next)
            cb_buf_printf(&said, "%s%" CB_FMT, f == fields->first ? "" : " ", CB_ARG(f->text));
        cb_table_row(t, (cb_str[]){cb_node_scalar(a, cb_node_get(i, "generation")), cb_node_text(i, "at"), cb_node_text(i, "change"),
                                   cb_str_sub(cb_node_text(i, "commit"), 0, 12), cb_node_text(i, "author"),
                                   cb_node_text(i, "subject"), cb_arena_str(a, cb_buf_str(&said))});
        cb_buf_fini(&said);
    }
    cb_table_print(t, stdout);
}

/* "3..7", "3.." (up to now), "7" (the last change up to it) */
static void read_between(cb_str *from, cb_str *to, const char *text)
{
    cb_str all = cb_str_cstr(text);
    size_t dots = cb_str_find(all, CB_LIT(".."));

    *from = dots == SIZE_MAX ? CB_LIT("") : cb_str_sub(all, 0, dots);
    *to = dots == SIZE_MAX ? all : cb_str_sub(all, dots + 2, all.n);
}

static enum cb_code ask(struct cb_buf *out, struct cb_arena *a, struct cb_conn *c, const struct history_flags *f, cb_str ref,
                        struct cb_err *err)
{
    cb_str from, to, limit = cb_str_cstr(f->limit);
    int64_t n = CB_HISTORY_LIMIT;

    if (f->limit && !cb_str_to_int(&n, limit, 1, CB_HISTORY_LIMIT_MAX))
        return cb_fail(err, CB_EINVAL, "--limit takes a number from 1 to %d, not %s", CB_HISTORY_LIMIT_MAX, f->limit);
    if (f->at)
        return cb_history_put_version(out, a, c, ref, cb_str_cstr(f->at), err);
    if (!f->diff && !f->between)
        return cb_history_put_list(out, c, ref, INT64_MAX, n, err);
    read_between(&from, &to, f->between);
    return cb_history_put_diff(out, a, c, ref, from, to, err);
}

static enum cb_code answer(struct cb_arena *a, struct cb_conn *c, const struct history_flags *f, enum cb_output output,
                           const char *text, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    struct cb_buf out = CB_BUF_INIT;
    struct cb_node *root;
    struct cb_ref ref;
    enum cb_code rc;

    if ((rc = cb_ref_parse(&ref, cb_str_cstr(text), &defaults, err)) != CB_OK ||
        (rc = ask(&out, a, c, f, cb_ref_id(a, &ref), err)) != CB_OK || (rc = cb_node_parse(&root, a, cb_buf_str(&out), err)) != CB_OK)
        goto out;
    if (output != CB_OUTPUT_TABLE || f->at)
        cb_command_print(output == CB_OUTPUT_TABLE ? CB_OUTPUT_YAML : output, cb_buf_str(&out));
    else if (f->diff || f->between)
        printf("%" CB_FMT, CB_ARG(cb_node_text(root, "text")));
    else
        print_list(a, root);
out:
    cb_buf_fini(&out);
    return rc;
}

static int history(int argc, char **argv)
{
    struct history_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},     {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL}, {"--limit", 'n', &f.limit, NULL},
                              {"--at", 0, &f.at, NULL},                  {"--between", 'b', &f.between, NULL},
                              {"--diff", 'd', NULL, &f.diff},            {"--output", 'o', &f.output, NULL}};
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_opened o = {0};
    struct cb_arena *a;
    struct cb_err err = {0};
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_history, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_history, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc != 2)
        return cb_command_usage(&cb_cmd_history, "name one entity");
    a = cb_arena_new();
    if ((rc = cb_command_open(&o, &f.from, true, &err)) == CB_OK && (rc = cb_migrate_check(o.pool, &err)) == CB_OK)
        rc = answer(a, o.conn, &f, output, argv[1], &err);
    cb_command_close(&o);
    cb_arena_free(a);
    return rc == CB_OK ? CB_EXIT_DONE : cb_command_fail(&cb_cmd_history, &err);
}

const struct cb_command cb_cmd_history = {
    .name = "history",
    .usage = "history [--diff] [--between [FROM]..[TO]] [--at MOMENT] [-n N] [-o table|json|yaml] REF",
    .sentence = "Tell what became of an entity",
    .help = "  REF                   component:default/checkout; kind and namespace may be left out\n"
            "  -d, --diff            what its last change changed\n"
            "  -b, --between F..T    what is different between two moments; T alone: the last change up to it\n"
            "      --at MOMENT       the entity as it was\n"
            "  -n, --limit N         20 changes, at most 100\n"
            "  -o, --output FORMAT   table (of a difference: unified), json, yaml\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n\n"
            "A moment is a generation (42), a time (2026-11-25T10:00:00Z, 2026-11-25) or 7 or more digits of a commit.\n",
    .run = history,
};
