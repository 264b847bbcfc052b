/* fs:delete, fs:rename and fs:readdir. */
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/act.h"
#include "plugins/templates/pattern.h"

/* ---- fs:delete */

const char act_fs_delete_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["files"], "properties": {
        "files": {"type": "array", "items": {"type": "string"}, "title": "Files",
                  "description": "Paths and patterns of the files to delete; of a folder, all files in it"}}});

const char act_fs_delete_examples[] = ACT_JSON([
    {"description": "Delete one file", "example": "steps:\n  - id: tidy\n    name: Tidy up\n    action: fs:delete\n    input:\n      files: [notes.txt]\n"},
    {"description": "Delete what matches a pattern, dotfiles too",
     "example": "steps:\n  - id: tidy\n    name: Tidy up\n    action: fs:delete\n    input:\n      files: ['**/*.orig', 'drafts/*']\n"}]);

struct found {
    const char *pattern; /* NULL: all files */
    char **paths;
    size_t n, room;
};

static int find(struct place *p, const struct place_entry *entry, void *ctx)
{
    struct found *f = ctx;

    if (S_ISDIR(entry->mode))
        return CALLBOARD_OK;
    switch (f->pattern ? pattern_match(f->pattern, entry->path) : PATTERN_YES) {
    case PATTERN_NO: return CALLBOARD_OK;
    case PATTERN_TOO_MUCH: return p->host->fail(p->call, CALLBOARD_ELIMIT, "the pattern %.200s takes too long to match", f->pattern);
    case PATTERN_YES: break;
    }
    if (f->n == f->room) {
        f->room = f->room ? 2 * f->room : 32;
        if (!(f->paths = realloc(f->paths, f->room * sizeof(*f->paths))))
            abort();
    }
    if (!(f->paths[f->n++] = strdup(entry->path)))
        abort();
    return CALLBOARD_OK;
}

static int delete_one(struct place *p, const char *pattern)
{
    char path[PLACE_PATH_MAX + 1];
    struct found f = {0};
    struct stat st;
    int rc = place_clean(path, p, pattern);

    if (rc != CALLBOARD_OK)
        return rc;
    if (place_stat(&st, p, path) && S_ISDIR(st.st_mode)) {
        rc = place_walk(p, path, true, find, &f);
    } else {
        f.pattern = path;
        rc = place_walk(p, "", true, find, &f);
    }
    for (size_t i = 0; rc == CALLBOARD_OK && i < f.n; i++)
        if ((rc = place_remove(p, f.paths[i])) == CALLBOARD_OK)
            p->host->log(p->call, CALLBOARD_LOG_INFO, "File %s deleted successfully", f.paths[i]);
    for (size_t i = 0; i < f.n; i++)
        free(f.paths[i]);
    free(f.paths);
    return rc;
}

int act_fs_delete(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *files = host->get(host->input(call), "/files");
    size_t n = host->count(files, "");
    struct place p;
    int rc = place_open(&p, host, call);

    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++) {
        p.seen_n = 0;
        rc = delete_one(&p, host->text(host->at(files, i), "", ""));
    }
    place_close(&p);
    return rc;
}

/* ---- fs:rename */

const char act_fs_rename_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["files"], "properties": {
        "files": {"type": "array", "title": "Files", "items": {
            "type": "object", "additionalProperties": false, "required": ["from", "to"], "properties": {
                "from": {"type": "string", "title": "From", "description": "File or folder as it is called now"},
                "to": {"type": "string", "title": "To", "description": "Its new path; folders above it are made"},
                "overwrite": {"type": "boolean", "title": "Overwrite", "description": "Take the place of what is there"}}}}}});

const char act_fs_rename_examples[] = ACT_JSON([
    {"description": "Rename a file, and a folder in place of another",
     "example": "steps:\n  - id: rename\n    name: Give them their names\n    action: fs:rename\n    input:\n      files:\n        - from: gitignore\n          to: .gitignore\n        - from: docs-new\n          to: docs\n          overwrite: true\n"}]);

static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

static int rename_one(struct place *p, const struct callboard_json *file)
{
    const struct callboard_host *host = p->host;
    char from[PLACE_PATH_MAX + 1], to[PLACE_PATH_MAX + 1];
    struct stat st;
    int rc;

    if ((rc = place_clean(from, p, host->text(file, "/from", ""))) != CALLBOARD_OK || (rc = place_clean(to, p, host->text(file, "/to", ""))) != CALLBOARD_OK)
        return rc;
    if (!*from || !*to)
        return host->fail(p->call, CALLBOARD_EINVAL, "the workspace itself cannot be renamed, nor take another's place");
    if (!place_stat(&st, p, from))
        return host->fail(p->call, CALLBOARD_ENOTFOUND, "%.200s: there is no such file or folder in the workspace", from);
    if (strcmp(from, to) == 0)
        return CALLBOARD_OK;
    if (is_below(to, from))
        return host->fail(p->call, CALLBOARD_EINVAL, "Cannot move '%.200s' to a subdirectory of itself, '%.200s'.", from, to);
    if (is_below(from, to))
        return host->fail(p->call, CALLBOARD_ECONFLICT, "'%.200s' cannot take the place of '%.200s', which it lies in", from, to);
    if (place_stat(&st, p, to)) {
        if (!host->boolean(file, "/overwrite", 0))
            return host->fail(p->call, CALLBOARD_ECONFLICT, "dest already exists: %.200s is there, and overwrite is not set", to);
        rc = place_remove_all(p, to);
    }
    if (rc == CALLBOARD_OK)
        rc = place_move(p, from, to);
    if (rc == CALLBOARD_OK)
        host->log(p->call, CALLBOARD_LOG_INFO, "File %s renamed to %s successfully", from, to);
    return rc;
}

int act_fs_rename(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *files = host->get(host->input(call), "/files");
    size_t n = host->count(files, "");
    struct place p;
    int rc = place_open(&p, host, call);

    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++)
        rc = rename_one(&p, host->at(files, i));
    place_close(&p);
    return rc;
}

/* ---- fs:readdir */

#define ENTRY                                                                                                                    \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"path\",\"fullPath\"],\"properties\":{"         \
    "\"name\":{\"type\":\"string\",\"description\":\"Its name\"},"                                                               \
    "\"path\":{\"type\":\"string\",\"description\":\"Its path from the workspace on\"},"                                         \
    "\"fullPath\":{\"type\":\"string\",\"description\":\"Its whole path\"}}}"

const char act_fs_readdir_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["paths"], "properties": {
        "paths": {"type": "array", "items": {"type": "string", "minLength": 1}, "title": "Folders", "description": "Folders of the workspace to read"},
        "recursive": {"type": "boolean", "default": false, "title": "Recursive", "description": "Read the folders in them too"}}});

const char act_fs_readdir_output[] = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"files\",\"folders\"],\"properties\":{"
                                     "\"files\":{\"type\":\"array\",\"items\":" ENTRY "},\"folders\":{\"type\":\"array\",\"items\":" ENTRY "}}}";

const char act_fs_readdir_examples[] = ACT_JSON([
    {"description": "What is in the workspace", "example": "steps:\n  - id: read\n    name: Read\n    action: fs:readdir\n    input:\n      paths: ['.']\n"},
    {"description": "All that two folders hold, however deep",
     "example": "steps:\n  - id: read\n    name: Read\n    action: fs:readdir\n    input:\n      paths: [src, docs]\n      recursive: true\n"}]);

/* Folders are written behind the files: their walk is the second one. */
static int put_entry(struct place *p, const struct place_entry *entry, void *ctx)
{
    const bool *folders = ctx;

    if (S_ISDIR(entry->mode) != *folders)
        return CALLBOARD_OK;
    p->host->begin_object(p->call, NULL);
    p->host->put_text(p->call, "name", entry->name);
    p->host->put_text(p->call, "path", entry->path);
    p->host->put_textf(p->call, "fullPath", "%s/%s", p->path, entry->path);
    p->host->end(p->call);
    return CALLBOARD_OK;
}

static int put_all(struct place *p, const struct callboard_json *input, bool folders)
{
    const struct callboard_json *paths = p->host->get(input, "/paths");
    size_t n = p->host->count(paths, "");
    int rc = CALLBOARD_OK;

    p->host->begin_array(p->call, folders ? "folders" : "files");
    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++) {
        char path[PLACE_PATH_MAX + 1];

        if ((rc = place_clean(path, p, p->host->text(p->host->at(paths, i), "", ""))) == CALLBOARD_OK)
            rc = place_walk(p, path, p->host->boolean(input, "/recursive", 0), put_entry, &folders);
    }
    p->host->end(p->call);
    return rc;
}

int act_fs_readdir(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    struct place p;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK)
        rc = put_all(&p, input, false);
    p.seen_n = 0;
    if (rc == CALLBOARD_OK)
        rc = put_all(&p, input, true);
    place_close(&p);
    return rc;
}
