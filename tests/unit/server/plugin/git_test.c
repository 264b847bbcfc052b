/* What a step may have exported, from where, and what it may publish to. */
#include "server/plugin/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/sync/lead.h"
#include "server/job/queue.h"
#include "tests/support/scratch.h"
#include "tests/support/unit.h"

static const char *root; /* the folder of all this */

/*
 * catalog.git   a repository that a source reads: template.yaml, skeleton/{a.txt, run.sh, deep/b.txt}, templates/t/{template.yaml, x}
 * own/acme/shop.git   one of callboard's own
 * stranger.git  one that nobody names
 * source/       what a dry run was sent: sub/d
 * files/        a file source's: template.yaml, skeleton/{a.txt, empty/}, file.txt, out -> /etc
 */
static void make_all(void)
{
    root = cb_scratch();
    if (cb_scratch_sh("git init -q --bare -b main catalog.git && git init -q -b main w && cd w && mkdir -p skeleton/deep templates/t && "
                      "echo a > skeleton/a.txt && echo '#!' > skeleton/run.sh && chmod +x skeleton/run.sh && echo b > skeleton/deep/b.txt && "
                      "echo t > template.yaml && echo t > templates/t/template.yaml && echo x > templates/t/x && ln -s a.txt skeleton/link && "
                      "git add -A && git -c user.name=x -c user.email=x@x commit -qm 1 && git push -q ../catalog.git main && "
                      "git push -q ../catalog.git main:feature/x && git clone -q --bare . ../stranger.git && mkdir -p ../own/acme && "
                      "git clone -q --bare . ../own/acme/shop.git && ln -s /etc/passwd skeleton/out && git add -A && "
                      "git -c user.name=x -c user.email=x@x commit -qm 2 && git push -q ../catalog.git main:bad && cd .. && "
                      "mkdir -p files/skeleton/empty && echo t > files/template.yaml && echo a > files/skeleton/a.txt && echo f > files/file.txt && "
                      "ln -s /etc files/out && mkdir -p source/sub && echo d > source/sub/d && mkdir -p secret && echo s > secret/s") != 0)
        exit(99);
}

struct world {
    struct cb_arena *a;
    struct cb_sync_conf conf;
    struct cb_source_conf sources[3];
    struct cb_plugin_ask ask;
    struct cb_job job;
    cb_str workspace;
};

static cb_str in_root(struct cb_arena *a, const char *text)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    for (; *text; text++)
        if (*text == '^')
            cb_buf_put_cstr(&b, root);
        else
            cb_buf_put_char(&b, *text);
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static void world_init(struct world *w)
{
    static int n;

    *w = (struct world){.a = cb_arena_new()};
    w->sources[0] = (struct cb_source_conf){.git = true, .url = in_root(w->a, "^/catalog.git")};
    w->sources[1] = (struct cb_source_conf){.url = in_root(w->a, "^/files/template.yaml")};
    w->sources[2] = (struct cb_source_conf){.git = true, .url = CB_LIT("http://jane:hush-hush@127.0.0.1:1/x.git")};
    w->conf = (struct cb_sync_conf){
        .sources = w->sources, .source_n = 3, .data_dir = in_root(w->a, "^/data").p, .repositories = in_root(w->a, "^/own"),
        .publish_hosts = CB_LIT("git.example.com, Other.example.com:3000")};
    mkdir(in_root(w->a, "^/data").p, 0700);
    w->workspace = cb_arena_printf(w->a, "%s/work-%d-%d", root, (int)getpid(), ++n);
    mkdir(w->workspace.p, 0700);
    w->ask = (struct cb_plugin_ask){.plugin = CB_LIT("templates"), .arena = w->a, .workspace = w->workspace, .job = &w->job};
}

static enum cb_code export(struct world *w, const char *base, const char *url, const char *folder, struct cb_err *err)
{
    struct cb_node *head = cb_node_new(w->a, CB_OBJECT);

    cb_node_put(head, CB_LIT("url"), cb_node_string(w->a, in_root(w->a, url)));
    cb_node_put(head, CB_LIT("folder"), cb_node_string(w->a, in_root(w->a, folder)));
    w->ask.head = head;
    w->ask.task = cb_arena_printf(w->a, "{\"baseUrl\":\"%" CB_FMT "\"}", CB_ARG(in_root(w->a, base)));
    return cb_plugin_git_export(&w->conf, &w->ask, err);
}

/* What is in the workspace, as find says it. */
static cb_str listing(struct world *w)
{
    char text[2000];
    FILE *f = popen(cb_arena_printf(w->a, "cd '%s' && find . -mindepth 1 -printf '%%P%%y%%m ' | tr ' ' '\\n' | sort | tr '\\n' ' '", w->workspace.p).p, "r");
    size_t n = f ? fread(text, 1, sizeof(text), f) : 0;

    if (f)
        pclose(f);
    return cb_arena_str(w->a, cb_str_trim(cb_str_make(text, n)));
}

#define SKELETON "a.txtf644 deep/b.txtf644 deepd755 linkl777 run.shf755"

/* Where the template was read from, what is exported where, and what is there then. */
static const struct {
    const char *base, *url, *folder, *there;
} goes[] = {
    {"url:file://^/catalog.git#main:template.yaml", "./skeleton", "", SKELETON},
    {"url:file://^/catalog.git#main:template.yaml", "skeleton/", ".", SKELETON},
    {"url:file://^/catalog.git#main:", "skeleton/deep", "./", "b.txtf644"},
    {"url:file://^/catalog.git#main:templates/t/", "../../skeleton/deep", "", "b.txtf644"},
    {"url:file://^/catalog.git#main:templates/t/template.yaml", ".", "x/y", "x/y/template.yamlf644 x/y/xf644 x/yd755 xd755"},
    {"url:file://^/catalog.git#main:templates/t/", "/skeleton/deep", "", "b.txtf644"},
    {"url:file://^/catalog.git#feature/x:templates/t/", "./x", "as", "asf644"},
    {"", "file://^/catalog.git#main:skeleton/run.sh", "bin/go", "bin/gof755 bind755"},
    {"", "file://^/catalog.git#main:skeleton/run.sh", "", "run.shf755"},
    {"", "file://^/catalog.git#main:skeleton/run.sh", "bin/", "bin/run.shf755 bind755"},
    {"", "^/catalog.git#:skeleton/deep", "", "b.txtf644"},
    {"", "file://^/own/acme/shop.git#main:skeleton/deep", "", "b.txtf644"},
    {"file:^/files/template.yaml", "./skeleton", "", "a.txtf644 emptyd755"},
    {"file://^/files/template.yaml", "skeleton/empty", "x", "xd755"},
    {"file:^/files/template.yaml", "./file.txt", "", "file.txtf644"},
    {"file://^/source/template.yaml", "./sub", "", "df644"}, /* of a dry run */
    {"file:^/files/template.yaml", "skeleton/a.txt", "b", "bf644"},
    {"file:^/files/template.yaml", "file:^/files/skeleton", "", "a.txtf644 emptyd755"},
    {"file:^/files/template.yaml", "file://^/files/skeleton", "", "a.txtf644 emptyd755"},
};

START_TEST(export_puts)
{
    struct cb_err err = {0};
    struct world w;
    cb_str base, there;

    world_init(&w);
    base = in_root(w.a, goes[_i].base);
    ck_assert_msg(export(&w, base.p, goes[_i].url, goes[_i].folder, &err) == CB_OK, "%s %s: %s", goes[_i].base, goes[_i].url, err.text);
    there = listing(&w);
    ck_assert_str_eq(there.p, goes[_i].there);
    cb_arena_free(w.a);
}
END_TEST

/* What is refused, with a part of the sentence. */
static const struct {
    const char *base, *url, *folder;
    enum cb_code code;
    const char *sentence;
} refused[] = {
    {"", "", "", CB_EINVAL, "the URL is empty"},
    {"", "./skeleton", "", CB_EINVAL, "nobody knows where the template was read from"},
    {"url:file://^/catalog.git#main:template.yaml", "../x", "", CB_EINVAL, "leaves the repository"},
    {"url:file://^/catalog.git#main:template.yaml", "./nowhere", "", CB_ENOTFOUND, "no file or folder nowhere"},
    {"url:file://^/catalog.git#gone:template.yaml", "./skeleton", "", CB_ENOTFOUND, "no branch gone"},
    {"url:file://^/catalog.git#bad:template.yaml", "./skeleton", "", CB_EDENIED, "out is a symbolic link that leads out of its folder"},
    {"", "file://^/stranger.git#main:skeleton", "", CB_EDENIED, "is on no host that callboard knows"},
    {"", "file://^/own/../stranger.git#main:skeleton", "", CB_EDENIED, "is on no host that callboard knows"},
    {"url:http://127.0.0.1:1/x.git#main:template.yaml", "./skeleton", "", CB_EUPSTREAM, "nobody answers at http://127.0.0.1:1/x.git"}, /* a source */
    {"", "http://127.0.0.1:1/y.git#main:skeleton", "", CB_EDENIED, "is on no host that callboard knows"},
    {"", "https://git.example.com/a/b.git#main:skeleton", "", CB_EDENIED, "is on no host that callboard knows"},
    {"", "https://git.example.com/a/b", "", CB_ENOTFOUND, "is no forge that callboard knows"},
    {"url:file://^/catalog.git#main:template.yaml", "file:///etc/passwd", "", CB_EDENIED, "is a file of callboard's machine"},
    {"", "file:/etc/passwd", "", CB_EDENIED, "is a file of callboard's machine"},
    {"file:^/files/template.yaml", "../secret", "", CB_EDENIED, "outside its parent"},
    {"file:^/files/template.yaml", "file:^/secret", "", CB_EDENIED, "does not lie beside the template"},
    {"file:^/files/template.yaml", "file:^/files/../secret", "", CB_EDENIED, "outside its parent"},
    {"file:^/files/template.yaml", "./out", "", CB_EDENIED, "behind a symbolic link"},
    {"file:^/files/template.yaml", "./out/passwd", "", CB_EDENIED, "behind a symbolic link"},
    {"file:^/secret/s", "./s", "", CB_EDENIED, "is no file that the configuration names"},
    {"file:/etc/x", "./passwd", "", CB_EDENIED, "is no file that the configuration names"},
    {"file:^/source-not/s", "./s", "", CB_EDENIED, "is no file that the configuration names"},
    {"file:^/files/../secret/s", "./s", "", CB_EDENIED, "is no file that the configuration names"},
    {"file:^/files/template.yaml", "./skeleton", "../x", CB_EDENIED, "outside its parent"},
    {"file:^/files/template.yaml", "./skeleton", "/tmp/x", CB_EDENIED, "outside its parent"},
    {"file:^/files/template.yaml", "./file.txt", "../x", CB_EDENIED, "outside its parent"},
    {"file:^/files/template.yaml", "./skeleton", "led/x", CB_EDENIED, "behind a symbolic link"},
    {"file:^/files/template.yaml", "./file.txt", "led/x", CB_EDENIED, "behind a symbolic link"},
};

START_TEST(export_refuses)
{
    struct cb_err err = {0};
    struct world w;

    world_init(&w);
    ck_assert_int_eq(symlink(in_root(w.a, "^/secret").p, cb_arena_printf(w.a, "%s/led", w.workspace.p).p), 0);
    ck_assert_int_eq(export(&w, refused[_i].base, refused[_i].url, refused[_i].folder, &err), refused[_i].code);
    ck_assert_msg(strstr(err.text, refused[_i].sentence) != NULL, "%s", err.text);
    if (!strstr(err.text, "out of its folder")) /* what came before that link is there */
        ck_assert_str_eq(listing(&w).p, "ledl777");
    ck_assert_int_eq(access(in_root(w.a, "^/secret/x").p, F_OK), -1);
    cb_arena_free(w.a);
}
END_TEST

START_TEST(only_a_step_has_a_workspace)
{
    struct cb_err err = {0};
    struct world w;

    world_init(&w);
    w.ask.workspace = CB_LIT("");
    ck_assert_int_eq(export(&w, "", "file://^/catalog.git#main:skeleton", "", &err), CB_EINVAL);
    ck_assert_str_eq(err.text, "only a template's step has a workspace");
    cb_arena_free(w.a);
}
END_TEST

/* ---- publish */

static enum cb_code publish(struct world *w, const char *what, struct cb_buf *out, struct cb_err *err)
{
    cb_buf_clear(out);
    w->ask.body = in_root(w->a, what);
    return cb_plugin_git_publish(&w->conf, &w->ask, out, err);
}

START_TEST(publish_makes_and_changes_and_removes)
{
    struct cb_buf out = CB_BUF_INIT;
    struct cb_err err = {0};
    struct cb_node *made;
    struct world w;
    cb_str commit;

    world_init(&w);
    ck_assert_int_eq(export(&w, "", "file://^/catalog.git#main:skeleton/deep", "src", &err), CB_OK);
    ck_assert_msg(publish(&w, "{\"url\":\"new/one\",\"create\":true,\"folder\":\"src\"}", &out, &err) == CB_OK, "%s", err.text);
    ck_assert_int_eq(cb_node_parse(&made, w.a, cb_buf_str(&out), &err), CB_OK);
    commit = cb_arena_str(w.a, cb_node_text(made, "commit"));
    ck_assert_str_eq(cb_arena_str(w.a, cb_node_text(made, "remoteUrl")).p, in_root(w.a, "file://^/own/new/one.git").p);
    ck_assert_str_eq(cb_arena_str(w.a, cb_node_text(made, "repoContentsUrl")).p, in_root(w.a, "file://^/own/new/one.git#main:").p);
    ck_assert_int_eq(publish(&w, "{\"url\":\"new/one\",\"create\":true}", &out, &err), CB_ECONFLICT);
    ck_assert_msg(publish(&w, "{\"url\":\"new/one\",\"base\":\"main\",\"branch\":\"b\",\"path\":\"./docs/\"}", &out, &err) == CB_OK, "%s", err.text);
    ck_assert_int_eq(cb_scratch_sh("test \"$(git -C own/new/one.git ls-tree -r --name-only b | tr '\\n' ' ')\" = 'b.txt docs/src/b.txt '"), 0);
    ck_assert_int_eq(publish(&w, cb_arena_printf(w.a, "{\"url\":\"new/one\",\"remove\":\"%" CB_FMT "\"}", CB_ARG(commit)).p, &out, &err), CB_ECONFLICT);
    ck_assert_int_eq(cb_scratch_sh("git -C own/new/one.git branch -q -D b"), 0);
    ck_assert_int_eq(publish(&w, cb_arena_printf(w.a, "{\"url\":\"file://^/own/new/one.git\",\"remove\":\"%" CB_FMT "\"}", CB_ARG(commit)).p, &out, &err), CB_OK);
    ck_assert_int_eq(access(in_root(w.a, "^/own/new/one.git").p, F_OK), -1);
    cb_buf_fini(&out);
    cb_arena_free(w.a);
}
END_TEST

static const struct {
    const char *what;
    enum cb_code code;
    const char *sentence;
} wrong[] = {
    {"[]", CB_EINVAL, "is an object"},
    {"{", CB_EINVAL, ""},
    {"{}", CB_EINVAL, "url is missing"},
    {"{\"url\":\"../x\"}", CB_EINVAL, "is no name of a repository"},
    {"{\"url\":\"^/catalog.git\"}", CB_EDENIED, "is on callboard's machine: only repositories below"},
    {"{\"url\":\"file://^/stranger.git\"}", CB_EDENIED, "is on callboard's machine: only repositories below"},
    {"{\"url\":\"file://^/own/../stranger.git\"}", CB_EDENIED, "is on callboard's machine: only repositories below"},
    {"{\"url\":\"https://git.example.com/a/b.git\",\"create\":true}", CB_EINVAL, "is elsewhere"},
    {"{\"url\":\"https://git.example.com/a/b.git\",\"remove\":\"x\"}", CB_EINVAL, "is elsewhere"},
    {"{\"url\":\"http://git.example.com/a/b.git\",\"token\":\"hush-hush\"}", CB_EDENIED, "is plain http: a token is not sent there"},
    {"{\"url\":\"http://jane:hush-hush@git.example.com/a/b.git\"}", CB_EDENIED, "is plain http: a token is not sent there"},
    {"{\"url\":\"http://127.0.0.1:2/x.git\"}", CB_EDENIED, "is on no host that callboard publishes to: add it to scaffolder.publish_hosts"},
    {"{\"url\":\"https://jane:hush-hush@10.0.0.7/x.git\"}", CB_EDENIED, "is on no host that callboard publishes to"},
    {"{\"url\":\"ext::sh -c id\"}", CB_EINVAL, ""},
    {"{\"url\":\"-oProxyCommand=id:x\"}", CB_EINVAL, ""},
    {"{\"url\":\"new/two\",\"create\":true,\"folder\":\"../..\"}", CB_EDENIED, "outside its parent"},
    {"{\"url\":\"new/two\",\"create\":true,\"folder\":\"nowhere\"}", CB_ENOTFOUND, "there is no folder nowhere"},
    {"{\"url\":\"new/two\",\"create\":true}", CB_EINVAL, "there is no file to publish"},
    {"{\"url\":\"acme/shop\",\"base\":\"main\",\"delete\":[7]}", CB_EINVAL, "delete is a list of paths"},
};

START_TEST(publish_refuses)
{
    struct cb_buf out = CB_BUF_INIT;
    struct cb_err err = {0};
    struct world w;

    world_init(&w);
    ck_assert_msg(publish(&w, wrong[_i].what, &out, &err) == wrong[_i].code, "%s", err.text);
    ck_assert_msg(strstr(err.text, wrong[_i].sentence) != NULL, "%s", err.text);
    ck_assert_msg(!strstr(err.text, "hush"), "%s", err.text);
    ck_assert_uint_eq(out.n, 0);
    cb_buf_fini(&out);
    cb_arena_free(w.a);
}
END_TEST

/* Beside the hosts of publish_hosts: forges that are known, and the address of a configured source. */
static const struct {
    const char *hosts, *clone;
    bool goes;
} pushes[] = {
    {"", "https://github.com/acme/shop.git", true},
    {"", "http://127.0.0.1:1/other.git", true}, /* a source is read there */
    {"", "git://127.0.0.1:1/other.git", true},
    {"", "http://127.0.0.1:2/x.git", false},
    {"", "http://127.0.0.1/x.git", false},
    {"", "https://git.example.com/a/b.git", false},
    {"git.example.com", "https://git.example.com/a/b.git", true},
    {"git.example.com", "ssh://git@GIT.example.com/a/b.git", true},
    {"git.example.com", "https://git.example.com:8443/a/b.git", false},
    {"git.example.com", "https://git.example.com.evil.example/a/b.git", false},
    {" a.example , git.example.com:8443", "https://git.example.com:8443/a/b.git", true},
    {"git.example.com:8443", "https://git.example.com/a/b.git", false},
    {"*", "https://anywhere.example/a/b.git", true},
    {"*", "/etc/x.git", false},
    {"*", "nothing", false},
};

START_TEST(publish_goes_to_known_hosts)
{
    struct world w;

    world_init(&w);
    w.conf.publish_hosts = cb_str_cstr(pushes[_i].hosts);
    ck_assert_int_eq(cb_lead_publishes(w.a, &w.conf, cb_str_cstr(pushes[_i].clone)), pushes[_i].goes);
    cb_arena_free(w.a);
}
END_TEST

CB_SUITE(plugin_git)
{
    make_all();
    CB_LOOP_TEST(suite, export_puts, CB_COUNT(goes));
    CB_LOOP_TEST(suite, export_refuses, CB_COUNT(refused));
    CB_TEST(suite, only_a_step_has_a_workspace);
    CB_TEST(suite, publish_makes_and_changes_and_removes);
    CB_LOOP_TEST(suite, publish_goes_to_known_hosts, CB_COUNT(pushes));
    CB_LOOP_TEST(suite, publish_refuses, CB_COUNT(wrong));
}
