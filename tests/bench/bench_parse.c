/*
 * bench_parse FILE... - descriptors to entities, beside libyaml's events of the same bytes.
 *
 * Prints CPU seconds of each (the best of ROUNDS) and their ratio: 1.00 would be no work of ours at all. Exit 1 when
 * ours is over CB_BENCH_RATIO_MAX times the events alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "catalog/parse/descriptor.h"
#include "catalog/parse/yaml.h"

#define ROUNDS 5
#define CB_BENCH_RATIO_MAX 2.5
#define FILE_MAX (64 << 20)

struct file {
    cb_str path, bytes;
};

typedef CB_VEC(struct file) file_list;

static cb_str read_file(const char *path)
{
    struct cb_buf b = CB_BUF_INIT;
    FILE *f = fopen(path, "rb");
    cb_str out;
    size_t n;

    if (!f) {
        perror(path);
        exit(3);
    }
    while (b.n < FILE_MAX && (n = fread(cb_buf_reserve(&b, 65536), 1, 65536, f)) > 0)
        b.n += n;
    fclose(f);
    out.p = cb_buf_take(&b, &out.n);
    return out;
}

static size_t events(const struct file *f)
{
    yaml_parser_t parser;
    yaml_event_t e;
    size_t n = 0;
    bool more = true;

    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, (const unsigned char *)f->bytes.p, f->bytes.n);
    while (more && yaml_parser_parse(&parser, &e)) {
        more = e.type != YAML_STREAM_END_EVENT;
        n++;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    return n;
}

static size_t trees(struct cb_arena *a, const struct file *f)
{
    struct cb_yaml yaml;

    cb_yaml_read(&yaml, a, f->bytes);
    cb_arena_reset(a);
    return yaml.doc_n;
}

static size_t entities(struct cb_arena *a, const struct file *f)
{
    struct cb_descriptor_at at = {
        .path = f->path,
        .location =
            CB_LIT("url:https://git.example.com/acme/catalog/src/branch/main/catalog-info.yaml"),
        .origin_location =
            CB_LIT("url:https://git.example.com/acme/catalog/src/branch/main/catalog-info.yaml"),
        .view_url =
            CB_LIT("https://git.example.com/acme/catalog/src/branch/main/catalog-info.yaml"),
        .edit_url = CB_LIT("https://git.example.com/acme/catalog/_edit/main/catalog-info.yaml"),
        .source_location = CB_LIT("url:https://git.example.com/acme/catalog/src/branch/main/"),
        .location_type = CB_LIT("url"),
    };
    static struct cb_arena *scratch; /* kept between files, as a pass does */
    struct cb_descriptor_opts opts = {0};
    struct cb_descriptor d;
    size_t n;

    if (!scratch)
        scratch = cb_arena_new();
    opts.scratch = scratch;
    cb_descriptor_read(&d, a, f->bytes, &at, &opts);
    n = d.entity_n;
    cb_arena_reset(scratch);
    cb_arena_reset(a);
    return n;
}

static double best(const file_list *files, struct cb_arena *a, int what, size_t *n)
{
    int64_t least = INT64_MAX;

    for (int round = 0; round < ROUNDS; round++) {
        int64_t from = cb_clock_cpu_us(), took;

        *n = 0;
        for (size_t i = 0; i < files->n; i++)
            *n += what == 0   ? events(&files->v[i])
                  : what == 1 ? trees(a, &files->v[i])
                              : entities(a, &files->v[i]);
        took = cb_clock_cpu_us() - from;
        if (took < least)
            least = took;
    }
    return (double)least / 1e6;
}

int main(int argc, char **argv)
{
    struct cb_arena *a = cb_arena_new();
    file_list files = {0};
    size_t bytes = 0, event_n, doc_n, entity_n;
    double bare, tree, all;

    for (int i = 1; i < argc; i++) {
        cb_vec_push(&files, (struct file){cb_str_cstr(argv[i]), read_file(argv[i])});
        bytes += files.v[files.n - 1].bytes.n;
    }
    bare = best(&files, a, 0, &event_n);
    tree = best(&files, a, 1, &doc_n);
    all = best(&files, a, 2, &entity_n);
    printf("libyaml events   %8.3f s  %9zu events  %zu bytes\n", bare, event_n, bytes);
    printf("trees            %8.3f s  %9zu documents  %.2f x events\n", tree, doc_n, tree / bare);
    printf("entities         %8.3f s  %9zu entities   %.2f x events (limit %.1f)\n", all, entity_n,
           all / bare, CB_BENCH_RATIO_MAX);
    for (size_t i = 0; i < files.n; i++)
        free((char *)files.v[i].bytes.p);
    cb_vec_fini(&files);
    cb_arena_free(a);
    return all > CB_BENCH_RATIO_MAX * bare;
}
