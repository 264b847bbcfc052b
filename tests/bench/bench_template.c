/*
 * Renders the files of a folder with one set of values, as fetch:template does: one session, one render a file.
 *
 *   bench_template VALUES.json FILE...      prints {"ms", "files", "bytes"}: the best of ROUNDS, without reading them from the disk
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/templates/render.h"

#define ROUNDS 5

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "r");
    char *text = malloc(TPL_SOURCE_MAX);

    if (!f || !text) {
        perror(path);
        exit(3);
    }
    *n = fread(text, 1, TPL_SOURCE_MAX, f);
    fclose(f);
    return text;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    size_t values_n, bytes = 0, file_n = argc > 2 ? (size_t)argc - 2 : 0, *n = calloc(file_n + 1, sizeof(*n));
    char *values = argc > 1 ? slurp(argv[1], &values_n) : NULL, **text = calloc(file_n + 1, sizeof(*text));
    double best = 1e12;

    if (!values || !file_n || !n || !text)
        return 2;
    for (size_t i = 0; i < file_n; i++)
        text[i] = slurp(argv[i + 2], &n[i]);
    for (int round = 0; round < ROUNDS; round++) {
        struct tpl_session *s = tpl_session_new(&(struct tpl_options){0});
        double from = now_ms(), took;

        bytes = 0;
        if (tpl_session_values(s, values, values_n) != 0)
            return 1;
        for (size_t i = 0; i < file_n; i++) {
            const char *out;
            size_t out_n;

            if (tpl_session_render(s, argv[i + 2], text[i], n[i], &out, &out_n) != 0) {
                fprintf(stderr, "%s\n", tpl_session_error(s));
                return 1;
            }
            bytes += out_n;
        }
        took = now_ms() - from;
        best = took < best ? took : best;
        tpl_session_free(s);
    }
    printf("{\"ms\":%.3f,\"files\":%zu,\"bytes\":%zu}\n", best, file_n, bytes);
    return 0;
}
