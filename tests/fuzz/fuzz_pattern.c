/* A pattern, a newline, a path: each match ends soon, and what has no special character matches itself alone. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *pattern = malloc(size + 1), *path;
    enum pattern_answer answer;

    if (!pattern)
        abort();
    for (size_t i = 0; i < size; i++)
        pattern[i] = data[i] ? (char)data[i] : 'x';
    pattern[size] = '\0';
    path = strchr(pattern, '\n');
    if (path)
        *path++ = '\0';
    else
        path = pattern;
    answer = pattern_match(pattern, path);
    if (pattern_is_plain(pattern) && strlen(pattern) <= PATTERN_BYTES_MAX)
        assert(answer == (strcmp(pattern, path) == 0 ? PATTERN_YES : PATTERN_NO));
    free(pattern);
    return 0;
}
