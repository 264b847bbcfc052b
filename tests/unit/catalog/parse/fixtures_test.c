/*
 * tests/fixtures/descriptors: valid/<case>.yaml gives entities and no problem; invalid/<case>/input.yaml gives the
 * problems of problems.txt beside it. With CALLBOARD_WRITE_FIXTURES=1 that file is written instead of compared.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/parse/descriptor.h"
#include "tests/support/unit.h"

#define CASE_MAX 200

static struct cb_arena *a;

static void setup(void)
{
    a = cb_arena_new();
}

static void teardown(void)
{
    cb_arena_free(a);
}

static const char *folder(const char *below)
{
    const char *top = getenv("top_srcdir");

    return cb_arena_printf(a, "%s/tests/fixtures/descriptors/%s", top ? top : ".", below).p;
}

static bool read_file(cb_str *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct cb_buf b = CB_BUF_INIT;
    size_t n;

    if (!f)
        return false;
    while ((n = fread(cb_buf_reserve(&b, 65536), 1, 65536, f)) > 0)
        b.n += n;
    fclose(f);
    *out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return true;
}

static enum cb_code include(void *ctx, struct cb_arena *into, cb_str from, cb_str target, cb_str *bytes, cb_str *path,
                            struct cb_err *err)
{
    (void)into;
    (void)from;
    *path = target;
    if (read_file(bytes, cb_arena_printf(a, "%s/%" CB_FMT, (const char *)ctx, CB_ARG(target)).p))
        return CB_OK;
    return cb_fail(err, CB_ENOTFOUND, "there is no such file");
}

static void read_case(struct cb_descriptor *out, const char *dir, const char *file)
{
    struct cb_descriptor_at at = {
        .path = CB_LIT("input.yaml"),
        .location = CB_LIT("url:https://git.example.com/acme/repo/input.yaml"),
        .origin_location = CB_LIT("url:https://git.example.com/acme/repo/input.yaml"),
        .location_type = CB_LIT("url"),
    };
    struct cb_descriptor_opts opts = {.include = include, .include_ctx = (void *)dir};
    cb_str bytes;

    ck_assert_msg(read_file(&bytes, file), "%s cannot be read", file);
    opts.scratch = cb_arena_new();
    cb_descriptor_read(out, a, bytes, &at, &opts);
    cb_arena_free(opts.scratch);
}

static cb_str as_text(const struct cb_descriptor *d)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    for (size_t i = 0; i < d->problem_n; i++) {
        const struct cb_problem *p = &d->problems[i];

        cb_buf_printf(&b, "%u:%u: %s %s %" CB_FMT "\n    %" CB_FMT "\n    %" CB_FMT "\n", p->at.line, p->at.column,
                      cb_severity_name(p->severity), p->rule, CB_ARG(p->field), CB_ARG(p->message), CB_ARG(p->remedy));
        if (p->backstage.n)
            cb_buf_printf(&b, "    %" CB_FMT "\n", CB_ARG(p->backstage));
    }
    for (size_t i = 0; i < d->entity_n; i++)
        cb_buf_printf(&b, "good: %" CB_FMT "\n", CB_ARG(d->entities[i].id));
    for (size_t i = 0; i < d->broken_n; i++)
        cb_buf_printf(&b, "broken: %" CB_FMT "\n", CB_ARG(d->broken[i].id));
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static int is_case(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

START_TEST(valid_descriptors_have_no_problem)
{
    struct dirent **names;
    int n = scandir(folder("valid"), &names, is_case, alphasort);

    ck_assert_int_gt(n, 3);
    for (int i = 0; i < n; i++) {
        const char *file = cb_arena_printf(a, "%s/%s", folder("valid"), names[i]->d_name).p;
        bool empty = strstr(file, "empty") || strstr(file, "nothing");
        struct cb_descriptor d;

        read_case(&d, folder("valid"), file);
        ck_assert_msg(d.problem_n == 0 && d.broken_n == 0, "%s: %s", file, as_text(&d).p);
        ck_assert_msg((d.entity_n == 0) == empty, "%s gives %zu entities", file, d.entity_n);
        free(names[i]);
    }
    free(names);
}
END_TEST

START_TEST(invalid_descriptors_have_the_problems_that_are_written_beside_them)
{
    struct dirent **names;
    int n = scandir(folder("invalid"), &names, is_case, alphasort);

    ck_assert_int_gt(n, 10);
    for (int i = 0; i < n; i++) {
        const char *dir = cb_arena_printf(a, "%s/%s", folder("invalid"), names[i]->d_name).p;
        const char *list = cb_arena_printf(a, "%s/problems.txt", dir).p;
        struct cb_descriptor d;
        cb_str expected = {0}, got;

        read_case(&d, dir, cb_arena_printf(a, "%s/input.yaml", dir).p);
        got = as_text(&d);
        if (getenv("CALLBOARD_WRITE_FIXTURES")) {
            FILE *f = fopen(list, "wb");

            ck_assert_ptr_nonnull(f);
            fwrite(got.p, 1, got.n, f);
            fclose(f);
        } else {
            ck_assert_msg(read_file(&expected, list), "%s is not there", list);
            ck_assert_msg(cb_str_eq(got, expected), "%s\n--- expected\n%s--- got\n%s", dir, expected.p, got.p);
        }
        free(names[i]);
    }
    free(names);
}
END_TEST

CB_SUITE(fixtures)
{
    TCase *one = tcase_create("fixtures");

    tcase_add_checked_fixture(one, setup, teardown);
    tcase_add_test(one, valid_descriptors_have_no_problem);
    tcase_add_test(one, invalid_descriptors_have_the_problems_that_are_written_beside_them);
    suite_add_tcase(suite, one);
}
