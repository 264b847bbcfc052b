/*
 * Runs a fuzz target over files instead of under a fuzzer: fuzz_x [FILE|DIRECTORY...]. Without
 * arguments it takes tests/fuzz/corpus/x, which is what `make check` does. Each file is given whole
 * and cut at each of a few places, in a block of exactly its size, so that a read past it is seen.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUT_N 16

static unsigned file_n;

static void run(const uint8_t *bytes, size_t n)
{
    uint8_t *block = malloc(n ? n : 1);

    if (!block)
        abort();
    if (n)
        memcpy(block, bytes, n);
    LLVMFuzzerTestOneInput(block, n);
    free(block);
}

static void run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t n = 0, cap = 0, got;

    if (!f) {
        perror(path);
        exit(1);
    }
    do {
        if (n == cap) {
            cap = cap ? cap * 2 : 4096;
            bytes = realloc(bytes, cap);
            if (!bytes)
                abort();
        }
        got = fread(bytes + n, 1, cap - n, f);
        n += got;
    } while (got > 0);
    fclose(f);
    run(bytes, n);
    for (size_t i = 0; i < CUT_N && n > 0; i++)
        run(bytes, n * i / CUT_N);
    free(bytes);
    file_n++;
}

static void run_path(const char *path)
{
    struct stat st;
    struct dirent **names;
    int n;

    if (stat(path, &st) < 0) {
        perror(path);
        exit(1);
    }
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    n = scandir(path, &names, NULL, alphasort);
    if (n < 0) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < n; i++) {
        char child[4096];

        snprintf(child, sizeof(child), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            run_path(child);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    const char *root = getenv("top_srcdir");
    const char *name = strstr(argv[0], "fuzz_");
    const char *slash = strrchr(argv[0], '/');
    char corpus[4096];

    if (slash)
        name = strstr(slash, "fuzz_");
    if (argc < 2 && name) {
        snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s", root ? root : ".", name + 5);
        run_path(corpus);
    }
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    printf("%u files of the corpus ran\n", file_n);
    return file_n > 0 ? 0 : 1;
}
