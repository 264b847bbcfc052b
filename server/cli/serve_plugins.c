#include "server/cli/serve_plugins.h"

#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/persist/source_store.h"

#define INTERVAL_US (INT64_C(300) * 1000000) /* of a source whose plugin cannot say */
#define WAIT_US (INT64_C(5) * 1000000)

typedef CB_VEC(struct cb_source_conf) confs;

static void add(confs *to, struct cb_arena *a, struct cb_plugins *plugins, cb_str url, int64_t interval_us)
{
    static const cb_str all[] = {{"**", 2}};

    cb_vec_push(to, (struct cb_source_conf){.plugin = true, .open = cb_plugin_source_open, .open_ctx = plugins, .url = cb_arena_str(a, url),
                                            .paths = all, .path_n = 1, .interval_us = interval_us});
}

/* What the database remembers of the plugins that are in no shape to tell. */
static void add_remembered(confs *to, struct cb_arena *a, struct cb_plugins *plugins, struct cb_pool *pool, const struct cb_plugin_view *v, size_t n)
{
    struct cb_conn *conn = NULL;
    struct cb_source_row *rows;
    struct cb_err err = {0};
    size_t row_n = 0;

    if (cb_pool_take(&conn, pool, WAIT_US, &err) != CB_OK || cb_source_all(&rows, &row_n, a, conn, &err) != CB_OK) {
        cb_log(CB_LOG_WARN, "plugin.sources", "why=\"%s\"", err.text);
        row_n = 0;
    }
    cb_pool_give(pool, conn);
    for (size_t i = 0; i < row_n; i++) {
        cb_str name = cb_str_sub(rows[i].url, 0, cb_str_find_char(rows[i].url, '/', 0));

        if (!rows[i].configured || !cb_str_eq(rows[i].type, CB_LIT("plugin")))
            continue;
        for (size_t j = 0; j < n; j++)
            if (cb_str_eq(v[j].name, name))
                add(to, a, plugins, rows[i].url, INTERVAL_US);
    }
}

size_t cb_serve_sources(struct cb_source_conf **out, cb_str *key, struct cb_arena *a, struct cb_plugins *plugins, struct cb_pool *pool)
{
    struct cb_plugin_view *all = NULL, *silent;
    size_t n = plugins ? cb_plugins_all(&all, a, plugins) : 0, silent_n = 0, source_n;
    struct cb_buf text = CB_BUF_INIT;
    confs found = {0};

    silent = CB_NEW_N(a, struct cb_plugin_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct cb_describe *d = all[i].describe;

        if (all[i].state == CB_PLUGIN_IS_DISABLED)
            continue;
        if (!d)
            silent[silent_n++] = all[i];
        for (size_t j = 0; d && j < d->source_n; j++)
            add(&found, a, plugins, cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(all[i].name), CB_ARG(d->sources[j].name)),
                d->sources[j].interval_us);
    }
    if (silent_n)
        add_remembered(&found, a, plugins, pool, silent, silent_n);
    *out = CB_NEW_N(a, struct cb_source_conf, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        (*out)[i] = found.v[i];
        cb_buf_printf(&text, "%" CB_FMT " %lld\n", CB_ARG(found.v[i].url), (long long)found.v[i].interval_us);
    }
    *key = cb_arena_str(a, cb_buf_str(&text));
    source_n = found.n;
    cb_buf_fini(&text);
    cb_vec_fini(&found);
    cb_plugin_views_free(all, n);
    return source_n;
}
