#include "catalog/fetch/mirror.h"
#include "catalog/fetch/remote.h"
#include "tests/support/unit.h"

static const struct {
    const char *url;
    enum cb_remote_scheme scheme;
    const char *user, *password, *host, *port, *path, *clean;
} right[] = {
    {"https://git.example.com/acme/a.git", CB_REMOTE_HTTPS, "", "", "git.example.com", "",
     "/acme/a.git", "https://git.example.com/acme/a.git"},
    {"https://jane:s%2Fcret@Git.Example.com:8443/a", CB_REMOTE_HTTPS, "jane", "s/cret",
     "git.example.com", "8443", "/a", "https://Git.Example.com:8443/a"},
    {"https://token@git.example.com/a", CB_REMOTE_HTTPS, "token", "", "git.example.com", "", "/a",
     "https://git.example.com/a"},
    {"https://u:p@w@h.example/a@b", CB_REMOTE_HTTPS, "u", "p@w", "h.example", "", "/a@b",
     "https://h.example/a@b"},
    {"HTTP://127.0.0.1:3000/a/b.git", CB_REMOTE_HTTP, "", "", "127.0.0.1", "3000", "/a/b.git",
     "HTTP://127.0.0.1:3000/a/b.git"},
    {"https://[::1]:8443/a", CB_REMOTE_HTTPS, "", "", "::1", "8443", "/a", "https://[::1]:8443/a"},
    {"ssh://git@git.example.com:2222/acme/a.git", CB_REMOTE_SSH, "git", "", "git.example.com",
     "2222", "/acme/a.git", "ssh://git@git.example.com:2222/acme/a.git"},
    {"git@github.com:acme/a.git", CB_REMOTE_SSH, "git", "", "github.com", "", "acme/a.git",
     "git@github.com:acme/a.git"},
    {"host:a.git", CB_REMOTE_SSH, "", "", "host", "", "a.git", "host:a.git"},
    {"git@[::1]:a.git", CB_REMOTE_SSH, "git", "", "::1", "", "a.git", "git@[::1]:a.git"},
    {"git@[host:2222]:a.git", CB_REMOTE_SSH, "git", "", "host", "2222", "a.git",
     "git@[host:2222]:a.git"},
    {"git://h/a.git", CB_REMOTE_GIT, "", "", "h", "", "/a.git", "git://h/a.git"},
    {"file:///srv/git/a%20b.git", CB_REMOTE_LOCAL, "", "", "", "", "/srv/git/a b.git",
     "file:///srv/git/a%20b.git"},
    {"file://localhost/srv/a.git", CB_REMOTE_LOCAL, "", "", "", "", "/srv/a.git",
     "file://localhost/srv/a.git"},
    {"/srv/git/a.git", CB_REMOTE_LOCAL, "", "", "", "", "/srv/git/a.git", "/srv/git/a.git"},
    {"./a:b", CB_REMOTE_LOCAL, "", "", "", "", "./a:b", "./a:b"},
    {"var/repo", CB_REMOTE_LOCAL, "", "", "", "", "var/repo", "var/repo"},
};

START_TEST(a_clone_url_says_whom_to_ask)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    struct cb_remote r;

    ck_assert_msg(cb_remote_parse(&r, a, cb_str_cstr(right[_i].url), &err) == CB_OK, "%s: %s",
                  right[_i].url, err.text);
    ck_assert_int_eq(r.scheme, right[_i].scheme);
    ck_assert(cb_str_eq(r.user, cb_str_cstr(right[_i].user)));
    ck_assert(cb_str_eq(r.password, cb_str_cstr(right[_i].password)));
    ck_assert(cb_str_eq(r.host, cb_str_cstr(right[_i].host)));
    ck_assert(cb_str_eq(r.port, cb_str_cstr(right[_i].port)));
    ck_assert(cb_str_eq(r.path, cb_str_cstr(right[_i].path)));
    ck_assert_msg(cb_str_eq(r.clean, cb_str_cstr(right[_i].clean)), "%s", r.clean.p);
    cb_arena_free(a);
}
END_TEST

static const char *const wrong[] = {
    "",
    "-oProxyCommand=touch x",
    "--upload-pack=sh",
    "ext::sh -c id",
    "fd::17",
    "http::https://h/a",
    "ftp://h/a",
    "https+insecure://h/a",
    "javascript://h/a",
    "https://",
    "https:///a",
    "https://h",
    "https://h/",
    "https://-h/a",
    "https://h\n/a",
    "https://h:0/a",
    "https://h:99999/a",
    "https://h:x/a",
    "https://h:/a",
    "https://h/a?token=secret",
    "https://h/a#main",
    "https://h h/a",
    "https://h%00/a",
    "https://jane:se/cret@h/a",
    "https://u:p%0aq@h/a",
    "https://[::1/a",
    "ssh://-oProxyCommand=x/a",
    "ssh://h/-oProxyCommand=x",
    "ssh://git:secret@h/a",
    "git:secret@h:a",
    "git@-h:a",
    "git@h:-a",
    "-u@h:a",
    "file://otherhost/a",
    "file://",
    "file:///a%00b",
};

START_TEST(anything_else_is_refused_without_showing_a_secret)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    struct cb_remote r;

    ck_assert_msg(cb_remote_parse(&r, a, cb_str_cstr(wrong[_i]), &err) == CB_EINVAL, "%s",
                  wrong[_i]);
    ck_assert(err.text[0]);
    ck_assert_msg(!strstr(err.text, "cret"), "%s", err.text);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_url_at_its_limit_is_taken_and_one_byte_more_is_not)
{
    struct cb_arena *a = cb_arena_new();
    char url[CB_REMOTE_URL_MAX + 2];
    struct cb_remote r;

    memset(url, 'a', sizeof(url));
    memcpy(url, "https://h/", 10);
    ck_assert_int_eq(cb_remote_parse(&r, a, cb_str_make(url, CB_REMOTE_URL_MAX), NULL), CB_OK);
    ck_assert_int_eq(cb_remote_parse(&r, a, cb_str_make(url, CB_REMOTE_URL_MAX + 1), NULL),
                     CB_EINVAL);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_clean_url_has_no_secret)
{
    static const struct {
        const char *url, *clean;
    } rows[] = {
        {"https://u:p@h/a", "https://h/a"},
        {"https://tok@h/a", "https://h/a"},
        {"https://u:p/w@h/a", "https://h/a"},
        {"https://u:p#w@h/a", "https://h/a"},
        {"https://h:8443/@scope/a", "https://h:8443/@scope/a"},
        {"https://h/a?private_token=x", "https://h/a"},
        {"ssh://git@h/a", "ssh://git@h/a"},
        {"ssh://git:p@h/a", "ssh://git@h/a"},
        {"git:p@h:a", "git@h:a"},
        {"git@h:a", "git@h:a"},
        {"/srv/a@b", "/srv/a@b"},
        {"", ""},
    };
    struct cb_arena *a = cb_arena_new();

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        cb_str clean = cb_git_url_clean(a, cb_str_cstr(rows[i].url));

        ck_assert_msg(cb_str_eq(clean, cb_str_cstr(rows[i].clean)), "%s gives %.*s", rows[i].url,
                      CB_ARG(clean));
    }
    cb_arena_free(a);
}
END_TEST

CB_SUITE(remote)
{
    CB_LOOP_TEST(suite, a_clone_url_says_whom_to_ask, CB_COUNT(right));
    CB_LOOP_TEST(suite, anything_else_is_refused_without_showing_a_secret, CB_COUNT(wrong));
    CB_TEST(suite, a_url_at_its_limit_is_taken_and_one_byte_more_is_not);
    CB_TEST(suite, a_clean_url_has_no_secret);
}
