/* callboard watch: each change as it comes, straight from the database; what was lost with a connection is read again. */
#include <string.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/persist/migrate.h"
#include "catalog/persist/notify.h"
#include "catalog/search/change.h"
#include "server/cli/command.h"

#define POLL_US (1 * CB_S_US)  /* in case a notice is lost */
#define AGAIN_US (1 * CB_S_US) /* after an error */

struct watch_flags {
    struct cb_config_flags from;
    const char *kinds, *refs, *after, *limit, *output;
    bool body;
};

struct watching {
    struct cb_change_wish wish;
    struct cb_change_place place;
    enum cb_output output;
    int64_t left; /* changes until the end; -1: none */
    char epoch[37];
    struct cb_arena *scratch;
    struct cb_buf line;
};

static void print_change(struct watching *w, const struct cb_change_row *row, enum cb_change change)
{
    static const char *const names[] = {"", "added", "changed", "removed"};
    size_t at;

    if (w->output == CB_OUTPUT_TABLE) {
        printf("%-8lld %-8s %" CB_FMT "  %" CB_FMT ":%u  %.10s %" CB_FMT "\n", (long long)row->generation, names[change], CB_ARG(row->id),
               CB_ARG(row->path), row->line, row->commit.n ? row->commit.p : "", CB_ARG(cb_str_cut(row->subject, 80)));
        return;
    }
    cb_buf_clear(&w->line);
    cb_change_put_head(&w->line, row);
    at = w->line.n;
    cb_change_put(&w->line, &w->wish, row, change);
    w->line.p[at] = ','; /* one object: the generation's members and the change's */
    if (w->output == CB_OUTPUT_JSON)
        printf("%" CB_FMT "\n", CB_ARG(cb_buf_str(&w->line)));
    else {
        puts("---");
        cb_command_print(w->output, cb_buf_str(&w->line));
    }
}

static int on_row(const struct cb_change_row *row, void *ctx)
{
    struct watching *w = ctx;
    enum cb_change change;

    if (w->left == 0)
        return 1;
    change = cb_change_of(&w->wish, row, w->scratch);
    cb_arena_reset(w->scratch);
    if (change == CB_CHANGE_NONE)
        return 0;
    print_change(w, row, change);
    if (w->left > 0)
        w->left--;
    return 0;
}

/* All that is there behind the place. CB_ECONFLICT: it cannot be told. */
static enum cb_code read_on(struct watching *w, struct cb_pool *pool, struct cb_err *err)
{
    struct cb_change_page page = {0};
    struct cb_conn *conn = NULL;
    enum cb_code rc = cb_pool_take(&conn, pool, CB_COMMAND_WAIT_US, err);

    do {
        if (rc != CB_OK || (rc = cb_change_read(&page, conn, &w->place, INT64_MAX, CB_CHANGE_ROWS_MAX, on_row, w, err)) != CB_OK)
            break;
        if (!w->epoch[0])
            memcpy(w->epoch, page.epoch, sizeof(w->epoch));
        if (strcmp(w->epoch, page.epoch) != 0 || page.newest < w->place.generation - 1)
            rc = cb_fail(err, CB_ECONFLICT, "this is another database now, or an older state of it: read the catalog again, and watch anew");
        else if (w->place.generation < page.oldest)
            rc = cb_fail(err, CB_ECONFLICT, "what generation %lld brought is kept no more: the oldest that can be told is %lld",
                         (long long)w->place.generation, (long long)page.oldest);
    } while (rc == CB_OK && w->left != 0 && (page.more || w->place.generation <= page.newest));
    cb_pool_give(pool, conn);
    fflush(stdout);
    return rc;
}

/* Until nobody reads it any more, or --limit. */
static enum cb_code follow(struct watching *w, const struct cb_opened *o, struct cb_err *err)
{
    struct cb_notify *notices = NULL;
    enum cb_code rc = cb_notify_open(&notices, o->url, err);

    while (rc == CB_OK && w->left != 0 && !ferror(stdout)) {
        rc = read_on(w, o->pool, err);
        if (rc == CB_EUNAVAILABLE || rc == CB_EUPSTREAM || rc == CB_ETIMEOUT) {
            fprintf(stderr, "callboard watch: %s; it is tried again\n", err->text);
            usleep(AGAIN_US);
            rc = CB_OK;
        } else if (rc == CB_OK && w->left != 0) {
            cb_notify_wait(notices, POLL_US);
        }
    }
    if (notices)
        cb_notify_close(notices);
    return rc;
}

static enum cb_code read_flags(struct watching *w, const struct watch_flags *f, struct cb_arena *a, int argc, char **argv,
                               struct cb_err *err)
{
    cb_str *filters = CB_NEW_N(a, cb_str, (size_t)argc), kinds = cb_str_cstr(f->kinds), refs = cb_str_cstr(f->refs);
    cb_str after = cb_str_cstr(f->after);
    size_t colon = cb_str_find_char(after, ':', 0);
    enum cb_code rc;

    for (int i = 1; i < argc; i++)
        filters[i - 1] = cb_str_cstr(argv[i]);
    if ((rc = cb_change_wish_parse(&w->wish, a, filters, (size_t)argc - 1, &kinds, kinds.n > 0, &refs, refs.n > 0, err)) != CB_OK)
        return rc;
    w->wish.body = f->body;
    w->left = -1;
    if (f->limit && !cb_str_to_int(&w->left, cb_str_cstr(f->limit), 1, INT64_MAX))
        return cb_fail(err, CB_EINVAL, "--limit is a whole number from 1, not \"%s\"", f->limit);
    if (colon == sizeof(w->epoch) - 1) {
        memcpy(w->epoch, after.p, colon);
        after = cb_str_sub(after, colon + 1, after.n);
    }
    if (f->after && !cb_str_to_int(&w->place.generation, after, 0, INT64_MAX - 1))
        return cb_fail(err, CB_EINVAL, "--after is a generation such as 42, or <epoch>:42, not \"%s\"", f->after);
    w->place.generation++;
    return CB_OK;
}

/* Without --after: from now on. */
static enum cb_code begin_now(struct watching *w, struct cb_conn *conn, struct cb_err *err)
{
    enum cb_code rc = cb_entity_newest(conn, &w->place.generation, w->epoch, err);

    w->place.generation++;
    return rc;
}

static int watch(int argc, char **argv)
{
    struct watch_flags f = {0};
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},     {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL}, {"--kind", 'k', &f.kinds, NULL},
                              {"--ref", 'r', &f.refs, NULL},             {"--after", 0, &f.after, NULL},
                              {"--limit", 'n', &f.limit, NULL},          {"--body", 0, NULL, &f.body},
                              {"--output", 'o', &f.output, NULL}};
    struct watching w = {.output = CB_OUTPUT_TABLE};
    struct cb_opened opened = {0};
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;
    bool helped;

    if (!cb_command_flags(&cb_cmd_watch, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&w.output, &cb_cmd_watch, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    a = cb_arena_new();
    w.scratch = cb_arena_new();
    if ((rc = read_flags(&w, &f, a, argc, argv, &err)) == CB_OK && (rc = cb_command_open(&opened, &f.from, true, &err)) == CB_OK &&
        (rc = cb_migrate_check(opened.pool, &err)) == CB_OK && (f.after || (rc = begin_now(&w, opened.conn, &err)) == CB_OK))
        rc = follow(&w, &opened, &err);
    cb_command_close(&opened);
    cb_change_place_fini(&w.place);
    cb_buf_fini(&w.line);
    cb_arena_free(w.scratch);
    cb_arena_free(a);
    return rc == CB_OK ? CB_EXIT_DONE : cb_command_fail(&cb_cmd_watch, &err);
}

const struct cb_command cb_cmd_watch = {
    .name = "watch",
    .usage = "watch [--kind K,...] [--ref REF,...] [--after GENERATION] [--body] [--limit N] [-o table|json|yaml] [FILTER...]",
    .sentence = "Print each change of the catalog as it comes",
    .help = "  FILTER                as those of query: an entity that begins to match is added, one that matches no longer is removed\n"
            "  -k, --kind KINDS      only these; -r, --ref REFS only these\n"
            "      --after G         what came behind generation G first; 0: all that is kept. From now on when left out\n"
            "      --body            the whole entity, as its file says it (JSON and YAML)\n"
            "  -n, --limit N         end after so many changes\n"
            "  -o, --output FORMAT   table (a line a change), json (an object a line), yaml (a document a change)\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n\n"
            "It reads the database, with or without a running callboard; over HTTP the same is GET /api/watch.\n"
            "A lost database is waited for. Exit status 3: what comes next cannot be told (another database, or kept no more).\n",
    .run = watch,
};
