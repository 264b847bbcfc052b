/* callboard sync: ask the running callboard to read sources now, and wait for the outcome. */
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/node.h"
#include "catalog/persist/source_store.h"
#include "server/cli/command.h"

#define LOOK_EVERY_US (100 * CB_MS_US)
#define WAIT_US (120 * CB_S_US)

struct sync_flags {
    struct cb_config_flags from;
    const char *wait, *output;
    enum cb_output form;
    bool confirm;
};

/* By number, key, URL, or the last part of one: "42", "payment-service", "https://…/acme.git". */
static bool means(const struct cb_source_row *row, cb_str text)
{
    cb_str url = row->url;
    int64_t id;

    if (cb_str_to_int(&id, text, 1, INT64_MAX))
        return row->id == id;
    while (cb_str_ends(url, CB_LIT("/")))
        url.n--;
    if (cb_str_ends(url, CB_LIT(".git")))
        url.n -= 4;
    return cb_str_eq(row->key, text) || cb_str_eq(row->url, text) || cb_str_eq(url, text) ||
           (cb_str_ends(url, text) && url.n > text.n && (url.p[url.n - text.n - 1] == '/' || url.p[url.n - text.n - 1] == ':'));
}

static enum cb_code wait_for(struct cb_source_row *row, struct cb_arena *a, struct cb_conn *conn, int64_t before_us, int64_t until_us,
                             struct cb_err *err)
{
    enum cb_code rc;

    for (;;) {
        if ((rc = cb_source_get(row, a, conn, row->id, err)) != CB_OK)
            return rc;
        if (row->tried_at_us > before_us && row->state != CB_SOURCE_READING && !row->lease_owner.n)
            return CB_OK;
        if (cb_clock_mono_us() > until_us)
            return cb_fail(err, CB_ETIMEOUT, "%" CB_FMT " was not read in time: is a callboard running? /api/sources says more",
                           CB_ARG(row->key));
        usleep(LOOK_EVERY_US);
    }
}

static void say(const struct cb_source_row *row)
{
    if (row->error.n) {
        printf("%" CB_FMT ": failed: %" CB_FMT "\n", CB_ARG(row->key), CB_ARG(row->error));
        return;
    }
    printf("%" CB_FMT ": %lld entities, %lld problems", CB_ARG(row->key), (long long)row->entity_n, (long long)row->problem_n);
    if (row->commit.n)
        printf(", at %.10s", row->commit.p);
    if (row->held_n)
        printf(", %lld deletions held: look at them, then `callboard sync --confirm`", (long long)row->held_n);
    putchar('\n');
}

static struct cb_node *node_of(struct cb_arena *a, const struct cb_source_row *row)
{
    struct cb_node *n = cb_node_new(a, CB_OBJECT);

    cb_node_put(n, CB_LIT("id"), cb_node_int(a, row->id));
    cb_node_put(n, CB_LIT("source"), cb_node_string(a, row->key));
    cb_node_put(n, CB_LIT("entities"), cb_node_int(a, row->entity_n));
    cb_node_put(n, CB_LIT("problems"), cb_node_int(a, row->problem_n));
    cb_node_put(n, CB_LIT("heldDeletions"), cb_node_int(a, row->held_n));
    if (row->commit.n)
        cb_node_put(n, CB_LIT("commit"), cb_node_string(a, row->commit));
    if (row->error.n)
        cb_node_put(n, CB_LIT("error"), cb_node_string(a, row->error));
    return n;
}

static void print_data(struct cb_arena *a, const struct cb_source_row *rows, size_t n, enum cb_output form)
{
    struct cb_node *list = cb_node_new(a, CB_ARRAY);
    struct cb_buf out = CB_BUF_INIT;

    for (size_t i = 0; i < n; i++)
        cb_node_push(list, node_of(a, &rows[i]));
    cb_node_dump(&out, list);
    cb_command_print(form, cb_buf_str(&out));
    cb_buf_fini(&out);
}

static enum cb_code sync_all(struct cb_arena *a, struct cb_conn *conn, const struct sync_flags *f, const char *which, bool *failed,
                             struct cb_err *err)
{
    struct cb_source_row *rows;
    int64_t wait_us = WAIT_US, until_us;
    size_t n, chosen = 0;
    enum cb_code rc;

    if (f->wait && !cb_duration_parse(&wait_us, cb_str_cstr(f->wait)))
        return cb_fail(err, CB_EINVAL, "--wait is a duration such as 30s, not \"%s\"", f->wait);
    until_us = cb_clock_mono_us() + wait_us;
    if ((rc = cb_source_all(&rows, &n, a, conn, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (rows[i].configured && (!which || means(&rows[i], cb_str_cstr(which))))
            rows[chosen++] = rows[i];
    if (!chosen)
        return cb_fail(err, CB_ENOTFOUND, which ? "no source is called %s: `callboard sync` without a name reads all" : "there is no source%s",
                       which ? which : "");
    for (size_t i = 0; i < chosen; i++) {
        rc = f->confirm && rows[i].held_n ? cb_source_confirm(conn, rows[i].id, err) : cb_source_nudge(conn, rows[i].id, err);
        if (rc != CB_OK)
            return rc;
    }
    for (size_t i = 0; i < chosen; i++) {
        if ((rc = wait_for(&rows[i], a, conn, rows[i].tried_at_us, until_us, err)) != CB_OK)
            return rc;
        if (f->form == CB_OUTPUT_TABLE)
            say(&rows[i]);
        *failed |= rows[i].error.n != 0;
    }
    if (f->form != CB_OUTPUT_TABLE)
        print_data(a, rows, chosen, f->form);
    return CB_OK;
}

static int sync_sources(int argc, char **argv)
{
    struct sync_flags f = {0};
    bool helped, failed = false;
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},     {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL}, {"--wait", 'w', &f.wait, NULL},
                              {"--confirm", 0, NULL, &f.confirm},        {"--output", 'o', &f.output, NULL}};
    struct cb_opened opened;
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_sync, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&f.form, &cb_cmd_sync, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc > 2)
        return cb_command_usage(&cb_cmd_sync, "one source, or none for all");
    a = cb_arena_new();
    if ((rc = cb_command_open(&opened, &f.from, true, &err)) == CB_OK)
        rc = sync_all(a, opened.conn, &f, argc > 1 ? argv[1] : NULL, &failed, &err);
    cb_command_close(&opened);
    cb_arena_free(a);
    if (rc != CB_OK)
        return cb_command_fail(&cb_cmd_sync, &err);
    return failed ? CB_EXIT_NO : CB_EXIT_DONE;
}

const struct cb_command cb_cmd_sync = {
    .name = "sync",
    .usage = "sync [--confirm] [--wait 120s] [-o table|json|yaml] [SOURCE]",
    .sentence = "Have sources read now, and say what came of it",
    .help = "  SOURCE                its number, key, URL, or the repository's name; all when left out\n"
            "      --confirm         let deletions go through that were held back as too many\n"
            "  -o, --output FORMAT   table (a line a source), json, yaml\n"
            "  -w, --wait TIME       how long to wait for the outcome: 120s\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n\n"
            "Exit status 1: a source could not be read, or there is none of that name.\n",
    .run = sync_sources,
};
