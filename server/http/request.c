#include "server/http/request.h"

#include "catalog/entity/ref.h"

#define CONN_WAIT_US (INT64_C(2) * 1000000)

cb_str cb_request_ref(struct cb_request *rq)
{
    struct cb_ref ref = {rq->args[0], rq->args[1], rq->args[2]};
    size_t n = ref.kind.n + ref.space.n + ref.name.n + 2;
    char *out = cb_arena_alloc(rq->arena, n);
    unsigned char high = 0;
    char *p = out;

    memcpy(p, ref.kind.p, ref.kind.n);
    p += ref.kind.n;
    *p++ = ':';
    memcpy(p, ref.space.p, ref.space.n);
    p += ref.space.n;
    *p++ = '/';
    memcpy(p, ref.name.p, ref.name.n);
    for (size_t i = 0; i < n; i++) {
        high |= (unsigned char)out[i];
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] |= 32;
    }
    return high < 0x80 ? cb_str_make(out, n) : cb_ref_id(rq->arena, &ref);
}

enum cb_code cb_request_conn(struct cb_conn **out, struct cb_request *rq, struct cb_err *err)
{
    if (!rq->env->pool)
        return cb_fail(err, CB_EUNAVAILABLE, "there is no database to ask");
    return cb_pool_take(out, rq->env->pool, CONN_WAIT_US, err);
}

static enum cb_code missing(const char *path, const char *key, struct cb_err *err)
{
    return cb_fail(err, CB_EINVAL, "%s must have required property '%s'", path, key);
}

enum cb_code cb_body_text(cb_str *out, const struct cb_node *object, const char *path, const char *key, bool required,
                          struct cb_err *err)
{
    const struct cb_node *node = cb_node_get(object, key);

    if (!node && required)
        return missing(path, key, err);
    if (node && node->type != CB_STRING)
        return cb_fail(err, CB_EINVAL, "%s/%s must be string", path, key);
    *out = node ? node->text : cb_str_make(NULL, 0);
    return CB_OK;
}

enum cb_code cb_body_int(int64_t *out, const struct cb_node *object, const char *path, const char *key, int64_t min,
                         int64_t otherwise, struct cb_err *err)
{
    const struct cb_node *node = cb_node_get(object, key);

    if (node && node->type != CB_INT)
        return cb_fail(err, CB_EINVAL, "%s/%s must be integer", path, key);
    if (node && node->i < min)
        return cb_fail(err, CB_EINVAL, "%s/%s must be >= %lld", path, key, (long long)min);
    *out = node ? node->i : otherwise;
    return CB_OK;
}

enum cb_code cb_body_texts(const cb_str **out, size_t *n, struct cb_arena *a, const struct cb_node *object,
                           const char *path, const char *key, bool required, struct cb_err *err)
{
    const struct cb_node *node = cb_node_get(object, key);
    cb_str *texts;
    size_t i = 0;

    *out = NULL;
    *n = 0;
    if (!node)
        return required ? missing(path, key, err) : CB_OK;
    if (node->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "%s/%s must be array", path, key);
    texts = CB_NEW_N(a, cb_str, node->child_n + 1);
    for (const struct cb_node *item = node->first; item; item = item->next, i++) {
        if (item->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, "%s/%s/%zu must be string", path, key, i);
        texts[i] = item->text;
    }
    *out = texts;
    *n = i;
    return CB_OK;
}

enum cb_code cb_body_only(const struct cb_node *object, const char *path, const char *keys, struct cb_err *err)
{
    for (const struct cb_node *member = object->first; member; member = member->next) {
        cb_str rest = cb_str_cstr(keys);
        bool known = false;
        cb_str key;

        while (!known && cb_str_split(&key, &rest, ','))
            known = cb_str_eq(cb_str_trim(key), member->key);
        if (!known)
            return cb_fail(err, CB_EINVAL, "%s must NOT have additional properties", path);
    }
    return CB_OK;
}
