/* callboard.yaml from anybody: read, or refused with a sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_config_flags flags = {0};
    struct cb_config *config;
    struct cb_err err = {0};
    char path[64];
    int fd = memfd_create("callboard.yaml", 0);

    if (fd < 0 || (size && write(fd, data, size) != (ssize_t)size))
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    flags.file = path;
    if (cb_config_load(&config, &flags, &err) == CB_OK)
        cb_config_free(config);
    else if (!err.text[0])
        abort(); /* refused without a word */
    close(fd);
    return 0;
}
