#include "catalog/parse/descriptor.h"

#include "catalog/parse/body.h"
#include "tests/support/unit.h"

static struct cb_arena *a;
static struct cb_descriptor_at at;
static struct cb_descriptor_opts opts;

static void setup(void)
{
    a = cb_arena_new();
    at = (struct cb_descriptor_at){
        .path = CB_LIT("sub/catalog-info.yaml"),
        .location = CB_LIT("url:https://h/sub/catalog-info.yaml"),
        .origin_location = CB_LIT("url:https://h/all.yaml"),
        .location_type = CB_LIT("url"),
    };
    opts = (struct cb_descriptor_opts){0};
}

static void teardown(void)
{
    cb_arena_free(a);
}

static struct cb_descriptor read_text(const char *text)
{
    struct cb_descriptor d;

    opts.scratch = cb_arena_new();
    cb_descriptor_read(&d, a, cb_str_cstr(text), &at, &opts);
    cb_arena_free(opts.scratch);
    opts.scratch = NULL;
    return d;
}

#define DOMAIN "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: A\n"
#define ZEROS "0000000000000000000000000000000000000000"

START_TEST(a_body_begins_with_uid_and_etag_and_says_where_it_is_from)
{
    struct cb_descriptor d = read_text(DOMAIN "  uid: mine\n  title: T\nspec: {owner: b}\n");
    const struct cb_entity *e = d.entities;

    ck_assert_uint_eq(d.entity_n, 1);
    ck_assert_str_eq(e->id.p, "domain:default/a");
    ck_assert(cb_str_eq(e->ref.name, CB_LIT("A")));
    ck_assert_uint_eq(e->flags, 0);
    ck_assert(cb_str_starts(e->body, CB_LIT("{\"metadata\":{\"uid\":\"")));
    ck_assert(cb_str_eq(cb_str_sub(e->body, CB_ENTITY_ETAG_AT, CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN), CB_LIT(ZEROS)));
    ck_assert_str_eq(e->body.p + CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN,
                     "\",\"name\":\"A\",\"namespace\":\"default\",\"title\":\"T\",\"annotations\":{"
                     "\"backstage.io/managed-by-location\":\"url:https://h/sub/catalog-info.yaml\","
                     "\"backstage.io/managed-by-origin-location\":\"url:https://h/all.yaml\"}},"
                     "\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Domain\",\"spec\":{\"owner\":\"b\"}}");
    ck_assert_uint_eq(e->at.line, 1);
    ck_assert(cb_str_eq(e->at.path, at.path));
}
END_TEST

START_TEST(the_uid_is_that_of_the_ref_wherever_it_is_read)
{
    struct cb_descriptor one = read_text(DOMAIN "spec: {owner: b}\n"), two;

    at.location = CB_LIT("file:/else.yaml");
    two = read_text("---\n" DOMAIN "  description: other\nspec: {owner: c}\n");
    ck_assert(memcmp(one.entities[0].body.p + CB_ENTITY_UID_AT, two.entities[0].body.p + CB_ENTITY_UID_AT, 36) == 0);
    two = read_text(DOMAIN "  namespace: other\nspec: {owner: c}\n");
    ck_assert(memcmp(one.entities[0].body.p + CB_ENTITY_UID_AT, two.entities[0].body.p + CB_ENTITY_UID_AT, 36) != 0);
}
END_TEST

START_TEST(an_authors_etag_stays)
{
    struct cb_descriptor d = read_text(DOMAIN "  etag: fixed\nspec: {owner: b}\n");

    ck_assert_uint_eq(d.entities[0].flags, CB_ENTITY_OWN_ETAG);
    ck_assert(cb_str_starts(cb_str_sub(d.entities[0].body, CB_ENTITY_ETAG_AT, d.entities[0].body.n), CB_LIT("fixed\",\"name\"")));
}
END_TEST

static cb_str annotation(const struct cb_entity *e, const char *key)
{
    struct cb_node *doc;
    struct cb_err err;

    ck_assert_int_eq(cb_node_parse(&doc, a, e->body, &err), CB_OK);
    return cb_arena_str(a, cb_node_text(cb_node_path(doc, "metadata.annotations"), key));
}

START_TEST(of_annotations_the_author_has_some_and_we_have_some)
{
    struct cb_descriptor d;

    at.view_url = CB_LIT("https://h/view");
    at.edit_url = CB_LIT("https://h/edit");
    at.source_location = CB_LIT("url:https://h/sub/");
    d = read_text(DOMAIN "  annotations:\n    backstage.io/managed-by-location: mine\n    backstage.io/view-url: https://mine\n"
                         "spec: {owner: b}\n");
    ck_assert_str_eq(annotation(d.entities, "backstage.io/managed-by-location").p, "url:https://h/sub/catalog-info.yaml");
    ck_assert_str_eq(annotation(d.entities, "backstage.io/view-url").p, "https://mine");
    ck_assert_str_eq(annotation(d.entities, "backstage.io/edit-url").p, "https://h/edit");
    ck_assert_str_eq(annotation(d.entities, "backstage.io/source-location").p, "url:https://h/sub/");
    d = read_text(DOMAIN "  annotations:\nspec: {owner: b}\n"); /* nothing below it is nothing */
    ck_assert_uint_eq(d.entity_n, 1);
    d = read_text(DOMAIN "  annotations:\n    backstage.io/view-url: 'javascript:alert(1)'\n"
                         "    backstage.io/edit-url: \" java\\nscript:x\"\nspec: {owner: b}\n");
    ck_assert_str_eq(annotation(d.entities, "backstage.io/view-url").p, CB_BODY_SAFE_URL);
    ck_assert_str_eq(annotation(d.entities, "backstage.io/edit-url").p, CB_BODY_SAFE_URL);
}
END_TEST

static void check_edges(const struct cb_entity *e, const char *expected)
{
    struct cb_buf b = CB_BUF_INIT;

    for (size_t i = 0; i < e->edge_n; i++)
        cb_buf_printf(&b, "%" CB_FMT " %" CB_FMT "\n", CB_ARG(cb_relations[e->edges[i].type].name),
                      CB_ARG(e->edges[i].target));
    ck_assert_str_eq(b.p ? b.p : "", expected);
    cb_buf_fini(&b);
}

START_TEST(relations_come_from_spec_once_each_in_the_entitys_namespace)
{
    struct cb_descriptor d = read_text("apiVersion: backstage.io/v1alpha1\nkind: Component\n"
                                       "metadata: {name: a, namespace: pay}\nspec:\n  type: service\n  lifecycle: x\n"
                                       "  owner: TEAM\n  system: default/s\n  subcomponentOf: b\n  providesApis: [y, x, Y]\n"
                                       "  dependsOn: [resource:z, component:other/a, resource:pay/z]\n"
                                       "  dependencyOf: component:w\n");

    ck_assert_uint_eq(d.entity_n, 1);
    check_edges(d.entities, "ownedBy group:pay/team\npartOf component:pay/b\nprovidesApi api:pay/y\nprovidesApi api:pay/x\n"
                            "dependsOn component:other/a\ndependsOn resource:pay/z\ndependencyOf component:pay/w\n"
                            "partOf system:default/s\n");
    /* and the lists are sorted as they are served */
    ck_assert_ptr_nonnull(strstr(d.entities[0].body.p, "\"providesApis\":[\"Y\",\"x\",\"y\"]"));
}
END_TEST

START_TEST(a_list_that_an_alias_shares_is_sorted_in_its_place_alone)
{
    struct cb_descriptor d = read_text("apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a, tags: &t [b, a]}\n"
                                       "spec: {memberOf: *t}\n");

    ck_assert_ptr_nonnull(strstr(d.entities[0].body.p, "\"tags\":[\"b\",\"a\"]"));
    ck_assert_ptr_nonnull(strstr(d.entities[0].body.p, "\"memberOf\":[\"a\",\"b\"]"));
}
END_TEST

START_TEST(an_entity_has_a_limit_of_relations)
{
    for (int more = 0; more < 2; more++) {
        struct cb_buf b = CB_BUF_INIT;
        struct cb_descriptor d;

        cb_buf_put_cstr(&b, "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: x}\nspec: {}\n---\n"
                            "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a}\nspec:\n  memberOf:\n");
        /* items of a list are two rows each: the terms' limit comes first, and says so */
        for (int i = 0; i < (CB_TERM_N_MAX - 20) / 2 + more * 20; i++)
            cb_buf_printf(&b, "  - g%d\n", i);
        d = read_text(b.p);
        ck_assert_uint_eq(d.entity_n, more ? 1 : 2);
        ck_assert_uint_eq(d.problem_n, more);
        if (more)
            ck_assert_str_eq(d.problems[0].rule, "limit");
        cb_buf_fini(&b);
    }
}
END_TEST

START_TEST(one_forbidden_entity_is_refused_alone)
{
    static const struct cb_rule rule[] = {{CB_LIT("Domain"), {0}, {0}, false}};
    struct cb_rules rules = {rule, 1};
    struct cb_descriptor d;

    opts.rules = &rules;
    d = read_text(DOMAIN "spec: {owner: b}\n---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: u}\n"
                         "spec: {memberOf: []}\n");
    ck_assert_uint_eq(d.entity_n, 1);
    ck_assert_uint_eq(d.problem_n, 1);
    ck_assert_str_eq(d.problems[0].rule, "rules-kind");
    ck_assert_str_eq(d.problems[0].entity.p, "user:default/u");
    ck_assert_uint_eq(d.problems[0].at.line, 8);
    ck_assert_str_eq(d.problems[0].backstage.p,
                     "NotAllowedError: Entity user:default/u at url:https://h/sub/catalog-info.yaml, originated at "
                     "url:https://h/all.yaml, is not of an allowed kind for that location");
    ck_assert_uint_eq(d.broken_n, 0); /* it is not broken: it is not wanted */
}
END_TEST

START_TEST(opted_in_kinds_hold)
{
    static const struct cb_rule rule[] = {{CB_LIT("AiResource"), {0}, {0}, false}, {CB_LIT("API"), CB_LIT("mcp-server"), {0}, false}};
    struct cb_rules rules = {rule, 2};
    struct cb_descriptor d;

    opts.rules = &rules;
    d = read_text("apiVersion: backstage.io/v1alpha1\nkind: AiResource\nmetadata: {name: a}\n"
                  "spec: {type: plugin, lifecycle: x, owner: o, skills: [s]}\n---\n"
                  "apiVersion: backstage.io/v1alpha1\nkind: AiResource\nmetadata: {name: b}\n"
                  "spec: {type: rule, lifecycle: x, owner: o}\n---\n"
                  "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: c}\n"
                  "spec: {type: mcp-server, lifecycle: x, owner: o, remotes: [{type: t, url: u}]}\n---\n"
                  "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: d}\n"
                  "spec: {type: mcp-server, lifecycle: x, owner: o, remotes: []}\n");
    ck_assert_uint_eq(d.entity_n, 2);
    check_edges(&d.entities[0], "ownedBy group:default/o\nhasPart airesource:default/s\n");
    ck_assert_uint_eq(d.problem_n, 3); /* category, rationale, remotes */
    ck_assert_str_eq(d.problems[2].field.p, "spec.remotes");
}
END_TEST

START_TEST(a_location_gives_its_targets)
{
    struct cb_descriptor d = read_text("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: l}\n"
                                       "spec: {target: ./a.yaml, targets: [b.yaml, ../c.yaml], presence: optional}\n---\n"
                                       "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: m}\n"
                                       "spec: {type: file, target: /d.yaml}\n");

    ck_assert_uint_eq(d.target_n, 4);
    ck_assert_str_eq(d.targets[0].entity.p, "location:default/l");
    ck_assert(cb_str_eq(d.targets[0].type, CB_LIT("url")));
    ck_assert_str_eq(d.targets[0].text.p, "./a.yaml");
    ck_assert(d.targets[0].optional);
    ck_assert_uint_eq(d.targets[1].at.line, 4);
    ck_assert_str_eq(d.targets[3].type.p, "file");
    ck_assert(!d.targets[3].optional);
}
END_TEST

static enum cb_code include(void *ctx, struct cb_arena *into, cb_str from, cb_str target, cb_str *bytes, cb_str *path,
                            struct cb_err *err)
{
    const struct cb_node *files = ctx;

    (void)into;
    ck_assert(cb_str_eq(from, at.path));
    *path = target;
    if (!cb_node_get_str(files, target))
        return cb_fail(err, CB_ENOTFOUND, "no file");
    *bytes = cb_node_get_str(files, target)->text;
    return CB_OK;
}

static void with_files(const char *json)
{
    struct cb_node *files;
    struct cb_err err;

    ck_assert_int_eq(cb_node_parse(&files, a, cb_str_cstr(json), &err), CB_OK);
    opts.include = include;
    opts.include_ctx = files;
}

START_TEST(placeholders_are_filled_in_once)
{
    struct cb_descriptor d;

    with_files("{\"t\":\"text\\n\",\"j\":\"{\\\"a\\\":{\\\"$text\\\":\\\"t\\\"}}\",\"y\":\"- b: {$json: j}\\n\"}");
    d = read_text(DOMAIN "  description: {$text: t}\nspec:\n  owner: b\n  j: {$json: j}\n  y: {$yaml: y}\n"
                         "  other: {$text: t, more: {$text: t}}\n  unknown: {$openapi: {$text: t}}\n  list: [{$text: t}]\n");
    ck_assert_uint_eq(d.problem_n, 0);
    ck_assert_ptr_nonnull(strstr(d.entities[0].body.p, "\"description\":\"text\\n\""));
    ck_assert_ptr_nonnull(strstr(d.entities[0].body.p,
                                 "\"j\":{\"a\":{\"$text\":\"t\"}},\"y\":[{\"b\":{\"$json\":\"j\"}}],"
                                 "\"other\":{\"$text\":\"t\",\"more\":{\"$text\":\"t\"}},"
                                 "\"unknown\":{\"$openapi\":{\"$text\":\"t\"}},\"list\":[\"text\\n\"]"));
    ck_assert_uint_eq(d.include_n, 3);
}
END_TEST

START_TEST(an_include_that_is_missing_is_told_and_remembered)
{
    struct cb_descriptor d;

    with_files("{}");
    d = read_text(DOMAIN "spec:\n  owner: b\n  x:\n  - {$text: not/here}\n");
    ck_assert_uint_eq(d.entity_n, 0);
    ck_assert_str_eq(d.problems[0].rule, "placeholder-read");
    ck_assert_str_eq(d.problems[0].field.p, "spec.x.0");
    ck_assert_uint_eq(d.problems[0].at.line, 8);
    ck_assert_uint_eq(d.include_n, 1);
    ck_assert_str_eq(d.includes[0].p, "not/here");
    ck_assert_str_eq(d.broken[0].id.p, "domain:default/a");
}
END_TEST

START_TEST(a_file_has_a_limit_of_includes)
{
    for (int more = 0; more < 2; more++) {
        struct cb_buf b = CB_BUF_INIT;
        struct cb_descriptor d;

        with_files("{\"t\":\"x\"}");
        cb_buf_put_cstr(&b, DOMAIN "spec:\n  owner: b\n  list:\n");
        for (int i = 0; i < CB_INCLUDE_MAX + more; i++)
            cb_buf_put_cstr(&b, "  - {$text: t}\n");
        d = read_text(b.p);
        ck_assert_uint_eq(d.entity_n, more ? 0 : 1);
        cb_buf_fini(&b);
    }
}
END_TEST

START_TEST(a_body_has_a_limit)
{
    for (int more = 0; more < 2; more++) {
        size_t n = CB_ENTITY_BODY_MAX - 400 + (size_t)more * 500;
        struct cb_buf b = CB_BUF_INIT;
        struct cb_descriptor d;

        at.location = at.origin_location = (cb_str){0};
        cb_buf_put_cstr(&b, DOMAIN "spec:\n  owner: b\n  text: ");
        memset(cb_buf_reserve(&b, n), 'x', n);
        b.n += n;
        cb_buf_put_char(&b, '\n');
        d = read_text(b.p);
        ck_assert_uint_eq(d.entity_n, more ? 0 : 1);
        cb_buf_fini(&b);
    }
}
END_TEST

START_TEST(what_is_listed_of_a_document_and_of_a_file_has_a_limit)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_descriptor d;

    cb_buf_put_cstr(&b, DOMAIN "spec: {owner: b}\n");
    for (int i = 0; i < 150; i++)
        cb_buf_printf(&b, "x%d: 1\n", i);
    cb_buf_put_cstr(&b, "---\n" DOMAIN "spec: {}\n");
    d = read_text(b.p);
    ck_assert_uint_eq(d.problem_n, 102);
    ck_assert_str_eq(d.problems[100].field.p, "spec.owner");
    ck_assert_str_eq(d.problems[101].message.p, "50 more mistakes of this file are not listed");
    ck_assert_uint_eq(d.broken_n, 2);
    cb_buf_clear(&b);
    for (int i = 0; i < CB_PROBLEM_N_MAX + 1; i++)
        cb_buf_put_cstr(&b, "--- 1\n");
    d = read_text(b.p);
    ck_assert_uint_eq(d.problem_n, CB_PROBLEM_N_MAX);
    ck_assert_str_eq(d.problems[CB_PROBLEM_N_MAX - 1].message.p, "2 more mistakes of this file are not listed");
    ck_assert_uint_eq(d.broken_n, CB_PROBLEM_N_MAX + 1);
    cb_buf_fini(&b);
}
END_TEST

START_TEST(a_tree_is_judged_as_a_file_is)
{
    struct cb_problem *problems;
    struct cb_entity e;
    struct cb_node *doc;
    struct cb_err err = {0};
    size_t n;

    ck_assert_int_eq(cb_node_parse(&doc, a, CB_LIT("{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Domain\","
                                                   "\"metadata\":{\"name\":\"a b\",\"tags\":\"x\"}}"), &err), CB_OK);
    ck_assert_int_eq(cb_descriptor_entity(&e, a, doc, &at, &opts, &problems, &n, &err), CB_EINVAL);
    ck_assert_uint_eq(n, 3);
    ck_assert(cb_str_starts(cb_str_cstr(err.text), CB_LIT("metadata.tags is a text, where a list belongs; ")));
    ck_assert_int_eq(cb_descriptor_entity(&e, a, cb_node_int(a, 1), &at, &opts, NULL, NULL, &err), CB_EINVAL);
}
END_TEST

START_TEST(a_generated_location_is_an_entity_of_its_targets_name)
{
    struct cb_node *doc = cb_descriptor_location(a, CB_LIT("url"), CB_LIT("https://h/x.yaml"), CB_LIT("optional"));
    struct cb_entity e;
    struct cb_err err = {0};

    ck_assert_int_eq(cb_descriptor_entity(&e, a, doc, &at, &opts, NULL, NULL, &err), CB_OK);
    ck_assert_str_eq(e.id.p, "location:default/generated-35401b50bb84eb8024521ba98cf6b1960ca46669");
}
END_TEST

CB_SUITE(descriptor)
{
    const TTest *const tests[] = {
        a_body_begins_with_uid_and_etag_and_says_where_it_is_from,
        the_uid_is_that_of_the_ref_wherever_it_is_read,
        an_authors_etag_stays,
        of_annotations_the_author_has_some_and_we_have_some,
        relations_come_from_spec_once_each_in_the_entitys_namespace,
        a_list_that_an_alias_shares_is_sorted_in_its_place_alone,
        an_entity_has_a_limit_of_relations,
        one_forbidden_entity_is_refused_alone,
        opted_in_kinds_hold,
        a_location_gives_its_targets,
        placeholders_are_filled_in_once,
        an_include_that_is_missing_is_told_and_remembered,
        a_file_has_a_limit_of_includes,
        a_body_has_a_limit,
        what_is_listed_of_a_document_and_of_a_file_has_a_limit,
        a_tree_is_judged_as_a_file_is,
        a_generated_location_is_an_entity_of_its_targets_name,
    };
    TCase *one = tcase_create("descriptor");

    tcase_add_checked_fixture(one, setup, teardown);
    tcase_set_timeout(one, CB_UNIT_TIMEOUT_S);
    for (size_t i = 0; i < CB_COUNT(tests); i++)
        _tcase_add_test(one, tests[i], 0, 0, 0, 1);
    suite_add_tcase(suite, one);
}
