/*
 * bare_ingest.c - half of the limit that a first read is measured against: libyaml's events of the
 * same files.
 *
 *     bare_ingest FILE...
 *
 * Prints the events, the bytes and the milliseconds of CPU and of the clock it took, as one line of
 * JSON. Nothing is built from the events; the other half, a binary COPY of the same rows, is
 * psql's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yaml.h>

static double ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int read_file(const char *path, unsigned char **bytes, size_t *size)
{
    FILE *f = fopen(path, "rb");
    long end;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (end = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
        return -1;
    *size = (size_t)end;
    *bytes = malloc(*size + 1);
    if (!*bytes || fread(*bytes, 1, *size, f) != *size)
        return -1;
    return fclose(f);
}

static long events_of(const unsigned char *bytes, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    long n = 0;

    if (!yaml_parser_initialize(&parser))
        return -1;
    yaml_parser_set_input_string(&parser, bytes, size);
    while (type != YAML_STREAM_END_EVENT) {
        if (!yaml_parser_parse(&parser, &event)) {
            n = -1;
            break;
        }
        type = event.type;
        n++;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return n;
}

int main(int argc, char **argv)
{
    double cpu = ms(CLOCK_PROCESS_CPUTIME_ID), wall = ms(CLOCK_MONOTONIC);
    long events = 0;
    size_t total = 0;

    for (int i = 1; i < argc; i++) {
        unsigned char *bytes = NULL;
        size_t size = 0;
        long n;

        if (read_file(argv[i], &bytes, &size) != 0 || (n = events_of(bytes, size)) < 0) {
            fprintf(stderr, "bare_ingest: cannot read %s\n", argv[i]);
            return 3;
        }
        events += n;
        total += size;
        free(bytes);
    }
    printf("{\"events\": %ld, \"bytes\": %zu, \"cpu_ms\": %.1f, \"wall_ms\": %.1f}\n", events,
           total, ms(CLOCK_PROCESS_CPUTIME_ID) - cpu, ms(CLOCK_MONOTONIC) - wall);
    return 0;
}
