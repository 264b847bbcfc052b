#include "tests/bench/bench_rows.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "catalog/base/buf.h"
#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "catalog/parse/descriptor.h"

#define LEAST_CPU_US (200 * CB_MS_US) /* of a measurement */

struct kept {
    cb_str id, row; /* row: as it is in the file */
};

static void stop(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s %s\n", what, which);
    exit(3);
}

static void put_str(struct cb_buf *b, cb_str s)
{
    cb_buf_put_varint(b, s.n);
    cb_buf_put_str(b, s);
}

static cb_str pack(struct cb_arena *a, const struct cb_entity *e)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str packed;

    put_str(&b, e->id);
    put_str(&b, e->body);
    put_str(&b, e->terms);
    cb_buf_put_varint(&b, e->flags);
    cb_buf_put_varint(&b, e->edge_n);
    for (size_t i = 0; i < e->edge_n; i++) {
        cb_buf_put_varint(&b, e->edges[i].type);
        put_str(&b, e->edges[i].target);
    }
    packed = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return packed;
}

static cb_str read_file(struct cb_arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct cb_buf b = CB_BUF_INIT;
    size_t n;
    cb_str s;

    if (!f)
        stop("cannot read", path);
    do {
        n = fread(cb_buf_reserve(&b, 1 << 16), 1, 1 << 16, f);
        b.n += n;
    } while (n > 0);
    fclose(f);
    s = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return s;
}

static int by_id(const void *x, const void *y)
{
    const struct kept *a = x, *b = y;

    return cb_str_cmp(a->id, b->id);
}

static void make_rows(const char *dir, const char *path)
{
    struct cb_arena *all = cb_arena_new();
    CB_VEC(struct kept) rows = {0};
    cb_str pattern = cb_arena_printf(all, "%s/catalog-*.yaml", dir);
    FILE *out = fopen(path, "wb");
    glob_t found;

    if (!out || glob(pattern.p, 0, NULL, &found) != 0)
        stop("no generated catalog in", dir);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_descriptor d;
        struct cb_descriptor_at at = {.path = cb_str_cstr(found.gl_pathv[i] + strlen(dir) + 1)};

        at.location =
            cb_arena_printf(a, "url:https://git.example.com/acme/catalog/src/branch/main/%" CB_FMT,
                            CB_ARG(at.path));
        at.origin_location = at.location;
        at.location_type = CB_LIT("url");
        cb_descriptor_read(&d, a, read_file(a, found.gl_pathv[i]), &at,
                           &(struct cb_descriptor_opts){0});
        for (size_t k = 0; k < d.entity_n; k++)
            cb_vec_push(&rows, (struct kept){cb_arena_str(all, d.entities[k].id),
                                             pack(all, &d.entities[k])});
        cb_arena_free(a);
    }
    qsort(rows.v, rows.n, sizeof(*rows.v), by_id);
    for (size_t i = 0; i < rows.n; i++) {
        uint64_t n = rows.v[i].row.n;

        if (fwrite(&n, sizeof(n), 1, out) != 1 || fwrite(rows.v[i].row.p, n, 1, out) != 1)
            stop("cannot write", path);
    }
    if (fclose(out) != 0)
        stop("cannot write", path);
    globfree(&found);
    cb_vec_fini(&rows);
    cb_arena_free(all);
}

static cb_str take(cb_str *rest)
{
    uint64_t n;
    cb_str s;

    if (!cb_varint_get(&n, rest) || n > rest->n)
        stop("a damaged", "rows.bin");
    s = cb_str_sub(*rest, 0, n);
    *rest = cb_str_sub(*rest, n, rest->n);
    return s;
}

static void give_row(cb_str packed, cb_version_fn *each, void *ctx)
{
    static struct cb_edge edges[CB_ENTITY_EDGE_MAX];
    struct cb_version_row row = {.edges = edges};
    uint64_t flags = 0, n = 0, type = 0;

    row.id = take(&packed);
    row.body = take(&packed);
    row.terms = take(&packed);
    if (!cb_varint_get(&flags, &packed) || !cb_varint_get(&n, &packed) || n > CB_ENTITY_EDGE_MAX)
        stop("a damaged", "rows.bin");
    row.flags = (uint32_t)flags;
    row.edge_n = n;
    for (size_t i = 0; i < n; i++) {
        if (!cb_varint_get(&type, &packed))
            stop("a damaged", "rows.bin");
        edges[i].type = (uint8_t)type;
        edges[i].target = take(&packed);
    }
    each(&row, ctx);
}

void bench_rows(const char *dir, cb_version_fn *each, void *ctx)
{
    struct cb_buf b = CB_BUF_INIT;
    char path[4096];
    uint64_t n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/rows.bin", dir);
    if (!(f = fopen(path, "rb"))) {
        make_rows(dir, path);
        if (!(f = fopen(path, "rb")))
            stop("cannot read", path);
    }
    while (fread(&n, sizeof(n), 1, f) == 1) {
        cb_buf_clear(&b);
        if (fread(cb_buf_reserve(&b, n), n, 1, f) != 1)
            stop("a damaged", path);
        b.n = n;
        give_row(cb_buf_str(&b), each, ctx);
    }
    fclose(f);
    cb_buf_fini(&b);
}

long bench_resident_kb(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long size = 0, resident = 0;

    if (f && fscanf(f, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident * 4;
}

long bench_peak_kb(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

double bench_cpu_us(void (*fn)(void *ctx), void *ctx)
{
    int64_t began = cb_clock_cpu_us(), n = 0, took = 0;

    for (int64_t batch = 1; took < LEAST_CPU_US; batch *= 2) {
        for (int64_t i = 0; i < batch; i++, n++)
            fn(ctx);
        took = cb_clock_cpu_us() - began;
    }
    return (double)took / (double)n;
}
