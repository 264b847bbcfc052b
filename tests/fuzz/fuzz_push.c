/* A webhook's body, of each forge: its first byte says which, and whether it is a form. Signatures as well. */
#include <stdint.h>
#include <stdlib.h>

#include "server/http/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(struct cb_arena *a, enum cb_webhook_forge forge, const char *event, const char *type, cb_str body)
{
    struct cb_push_input in = {
        .forge = forge,
        .event = cb_str_cstr(event),
        .instance = CB_LIT("https://gitlab.example.com/"),
        .content_type = cb_str_cstr(type),
        .body = body,
    };
    struct cb_push push;
    struct cb_err err = {0};

    if (cb_push_read(&push, a, &in, &err) != CB_OK) {
        if (!err.text[0])
            abort();
        return;
    }
    if (push.url_n > CB_PUSH_URL_N || push.branch_n > CB_PUSH_BRANCH_N)
        abort();
    if (push.what == CB_PUSH_BRANCH && (push.branch_n == 0 || push.url_n == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const events[] = {"push", "ping", "create", "repository", "repo:push", "repo:refs_changed", "repo:modified"};
    static const cb_str secrets[] = {{"one", 3}, {"whsec_b25l", 10}};
    cb_str body = cb_str_make((const char *)data, size);
    struct cb_webhook_facts facts = {body, cb_str_sub(body, 0, 8), cb_str_sub(body, 8, 16), cb_str_sub(body, 16, 40)};
    struct cb_arena *a = cb_arena_new();
    size_t which;

    for (int forge = 0; forge < CB_WEBHOOK_FORGE_N; forge++) {
        for (size_t i = 0; i < CB_COUNT(events); i++)
            read_as(a, (enum cb_webhook_forge)forge, events[i], "application/json", body);
        read_as(a, (enum cb_webhook_forge)forge, "push", "application/x-www-form-urlencoded; charset=utf-8", body);
        if (cb_webhook_check(&which, a, (enum cb_webhook_forge)forge, secrets, CB_COUNT(secrets), &facts, body, 0) == CB_WEBHOOK_GOOD)
            abort();
    }
    cb_arena_free(a);
    return 0;
}
