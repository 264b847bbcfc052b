/* callboard explain: why an entity is as it is, why it is not here, what became of a file. */
#include "catalog/sync/explain.h"
#include "server/cli/serve_catalog.h"
#include "server/config/integration.h"

struct explain_flags {
    struct cb_config_flags from;
    const char *output;
};

/* A file rather than a name: an address, a path, or "<clone URL>#<branch>:<path>". */
static bool is_url(cb_str text)
{
    return cb_str_find(text, CB_LIT("://")) != SIZE_MAX || cb_str_starts(text, CB_LIT("/")) || cb_str_starts(text, CB_LIT("url:")) ||
           cb_str_starts(text, CB_LIT("file:")) || cb_str_find_char(text, '#', 0) != SIZE_MAX;
}

static enum cb_code ask(struct cb_buf *out, struct cb_arena *a, struct cb_cli_catalog *c, cb_str what, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    struct cb_conn *conn = NULL;
    struct cb_ref ref;
    enum cb_code rc = cb_pool_take(&conn, c->opened.pool, CB_COMMAND_WAIT_US, err);

    if (rc == CB_OK && is_url(what))
        rc = cb_explain_url(out, a, cb_integration_forges(a, c->opened.config), conn, what, err);
    else if (rc == CB_OK && (rc = cb_ref_parse(&ref, what, &defaults, err)) == CB_OK)
        rc = cb_explain_ref(out, a, cb_integration_forges(a, c->opened.config), c->snapshot, conn, cb_ref_id(a, &ref), err);
    cb_pool_give(c->opened.pool, conn);
    return rc;
}

/* Each finding's sentence, a line. True when something is there. */
static bool print_sentences(const struct cb_node *root)
{
    const struct cb_node *findings = cb_node_get(root, "findings"), *exists = cb_node_get(root, "exists"),
                         *given = cb_node_get(root, "entities");

    for (const struct cb_node *f = findings ? findings->first : NULL; f; f = f->next) {
        cb_str type = cb_node_text(f, "type"), sentence = cb_node_text(f, "sentence");

        printf("%-14.*s  %" CB_FMT "\n", (int)type.n, type.p, CB_ARG(sentence));
    }
    return exists ? exists->b : given && given->first;
}

static enum cb_code explain_what(struct cb_arena *a, struct cb_cli_catalog *c, const char *what, enum cb_output output, bool *there,
                                 struct cb_err *err)
{
    struct cb_buf out = CB_BUF_INIT;
    struct cb_node *root, *node;
    enum cb_code rc = ask(&out, a, c, cb_str_cstr(what), err);

    if (rc == CB_OK && (rc = cb_node_parse(&root, a, cb_buf_str(&out), err)) == CB_OK) {
        if (output == CB_OUTPUT_TABLE) {
            *there = print_sentences(root);
        } else {
            *there = (node = cb_node_get(root, "exists")) ? node->b : (node = cb_node_get(root, "entities")) && node->first;
            cb_command_print(output, cb_buf_str(&out));
        }
    }
    cb_buf_fini(&out);
    return rc;
}

static int explain(int argc, char **argv)
{
    struct explain_flags f = {0};
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},
                              {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL},
                              {"--output", 'o', &f.output, NULL}};
    enum cb_output output = CB_OUTPUT_TABLE;
    bool helped, there = false;
    struct cb_cli_catalog c;
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_explain, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_explain, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc != 2)
        return cb_command_usage(&cb_cmd_explain, "name one entity, or the URL or path of one file");
    a = cb_arena_new();
    if ((rc = cb_cli_catalog_open(&c, &f.from, &err)) == CB_OK)
        rc = explain_what(a, &c, argv[1], output, &there, &err);
    cb_cli_catalog_close(&c);
    cb_arena_free(a);
    if (rc != CB_OK)
        return cb_command_fail(&cb_cmd_explain, &err);
    return there ? CB_EXIT_DONE : CB_EXIT_NO;
}

const struct cb_command cb_cmd_explain = {
    .name = "explain",
    .usage = "explain [-o table|json|yaml] REF|URL",
    .sentence = "Say why an entity is as it is, or why it is not here",
    .help = "  REF                   component:default/checkout; kind and namespace may be left out\n"
            "  URL                   a descriptor's page at its forge, <clone URL>#<branch>:<path>, or its path on this machine\n"
            "  -o, --output FORMAT   table (a sentence a line), json, yaml\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n\n"
            "Exit status 1: there is no such entity, or the file gives none.\n",
    .run = explain,
};
