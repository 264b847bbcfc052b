#include "catalog/parse/body.h"

#include "catalog/base/hash.h"
#include "catalog/entity/url.h"

#define LOCATION "backstage.io/managed-by-location"
#define ORIGIN "backstage.io/managed-by-origin-location"
#define VIEW "backstage.io/view-url"
#define EDIT "backstage.io/edit-url"
#define SOURCE "backstage.io/source-location"

#define NO_ETAG "0000000000000000000000000000000000000000"

/* KEY becomes TEXT; where the author wrote it, it stays in its place. */
static void put_text(struct cb_arena *a, struct cb_node *object, const char *key, cb_str text)
{
    struct cb_node *node = cb_node_string(a, text), *old = cb_node_get(object, key);

    if (old) {
        node->line = old->line;
        node->column = old->column;
    }
    cb_node_set(object, cb_str_cstr(key), node);
}

static void put_default(struct cb_arena *a, struct cb_node *object, const char *key, cb_str text)
{
    if (text.n && !cb_node_get(object, key))
        put_text(a, object, key, text);
}

static void put_safe(struct cb_arena *a, struct cb_node *annotations, const char *key)
{
    struct cb_node *node = cb_node_get(annotations, key);

    if (node && node->type == CB_STRING && cb_url_is_script(node->text))
        put_text(a, annotations, key, CB_LIT(CB_BODY_SAFE_URL));
}

/* An object with copies of the members: what an alias shares is not changed in place. */
static struct cb_node *own_members(struct cb_arena *a, const struct cb_node *object)
{
    struct cb_node *out = cb_node_new(a, CB_OBJECT);

    if (!object || object->type != CB_OBJECT)
        return out;
    out->line = object->line;
    out->column = object->column;
    for (const struct cb_node *c = object->first; c; c = c->next) {
        struct cb_node *copy = cb_node_new(a, c->type);

        *copy = *c;
        copy->next = NULL;
        cb_node_put(out, c->key, copy);
    }
    return out;
}

static void annotate(struct cb_arena *a, struct cb_node *metadata, const struct cb_descriptor_at *at)
{
    struct cb_node *old = cb_node_get(metadata, "annotations");
    struct cb_node *annotations = own_members(a, old);

    if (at->location.n)
        put_text(a, annotations, LOCATION, at->location);
    if (at->origin_location.n)
        put_text(a, annotations, ORIGIN, at->origin_location);
    put_default(a, annotations, VIEW, at->view_url);
    put_default(a, annotations, EDIT, at->edit_url);
    put_default(a, annotations, SOURCE, at->source_location);
    put_safe(a, annotations, VIEW);
    put_safe(a, annotations, EDIT);
    cb_node_set(metadata, CB_LIT("annotations"), annotations);
}

/* uid and etag first, the namespace behind the name, then what the author wrote. */
static struct cb_node *make_metadata(struct cb_entity *out, struct cb_arena *a, const struct cb_node *old, char *uid)
{
    struct cb_node *metadata = cb_node_new(a, CB_OBJECT), *etag = cb_node_get(old, "etag");
    bool has_space = cb_node_get(old, "namespace") != NULL;

    metadata->line = old->line;
    metadata->column = old->column;
    cb_node_put(metadata, CB_LIT("uid"), cb_node_string(a, cb_str_make(uid, CB_UUID_TEXT)));
    if (etag && etag->type == CB_STRING) {
        out->flags |= CB_ENTITY_OWN_ETAG;
        cb_node_put(metadata, CB_LIT("etag"), cb_node_string(a, etag->text));
    } else {
        cb_node_put(metadata, CB_LIT("etag"), cb_node_string(a, CB_LIT(NO_ETAG)));
    }
    for (const struct cb_node *c = old->first; c; c = c->next) {
        struct cb_node *copy;

        if (cb_str_eq(c->key, CB_LIT("uid")) || cb_str_eq(c->key, CB_LIT("etag")))
            continue;
        copy = cb_node_new(a, c->type);
        *copy = *c;
        copy->next = NULL;
        cb_node_put(metadata, c->key, copy);
        if (!has_space && cb_str_eq(c->key, CB_LIT("name")))
            cb_node_put(metadata, CB_LIT("namespace"), cb_node_string(a, CB_LIT("default")));
    }
    return metadata;
}

static struct cb_node *reorder(struct cb_arena *a, const struct cb_node *doc, struct cb_node *metadata)
{
    static const char *const order[] = {"apiVersion", "kind", "spec"};
    struct cb_node *root = cb_node_new(a, CB_OBJECT);

    root->line = doc->line;
    root->column = doc->column;
    cb_node_put(root, CB_LIT("metadata"), metadata);
    for (size_t i = 0; i < CB_COUNT(order); i++) {
        struct cb_node *node = cb_node_get(doc, order[i]), *copy;

        if (!node)
            continue;
        copy = cb_node_new(a, node->type);
        *copy = *node;
        copy->next = NULL;
        cb_node_put(root, cb_str_cstr(order[i]), copy);
    }
    return root;
}

enum cb_code cb_body_make(struct cb_entity *out, struct cb_arena *a, struct cb_arena *scratch, const struct cb_node *doc,
                          const struct cb_descriptor_at *at, struct cb_term_notes *notes, struct cb_err *err)
{
    const struct cb_node *old = cb_node_get(doc, "metadata");
    struct cb_node *metadata, *root;
    struct cb_buf b = CB_BUF_INIT;
    char *uid = cb_arena_alloc(scratch, CB_UUID_TEXT + 1);
    uint8_t raw[16];
    enum cb_code rc;

    cb_uuid5(raw, out->id);
    cb_uuid_format(uid, raw);
    metadata = make_metadata(out, scratch, old, uid);
    annotate(scratch, metadata, at);
    root = reorder(scratch, doc, metadata);
    rc = cb_term_pack_noting(&b, root, notes, err);
    if (rc == CB_OK && notes->clashes.n)
        rc = cb_fail(err, CB_ECONFLICT, "%" CB_FMT " and %" CB_FMT " differ only in upper and lower case",
                     CB_ARG(notes->one), CB_ARG(notes->other));
    if (rc != CB_OK)
        goto out;
    out->terms = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_clear(&b);
    cb_node_dump(&b, root);
    if (b.n > CB_ENTITY_BODY_MAX) {
        rc = cb_fail(err, CB_ELIMIT, "the entity has %zu bytes, over %d", b.n, CB_ENTITY_BODY_MAX);
        goto out;
    }
    out->body = cb_arena_str(a, cb_buf_str(&b));

out:
    cb_buf_fini(&b);
    return rc;
}
