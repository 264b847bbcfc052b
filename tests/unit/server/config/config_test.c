#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/config/config.h"
#include "server/config/option.h"
#include "tests/support/unit.h"

static char file[64];

/* TEXT as callboard.yaml. */
static enum cb_code load(struct cb_config **out, const char *text, struct cb_err *err)
{
    FILE *f;
    int fd;

    snprintf(file, sizeof(file), "/tmp/callboard-config-XXXXXX");
    fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    f = fdopen(fd, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    return cb_config_load(out, &(struct cb_config_flags){.file = file}, err);
}

static struct cb_config *loaded(const char *text)
{
    struct cb_config *c = NULL;
    struct cb_err err = {0};
    enum cb_code rc = load(&c, text, &err);

    unlink(file);
    ck_assert_msg(rc == CB_OK, "%s", err.text);
    return c;
}

START_TEST(an_empty_file_gives_the_defaults)
{
    struct cb_config *c = loaded("");

    ck_assert(cb_str_eq(c->listen_host, CB_LIT("127.0.0.1")));
    ck_assert_int_eq(c->listen_port, 7007);
    ck_assert_int_eq(c->body_max_bytes, 102400); /* as Backstage's body parser */
    ck_assert_int_eq(c->request_timeout_us, 30000000);
    ck_assert(c->access_log && !c->auth_configured && !c->http2);
    ck_assert_uint_eq(c->rules.n, 3); /* Component, API, Location: as Backstage without rules */
    cb_config_free(c);
}
END_TEST

/* Each row is one way to write an address. */
static const struct {
    const char *text, *host;
    int port;
} addresses[] = {
    {"listen: 127.0.0.1:8000", "127.0.0.1", 8000}, {"listen: '[::1]:8000'", "::1", 8000}, {"listen: ':8000'", "0.0.0.0", 8000},
    {"listen: 8000", "127.0.0.1", 8000},           {"listen: localhost:0", "localhost", 0},
};

START_TEST(an_address_is_read)
{
    struct cb_config *c = loaded(addresses[_i].text);

    ck_assert(cb_str_eq(c->listen_host, cb_str_cstr(addresses[_i].host)));
    ck_assert_int_eq(c->listen_port, addresses[_i].port);
    cb_config_free(c);
}
END_TEST

START_TEST(the_environment_is_over_the_file)
{
    struct cb_config *c;

    setenv("CALLBOARD_HTTP_THREADS", "7", 1);
    setenv("CALLBOARD_SOURCES", "[{git: /a}, {git: /b}]", 1);
    c = loaded("http: {threads: 3}\nsources: [{git: /c}]\n");
    unsetenv("CALLBOARD_HTTP_THREADS");
    unsetenv("CALLBOARD_SOURCES");
    ck_assert_int_eq(c->threads, 7);
    ck_assert_uint_eq(c->source_n, 2);
    ck_assert(cb_str_eq(c->sources[1].url, CB_LIT("/b")));
    cb_config_free(c);
}
END_TEST

START_TEST(variables_are_put_in_and_can_be_escaped)
{
    struct cb_config *c;

    setenv("CB_TEST_HOST", "git.example.com", 1);
    c = loaded("public_url: https://${CB_TEST_HOST}/$${x}$y\n");
    unsetenv("CB_TEST_HOST");
    ck_assert(cb_str_eq(c->public_url, CB_LIT("https://git.example.com/${x}$y")));
    cb_config_free(c);
}
END_TEST

START_TEST(paths_begin_where_the_file_is)
{
    struct cb_config *c = loaded("data_dir: ./x\nsources: [{git: ./repo}, {file: org/all.yaml}, {git: 'git@h:a/b'}]\n");

    ck_assert(cb_str_eq(c->data_dir, CB_LIT("/tmp/x")));
    ck_assert(cb_str_eq(c->sources[0].url, CB_LIT("/tmp/repo")));
    ck_assert(cb_str_eq(c->sources[1].url, CB_LIT("/tmp/org/all.yaml")));
    ck_assert(cb_str_eq(c->sources[2].url, CB_LIT("git@h:a/b")));
    cb_config_free(c);
}
END_TEST

START_TEST(a_sources_rules_are_added_to_the_global_ones)
{
    struct cb_config *c = loaded("rules: {allow: [Component]}\nsources: [{git: /a, rules: [{allow: [User]}]}, {git: /b}]\n");
    cb_str at = CB_LIT("url:x");

    ck_assert(cb_rules_allow(&c->sources[0].rules, CB_LIT("user"), CB_LIT(""), at));
    ck_assert(cb_rules_allow(&c->sources[0].rules, CB_LIT("Component"), CB_LIT(""), at));
    ck_assert(!cb_rules_allow(&c->sources[1].rules, CB_LIT("User"), CB_LIT(""), at));
    cb_config_free(c);
}
END_TEST

START_TEST(a_rule_may_be_bound_to_a_type_and_a_place)
{
    struct cb_config *c = loaded("rules: [{allow: [{kind: Template, spec.type: service}], locations: [{type: url, pattern: 'https://h/**'}]}]\n"
                                 "sources: [{git: /a}]\n");
    const struct cb_rules *r = &c->sources[0].rules;

    ck_assert(cb_rules_allow(r, CB_LIT("Template"), CB_LIT("service"), CB_LIT("url:https://h/o/r/blob/main/x.yaml")));
    ck_assert(!cb_rules_allow(r, CB_LIT("Template"), CB_LIT("website"), CB_LIT("url:https://h/o/r/blob/main/x.yaml")));
    ck_assert(!cb_rules_allow(r, CB_LIT("Template"), CB_LIT("service"), CB_LIT("url:https://other/o/r")));
    cb_config_free(c);
}
END_TEST

/* Each row is one mistake an operator makes, and the words we answer with, behind the file's name. */
static const struct {
    const char *text, *answer;
} wrong[] = {
    {"nonsense: 1", ":1:1: unknown key \"nonsense\""},
    {"http: {thread: 1}", ":1:8: unknown key \"thread\" in http"},
    {"http: 3", ":1:7: http must be a map"},
    {"http: {threads: 65}", ": http.threads must be a whole number from 0 to 64, not \"65\""},
    {"http: {body_max: 16777217}", ": http.body_max must be a size"},
    {"http: {request_timeout: 0s}", ": http.request_timeout must be a duration"},
    {"http: {http2: yes}", ": http.http2 must be true or false, not \"yes\""},
    {"listen: 127.0.0.1:65536", ": listen must be HOST:PORT"},
    {"listen: '::1:80'", ": listen an IPv6 address stands in brackets"},
    {"tls: {certificate: x}", "tls needs both certificate and key"},
    {"log: {level: loud}", "log.level must be debug, info, warn or error"},
    {"sources: {git: /a}", ": sources must be a list"},
    {"sources: [{branch: main}]", ": a source needs git: URL or file: PATH"},
    {"sources: [{git: ''}]", ": it is empty"},
    {"sources: [{git: /a, interval: 0s}]", ": interval must be a duration"},
    {"sources: [{git: /a, paths: 7}]", ": paths must be a list of texts"},
    {"integrations: [{type: git}]", ": an integration needs host"},
    {"integrations: [{host: h, type: git, token: 'file:/no/such/file'}]", ": cannot read the secret in /no/such/file"},
    {"rules: [{allow: Component}]", ": rules need allow: a list of kinds"},
    {"public_url: ${NO_SUCH_VARIABLE_AT_ALL}", ": the environment has no NO_SUCH_VARIABLE_AT_ALL"},
    {"public_url: ${", "\"${\" without a name"},
    {"a: 1\n---\nb: 2", "one document is expected, not 2"},
    {"[1, 2]", "a map of keys is expected"},
};

START_TEST(a_mistake_is_refused_with_its_place)
{
    struct cb_config *c = NULL;
    struct cb_err err = {0};

    ck_assert_int_eq(load(&c, wrong[_i].text, &err), CB_EINVAL);
    unlink(file);
    ck_assert_msg(strstr(err.text, wrong[_i].answer) != NULL, "%s", err.text);
    ck_assert_msg(!wrong[_i].answer[0] || wrong[_i].answer[0] != ':' || strstr(err.text, file), "%s", err.text);
}
END_TEST

START_TEST(bounds_hold_at_the_edge_and_past_it)
{
    struct cb_config *c = loaded("http: {threads: 64, body_max: 16MiB, connections_max: 1}");

    ck_assert_int_eq(c->threads, 64);
    ck_assert_int_eq(c->body_max_bytes, 16 * 1024 * 1024);
    cb_config_free(c);
}
END_TEST

START_TEST(what_a_reload_may_not_change_is_named)
{
    struct cb_config *a = loaded("http: {threads: 2}"), *b = loaded("http: {threads: 3}"), *c = loaded("http: {threads: 2}\nlog: {level: debug}");

    ck_assert_str_eq(cb_config_fixed_change(a, b), "http.threads");
    ck_assert_ptr_null(cb_config_fixed_change(a, c));
    cb_config_free(a);
    cb_config_free(b);
    cb_config_free(c);
}
END_TEST

CB_SUITE(config)
{
    CB_TEST(suite, an_empty_file_gives_the_defaults);
    CB_LOOP_TEST(suite, an_address_is_read, CB_COUNT(addresses));
    CB_TEST(suite, the_environment_is_over_the_file);
    CB_TEST(suite, variables_are_put_in_and_can_be_escaped);
    CB_TEST(suite, paths_begin_where_the_file_is);
    CB_TEST(suite, a_sources_rules_are_added_to_the_global_ones);
    CB_TEST(suite, a_rule_may_be_bound_to_a_type_and_a_place);
    CB_LOOP_TEST(suite, a_mistake_is_refused_with_its_place, CB_COUNT(wrong));
    CB_TEST(suite, bounds_hold_at_the_edge_and_past_it);
    CB_TEST(suite, what_a_reload_may_not_change_is_named);
}
