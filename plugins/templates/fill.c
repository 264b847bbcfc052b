#include "plugins/templates/fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/pattern.h"
#include "plugins/templates/render.h"

#define SNIFF_BYTES 512    /* of a file, to tell what it is */
#define SURE_BYTES 32      /* before which nothing is decided by what is odd */
#define ODD_PERCENT 10

/* ---- what is text */

/* Bytes of the UTF-8 sequence at P, as far as it can be one; 1: none. */
static size_t sequence(const unsigned char *p, size_t n)
{
    size_t want = *p > 193 && *p < 224 ? 2 : *p > 223 && *p < 240 ? 3 : *p > 239 && *p < 245 ? 4 : 1;

    if (want > n)
        return 1;
    for (size_t i = 1; i < want; i++)
        if (p[i] < 128 || p[i] > 191)
            return 1;
    return want;
}

bool fill_is_binary(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t seen = n < SNIFF_BYTES ? n : SNIFF_BYTES, odd = 0;

    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        return false;
    if (n >= 5 && memcmp(text, "%PDF-", 5) == 0)
        return true;
    if (memchr(text, '\0', n)) /* UTF-16 as well: it could not be rendered without breaking it */
        return true;
    for (size_t i = 0; i < seen; i++) {
        size_t length;

        if ((p[i] > 6 && p[i] < 15) || (p[i] > 31 && p[i] < 128))
            continue;
        if (p[i] > 127 && (length = sequence(p + i, n - i)) > 1) {
            i += length - 1;
            continue;
        }
        odd++;
        if (i >= SURE_BYTES && odd * 100 / seen > ODD_PERCENT)
            return true;
    }
    return odd * 100 > ODD_PERCENT * seen;
}

/* ---- rendering */

struct fill {
    struct place *place;
    const struct fill_how *how;
    const char *from, *to;
    struct fill_sum *sum;
    struct tpl_session *session; /* made when the first template comes */
};

static int begin(struct fill *f)
{
    const struct callboard_host *host = f->place->host;
    struct callboard_call *call = f->place->call;
    const struct tpl_options options = {.cookiecutter = f->how->cookiecutter, .trim_blocks = f->how->trim_blocks, .lstrip_blocks = f->how->lstrip_blocks};
    const char *values = f->how->values ? host->dump(call, f->how->values, 0) : "{}";
    char *json = NULL;
    int n = asprintf(&json, "{\"%s\":%s}", f->how->cookiecutter ? "cookiecutter" : "values", values), rc;

    if (n < 0)
        abort();
    f->session = tpl_session_new(&options);
    rc = tpl_session_values(f->session, json, (size_t)n);
    free(json);
    return rc == 0 ? CALLBOARD_OK : host->fail(call, rc, "values: %s", tpl_session_error(f->session));
}

/* *OUT is malloc'd. AT: the file that TEXT is, or whose path it is. */
static int render(char **out, size_t *out_n, struct fill *f, const char *at, const char *text, size_t n)
{
    const char *made;
    size_t made_n;
    int rc = f->session ? CALLBOARD_OK : begin(f);

    if (rc != CALLBOARD_OK)
        return rc;
    if (f->place->host->cancelled(f->place->call))
        return f->place->host->fail(f->place->call, CALLBOARD_ECANCELLED, "the step was cancelled, or its time is over");
    rc = tpl_session_render(f->session, at, text, n, &made, &made_n);
    if (rc != 0)
        return f->place->host->fail(f->place->call, rc, "%s", tpl_session_error(f->session));
    if (!(*out = malloc(made_n + 1)))
        abort();
    memcpy(*out, made, made_n);
    (*out)[made_n] = '\0';
    *out_n = made_n;
    return CALLBOARD_OK;
}

/* Is there nothing in it that the language looks at? Then it is what it is. The end of a comment alone is an error there. */
static bool is_inert(const struct fill_how *how, const char *text, size_t n)
{
    return !memmem(text, n, how->cookiecutter ? "{{" : "${{", how->cookiecutter ? 2 : 3) && !memmem(text, n, "{%", 2) && !memmem(text, n, "{#", 2) &&
           !memmem(text, n, "#}", 2);
}

/* ---- what is done with a file */

/* Do the patterns take PATH? One that begins with "!" takes away from those before it. CALLBOARD_OK with *OUT. */
static int is_verbatim(bool *out, struct fill *f, const char *path)
{
    const struct callboard_host *host = f->place->host;
    size_t n = host->count(f->how->verbatim, "");

    *out = false;
    for (size_t i = 0; i < n; i++) {
        const char *pattern = host->text(host->at(f->how->verbatim, i), "", "");
        bool away = *pattern == '!';
        char below[PATTERN_BYTES_MAX + 8];
        enum pattern_answer answer;

        pattern += away;
        if (*out != away)
            continue; /* it would change nothing */
        answer = pattern_match(pattern, path);
        if (answer == PATTERN_NO && pattern_is_plain(pattern) && strlen(pattern) < PATTERN_BYTES_MAX) { /* a folder's name means all in it */
            size_t length = strlen(pattern);

            while (length && pattern[length - 1] == '/')
                length--;
            memcpy(below, pattern, length);
            memcpy(below + length, "/**", 4);
            answer = pattern_match(below, path);
        }
        if (answer == PATTERN_TOO_MUCH)
            return host->fail(f->place->call, CALLBOARD_ELIMIT, "the pattern %.200s takes too long to match", pattern);
        if (answer == PATTERN_YES)
            *out = !away;
    }
    return CALLBOARD_OK;
}

static bool has_extension(const char *path, const char *extension)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

    return dot && dot != name && strcmp(dot, extension) == 0;
}

/* Where the entry PATH (below the skeleton) goes, clean; *LEFT_OUT: nowhere. */
static int target_of(char *out, bool *left_out, struct fill *f, const char *path)
{
    size_t n = strlen(path);
    char *made = NULL;
    int rc = CALLBOARD_OK;

    if (f->how->extension && has_extension(path, f->how->extension))
        n -= strlen(f->how->extension);
    if (is_inert(f->how, path, n)) {
        if (!(made = strndup(path, n)))
            abort();
    } else {
        rc = render(&made, &n, f, path, path, n);
    }
    if (rc != CALLBOARD_OK)
        return rc;
    *left_out = !*made || *made == '/' || strstr(made, "//");
    if (!*left_out && strlen(made) != n)
        rc = f->place->host->fail(f->place->call, CALLBOARD_EINVAL, "the path %.200s would have a zero byte in it", path);
    else if (!*left_out)
        rc = place_clean_below(out, f->place, f->to, made);
    free(made);
    return rc;
}

static int fill_link(struct fill *f, const char *source, const char *target)
{
    char *names = NULL;
    int rc = place_read_link(&names, f->place, source);

    if (rc == CALLBOARD_OK)
        rc = place_link(f->place, f->to, target, names);
    free(names);
    f->sum->copied_n++;
    return rc;
}

static int fill_content(struct fill *f, const char *source, const char *path, const char *target, mode_t mode)
{
    bool verbatim = f->how->extension && !has_extension(path, f->how->extension);
    char *text = NULL, *made = NULL;
    size_t n = 0, made_n = 0;
    int rc = CALLBOARD_OK;

    if (!verbatim)
        rc = is_verbatim(&verbatim, f, path);
    if (rc == CALLBOARD_OK)
        rc = place_read(&text, &n, f->place, source);
    if (rc != CALLBOARD_OK)
        return rc;
    if (verbatim || is_inert(f->how, text, n) || fill_is_binary(text, n)) {
        f->sum->copied_n++;
        rc = place_write(f->place, target, text, n, mode);
    } else if ((rc = render(&made, &made_n, f, path, text, n)) == CALLBOARD_OK) {
        f->sum->rendered_n++;
        rc = place_write(f->place, target, made, made_n, mode);
    }
    free(made);
    free(text);
    return rc;
}

/* One entry of the skeleton; PATH is below it. */
static int fill_entry(struct fill *f, const char *path, mode_t mode)
{
    char source[PLACE_PATH_MAX + 1], target[PLACE_PATH_MAX + 1];
    bool left_out = false;
    struct stat st;
    int rc = place_clean_below(source, f->place, f->from, path);

    f->sum->entry_n++;
    if (rc == CALLBOARD_OK)
        rc = target_of(target, &left_out, f, path);
    if (rc != CALLBOARD_OK)
        return rc;
    if (left_out) {
        f->sum->skipped_n++;
        return CALLBOARD_OK;
    }
    if (S_ISDIR(mode))
        return place_folder(f->place, target);
    if (place_stat(&st, f->place, target)) {
        if (!f->how->replace) {
            f->sum->kept_n++;
            return CALLBOARD_OK;
        }
        if (!S_ISDIR(st.st_mode) && (S_ISLNK(st.st_mode) || S_ISLNK(mode)) && (rc = place_remove(f->place, target)) != CALLBOARD_OK)
            return rc;
    }
    if (S_ISLNK(mode))
        return fill_link(f, source, target);
    if (!S_ISREG(mode))
        return f->place->host->fail(f->place->call, CALLBOARD_EDENIED, "%.200s is no file, folder or link: it is not taken", path);
    return fill_content(f, source, path, target, mode);
}

/* ---- a whole skeleton */

struct list {
    const char *from;
    char **paths;
    mode_t *modes;
    size_t n, room;
};

static int collect(struct place *p, const struct place_entry *entry, void *ctx)
{
    struct list *l = ctx;
    size_t skip = strlen(l->from);

    (void)p;
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 64;
        if (!(l->paths = realloc(l->paths, l->room * sizeof(*l->paths))) || !(l->modes = realloc(l->modes, l->room * sizeof(*l->modes))))
            abort();
    }
    if (!(l->paths[l->n] = strdup(entry->path + skip + (skip > 0))))
        abort();
    l->modes[l->n++] = entry->mode;
    return CALLBOARD_OK;
}

int fill_tree(struct fill_sum *sum, struct place *place, const char *from, const char *to, const struct fill_how *how)
{
    struct fill f = {.place = place, .how = how, .from = from, .to = to, .sum = sum};
    struct list l = {.from = from};
    int rc = place_walk(place, from, true, collect, &l);

    *sum = (struct fill_sum){0};
    if (rc == CALLBOARD_OK)
        rc = place_folder(place, to);
    for (size_t i = 0; rc == CALLBOARD_OK && i < l.n; i++)
        rc = fill_entry(&f, l.paths[i], l.modes[i]);
    for (size_t i = 0; i < l.n; i++)
        free(l.paths[i]);
    free(l.paths);
    free(l.modes);
    tpl_session_free(f.session);
    return rc;
}

int fill_file(struct place *place, const char *from, const char *name, const char *to, const struct fill_how *how)
{
    struct fill_sum sum = {0};
    struct fill f = {.place = place, .how = how, .from = "", .to = "", .sum = &sum};
    struct stat st;
    int rc;

    if (!place_stat(&st, place, from))
        return place->host->fail(place->call, CALLBOARD_ENOTFOUND, "%.200s: there is no such file in the workspace", from);
    rc = fill_content(&f, from, name, to, st.st_mode);
    tpl_session_free(f.session);
    return rc;
}
