#include "server/http/push.h"

#include "server/http/params.h"

static void put_url(struct cb_push *out, cb_str url)
{
    if (url.n && out->url_n < CB_PUSH_URL_N)
        out->urls[out->url_n++] = url;
}

/* One more branch; when there are too many to keep apart, all of them. */
static void put_branch(struct cb_push *out, cb_str branch)
{
    if (branch.n == 0 || out->what == CB_PUSH_ALL)
        return;
    for (size_t i = 0; i < out->branch_n; i++)
        if (cb_str_eq(out->branches[i], branch))
            return;
    if (out->branch_n == CB_PUSH_BRANCH_N) {
        out->what = CB_PUSH_ALL;
        return;
    }
    out->branches[out->branch_n++] = branch;
    out->what = CB_PUSH_BRANCH;
}

/* "refs/heads/main"; a tag or any other ref is none of ours. */
static void put_ref(struct cb_push *out, cb_str ref)
{
    if (cb_str_starts(ref, CB_LIT("refs/heads/")))
        put_branch(out, cb_str_sub(ref, 11, ref.n));
}

static bool any_of(cb_str word, const char *words)
{
    cb_str rest = cb_str_cstr(words), one;

    while (cb_str_split(&one, &rest, ' '))
        if (cb_str_eq(word, one))
            return true;
    return false;
}

/* ---- GitHub and Gitea: the same payloads but for a few fields */

static void read_repository(struct cb_push *out, const struct cb_node *repository)
{
    static const char *const urls[] = {"clone_url", "ssh_url", "html_url", "git_url", "git_http_url", "git_ssh_url", "web_url"};

    for (size_t i = 0; i < CB_COUNT(urls); i++)
        put_url(out, cb_node_text(repository, urls[i]));
    out->head = cb_node_text(repository, "default_branch");
}

/* The same place under the name or owner it had before: sources still say that. */
static void put_old_name(struct cb_push *out, struct cb_arena *a, const struct cb_node *root, cb_str full_name)
{
    cb_str owner = cb_str_sub(full_name, 0, cb_str_find_char(full_name, '/', 0)), name, web;
    const struct cb_node *from = cb_node_path(root, "changes.repository.name.from");
    const struct cb_node *user = cb_node_path(root, "changes.owner.from.user.login");
    const struct cb_node *team = cb_node_path(root, "changes.owner.from.organization.login");

    web = cb_node_text(cb_node_get(root, "repository"), "html_url");
    if (!from && !user && !team)
        return;
    if (!cb_str_ends(web, full_name) || owner.n == full_name.n)
        return;
    name = from && from->type == CB_STRING ? from->text : cb_str_sub(full_name, owner.n + 1, full_name.n);
    if (user && user->type == CB_STRING)
        owner = user->text;
    else if (team && team->type == CB_STRING)
        owner = team->text;
    put_url(out, cb_arena_printf(a, "%" CB_FMT "%" CB_FMT "/%" CB_FMT, CB_ARG(cb_str_sub(web, 0, web.n - full_name.n)),
                                 CB_ARG(owner), CB_ARG(name)));
}

static void read_github(struct cb_push *out, struct cb_arena *a, const struct cb_push_input *in, const struct cb_node *root)
{
    const struct cb_node *repository = cb_node_get(root, "repository");
    cb_str before = cb_node_text(root, "before");

    if (cb_str_eq(in->event, CB_LIT("ping"))) {
        out->what = CB_PUSH_PING;
        return;
    }
    read_repository(out, repository);
    if (cb_str_eq(in->event, CB_LIT("push"))) {
        put_ref(out, cb_node_text(root, "ref"));
        out->sample = before.n && cb_str_eq(before, cb_node_text(root, "after"));
    } else if (any_of(in->event, "create delete") && cb_str_eq(cb_node_text(root, "ref_type"), CB_LIT("branch"))) {
        cb_str ref = cb_node_text(root, "ref");

        put_branch(out, cb_str_starts(ref, CB_LIT("refs/heads/")) ? cb_str_sub(ref, 11, ref.n) : ref);
    } else if (any_of(in->event, "repository public")) {
        put_old_name(out, a, root, cb_node_text(repository, "full_name"));
        out->what = CB_PUSH_ALL;
    }
}

/* ---- GitLab: hooks of projects and groups say "object_kind", those of the whole instance "event_name" */

static void read_gitlab(struct cb_push *out, struct cb_arena *a, const struct cb_push_input *in, const struct cb_node *root)
{
    static const char *const paths[] = {"path_with_namespace", "old_path_with_namespace"};
    cb_str kind = cb_node_text(root, "object_kind");

    if (kind.n == 0)
        kind = cb_node_text(root, "event_name");
    out->event = kind.n ? kind : in->event;
    read_repository(out, cb_node_get(root, "project"));
    if (cb_str_eq(kind, CB_LIT("push"))) {
        put_ref(out, cb_node_text(root, "ref"));
    } else if (cb_str_eq(kind, CB_LIT("repository_update"))) {
        const struct cb_node *refs = cb_node_get(root, "refs");

        for (const struct cb_node *ref = refs ? refs->first : NULL; ref; ref = ref->next)
            if (ref->type == CB_STRING)
                put_ref(out, ref->text);
    } else if (any_of(kind, "project_create project_destroy project_rename project_transfer project_update")) {
        cb_str base = in->instance;

        while (base.n && base.p[base.n - 1] == '/')
            base.n--;
        for (size_t i = 0; base.n && i < CB_COUNT(paths); i++)
            if (cb_node_text(root, paths[i]).n)
                put_url(out, cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(base), CB_ARG(cb_node_text(root, paths[i]))));
        out->what = CB_PUSH_ALL;
    }
}

/* ---- Bitbucket: Cloud says "repo:push", Server and Data Center "repo:refs_changed" */

static void read_links(struct cb_push *out, const struct cb_node *repository)
{
    const struct cb_node *clone = cb_node_path(repository, "links.clone");

    for (const struct cb_node *link = clone ? clone->first : NULL; link; link = link->next)
        put_url(out, cb_node_text(link, "href"));
    put_url(out, cb_node_text(cb_node_path(repository, "links.html"), "href"));
}

/* Server leaves the links out of most events: "K/r" then, which is looked for on every Bitbucket server that is known. */
static void read_server_name(struct cb_push *out, struct cb_arena *a, const struct cb_node *repository)
{
    cb_str key = cb_node_text(cb_node_get(repository, "project"), "key"), slug = cb_node_text(repository, "slug");

    if (key.n && slug.n)
        put_url(out, cb_arena_printf(a, "scm:%" CB_FMT "/%" CB_FMT, CB_ARG(key), CB_ARG(slug)));
}

static void read_change(struct cb_push *out, const struct cb_node *change)
{
    static const char *const sides[] = {"new", "old"};
    const struct cb_node *ref = cb_node_get(change, "ref");

    if (ref)
        put_ref(out, cb_node_text(ref, "id"));
    for (size_t i = 0; i < CB_COUNT(sides); i++) {
        const struct cb_node *side = cb_node_get(change, sides[i]);

        if (side && cb_str_eq(cb_node_text(side, "type"), CB_LIT("branch")))
            put_branch(out, cb_node_text(side, "name"));
    }
}

static void read_bitbucket(struct cb_push *out, struct cb_arena *a, const struct cb_push_input *in, const struct cb_node *root)
{
    static const char *const places[] = {"repository", "old", "new"};
    const struct cb_node *changes = cb_node_get(root, "changes");

    if (cb_str_eq(in->event, CB_LIT("diagnostics:ping"))) {
        out->what = CB_PUSH_PING;
        return;
    }
    for (size_t i = 0; i < CB_COUNT(places); i++) {
        read_links(out, cb_node_get(root, places[i]));
        read_server_name(out, a, cb_node_get(root, places[i]));
    }
    out->head = cb_node_text(cb_node_path(root, "repository.mainbranch"), "name");
    if (cb_str_eq(in->event, CB_LIT("repo:push")))
        changes = cb_node_path(root, "push.changes");
    if (any_of(in->event, "repo:push repo:refs_changed")) {
        for (const struct cb_node *change = changes ? changes->first : NULL; change; change = change->next)
            read_change(out, change);
    } else if (any_of(in->event, "repo:created repo:updated repo:modified repo:deleted repo:transfer repo:imported")) {
        out->what = CB_PUSH_ALL;
    }
}

/* ---- generic: {"repository": URL, "branch": "main"} or {"repository": URL, "ref": "refs/heads/main"} */

static enum cb_code read_generic(struct cb_push *out, const struct cb_node *root, struct cb_err *err)
{
    cb_str ref = cb_node_text(root, "ref"), branch = cb_node_text(root, "branch");

    if (cb_str_eq(cb_node_text(root, "event"), CB_LIT("ping"))) {
        out->event = CB_LIT("ping");
        out->what = CB_PUSH_PING;
        return CB_OK;
    }
    out->event = CB_LIT("push");
    put_url(out, cb_node_text(root, "repository"));
    if (out->url_n == 0)
        return cb_fail(err, CB_EINVAL, "the body names no repository: send {\"repository\": \"https://git.example.com/acme/x.git\", "
                                       "\"branch\": \"main\"}");
    if (ref.n)
        put_ref(out, ref);
    else if (branch.n)
        put_branch(out, branch);
    else
        out->what = CB_PUSH_ALL;
    return CB_OK;
}

/* The JSON of the body: itself, or the field "payload" of a form. */
static enum cb_code json_of(cb_str *out, struct cb_arena *a, const struct cb_push_input *in, struct cb_err *err)
{
    cb_str type = cb_str_trim(cb_str_sub(in->content_type, 0, cb_str_find_char(in->content_type, ';', 0)));
    struct cb_params form;
    enum cb_code rc;

    *out = in->body;
    if (!cb_str_eq_nocase(type, CB_LIT("application/x-www-form-urlencoded")))
        return CB_OK;
    if ((rc = cb_params_parse(&form, a, in->body, err)) != CB_OK)
        return rc;
    *out = cb_params_get(&form, "payload");
    return out->n ? CB_OK : cb_fail(err, CB_EINVAL, "the form has no field \"payload\"");
}

enum cb_code cb_push_read(struct cb_push *out, struct cb_arena *a, const struct cb_push_input *in, struct cb_err *err)
{
    struct cb_node *root;
    enum cb_code rc;
    cb_str json;

    *out = (struct cb_push){.event = in->event};
    if ((rc = json_of(&json, a, in, err)) != CB_OK || (rc = cb_node_parse(&root, a, json, err)) != CB_OK)
        return rc;
    if (root->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "the body must be a JSON object");
    if (in->forge == CB_WEBHOOK_GENERIC)
        return read_generic(out, root, err);
    if (in->forge == CB_WEBHOOK_GITLAB)
        read_gitlab(out, a, in, root);
    else if (in->forge == CB_WEBHOOK_BITBUCKET)
        read_bitbucket(out, a, in, root);
    else
        read_github(out, a, in, root);
    if ((out->what == CB_PUSH_BRANCH || out->what == CB_PUSH_ALL) && out->url_n == 0)
        return cb_fail(err, CB_EINVAL, "this %" CB_FMT " event names no repository", CB_ARG(cb_str_sub(out->event, 0, 100)));
    return CB_OK;
}
