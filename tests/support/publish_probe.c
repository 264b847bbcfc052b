/*
 * publish_probe - what becomes of a folder that is published, as one line of JSON: for tests with real servers.
 *
 *   publish_probe --data DIR --folder DIR [--branch B] [--base B] [--into PATH] [--message M] [--delete PATH]... [--empty]
 *                 [--host H [--token T] [--user U] [--ca F] [--key F] [--known F]] [--deadline MS] [--stop MS] URL
 *   publish_probe --data DIR --folder DIR --create ROOT NAME
 *   publish_probe --data DIR --remove ROOT --commit HEX NAME
 *
 *   {"commit":"...","unchanged":false,"dir":""}
 *   {"error":"conflict","text":"..."}
 */
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/fetch/publish.h"

#define LIST_MAX 64

static atomic_bool stopped;

static void *stop_later(void *arg)
{
    usleep((useconds_t)(*(int *)arg) * 1000);
    atomic_store(&stopped, true);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"data", 1, 0, 'd'},  {"folder", 1, 0, 'f'}, {"branch", 1, 0, 'b'}, {"base", 1, 0, 'B'},     {"into", 1, 0, 'i'}, {"message", 1, 0, 'm'},
        {"delete", 1, 0, 'x'}, {"host", 1, 0, 'h'},  {"token", 1, 0, 't'},  {"user", 1, 0, 'u'},     {"ca", 1, 0, 'a'},   {"key", 1, 0, 'k'},
        {"known", 1, 0, 'n'}, {"deadline", 1, 0, 'D'}, {"stop", 1, 0, 'S'}, {"create", 1, 0, 'C'},   {"remove", 1, 0, 'R'}, {"commit", 1, 0, 'c'},   {"empty", 0, 0, 'E'},    {0},
    };
    cb_str gone[LIST_MAX], empty = CB_LIT(""), root = CB_LIT(""), dir = CB_LIT(""), commit = CB_LIT("");
    struct cb_publish p = {.folder = -1, .into = empty, .gone = gone, .branch = CB_LIT("main"), .base = empty, .message = CB_LIT("initial commit"),
                           .name = CB_LIT("Scaffolder"), .email = CB_LIT("scaffolder@example.com"), .stop = &stopped};
    struct cb_credential secret = {0};
    struct cb_arena *a = cb_arena_new();
    struct cb_buf out = CB_BUF_INIT;
    struct cb_published made = {0};
    struct cb_err err = {0};
    bool create = false;
    int c, stop_ms = 0;
    enum cb_code rc;
    pthread_t thread;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': p.data_dir = optarg; break;
        case 'f': p.folder = open(optarg, O_RDONLY | O_DIRECTORY | O_CLOEXEC); break;
        case 'b': p.branch = cb_str_cstr(optarg); break;
        case 'B': p.base = cb_str_cstr(optarg); break;
        case 'i': p.into = cb_str_cstr(optarg); break;
        case 'm': p.message = cb_str_cstr(optarg); break;
        case 'x':
            if (p.gone_n < LIST_MAX)
                gone[p.gone_n++] = cb_str_cstr(optarg);
            break;
        case 'h': secret.host = optarg; break;
        case 't': secret.token = optarg; break;
        case 'u': secret.username = optarg; break;
        case 'a': secret.ca_file = optarg; break;
        case 'k': secret.ssh_key = optarg; break;
        case 'n': secret.known_hosts = optarg; break;
        case 'D': p.deadline_us = atoll(optarg) * 1000; break;
        case 'S': stop_ms = atoi(optarg); break;
        case 'E': p.empty = true; break;
        case 'C': create = true; root = cb_str_cstr(optarg); break;
        case 'R': root = cb_str_cstr(optarg); break;
        case 'c': commit = cb_str_cstr(optarg); break;
        default: return 2;
        }
    }
    if (optind + 1 != argc || !p.data_dir) {
        fprintf(stderr, "publish_probe: --data DIR and one URL or name are needed\n");
        return 2;
    }
    if (secret.host)
        p.secret = &secret;
    if (!secret.token && getenv("PROBE_TOKEN"))
        secret.token = getenv("PROBE_TOKEN");
    if (stop_ms)
        pthread_create(&thread, NULL, stop_later, &stop_ms);
    p.url = cb_str_cstr(argv[optind]);
    if (commit.n)
        rc = cb_publish_remove(a, root, p.url, commit, &err);
    else if (create)
        rc = cb_publish_create(&made, &dir, a, &p, root, p.url, &err);
    else
        rc = cb_publish_push(&made, a, &p, &err);
    if (rc == CB_OK) {
        cb_buf_printf(&out, "{\"commit\":\"%" CB_FMT "\",\"unchanged\":%s,\"dir\":", CB_ARG(made.commit), made.unchanged ? "true" : "false");
        cb_buf_put_json(&out, dir);
    } else {
        cb_buf_printf(&out, "{\"error\":\"%s\",\"text\":", cb_code_name(rc));
        cb_buf_put_json(&out, cb_str_cstr(err.text));
    }
    cb_buf_put_cstr(&out, "}");
    puts(out.p);
    cb_buf_fini(&out);
    if (stop_ms)
        pthread_join(thread, NULL);
    if (p.folder >= 0)
        close(p.folder);
    cb_arena_free(a);
    return rc == CB_OK ? 0 : 1;
}
