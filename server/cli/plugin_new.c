#include "server/cli/plugin_new.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "catalog/base/buf.h"
#include "server/plugin/describe.h"

/* @ is the plugin's name. */
static const char source[] =
    "/* @: what it shows, in a sentence. All that a plugin may do is in callboard/plugin.h. */\n"
    "#include <callboard/plugin.h>\n"
    "\n"
    "static int render_greeting(const struct callboard_host *host, struct callboard_call *call)\n"
    "{\n"
    "    const char *name = host->annotation(call, \"example.com/@\");\n"
    "\n"
    "    if (!name)\n"
    "        return CALLBOARD_ABSENT; /* no panel for this entity; not an error */\n"
    "    host->put_text(call, \"type\", \"text\");\n"
    "    host->put_textf(call, \"summary\", \"%s is greeted\", name);\n"
    "    host->put_textf(call, \"markdown\", \"%s, **%s**!\", host->text(host->config(call), \"/greeting\", \"Hello\"), name);\n"
    "    return CALLBOARD_OK;\n"
    "}\n"
    "\n"
    "static const struct callboard_panel panels[] = {\n"
    "    {\n"
    "        .name = \"greeting\",\n"
    "        .title = \"Greeting\",\n"
    "        .annotations = \"example.com/@\",\n"
    "        .ttl_s = 60,\n"
    "        .render = render_greeting,\n"
    "        .help = \"Set the annotation example.com/@ to a name.\",\n"
    "    },\n"
    "    {0},\n"
    "};\n"
    "\n"
    "CALLBOARD_PLUGIN(.name = \"@\", .version = \"0.1.0\", .summary = \"Greets whom an annotation names\",\n"
    "                 .config = \"{\\\"type\\\":\\\"object\\\",\\\"additionalProperties\\\":false,\"\n"
    "                           \"\\\"properties\\\":{\\\"greeting\\\":{\\\"type\\\":\\\"string\\\",\\\"minLength\\\":1,\\\"default\\\":\\\"Hello\\\"}}}\",\n"
    "                 .panels = panels);\n";

static const char makefile[] = "# The header is where callboard was installed; CALLBOARD_INCLUDE says where else.\n"
                               "CALLBOARD_INCLUDE ?= /usr/local/include\n"
                               "CFLAGS ?= -O2 -g -Wall -Wextra -Wno-missing-field-initializers\n"
                               "\n"
                               "@.so: plugin.c\n"
                               "\t$(CC) $(CFLAGS) $(CPPFLAGS) -I$(CALLBOARD_INCLUDE) -std=c99 -shared -fPIC -fvisibility=hidden -o $@ plugin.c $(LDFLAGS)\n"
                               "\n"
                               "check: @.so entity.yaml\n"
                               "\tcallboard plugin check --entity entity.yaml ./@.so\n"
                               "\n"
                               "clean:\n"
                               "\trm -f @.so\n"
                               "\n"
                               ".PHONY: check clean\n";

static const char readme[] = "# @\n"
                             "\n"
                             "    make                 # @.so\n"
                             "    make check           # loads it and draws its panels for entity.yaml\n"
                             "    install @.so DIR     # the folder that plugins: {directory: DIR} names: it is there within a second\n"
                             "\n"
                             "| | |\n"
                             "| --- | --- |\n"
                             "| annotation | `example.com/@`: whom to greet |\n"
                             "| option | `greeting`: the word in front, \"Hello\" unless set |\n";

static const char entity[] = "apiVersion: backstage.io/v1alpha1\n"
                             "kind: Component\n"
                             "metadata:\n"
                             "  name: example\n"
                             "  annotations: {example.com/@: world}\n"
                             "spec: {type: service, lifecycle: production, owner: guests}\n";

static const struct {
    const char *file, *text;
} files[] = {{"plugin.c", source}, {"Makefile", makefile}, {"README.md", readme}, {"entity.yaml", entity}};

/* "$@" is make's. */
static void fill(struct cb_buf *out, const char *text, const char *name)
{
    cb_buf_clear(out);
    for (const char *p = text; *p; p++) {
        if (*p == '@' && (p == text || p[-1] != '$'))
            cb_buf_put_cstr(out, name);
        else
            cb_buf_put_char(out, *p);
    }
}

enum cb_code cb_plugin_new(struct cb_arena *a, const char *name, struct cb_err *err)
{
    struct cb_buf text = CB_BUF_INIT;
    enum cb_code rc = CB_OK;

    if (!cb_plugin_name_is(cb_str_cstr(name)))
        return cb_fail(err, CB_EINVAL, "a plugin's name is of small letters, digits and '-', and begins with a letter");
    if (mkdir(name, 0755) < 0)
        return cb_fail(err, errno == EEXIST ? CB_ECONFLICT : CB_EINVAL, "cannot make the folder %s: %s", name, strerror(errno));
    for (size_t i = 0; i < CB_COUNT(files) && rc == CB_OK; i++) {
        cb_str path = cb_arena_printf(a, "%s/%s", name, files[i].file);
        FILE *f = fopen(path.p, "wxe");

        fill(&text, files[i].text, name);
        if (!f || fwrite(text.p, 1, text.n, f) != text.n)
            rc = cb_fail(err, CB_EINVAL, "cannot write %s: %s", path.p, strerror(errno));
        if (f && fclose(f) != 0 && rc == CB_OK)
            rc = cb_fail(err, CB_EINVAL, "cannot write %s: %s", path.p, strerror(errno));
    }
    cb_buf_fini(&text);
    if (rc == CB_OK)
        printf("%s/ has plugin.c, Makefile, README.md and entity.yaml: cd %s && make check\n", name, name);
    return rc;
}
