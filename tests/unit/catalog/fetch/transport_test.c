#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "catalog/fetch/mirror.h"
#include "catalog/fetch/transport_env.h"
#include "tests/support/scratch.h"
#include "tests/support/unit.h"

#define SECOND INT64_C(1000000)

static struct cb_err err;
static struct cb_buf out, said;

/* Run SCRIPT as git would run it for a fetch: by an alias of git's. */
static enum cb_code run(const char *script, struct cb_transport_opts o)
{
    char alias[2048];
    const char *args[] = {"-c", alias, "x", NULL};

    snprintf(alias, sizeof(alias), "alias.x=!f() { %s\n}; f", script);
    o.args = args;
    o.deadline_us = o.deadline_us ? o.deadline_us : 20 * SECOND;
    cb_buf_clear(&out);
    cb_buf_clear(&said);
    err = (struct cb_err){0};
    return cb_transport_run(&out, &said, &o, &err);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(what_goes_in_and_comes_out)
{
    char *big = malloc(3000000);

    memset(big, 'x', 3000000);
    ck_assert_msg(run("cat; echo done >&2",
                      (struct cb_transport_opts){.input = cb_str_make(big, 3000000)}) == CB_OK,
                  "%s", err.text);
    ck_assert_uint_eq(out.n, 3000000);
    ck_assert_str_eq(said.p, "done\n");
    ck_assert_int_eq(
        run("exec true", (struct cb_transport_opts){.input = cb_str_make(big, 3000000)}), CB_OK);
    free(big);
}
END_TEST

START_TEST(the_child_sees_nothing_of_ours)
{
    int fd = open("/dev/null", O_RDONLY); /* not marked to be closed */

    setenv("CALLBOARD_SECRET", "x", 1);
    setenv("GIT_TRACE", "1", 1);
    ck_assert_int_eq(run("env; pwd; ls -1 /proc/self/fd", (struct cb_transport_opts){0}), CB_OK);
    cb_buf_put_char(&out, '\0');
    ck_assert_ptr_null(strstr(out.p, "CALLBOARD_SECRET"));
    ck_assert_ptr_null(strstr(out.p, "GIT_TRACE"));
    ck_assert_ptr_nonnull(strstr(out.p, "HOME=/nonexistent"));
    ck_assert_ptr_nonnull(strstr(out.p, "GIT_TERMINAL_PROMPT=0"));
    ck_assert_ptr_nonnull(strstr(out.p, "GIT_ALLOW_PROTOCOL=none"));
    ck_assert_ptr_nonnull(strstr(out.p, "\n0\n1\n2\n3\n")); /* 3 is the listing's own */
    ck_assert_ptr_null(strstr(out.p, "\n4\n"));
    close(fd);
}
END_TEST

START_TEST(a_secret_is_in_the_environment_alone)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_credential secret = {
        .host = "h", .token = "t0ken", .ssh_key = "/k 'e' \"y\"%", .known_hosts = "/known"};
    const char *const args[] = {"fetch", "origin", NULL};
    struct cb_remote r;
    struct cb_transport_opts o = {.args = args, .remote = &r, .secret = &secret};
    struct cb_transport_env e = {0};
    bool password = false, helper = false;

    ck_assert_int_eq(cb_remote_parse(&r, a, CB_LIT("https://h:8443/a"), &err), CB_OK);
    cb_transport_env_init(&e, &o);
    for (size_t i = 0; e.argv.v[i]; i++)
        ck_assert_ptr_null(strstr(e.argv.v[i], "t0ken"));
    for (size_t i = 0; e.envp.v[i]; i++) {
        password |= strcmp(e.envp.v[i], "CALLBOARD_GIT_PASSWORD=t0ken") == 0;
        helper |= strstr(e.envp.v[i], "=credential.https://h:8443.helper") != NULL;
        if (!strstr(e.envp.v[i], "CALLBOARD_GIT_PASSWORD="))
            ck_assert_ptr_null(strstr(e.envp.v[i], "t0ken"));
    }
    ck_assert(password && helper);
    cb_transport_env_fini(&e);

    ck_assert_int_eq(cb_remote_parse(&r, a, CB_LIT("git@h:a"), &err), CB_OK);
    cb_transport_env_init(&e, &o);
    password = helper = false;
    for (size_t i = 0; e.envp.v[i]; i++) {
        password |= strstr(e.envp.v[i], "t0ken") != NULL;
        helper |= strstr(e.envp.v[i], "'IdentityFile=\"/k '\\''e'\\'' \\\"y\\\"%%\"'") != NULL;
    }
    ck_assert(!password && helper);
    cb_transport_env_fini(&e);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *script;
    double least, most;
} slow[] = {
    {"sleep 60", 1, 20},
    {"trap '' TERM; sleep 60 & wait; sleep 60", 1, 20},
    {"(trap '' TERM; sleep 60) & sleep 60", 1, 20},
};

START_TEST(the_deadline_ends_the_whole_family)
{
    double start = seconds(), took;

    ck_assert_int_eq(run(slow[_i].script, (struct cb_transport_opts){.deadline_us = SECOND}),
                     CB_ETIMEOUT);
    took = seconds() - start;
    ck_assert_msg(took >= slow[_i].least && took <= slow[_i].most, "%f s", took);
    ck_assert(strstr(err.text, "within 1 s"));
}
END_TEST

START_TEST(one_who_holds_the_pipes_behind_gits_back_is_not_waited_for)
{
    double start = seconds();

    ck_assert_int_eq(run("sleep 60 & exit 0", (struct cb_transport_opts){0}), CB_OK);
    ck_assert(seconds() - start < 30);
}
END_TEST

START_TEST(output_is_bounded)
{
    char script[100];

    snprintf(script, sizeof(script), "head -c %d /dev/zero", CB_TRANSPORT_OUT_MAX);
    ck_assert_int_eq(run(script, (struct cb_transport_opts){0}), CB_OK);
    ck_assert_uint_eq(out.n, CB_TRANSPORT_OUT_MAX);
    snprintf(script, sizeof(script), "head -c %d /dev/zero; sleep 1", CB_TRANSPORT_OUT_MAX + 1);
    ck_assert_int_eq(run(script, (struct cb_transport_opts){0}), CB_ELIMIT);
    ck_assert_int_eq(run("yes long words | head -c 3000000 >&2; echo fatal: the reason >&2; exit 1",
                         (struct cb_transport_opts){0}),
                     CB_EUPSTREAM);
    ck_assert(said.n <= CB_TRANSPORT_ERR_MAX);
    ck_assert_msg(strstr(err.text, ": the reason") != NULL, "%s", err.text);
}
END_TEST

START_TEST(the_disk_is_watched)
{
    char script[500];

    ck_assert_int_eq(cb_scratch_sh("rm -rf watched && mkdir watched"), 0);
    snprintf(script, sizeof(script),
             "for i in 1 2 3 4 5; do head -c 600000 /dev/zero >%s/$i; done; sleep 60",
             cb_scratch_path("watched"));
    ck_assert_int_eq(run(script, (struct cb_transport_opts){.watch_dir = cb_scratch_path("watched"),
                                                            .disk_max_bytes = 1000000}),
                     CB_ELIMIT);
    snprintf(script, sizeof(script), "head -c 1000001 /dev/zero >%s/one",
             cb_scratch_path("watched"));
    ck_assert_int_eq(run(script, (struct cb_transport_opts){.disk_max_bytes = 1000000}), CB_ELIMIT);
}
END_TEST

START_TEST(a_stop_ends_it_and_lets_nothing_start)
{
    cb_transport_cancel_all();
    ck_assert_int_eq(run("true", (struct cb_transport_opts){0}), CB_ECANCELLED);
    cb_transport_resume();
    ck_assert_int_eq(run("true", (struct cb_transport_opts){0}), CB_OK);
}
END_TEST

START_TEST(no_git_is_said)
{
    char *path = strdup(getenv("PATH"));

    setenv("PATH", "/nonexistent", 1);
    ck_assert_int_eq(run("true", (struct cb_transport_opts){0}), CB_EUNAVAILABLE);
    ck_assert(strstr(err.text, "install git"));
    setenv("PATH", path, 1);
    free(path);
}
END_TEST

/* Words of git, and what a person is told. */
static const struct {
    const char *words;
    enum cb_code code;
    const char *told;
} words[] = {
    {"fatal: could not read Username for 'https://h:1': terminal prompts disabled", CB_EUPSTREAM,
     "add a token for h under"},
    {"fatal: Authentication failed for 'https://h:1/a/'", CB_EUPSTREAM, "refuses the token"},
    {"fatal: unable to access 'https://h:1/a/': The requested URL returned error: 403",
     CB_EUPSTREAM, "forbids"},
    {"fatal: repository 'https://h:1/a/' not found", CB_ENOTFOUND,
     "there is no repository https://h:1/a"},
    {"fatal: couldn't find remote ref refs/heads/x", CB_ENOTFOUND, "no such branch"},
    {"fatal: unable to access 'x': Could not resolve host: h", CB_EUPSTREAM, "is not known"},
    {"fatal: unable to access 'x': server certificate verification failed. CAfile: none CRLfile: "
     "none",
     CB_EUPSTREAM, "is not trusted"},
    {"fatal: write error: No space left on device", CB_EUNAVAILABLE, "disk of data_dir is full"},
    {"error: something\nfatal: the very reason\n", CB_EUPSTREAM,
     "git cannot read https://h:1/a: the very reason"},
    {"", CB_EUPSTREAM, "git cannot read https://h:1/a"},
};

START_TEST(gits_words_become_a_persons)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_remote r;
    struct cb_transport_opts o = {.remote = &r};

    ck_assert_int_eq(cb_remote_parse(&r, a, CB_LIT("https://u:p@h:1/a"), &err), CB_OK);
    ck_assert_int_eq(cb_transport_verdict(CB_OK, 128 << 8, words[_i].words, &o, &err),
                     words[_i].code);
    ck_assert_msg(strstr(err.text, words[_i].told) != NULL, "%s", err.text);
    cb_arena_free(a);
}
END_TEST

START_TEST(mirrors_that_nobody_wants_are_swept)
{
    cb_str keep[] = {CB_LIT("https://u:p@h/kept.git")};
    struct cb_mirror_opts opts = {.data_dir = cb_scratch_path("sweep")};
    static const char *const urls[] = {"https://h/kept.git", "https://h/young.git",
                                       "https://h/old.git"};
    struct cb_arena *a = cb_arena_new();
    struct cb_mirror *m;
    char dir[600];

    snprintf(dir, sizeof(dir), "%s", cb_scratch_path("sweep"));
    opts.data_dir = dir;
    cb_transport_cancel_all(); /* nothing is to be fetched */
    for (size_t i = 0; i < CB_COUNT(urls); i++) {
        cb_str commit;

        ck_assert_int_eq(cb_mirror_open(&m, cb_str_cstr(urls[i]), &opts, &err), CB_OK);
        ck_assert_int_eq(cb_mirror_update(m, CB_LIT(""), a, &commit, &err), CB_ECANCELLED);
        cb_mirror_close(m);
    }
    cb_transport_resume();
    ck_assert_int_eq(
        cb_scratch_sh("cd sweep/mirrors && for l in *.lock; do mkdir ${l%%.lock}; done && ls -d "
                      "???* | wc -l && "
                      "touch -d '10 days ago' *.lock && touch $(printf '%%s' https://h/young.git | "
                      "sha256sum | cut -c1-32).lock"),
        0);
    ck_assert_uint_eq(cb_mirror_sweep(dir, keep, 1, 24 * 3600 * SECOND), 1);
    ck_assert_uint_eq(cb_mirror_sweep(dir, keep, 1, 24 * 3600 * SECOND), 0);
    ck_assert_uint_eq(cb_mirror_sweep(cb_scratch_path("nowhere"), keep, 1, 0), 0);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(transport)
{
    cb_scratch();
    CB_TEST(suite, what_goes_in_and_comes_out);
    CB_TEST(suite, the_child_sees_nothing_of_ours);
    CB_TEST(suite, a_secret_is_in_the_environment_alone);
    CB_LOOP_TEST(suite, the_deadline_ends_the_whole_family, CB_COUNT(slow));
    CB_TEST(suite, one_who_holds_the_pipes_behind_gits_back_is_not_waited_for);
    CB_TEST(suite, output_is_bounded);
    CB_TEST(suite, the_disk_is_watched);
    CB_TEST(suite, a_stop_ends_it_and_lets_nothing_start);
    CB_TEST(suite, no_git_is_said);
    CB_LOOP_TEST(suite, gits_words_become_a_persons, CB_COUNT(words));
    CB_TEST(suite, mirrors_that_nobody_wants_are_swept);
}
