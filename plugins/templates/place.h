/*
 * place.h - the only way of this plugin into a task's workspace. Paths are a template author's: never trusted.
 *
 * Path      relative to the workspace, or absolute and inside of it (as fs:readdir tells them). "." and ".." are worked out in the text first;
 *           what then leads out is CALLBOARD_EDENIED with PLACE_ESCAPE. "" and "." are the workspace itself
 * Links     openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS: no link is followed, whoever made it. One is made only by place_link
 * Limits    below; over one, CALLBOARD_ELIMIT with its name and the path
 * Errors    what fails has called host->fail and returns CALLBOARD_FAILED: an action just returns it
 * Lifetime  of one call. Contents that were read are the caller's to free
 * Threads   of the call
 */
#ifndef TEMPLATES_PLACE_H
#define TEMPLATES_PLACE_H

#include <callboard/plugin.h>
#include <stdbool.h>
#include <sys/stat.h>

#define PLACE_PATH_MAX 1024                   /* bytes of a path below the workspace */
#define PLACE_NAME_MAX 255                    /* bytes of a file's or folder's name */
#define PLACE_DEPTH_MAX 64                    /* folders in folders */
#define PLACE_FILE_N 20000                    /* files and folders that one action looks at or makes */
#define PLACE_FILE_BYTES (64 * 1024 * 1024)   /* of one file */
#define PLACE_TOTAL_BYTES (512 * 1024 * 1024) /* that one action writes */

#define PLACE_ESCAPE "Relative path is not allowed to refer to a directory outside its parent"

struct place {
    const struct callboard_host *host;
    struct callboard_call *call;
    const char *path; /* of the workspace, without a slash at its end */
    int root;         /* an open descriptor of it */
    size_t seen_n;    /* of PLACE_FILE_N */
    size_t wrote_bytes; /* of PLACE_TOTAL_BYTES */
};

/* What is there, in the order of its names' bytes; a folder before what is in it. */
struct place_entry {
    const char *path; /* below the workspace: "src/main.c" */
    const char *name;
    mode_t mode;      /* S_IFDIR, S_IFREG, S_IFLNK, ..., with its rights */
    int64_t bytes;
};
/* Not CALLBOARD_OK ends the walk, and is what place_walk returns. */
typedef int place_fn(struct place *place, const struct place_entry *entry, void *ctx);

/* CALLBOARD_OK, or CALLBOARD_FAILED; place_close is for both. */
int place_open(struct place *place, const struct callboard_host *host, struct callboard_call *call);
void place_close(struct place *place);

/* PATH as the workspace has it, into OUT (PLACE_PATH_MAX + 1): "a/b", "" for the workspace. Nothing is opened. */
int place_clean(char *out, struct place *place, const char *path);
/* Below FOLDER (clean already): what leads out of FOLDER is refused, though it may be in the workspace. */
int place_clean_below(char *out, struct place *place, const char *folder, const char *path);

/* The paths that follow are clean. */

/* False: there is nothing, or something that may not be looked at. */
bool place_stat(struct stat *out, struct place *place, const char *path);
/* The whole file, NUL-terminated. */
int place_read(char **out, size_t *n, struct place *place, const char *path);
/* Makes its folders too, and takes the place of a file that is there. MODE: rights as stat has them, of which the owner may always write; 0: 0644. */
int place_write(struct place *place, const char *path, const char *text, size_t n, mode_t mode);
/* What the link PATH names, NUL-terminated. */
int place_read_link(char **out, struct place *place, const char *path);
/* A link at PATH, where nothing is. CALLBOARD_EDENIED: TARGET is absolute, or leads out of FOLDER, in which PATH lies. */
int place_link(struct place *place, const char *folder, const char *path, const char *target);
/* And those above it. */
int place_folder(struct place *place, const char *path);
/* All below PATH. RECURSIVE false: only its own entries. */
int place_walk(struct place *place, const char *path, bool recursive, place_fn *each, void *ctx);
/* One file or link. */
int place_remove(struct place *place, const char *path);
/* A folder and all in it; nothing there is as good. */
int place_remove_all(struct place *place, const char *path);
/* The folders above TO are made. */
int place_move(struct place *place, const char *from, const char *to);
/* A folder for what an action needs for a moment, made new: what a killed one left goes. To be removed by place_remove_all. */
#define PLACE_SCRATCH ".callboard-scratch"
int place_scratch(struct place *place);

#endif
