/* fetch:template and workspace:template, and each of them for one file. */
#include <string.h>

#include "plugins/templates/act.h"
#include "plugins/templates/fill.h"

#define EXTENSION ".njk" /* when templateFileExtension is true */

/* ---- what they take */

#define VALUES ",\"values\":{\"type\":\"object\",\"additionalProperties\":{},\"title\":\"Values\",\"description\":\"What templates find as values\"}"
#define COMPAT ",\"cookiecutterCompat\":" ACT_FLAG("As cookiecutter", "Read the files as templates of cookiecutter, whose values are called cookiecutter")
#define REPLACE ",\"replace\":" ACT_FLAG("Replace", "Take the place of files that are there, which stay otherwise")
#define TRIM                                                                                                                     \
    ",\"trimBlocks\":" ACT_FLAG("Trim blocks", "Take away the line end behind a block's tag") ",\"lstripBlocks\":" ACT_FLAG(             \
        "Strip blocks", "Take away the blanks in front of a block's tag that stands first in its line")
#define VERBATIM                                                                                                                 \
    ",\"copyWithoutTemplating\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"title\":\"Copy as they are\",\"description\":"  \
    "\"Patterns of files that are no templates; their paths are filled in all the same\"}"
#define EXTENSION_                                                                                                               \
    ",\"templateFileExtension\":{\"type\":[\"string\",\"boolean\"],\"title\":\"Extension\",\"description\":"                      \
    "\"Only files with it are templates, and lose it; true: .njk\"}"

const char act_fetch_template_input[] =
    ACT_OBJECT("\"url\"", ACT_URL ACT_TARGET VALUES VERBATIM COMPAT EXTENSION_ REPLACE TRIM ACT_TOKEN
           ",\"copyWithoutRender\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"title\":\"Not used any more\",\"description\":"
           "\"Has no effect: write copyWithoutTemplating\"}");
const char act_fetch_template_file_input[] = ACT_OBJECT("\"url\",\"targetPath\"", ACT_FILE_URL ACT_FILE_TARGET VALUES COMPAT REPLACE TRIM ACT_TOKEN);
const char act_workspace_template_input[] =
    ACT_OBJECT("\"sourcePath\",\"targetPath\",\"copyWithoutTemplating\"",
           "\"sourcePath\":" ACT_TEXT("Source", "Folder of the workspace that has the templates") ACT_TARGET VALUES VERBATIM COMPAT EXTENSION_ REPLACE);
const char act_workspace_template_file_input[] =
    ACT_OBJECT("\"sourcePath\",\"targetPath\"", "\"sourcePath\":" ACT_TEXT("Source", "File of the workspace that is the template") ACT_FILE_TARGET VALUES COMPAT REPLACE);
const char act_fetch_template_examples[] =
    "[" ACT_EXAMPLE("Fill in a skeleton", "fetch:template", "      url: ./skeleton\\n      values:\\n        name: ${{ parameters.name }}\\n") ","
    ACT_EXAMPLE("Leave some files as they are", "fetch:template",
            "      url: ./skeleton\\n      copyWithoutTemplating: ['.github/workflows/**', '!.github/workflows/release.yaml']\\n      values:\\n"
            "        name: ${{ parameters.name }}\\n") "]";
const char act_fetch_template_file_examples[] =
    "[" ACT_EXAMPLE("Fill in one file", "fetch:template:file",
                "      url: ./skeleton/README.md\\n      targetPath: README.md\\n      values:\\n        name: ${{ parameters.name }}\\n") "]";
const char act_workspace_template_examples[] =
    "[" ACT_EXAMPLE("Fill in what an earlier step has left in the workspace", "workspace:template",
                "      sourcePath: .templates\\n      targetPath: docs\\n      copyWithoutTemplating: []\\n      values:\\n        name: ${{ parameters.name }}\\n") "]";
const char act_workspace_template_file_examples[] =
    "[" ACT_EXAMPLE("Fill in one file of the workspace", "workspace:template:file",
                "      sourcePath: README.md.tmpl\\n      targetPath: README.md\\n      values:\\n        name: ${{ parameters.name }}\\n") "]";

/* ---- filling in */

/* What the input says of the templates. CALLBOARD_EINVAL: it contradicts itself. */
static int how_of(struct fill_how *how, const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *extension = host->text(input, "/templateFileExtension", NULL);

    *how = (struct fill_how){.values = host->get(input, "/values"), .verbatim = host->get(input, "/copyWithoutTemplating"),
                             .replace = host->boolean(input, "/replace", 0), .cookiecutter = host->boolean(input, "/cookiecutterCompat", 0),
                             .trim_blocks = host->boolean(input, "/trimBlocks", 0), .lstrip_blocks = host->boolean(input, "/lstripBlocks", 0)};
    if (extension && *extension)
        how->extension = *extension == '.' ? extension : host->format(call, ".%s", extension);
    else if (!extension && host->boolean(input, "/templateFileExtension", 0))
        how->extension = EXTENSION;
    if (how->extension && (host->count(how->verbatim, "") || how->cookiecutter))
        return host->fail(call, CALLBOARD_EINVAL, "Fetch action input extension incompatible with copyWithoutTemplating and cookiecutterCompat");
    if (host->count(input, "/copyWithoutRender"))
        host->log(call, CALLBOARD_LOG_WARN, "copyWithoutRender has no effect: write copyWithoutTemplating");
    return CALLBOARD_OK;
}

static int fill(struct place *p, const char *from, const char *to, const struct fill_how *how)
{
    struct fill_sum sum;
    int rc = fill_tree(&sum, p, from, to, how);

    if (rc == CALLBOARD_OK)
        p->host->log(p->call, CALLBOARD_LOG_INFO, "%zu files and folders: %zu rendered, %zu copied, %zu left out by their path, %zu there already", sum.entry_n,
                     sum.rendered_n, sum.copied_n, sum.skipped_n, sum.kept_n);
    return rc;
}

int act_fetch_template(const struct callboard_host *host, struct callboard_call *call)
{
    char target[PLACE_PATH_MAX + 1];
    struct fill_how how;
    struct place p;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = how_of(&how, host, call)) == CALLBOARD_OK && (rc = act_target(target, &p)) == CALLBOARD_OK) {
        host->log(call, CALLBOARD_LOG_INFO, "Fetching template content from %s", host->text(host->input(call), "/url", ""));
        if ((rc = act_fetch_aside(&p, true)) == CALLBOARD_OK)
            rc = fill(&p, ACT_FETCHED, target, &how);
    }
    return act_fetch_tidy(&p, rc);
}

/* *KEEP: there is such a file already, and it stays. */
static int keep_target(bool *keep, struct place *p, const char *target, const struct fill_how *how)
{
    struct stat st;

    *keep = !how->replace && place_stat(&st, p, target);
    if (*keep)
        p->host->log(p->call, CALLBOARD_LOG_INFO, "File %s already exists in workspace, not replacing.", target);
    else if (place_stat(&st, p, target) && S_ISLNK(st.st_mode))
        return place_remove(p, target);
    return CALLBOARD_OK;
}

int act_fetch_template_file(const struct callboard_host *host, struct callboard_call *call)
{
    char target[PLACE_PATH_MAX + 1];
    struct fill_how how;
    struct place p;
    bool keep = true;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = how_of(&how, host, call)) == CALLBOARD_OK && (rc = act_file_target(target, &p)) == CALLBOARD_OK)
        rc = keep_target(&keep, &p, target, &how);
    if (rc == CALLBOARD_OK && !keep) {
        host->log(call, CALLBOARD_LOG_INFO, "Fetching template file content from %s", host->text(host->input(call), "/url", ""));
        if ((rc = act_fetch_aside(&p, false)) == CALLBOARD_OK)
            rc = fill_file(&p, ACT_FETCHED, host->text(host->input(call), "/url", ""), target, &how);
    }
    return act_fetch_tidy(&p, rc);
}

/* ---- of the workspace itself */

static int source_of(char *out, struct place *p)
{
    return place_clean(out, p, p->host->text(p->host->input(p->call), "/sourcePath", ""));
}

static bool lies_in(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return n == 0 || (strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

int act_workspace_template(const struct callboard_host *host, struct callboard_call *call)
{
    char source[PLACE_PATH_MAX + 1], target[PLACE_PATH_MAX + 1];
    struct fill_how how;
    struct place p;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = how_of(&how, host, call)) == CALLBOARD_OK && (rc = source_of(source, &p)) == CALLBOARD_OK &&
        (rc = act_target(target, &p)) == CALLBOARD_OK && lies_in(target, source))
        rc = host->fail(call, CALLBOARD_EINVAL, "targetPath must not be within template path");
    if (rc == CALLBOARD_OK)
        rc = fill(&p, source, target, &how);
    place_close(&p);
    return rc;
}

int act_workspace_template_file(const struct callboard_host *host, struct callboard_call *call)
{
    char source[PLACE_PATH_MAX + 1], target[PLACE_PATH_MAX + 1];
    struct fill_how how;
    struct place p;
    bool keep = true;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = how_of(&how, host, call)) == CALLBOARD_OK && (rc = source_of(source, &p)) == CALLBOARD_OK &&
        (rc = act_file_target(target, &p)) == CALLBOARD_OK)
        rc = keep_target(&keep, &p, target, &how);
    if (rc == CALLBOARD_OK && !keep)
        rc = fill_file(&p, source, source, target, &how);
    place_close(&p);
    return rc;
}
