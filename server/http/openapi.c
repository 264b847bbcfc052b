#include "server/http/openapi.h"

#include <pthread.h>

#include "catalog/base/buf.h"
#include "catalog/parse/yaml.h"

/* The assembler puts the file's bytes between two labels: no generated source to keep. */
__asm__(".pushsection .rodata\n"
        ".global cb_openapi_begin\n.hidden cb_openapi_begin\n"
        ".global cb_openapi_end\n.hidden cb_openapi_end\n"
        "cb_openapi_begin:\n"
        ".incbin \"" CB_OPENAPI_FILE "\"\n"
        "cb_openapi_end:\n"
        ".byte 0\n"
        ".popsection\n");

extern const char cb_openapi_begin[], cb_openapi_end[];

static pthread_once_t once = PTHREAD_ONCE_INIT;
static cb_str json;

cb_str cb_openapi_yaml(void)
{
    return cb_str_make(cb_openapi_begin, (size_t)(cb_openapi_end - cb_openapi_begin));
}

static void make_json(void)
{
    static struct cb_buf out; /* process-long */
    struct cb_arena *a = cb_arena_new();
    struct cb_yaml yaml;

    cb_yaml_read(&yaml, a, cb_openapi_yaml());
    if (yaml.doc_n && yaml.docs[0].root)
        cb_node_dump(&out, yaml.docs[0].root);
    else
        cb_buf_put_cstr(&out, "{}");
    json = cb_buf_str(&out);
    cb_arena_free(a);
}

cb_str cb_openapi_json(void)
{
    pthread_once(&once, make_json);
    return json;
}
