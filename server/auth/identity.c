#include "server/auth/identity.h"

#include <arpa/inet.h>
#include <pthread.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/vec.h"
#include "catalog/entity/ref.h"
#include "catalog/persist/token_store.h"
#include "server/auth/placeholder.h"
#include "server/auth/token.h"

#define POOL_WAIT_US (5 * CB_S_US)

/* A slot of the cache: direct mapped by the first bytes of the secret's hash. A refusal is kept as well. */
struct kept {
    uint8_t sha256[32];
    int64_t until_us;
    enum cb_code rc;
    struct cb_caller caller;
};

struct network {
    int family;
    uint8_t address[16];
    int bits;
};

struct cb_identity {
    const struct cb_config *config;
    struct cb_pool *pool;
    CB_VEC(struct network) trusted;
    pthread_mutex_t lock;
    struct kept *cache;
};

static bool network_parse(struct network *out, cb_str text)
{
    char address[64];
    size_t slash = cb_str_find_char(text, '/', 0);
    cb_str host = cb_str_sub(text, 0, slash);
    int64_t bits;

    if (host.n == 0 || host.n >= sizeof(address))
        return false;
    memcpy(address, host.p, host.n);
    address[host.n] = '\0';
    out->family = strchr(address, ':') ? AF_INET6 : AF_INET;
    bits = out->family == AF_INET ? 32 : 128;
    if (slash != SIZE_MAX && !cb_str_to_int(&bits, cb_str_sub(text, slash + 1, text.n), 0, bits))
        return false;
    out->bits = (int)bits;
    return inet_pton(out->family, address, out->address) == 1;
}

static bool network_has(const struct network *net, const struct network *peer)
{
    int whole = net->bits / 8, rest = net->bits % 8;

    if (net->family != peer->family || memcmp(net->address, peer->address, (size_t)whole) != 0)
        return false;
    return rest == 0 || (net->address[whole] ^ peer->address[whole]) >> (8 - rest) == 0;
}

enum cb_code cb_identity_new(struct cb_identity **out, const struct cb_config *config, struct cb_pool *pool, struct cb_err *err)
{
    struct cb_identity *id = calloc(1, sizeof(*id));

    if (!id || !(id->cache = calloc(CB_IDENTITY_CACHE_MAX, sizeof(*id->cache))))
        abort();
    id->config = config;
    id->pool = pool;
    pthread_mutex_init(&id->lock, NULL);
    for (size_t i = 0; i < config->trusted_proxy_n; i++) {
        struct network net = {0};

        if (!network_parse(&net, config->trusted_proxies[i])) {
            cb_identity_free(id);
            return cb_fail(err, CB_EINVAL, "auth.trusted_proxies: \"%" CB_FMT "\" is no address and no network such as 10.0.0.0/8",
                           CB_ARG(config->trusted_proxies[i]));
        }
        cb_vec_push(&id->trusted, net);
    }
    *out = id;
    return CB_OK;
}

void cb_identity_free(struct cb_identity *id)
{
    if (!id)
        return;
    cb_vec_fini(&id->trusted);
    pthread_mutex_destroy(&id->lock);
    free(id->cache);
    free(id);
}

bool cb_identity_open(const struct cb_identity *id)
{
    return !id->config->auth_configured;
}

void cb_identity_forget(struct cb_identity *id)
{
    pthread_mutex_lock(&id->lock);
    memset(id->cache, 0, CB_IDENTITY_CACHE_MAX * sizeof(*id->cache));
    pthread_mutex_unlock(&id->lock);
}

/* A connection to ask; none without a database (tests). */
static enum cb_code take(struct cb_conn **out, struct cb_identity *id, struct cb_err *err)
{
    if (!id->pool)
        return cb_fail(err, CB_EUNAVAILABLE, "there is no database to ask");
    return cb_pool_take(out, id->pool, POOL_WAIT_US, err);
}

/* ---- tokens and sessions */

static struct kept *slot_of(struct cb_identity *id, const uint8_t sha256[32])
{
    uint32_t n;

    memcpy(&n, sha256, sizeof(n));
    return &id->cache[n % CB_IDENTITY_CACHE_MAX];
}

static bool recall(struct cb_caller *out, enum cb_code *rc, struct cb_identity *id, const uint8_t sha256[32])
{
    const struct kept *k = slot_of(id, sha256);
    bool found;

    pthread_mutex_lock(&id->lock);
    found = k->until_us > cb_clock_mono_us() && memcmp(k->sha256, sha256, 32) == 0;
    if (found) {
        *out = k->caller;
        *rc = k->rc;
    }
    pthread_mutex_unlock(&id->lock);
    return found;
}

static void keep(struct cb_identity *id, const uint8_t sha256[32], enum cb_code rc, const struct cb_caller *caller, int64_t expires_us)
{
    struct kept *k = slot_of(id, sha256);
    int64_t stays = CB_IDENTITY_CACHE_US;

    if (expires_us && expires_us - cb_clock_now_us() < stays)
        stays = expires_us - cb_clock_now_us();
    pthread_mutex_lock(&id->lock);
    memcpy(k->sha256, sha256, 32);
    k->until_us = cb_clock_mono_us() + stays;
    k->rc = rc;
    k->caller = *caller;
    pthread_mutex_unlock(&id->lock);
}

static enum cb_code illegal(struct cb_err *err)
{
    return cb_fail(err, CB_EAUTH, "Illegal token");
}

static enum cb_code caller_of_row(struct cb_caller *out, const struct cb_token_row *row, enum cb_caller_how how)
{
    int64_t now = cb_clock_now_us();

    if (row->revoked_us || (row->expires_us && row->expires_us <= now) || !cb_role_parse(&out->role, row->role) ||
        row->user.n >= sizeof(out->user))
        return CB_EAUTH;
    out->how = how;
    out->token_id = row->id;
    memcpy(out->user, row->user.p, row->user.n);
    out->user[row->user.n] = '\0';
    return CB_OK;
}

static enum cb_code ask(struct cb_caller *out, struct cb_identity *id, const uint8_t sha256[32], enum cb_caller_how how,
                        struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_token_row row = {0};
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    if ((rc = take(&conn, id, err)) == CB_OK)
        rc = how == CB_CALLER_TOKEN ? cb_token_find(&row, a, conn, sha256, err) : cb_session_find(&row, a, conn, sha256, err);
    cb_pool_give(id->pool, conn);
    if (rc == CB_OK)
        rc = caller_of_row(out, &row, how);
    else if (rc == CB_ENOTFOUND)
        rc = CB_EAUTH;
    if (rc == CB_OK || rc == CB_EAUTH)
        keep(id, sha256, rc, out, row.expires_us);
    cb_arena_free(a);
    return rc == CB_EAUTH ? illegal(err) : rc;
}

static enum cb_code by_secret(struct cb_caller *out, struct cb_identity *id, cb_str secret, enum cb_caller_how how, bool may_wait,
                              struct cb_err *err)
{
    uint8_t sha256[32];
    enum cb_code rc;

    cb_token_hash(sha256, secret);
    if (recall(out, &rc, id, sha256))
        return rc == CB_OK ? CB_OK : illegal(err);
    if (!may_wait)
        return cb_fail(err, CB_ETIMEOUT, "the database has to be asked who this is");
    return ask(out, id, sha256, how, err);
}

/* ---- the header of a trusted proxy */

static bool from_proxy(const struct cb_identity *id, cb_str peer)
{
    struct network at = {0};

    if (!network_parse(&at, peer))
        return false;
    for (size_t i = 0; i < id->trusted.n; i++)
        if (network_has(&id->trusted.v[i], &at))
            return true;
    return false;
}

static enum cb_code by_proxy(struct cb_caller *out, cb_str user, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("user"), CB_LIT("default"), CB_LIT("")};
    struct cb_arena *a = cb_arena_new();
    cb_str ref = cb_ref_id_of(a, cb_str_trim(user), &defaults);
    enum cb_code rc = CB_OK;

    if (!ref.n || ref.n >= sizeof(out->user) || !cb_str_starts(ref, CB_LIT("user:"))) {
        rc = cb_fail(err, CB_EAUTH, "the proxy's user header names no user");
    } else {
        out->how = CB_CALLER_PROXY;
        out->role = CB_ROLE_READER;
        memcpy(out->user, ref.p, ref.n);
        out->user[ref.n] = '\0';
    }
    cb_arena_free(a);
    return rc;
}

/* ---- the guest */

static enum cb_code by_nothing(struct cb_caller *out, const struct cb_identity *id, struct cb_err *err)
{
    cb_str guest = cb_str_cut(id->config->guest, sizeof(out->user) - 1);

    if (!cb_identity_open(id))
        return cb_fail(err, CB_EAUTH, "Missing credentials");
    out->how = CB_CALLER_GUEST;
    out->role = CB_ROLE_ADMIN;
    memcpy(out->user, guest.p, guest.n);
    out->user[guest.n] = '\0';
    return CB_OK;
}

static enum cb_code by_bearer(struct cb_caller *out, struct cb_identity *id, cb_str token, const struct cb_identity_facts *facts,
                              bool may_wait, struct cb_err *err)
{
    switch (cb_placeholder_of(token)) {
    case CB_PLACEHOLDER_GUEST:
        return cb_identity_open(id) ? by_nothing(out, id, err) : illegal(err);
    case CB_PLACEHOLDER_PROXY:
        return facts->proxy_user.n && from_proxy(id, facts->peer) ? by_proxy(out, facts->proxy_user, err) : illegal(err);
    case CB_PLACEHOLDER_NOT:
        break;
    }
    return cb_token_looks(token) ? by_secret(out, id, token, CB_CALLER_TOKEN, may_wait, err) : illegal(err);
}

enum cb_code cb_identity_of(struct cb_caller *out, struct cb_identity *id, const struct cb_identity_facts *facts, bool may_wait,
                            struct cb_err *err)
{
    *out = (struct cb_caller){0};
    if (facts->authorization.n) {
        cb_str token = facts->authorization;

        if (token.n < 7 || !cb_str_eq_nocase(cb_str_sub(token, 0, 7), CB_LIT("Bearer ")))
            return cb_fail(err, CB_EAUTH, "Missing credentials");
        return by_bearer(out, id, cb_str_trim(cb_str_sub(token, 7, token.n)), facts, may_wait, err);
    }
    if (facts->session.n)
        return by_secret(out, id, facts->session, CB_CALLER_SESSION, may_wait, err);
    if (facts->proxy_user.n && from_proxy(id, facts->peer))
        return by_proxy(out, facts->proxy_user, err);
    return by_nothing(out, id, err);
}

enum cb_code cb_identity_sign_in(struct cb_caller *out, char session[CB_SESSION_TEXT + 1], struct cb_identity *id, cb_str token,
                                 struct cb_err *err)
{
    uint8_t sha256[32], secret[CB_SESSION_TEXT / 2];
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    *out = (struct cb_caller){0};
    if (!cb_token_looks(token))
        return illegal(err);
    cb_token_hash(sha256, token);
    if ((rc = ask(out, id, sha256, CB_CALLER_TOKEN, err)) != CB_OK)
        return rc;
    cb_random(secret, sizeof(secret));
    cb_hex(session, secret, sizeof(secret));
    cb_token_hash(sha256, cb_str_make(session, CB_SESSION_TEXT));
    if ((rc = take(&conn, id, err)) == CB_OK)
        rc = cb_session_put(conn, out->token_id, sha256, cb_clock_now_us() + CB_SESSION_US, err);
    cb_pool_give(id->pool, conn);
    out->how = CB_CALLER_SESSION;
    return rc;
}

enum cb_code cb_identity_sign_out(struct cb_identity *id, cb_str session, struct cb_err *err)
{
    struct cb_conn *conn = NULL;
    uint8_t sha256[32];
    enum cb_code rc;

    cb_token_hash(sha256, session);
    if ((rc = take(&conn, id, err)) == CB_OK)
        rc = cb_session_del(conn, sha256, err);
    cb_pool_give(id->pool, conn);
    cb_identity_forget(id);
    return rc == CB_ENOTFOUND ? CB_OK : rc;
}
