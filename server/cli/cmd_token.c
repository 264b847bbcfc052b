/* callboard token: API tokens, straight in the database. */
#include "catalog/base/clock.h"
#include "catalog/base/node.h"
#include "catalog/persist/token_store.h"
#include "server/auth/token.h"
#include "server/cli/command.h"


struct token_flags {
    struct cb_config_flags from;
    const char *user, *role, *expires, *output;
};

static cb_str moment(struct cb_arena *a, int64_t at_us)
{
    char text[32];

    if (!at_us)
        return CB_LIT("-");
    cb_clock_format(text, at_us);
    return cb_arena_str(a, cb_str_cstr(text));
}

static enum cb_code create(struct cb_arena *a, struct cb_conn *conn, const struct token_flags *f, const char *name, struct cb_err *err)
{
    char text[CB_TOKEN_TEXT + 1];
    struct cb_token_row row;
    enum cb_role role;
    int64_t expires_us = 0;
    enum cb_code rc;

    if (!f->user)
        return cb_fail(err, CB_EINVAL, "--user says whom the token acts as (user:default/jane)");
    if (!cb_role_parse(&role, cb_str_cstr(f->role ? f->role : "reader")))
        return cb_fail(err, CB_EINVAL, "--role is reader, editor or admin, not \"%s\"", f->role);
    if (f->expires) {
        if (!cb_duration_parse(&expires_us, cb_str_cstr(f->expires)) || expires_us <= 0)
            return cb_fail(err, CB_EINVAL, "--expires is a duration such as 90d or 12h, not \"%s\"", f->expires);
        expires_us += cb_clock_now_us();
    }
    rc = cb_token_create(&row, text, a, conn, cb_str_cstr(name), cb_str_cstr(f->user), role, expires_us, err);
    if (rc != CB_OK)
        return rc;
    fprintf(stderr, "token %lld acts as %" CB_FMT " (%" CB_FMT "); it is shown this once:\n", (long long)row.id, CB_ARG(row.user),
            CB_ARG(row.role));
    puts(text);
    explicit_bzero(text, sizeof(text));
    return CB_OK;
}

static void print_rows(struct cb_arena *a, const struct cb_token_row *rows, size_t n, enum cb_output output)
{
    static const char *const heads[] = {"ID", "NAME", "USER", "ROLE", "PREFIX", "CREATED", "EXPIRES", "USED", "REVOKED"};
    static const char *const keys[] = {"id", "name", "user", "role", "prefix", "created", "expires", "used", "revoked"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    struct cb_node *list = cb_node_new(a, CB_ARRAY);
    struct cb_buf out = CB_BUF_INIT;

    for (size_t i = 0; i < n; i++) {
        const cb_str cells[] = {cb_arena_printf(a, "%lld", (long long)rows[i].id), rows[i].name, rows[i].user, rows[i].role, rows[i].prefix,
                                moment(a, rows[i].created_us), moment(a, rows[i].expires_us), moment(a, rows[i].used_us),
                                moment(a, rows[i].revoked_us)};
        struct cb_node *row = cb_node_new(a, CB_OBJECT);

        cb_table_row(table, cells);
        for (size_t k = 0; k < CB_COUNT(keys); k++)
            if (!cb_str_eq(cells[k], CB_LIT("-")))
                cb_node_put(row, cb_str_cstr(keys[k]), k ? cb_node_string(a, cells[k]) : cb_node_int(a, rows[i].id));
        cb_node_push(list, row);
    }
    cb_node_dump(&out, list);
    if (output == CB_OUTPUT_TABLE) {
        cb_table_print(table, stdout);
    } else {
        cb_table_free(table);
        cb_command_print(output, cb_buf_str(&out));
    }
    cb_buf_fini(&out);
}

static enum cb_code do_verb(struct cb_arena *a, struct cb_conn *conn, const struct token_flags *f, enum cb_output output, int argc,
                            char **argv, struct cb_err *err)
{
    struct cb_token_row *rows;
    int64_t id;
    size_t n;
    enum cb_code rc;

    if (strcmp(argv[1], "create") == 0 && argc == 3)
        return create(a, conn, f, argv[2], err);
    if (strcmp(argv[1], "list") == 0 && argc == 2) {
        if ((rc = cb_token_all(&rows, &n, a, conn, err)) == CB_OK)
            print_rows(a, rows, n, output);
        return rc;
    }
    if (strcmp(argv[1], "revoke") == 0 && argc == 3) {
        if (!cb_str_to_int(&id, cb_str_cstr(argv[2]), 1, INT64_MAX))
            return cb_fail(err, CB_EINVAL, "revoke takes a token's number as `token list` prints it, not \"%s\"", argv[2]);
        if ((rc = cb_token_revoke(conn, id, err)) == CB_OK)
            fprintf(stderr, "token %lld is revoked\n", (long long)id);
        return rc;
    }
    return cb_fail(err, CB_EINVAL, "create NAME, list, or revoke ID");
}

static int token(int argc, char **argv)
{
    struct token_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},       {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL},   {"--user", 'u', &f.user, NULL},
                              {"--role", 'r', &f.role, NULL},              {"--expires", 'e', &f.expires, NULL},
                              {"--output", 'o', &f.output, NULL}};
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_opened opened;
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_token, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_token, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc < 2)
        return cb_command_usage(&cb_cmd_token, "create, list or revoke?");
    a = cb_arena_new();
    if ((rc = cb_command_open(&opened, &f.from, true, &err)) == CB_OK)
        rc = do_verb(a, opened.conn, &f, output, argc, argv, &err);
    cb_command_close(&opened);
    cb_arena_free(a);
    return rc == CB_OK ? CB_EXIT_DONE : cb_command_fail(&cb_cmd_token, &err);
}

const struct cb_command cb_cmd_token = {
    .name = "token",
    .usage = "token create NAME --user REF [--role reader|editor|admin] [--expires 90d] | list | revoke ID",
    .sentence = "Make, list and revoke API tokens",
    .help = "  create NAME           print a new token, once; NAME says what it is for\n"
            "    -u, --user REF      whom it acts as: user:default/jane\n"
            "    -r, --role ROLE     reader (default), editor, admin\n"
            "    -e, --expires TIME  90d, 12h; never when left out\n"
            "  list [-o FORMAT]      table, json, yaml\n"
            "  revoke ID             refused from then on, by every callboard of the database\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n",
    .run = token,
};
