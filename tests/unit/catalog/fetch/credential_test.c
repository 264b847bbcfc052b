#include "catalog/fetch/credential.h"
#include "tests/support/unit.h"

static struct cb_credential_set *three(void)
{
    struct cb_credential_set *s = cb_credential_set_new();

    cb_credential_set_put(s,
                          &(struct cb_credential){.host = "git.example.com", .token = "s3cret/1"});
    cb_credential_set_put(s, &(struct cb_credential){.host = "git.example.com:8443",
                                                     .username = "bot",
                                                     .token = "other"});
    cb_credential_set_put(s, &(struct cb_credential){.host = "[::1]", .token = "six"});
    return s;
}

START_TEST(the_nearest_entry_for_a_host_is_found)
{
    static const struct {
        const char *url, *token;
    } rows[] = {
        {"https://git.example.com/a", "s3cret/1"},
        {"https://GIT.example.com:443/a", "s3cret/1"},
        {"https://git.example.com:8443/a", "other"},
        {"https://git.example.com:9000/a", "s3cret/1"},
        {"git@git.example.com:a", "s3cret/1"},
        {"https://[::1]:7/a", "six"},
        {"https://git.example.com.evil.org/a", NULL},
        {"https://evil.org/git.example.com", NULL},
        {"https://git.example.com@evil.org/a", NULL},
        {"/srv/git.example.com", NULL},
        {"not a url", NULL},
    };
    struct cb_credential_set *s = three();

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        const struct cb_credential *c = cb_credential_find(s, cb_str_cstr(rows[i].url));

        ck_assert_msg(rows[i].token ? c && !strcmp(c->token, rows[i].token) : !c, "%s",
                      rows[i].url);
    }
    ck_assert_ptr_null(cb_credential_find(NULL, CB_LIT("https://git.example.com/a")));
    cb_credential_set_free(s);
}
END_TEST

START_TEST(scrubbing_leaves_no_form_of_a_secret)
{
    /* the last but one is base64 of "x-access-token:s3cret/1" */
    char text[] = "fatal: s3cret/1 at https://u:pw@h/a and s3cret%2F1, Basic "
                  "eC1hY2Nlc3MtdG9rZW46czNjcmV0LzE=, other";
    struct cb_credential_set *s = three();

    cb_credential_scrub(s, text);
    ck_assert_str_eq(text, "fatal: *** at https://h/a and ***, Basic ***, ***");
    cb_credential_set_free(s);
}
END_TEST

START_TEST(user_info_goes_from_every_url)
{
    char text[] = "https://a:b@h/x 'http://t@h' ssh://git@h/x://y@z plain@mail";

    cb_credential_scrub(NULL, text);
    ck_assert_str_eq(text, "https://h/x 'http://h' ssh://h/x://z plain@mail");
}
END_TEST

CB_SUITE(credential)
{
    CB_TEST(suite, the_nearest_entry_for_a_host_is_found);
    CB_TEST(suite, scrubbing_leaves_no_form_of_a_secret);
    CB_TEST(suite, user_info_goes_from_every_url);
}
