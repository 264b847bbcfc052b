/* callboard plugin: list, reload, check, new. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/parse/yaml.h"
#include "server/cli/command.h"
#include "server/cli/panel_text.h"
#include "server/cli/plugin_new.h"
#include "server/cli/serving.h"
#include "server/plugin/shape.h"
#include "server/plugin/supervise.h"

#define LOAD_US (20 * CB_S_US)
#define ENTITY_MAX (4 * 1024 * 1024) /* bytes of a file of an entity */

struct plugin_flags {
    struct cb_config_flags from;
    const char *url, *output, *entity, *panel;
    enum cb_output form;
};

/* ---- list */

static cb_str number_at(struct cb_arena *a, const struct cb_node *n, const char *path)
{
    const struct cb_node *value = cb_node_path(n, path);

    return value ? cb_node_scalar(a, value) : CB_LIT("");
}

static void print_plugins(struct cb_arena *a, const struct cb_node *json)
{
    static const char *const heads[] = {"PLUGIN", "VERSION", "STATE", "PANELS", "CALLS", "FAILED", "RESTARTS", "WHY"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *items = cb_node_get(json, "items");

    for (const struct cb_node *p = items ? items->first : NULL; p; p = p->next) {
        const struct cb_node *panels = cb_node_get(p, "panels");
        const cb_str cells[] = {cb_node_text(p, "name"),
                                cb_panel_clean(a, cb_node_text(p, "version")),
                                cb_node_text(p, "state"),
                                cb_arena_printf(a, "%u", panels ? panels->child_n : 0),
                                number_at(a, p, "calls.total"),
                                number_at(a, p, "calls.failed"),
                                number_at(a, p, "restarts"),
                                cb_panel_clean(a, cb_node_text(p, "message"))};

        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
}

static enum cb_code list(struct cb_arena *a, const struct plugin_flags *f, struct cb_err *err)
{
    struct cb_upstream *u = NULL;
    struct cb_node *json;
    struct cb_buf text = CB_BUF_INIT;
    enum cb_code rc;

    if ((rc = cb_serving_open(&u, a, f->url, &f->from, err)) != CB_OK)
        return rc;
    rc = cb_serving_ask(&json, u, a, CB_LIT("/api/plugins"), CB_LIT(""), err);
    cb_upstream_close(u);
    if (rc != CB_OK)
        return rc;
    if (f->form == CB_OUTPUT_TABLE) {
        print_plugins(a, json);
    } else {
        cb_node_dump(&text, json);
        cb_command_print(f->form, cb_buf_str(&text));
        cb_buf_fini(&text);
    }
    return CB_OK;
}

/* ---- reload */

static enum cb_code reload_one(struct cb_arena *a, struct cb_upstream *u, cb_str name, struct cb_err *err)
{
    struct cb_node *json;
    enum cb_code rc = cb_serving_ask(&json, u, a, cb_arena_printf(a, "/api/plugins/%" CB_FMT "/reload", CB_ARG(name)), CB_LIT("{}"), err);

    if (rc == CB_OK)
        printf("%" CB_FMT " is loaded anew\n", CB_ARG(name));
    return rc;
}

static enum cb_code reload(struct cb_arena *a, const struct plugin_flags *f, const char *name, struct cb_err *err)
{
    struct cb_upstream *u = NULL;
    struct cb_node *json = NULL;
    enum cb_code rc;

    if (name && !cb_plugin_name_is(cb_str_cstr(name)))
        return cb_fail(err, CB_EINVAL, "\"%.100s\" is no plugin's name", name);
    if ((rc = cb_serving_open(&u, a, f->url, &f->from, err)) != CB_OK)
        return rc;
    if (name) {
        rc = reload_one(a, u, cb_str_cstr(name), err);
    } else if ((rc = cb_serving_ask(&json, u, a, CB_LIT("/api/plugins"), CB_LIT(""), err)) == CB_OK && cb_node_get(json, "items")) {
        for (const struct cb_node *p = cb_node_get(json, "items")->first; p && rc == CB_OK; p = p->next)
            rc = reload_one(a, u, cb_node_text(p, "name"), err);
    }
    cb_upstream_close(u);
    return rc;
}

/* ---- check: one plugin in a host of its own, without a server */

struct waiting {
    struct cb_plugin_call call; /* first */
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool ended;
};

static void ended(struct cb_plugin_call *call)
{
    struct waiting *w = (struct waiting *)(void *)call;

    pthread_mutex_lock(&w->lock);
    w->ended = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

static enum cb_code read_entity(struct cb_node **out, struct cb_arena *a, const char *file, struct cb_err *err)
{
    char *bytes = cb_arena_alloc(a, ENTITY_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, ENTITY_MAX + 1);
    struct cb_yaml yaml;

    if (n < 0) {
        (void)cb_fail(err, CB_EINVAL, "cannot read %s: %s", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return CB_EINVAL;
    }
    close(fd);
    if (n > ENTITY_MAX)
        return cb_fail(err, CB_ELIMIT, "%s is over %d bytes", file, ENTITY_MAX);
    cb_yaml_read(&yaml, a, cb_str_make(bytes, (size_t)n));
    if (yaml.doc_n == 0 || !yaml.docs[0].root || yaml.docs[0].root->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "%s is no entity: %" CB_FMT, file, CB_ARG(yaml.doc_n ? yaml.docs[0].message : CB_LIT("it is empty")));
    *out = yaml.docs[0].root;
    return CB_OK;
}

static cb_str ref_of(struct cb_arena *a, const struct cb_node *entity)
{
    const struct cb_node *metadata = cb_node_get(entity, "metadata");
    cb_str space = cb_node_text(metadata, "namespace");

    return cb_arena_lower(a, cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT "/%" CB_FMT, CB_ARG(cb_node_text(entity, "kind")),
                                             CB_ARG(space.n ? space : CB_LIT("default")), CB_ARG(cb_node_text(metadata, "name"))));
}

/* One panel for one entity. *STATUS: whether it is a panel. */
static void render(int *status, struct cb_arena *a, struct cb_plugins *plugins, const struct cb_plugin_view *v, const struct cb_plugin_panel *panel,
                   const struct cb_node *entity)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_err err = {0};
    struct cb_node *data;
    struct waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};

    cb_node_dump(&json, entity);
    w.call = (struct cb_plugin_call){
        .what = CB_PLUGIN_PANEL, .plugin = v->name, .name = panel->name, .ref = ref_of(a, entity), .entity = cb_buf_str(&json), .done = ended};
    cb_plugin_call(plugins, &w.call);
    pthread_mutex_lock(&w.lock);
    while (!w.ended)
        pthread_cond_wait(&w.cond, &w.lock);
    pthread_mutex_unlock(&w.lock);
    printf("\n%" CB_FMT " of %" CB_FMT ", %.1f ms\n", CB_ARG(panel->title), CB_ARG(ref_of(a, entity)), (double)w.call.took_us / 1e3);
    if (w.call.end == CB_PLUGIN_ABSENT) {
        puts("nothing for this entity");
    } else if (w.call.end != CB_PLUGIN_OK) {
        printf("%s: %s\n", cb_plugin_end_name(w.call.end), w.call.err.text);
        *status = CB_EXIT_NO;
    } else if (cb_node_parse(&data, a, cb_str_make(w.call.answer, w.call.answer_n), &err) != CB_OK || cb_shape_check(data, &err) != CB_OK) {
        printf("this is no panel: %s\n%s\n", err.text, w.call.answer);
        *status = CB_EXIT_NO;
    } else {
        cb_panel_text(stdout, a, data);
    }
    free(w.call.answer);
    cb_buf_fini(&json);
}

static void print_tables(const struct cb_describe *d)
{
    printf("%" CB_FMT " %" CB_FMT ", contract 1.%lld: %" CB_FMT "\n", CB_ARG(d->name), CB_ARG(d->version), (long long)d->minor, CB_ARG(d->summary));
    for (size_t i = 0; i < d->panel_n; i++)
        printf("  panel   %" CB_FMT "  %" CB_FMT "  fresh %llds, kept %llds\n", CB_ARG(d->panels[i].name), CB_ARG(d->panels[i].title),
               (long long)(d->panels[i].ttl_us / CB_S_US), (long long)(d->panels[i].stale_us / CB_S_US));
    for (size_t i = 0; i < d->panel_action_n; i++)
        printf("  button  %" CB_FMT "/%" CB_FMT "  %" CB_FMT "  needs %s\n", CB_ARG(d->panel_actions[i].panel), CB_ARG(d->panel_actions[i].name),
               CB_ARG(d->panel_actions[i].title), cb_role_name(d->panel_actions[i].role));
    for (size_t i = 0; i < d->action_n; i++)
        printf("  action  %" CB_FMT "  %" CB_FMT "\n", CB_ARG(d->actions[i].name), CB_ARG(d->actions[i].summary));
    for (size_t i = 0; i < d->source_n; i++)
        printf("  source  %" CB_FMT "  every %llds\n", CB_ARG(d->sources[i].name), (long long)(d->sources[i].interval_us / CB_S_US));
    for (size_t i = 0; i < d->route_n; i++)
        printf("  route   %" CB_FMT " %" CB_FMT "  %s\n", CB_ARG(d->routes[i].method), CB_ARG(d->routes[i].path),
               d->routes[i].role ? cb_role_name(d->routes[i].role) : "open");
    if (d->config) {
        struct cb_buf json = CB_BUF_INIT;

        cb_node_dump(&json, d->config);
        printf("  schema  %" CB_FMT "\n", CB_ARG(cb_buf_str(&json)));
        cb_buf_fini(&json);
    }
}

static enum cb_code look_at(int *status, struct cb_arena *a, struct cb_plugins *plugins, const struct plugin_flags *f, struct cb_err *err)
{
    struct cb_node *entity = NULL;
    struct cb_plugin_view *v;
    enum cb_code rc = CB_OK;
    size_t n = cb_plugins_all(&v, a, plugins);

    if (n == 0)
        return cb_fail(err, CB_EINVAL, "there is no such file");
    if (v->describe)
        print_tables(v->describe);
    if (v->state != CB_PLUGIN_IS_READY) {
        printf("%s: %" CB_FMT "\n", cb_plugin_state_name(v->state), CB_ARG(v->why));
        *status = v->state == CB_PLUGIN_IS_DISABLED ? CB_EXIT_DONE : CB_EXIT_NO;
    } else if (f->entity && (rc = read_entity(&entity, a, f->entity, err)) == CB_OK) {
        for (size_t i = 0; i < v->describe->panel_n; i++)
            if (!f->panel || cb_str_eq(v->describe->panels[i].name, cb_str_cstr(f->panel)))
                render(status, a, plugins, v, &v->describe->panels[i], entity);
    }
    cb_plugin_views_free(v, n);
    return rc;
}

static enum cb_code check(int *status, struct cb_arena *a, const struct plugin_flags *f, const char *file, struct cb_err *err)
{
    struct cb_config nothing = {0}, *config = &nothing;
    int64_t until_us = cb_clock_mono_us() + LOAD_US;
    struct cb_plugins *plugins = NULL;
    char path[PATH_MAX];
    enum cb_code rc;

    if (!realpath(file, path))
        return cb_fail(err, CB_EINVAL, "cannot read %s: %s", file, strerror(errno));
    if (f->from.file && (rc = cb_config_load(&config, &f->from, err)) != CB_OK)
        return rc;
    cb_log_set_level(CB_LOG_ERROR);
    rc = cb_plugins_start(&plugins, &(struct cb_plugins_env){.config = config, .only = path}, err);
    while (rc == CB_OK && !cb_plugins_settled(plugins) && cb_clock_mono_us() < until_us)
        usleep(1000);
    if (rc == CB_OK)
        rc = look_at(status, a, plugins, f, err);
    cb_plugins_close(plugins, cb_clock_mono_us() + CB_S_US);
    cb_plugins_stop(plugins);
    if (config != &nothing)
        cb_config_free(config);
    return rc;
}

/* ---- the command */

static enum cb_code run(int *status, struct cb_arena *a, const struct plugin_flags *f, int argc, char **argv, struct cb_err *err)
{
    const char *verb = argc > 1 ? argv[1] : "", *what = argc > 2 ? argv[2] : NULL;

    if (strcmp(verb, "list") == 0 && argc == 2)
        return list(a, f, err);
    if (strcmp(verb, "reload") == 0 && argc <= 3)
        return reload(a, f, what, err);
    if (strcmp(verb, "check") == 0 && argc == 3)
        return check(status, a, f, what, err);
    if (strcmp(verb, "new") == 0 && argc == 3)
        return cb_plugin_new(a, what, err);
    return cb_fail(err, CB_EINVAL, "it takes list, reload [NAME], check FILE.so, or new NAME");
}

static int plugin(int argc, char **argv)
{
    struct plugin_flags f = {0};
    struct cb_flag flags[] = {
        {"--config", 'c', &f.from.file, NULL}, {"--url", 0, &f.url, NULL},     {"--output", 'o', &f.output, NULL},
        {"--entity", 0, &f.entity, NULL},      {"--panel", 0, &f.panel, NULL},
    };
    struct cb_arena *a;
    struct cb_err err = {0};
    int status = CB_EXIT_DONE;
    enum cb_code rc;
    bool helped;

    if (!cb_command_flags(&cb_cmd_plugin, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (f.output && !cb_command_output(&f.form, &cb_cmd_plugin, f.output))
        return CB_EXIT_USAGE;
    a = cb_arena_new();
    rc = run(&status, a, &f, argc, argv, &err);
    cb_arena_free(a);
    return rc == CB_OK ? status : cb_command_fail(&cb_cmd_plugin, &err);
}

const struct cb_command cb_cmd_plugin = {
    .name = "plugin",
    .usage = "plugin list | reload [NAME] | check [--config FILE] [--entity FILE [--panel NAME]] FILE.so | new NAME",
    .sentence = "Which plugins there are; load one anew; try one; begin one",
    .help = "  list                  how they are, as the callboard that serves has them\n"
            "  reload [NAME]         load it, or all, anew: the new process is ready before the old one goes\n"
            "  check FILE.so         load it in a process of its own, say what it has, and what is wrong with its configuration\n"
            "  new NAME              write a folder NAME with a plugin that builds: plugin.c, Makefile, README.md\n\n"
            "      --entity FILE     check: render its panels for the entity in that file\n"
            "      --panel NAME      check: only this one\n"
            "      --url URL         list, reload: of the callboard that serves; else where the configuration says that it listens\n"
            "  -c, --config FILE     callboard.yaml; check: its section of plugins: is used\n"
            "  -o, --output FORM     list: table, json or yaml\n\n"
            "CALLBOARD_TOKEN is sent as its token. check exits with 1 when the plugin is refused or a panel is wrong.\n",
    .run = plugin,
};
