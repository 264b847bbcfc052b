#include "server/scaffold/runner.h"

#include <stdlib.h>

struct cb_runner {
    struct cb_runner_env env;
    struct cb_secret_ring *ring;
};

enum cb_code cb_runner_start(struct cb_runner **out, const struct cb_runner_env *env, struct cb_err *err)
{
    struct cb_runner *r = calloc(1, sizeof(*r));
    enum cb_code rc;

    if (!r)
        abort();
    r->env = *env;
    if ((rc = cb_secret_ring_new(&r->ring, env->config, err)) != CB_OK) {
        cb_runner_free(r);
        return rc;
    }
    *out = r;
    return CB_OK;
}

void cb_runner_stop(struct cb_runner *r, int64_t deadline_us)
{
    (void)r;
    (void)deadline_us;
}

void cb_runner_free(struct cb_runner *r)
{
    if (!r)
        return;
    cb_secret_ring_free(r->ring);
    free(r);
}

const struct cb_secret_ring *cb_runner_ring(const struct cb_runner *r)
{
    return r->ring;
}
