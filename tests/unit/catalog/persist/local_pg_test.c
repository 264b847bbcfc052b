/* The private PostgreSQL: begun, found again, taken over, killed on either side, refused with a sentence. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/persist/local_pg.h"
#include "catalog/persist/local_pg_run.h"
#include "catalog/persist/stmt.h"
#include "tests/support/unit.h"

#define CHECK_OK(call) ck_assert_msg((call) == CB_OK, "%s: %s", #call, err.text)
#define CHECK_CODE(call, code)                                                                     \
    do {                                                                                           \
        enum cb_code check_rc = (call);                                                            \
        ck_assert_msg(check_rc == (code), "%s: %s: %s", #call, cb_code_name(check_rc), err.text);  \
    } while (0)
#define DEADLINE_US (60 * CB_S_US)

static struct cb_err err;
static char base[64], dir[128];

static void run(const char *format, ...) CB_PRINTF(1, 2);
static void run(const char *format, ...)
{
    char command[4096];
    va_list ap;

    va_start(ap, format);
    vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* A place for one test, reachable for the unprivileged user. */
static void begin(void)
{
    snprintf(base, sizeof(base), "/tmp/callboard-local-pg-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    ck_assert_int_eq(chmod(base, 0755), 0);
    snprintf(dir, sizeof(dir), "%s/pg", base);
    unsetenv("CALLBOARD_PG_BINDIR");
}

static void end(void)
{
    run("rm -rf '%s'", base);
}

/* initdb once, a copy for each test: from then on every test starts with a directory that was used before. */
static char made[64];
static pid_t made_by;

static void remove_made(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf '%s'", made);
    if (getpid() == made_by && system(command) != 0)
        fprintf(stderr, "%s stays\n", made);
}

static void make_once(void)
{
    struct cb_local_pg *pg;

    snprintf(made, sizeof(made), "/tmp/callboard-local-pg-made-XXXXXX");
    if (!mkdtemp(made) || chmod(made, 0755) != 0)
        abort();
    made_by = getpid();
    atexit(remove_made);
    snprintf(dir, sizeof(dir), "%s/pg", made);
    if (cb_local_pg_start(&pg, dir, &err) == CB_OK)
        cb_local_pg_stop(pg);
    else
        cb_unit_skip(err.text);
}

static void begin_used(void)
{
    begin();
    run("cp -a '%s/pg' '%s'", made, dir);
}

static pid_t server_pid(void)
{
    char path[PATH_MAX];
    int pid = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/data/postmaster.pid", dir);
    f = fopen(path, "re");
    if (f && fscanf(f, "%d", &pid) != 1)
        pid = 0;
    if (f)
        fclose(f);
    return pid;
}

static bool is_alive(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
}

static bool await_end(pid_t pid)
{
    int64_t until_us = cb_clock_mono_us() + DEADLINE_US;

    while (is_alive(pid) && cb_clock_mono_us() < until_us)
        usleep(5000);
    return !is_alive(pid);
}

static void script(struct cb_local_pg *pg, const char *sql)
{
    struct cb_conn *c;

    CHECK_OK(cb_conn_open(&c, cb_local_pg_url(pg), 10 * CB_S_US, &err));
    CHECK_OK(cb_stmt_script(c, sql, &err));
    cb_conn_close(c);
}

START_TEST(an_empty_directory_becomes_a_server_that_only_its_socket_reaches)
{
    struct cb_local_pg *pg;
    struct stat st;
    char path[256];
    char *found;

    begin();
    CHECK_CODE(cb_local_pg_find(&found, dir, &err), CB_ENOTFOUND);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "DO $$ BEGIN"
               " ASSERT current_setting('listen_addresses') = '';"
               " ASSERT current_setting('server_encoding') = 'UTF8';"
               " ASSERT current_setting('lc_collate') = 'C.UTF-8';"
               " ASSERT current_setting('data_checksums') = 'on';"
               " ASSERT current_setting('fsync') = 'on';"
               " ASSERT current_setting('unix_socket_permissions') = '0700';"
               " END $$");
    CHECK_OK(cb_local_pg_find(&found, dir, &err));
    ck_assert_str_eq(found, cb_local_pg_url(pg));
    free(found);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, (const char *const[]){"", "data", "socket"}[i]);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_int_eq(st.st_mode & 0777, 0700);
        if (geteuid() == 0)
            ck_assert_uint_ne(st.st_uid, 0);
    }
    CHECK_OK(cb_local_pg_check(pg, &err));
    cb_local_pg_stop(pg);
    ck_assert_int_eq(server_pid(), 0);
    CHECK_CODE(cb_local_pg_find(&found, dir, &err), CB_ENOTFOUND);
    end();
}
END_TEST

START_TEST(what_was_written_is_there_at_the_next_start)
{
    struct cb_local_pg *pg;

    begin_used();
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "CREATE TABLE kept (x int); INSERT INTO kept VALUES (1)");
    cb_local_pg_stop(pg);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "DO $$ BEGIN ASSERT (SELECT count(*) FROM kept) = 1; END $$");
    cb_local_pg_stop(pg);
    end();
}
END_TEST

START_TEST(a_server_killed_with_minus_nine_is_restarted_by_check)
{
    struct cb_local_pg *pg;
    pid_t pid;

    begin_used();
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "CREATE TABLE kept (x int); INSERT INTO kept VALUES (1)");
    pid = server_pid();
    kill(pid, SIGKILL);
    usleep(50000);
    CHECK_OK(cb_local_pg_check(pg, &err));
    ck_assert_int_ne(server_pid(), pid);
    script(pg, "DO $$ BEGIN ASSERT (SELECT count(*) FROM kept) = 1; END $$");
    CHECK_OK(cb_local_pg_check(pg, &err));
    cb_local_pg_stop(pg);
    end();
}
END_TEST

/* A callboard of its own process; it runs the server until it is killed. */
static pid_t other_callboard(void)
{
    int ready[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        struct cb_local_pg *pg;

        if (cb_local_pg_start(&pg, dir, NULL) != CB_OK || write(ready[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

START_TEST(the_server_ends_with_a_callboard_that_is_killed)
{
    struct cb_local_pg *pg;
    pid_t callboard, server;

    begin_used();
    callboard = other_callboard();
    server = server_pid();
    ck_assert(is_alive(server));
    kill(callboard, SIGKILL);
    waitpid(callboard, NULL, 0);
    ck_assert(await_end(server));
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    cb_local_pg_stop(pg);
    end();
}
END_TEST

START_TEST(the_next_callboard_need_not_wait_for_that)
{
    struct cb_local_pg *pg;
    pid_t callboard, server;

    begin_used();
    callboard = other_callboard();
    server = server_pid();
    kill(server, SIGSTOP); /* it cannot hear that it should end */
    kill(callboard, SIGKILL);
    waitpid(callboard, NULL, 0);
    usleep(20000);
    kill(server, SIGCONT);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    ck_assert_int_ne(server_pid(), server);
    cb_local_pg_stop(pg);
    end();
}
END_TEST

START_TEST(two_callboards_on_one_directory_are_one_too_many)
{
    struct cb_local_pg *pg;
    char number[16];
    pid_t callboard;

    begin_used();
    callboard = other_callboard();
    CHECK_CODE(cb_local_pg_start(&pg, dir, &err), CB_ECONFLICT);
    snprintf(number, sizeof(number), "%d", (int)callboard);
    ck_assert_ptr_nonnull(strstr(err.text, number));
    ck_assert(is_alive(server_pid()));
    kill(callboard, SIGKILL);
    waitpid(callboard, NULL, 0);
    ck_assert(await_end(server_pid()));
    end();
}
END_TEST

/* What a stranger finds, and a word of the answer. */
static const struct {
    const char *make; /* $D is the directory */
    const char *word;
    enum cb_code code;
} wrong[] = {
    {"mkdir $D && touch $D/letter", "not empty", CB_EINVAL},
    {"mkdir $D && echo 15 > $D/PG_VERSION", "did not make", CB_EINVAL},
    {"touch $D", "no directory", CB_EINVAL},
    {"mkdir -p $D/data && touch $D/callboard-postgresql && echo 9 > $D/data/PG_VERSION",
     "was made by PostgreSQL 9", CB_ENOTFOUND},
    {"mkdir -p $D/data && touch $D/callboard-postgresql $D/data/x", "no PostgreSQL data directory",
     CB_EINVAL},
};

START_TEST(a_directory_that_is_not_ours_is_left_alone)
{
    struct cb_local_pg *pg;

    begin();
    setenv("D", dir, 1);
    run("%s", wrong[_i].make);
    CHECK_CODE(cb_local_pg_start(&pg, dir, &err), wrong[_i].code);
    ck_assert_msg(strstr(err.text, wrong[_i].word) != NULL, "%s", err.text);
    end();
}
END_TEST

START_TEST(missing_programs_are_named_with_their_package)
{
    struct cb_local_pg *pg;

    begin();
    setenv("CALLBOARD_PG_BINDIR", base, 1);
    CHECK_CODE(cb_local_pg_start(&pg, dir, &err), CB_ENOTFOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "CALLBOARD_PG_BINDIR"));
    unsetenv("CALLBOARD_PG_BINDIR");
    run("rm -rf '%s'/*", base);
    run("mkdir '%s' && touch '%s/callboard-postgresql' && mkdir '%s/data' && echo 99 > "
        "'%s/data/PG_VERSION'",
        dir, dir, dir, dir);
    CHECK_CODE(cb_local_pg_start(&pg, dir, &err), CB_ENOTFOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "postgresql-99"));
    end();
}
END_TEST

START_TEST(a_long_path_has_its_socket_elsewhere)
{
    struct cb_local_pg *pg;
    char name[90], deep[256];
    char *found;

    begin();
    memset(name, 'n', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    snprintf(deep, sizeof(deep), "%s/%s", base, name);
    run("mkdir '%s' && chmod 755 '%s' && cp -a '%s/pg' '%s/pg'", deep, deep, made, deep);
    snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep), "/pg");
    CHECK_OK(cb_local_pg_start(&pg, deep, &err));
    ck_assert_ptr_null(strstr(cb_local_pg_url(pg), "nnnn"));
    script(pg, "SELECT 1");
    CHECK_OK(cb_local_pg_find(&found, deep, &err));
    ck_assert_str_eq(found, cb_local_pg_url(pg));
    free(found);
    cb_local_pg_stop(pg);
    end();
}
END_TEST

START_TEST(a_killed_initdb_is_begun_anew)
{
    struct cb_local_pg *pg;

    begin_used();
    run("mv '%s/data' '%s/data.new' && rm '%s/data.new/global/pg_control'", dir, dir, dir);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "SELECT 1");
    cb_local_pg_stop(pg);
    end();
}
END_TEST

START_TEST(a_stranger_with_the_same_number_is_not_taken_for_the_server)
{
    struct cb_local_pg *pg;
    pid_t stranger;

    begin_used();
    stranger = fork();
    if (stranger == 0)
        for (;;)
            pause();
    run("printf '%d\\n%s/data\\n0\\n5432\\n%s/socket\\n\\n0 0\\nready\\n' > "
        "'%s/data/postmaster.pid'",
        (int)stranger, dir, dir, dir);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    ck_assert(is_alive(stranger));
    cb_local_pg_stop(pg);
    kill(stranger, SIGKILL);
    waitpid(stranger, NULL, 0);
    end();
}
END_TEST

/* As somebody without privileges: in a child that becomes "nobody". */
START_TEST(an_ordinary_user_runs_it_too)
{
    const struct passwd *nobody = getpwnam("nobody");
    int status;
    pid_t pid;

    if (geteuid() != 0 || !nobody)
        return; /* every other test is this one */
    begin();
    ck_assert_int_eq(chown(base, nobody->pw_uid, nobody->pw_gid), 0);
    pid = fork();
    if (pid == 0) {
        struct cb_local_pg *pg;

        if (setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0)
            _exit(2);
        if (cb_local_pg_start(&pg, dir, &err) != CB_OK) {
            fprintf(stderr, "%s\n", err.text);
            _exit(1);
        }
        cb_local_pg_stop(pg);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    ck_assert_int_eq(status, 0);
    /* and root, later, goes on as that user */
    {
        struct cb_local_pg *pg;

        CHECK_OK(cb_local_pg_start(&pg, dir, &err));
        cb_local_pg_stop(pg);
    }
    end();
}
END_TEST

START_TEST(below_a_directory_closed_to_others_root_puts_the_files_elsewhere)
{
    struct cb_local_pg *pg;
    char real[PATH_MAX];

    if (geteuid() != 0)
        return;
    begin();
    ck_assert_int_eq(chmod(base, 0700), 0);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "CREATE TABLE kept (x int)");
    cb_local_pg_stop(pg);
    ck_assert_ptr_nonnull(realpath(dir, real));
    ck_assert_int_eq(strncmp(real, "/var/lib/callboard/pg-", 22), 0);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err));
    script(pg, "SELECT * FROM kept");
    cb_local_pg_stop(pg);
    run("rm -rf '%s'", real);
    CHECK_OK(cb_local_pg_start(&pg, dir, &err)); /* the files are gone, the link is not */
    cb_local_pg_stop(pg);
    ck_assert_ptr_nonnull(realpath(dir, real));
    run("rm -rf '%s'", real);
    end();
}
END_TEST

CB_SUITE(local_pg)
{
    cb_log_set_level(CB_LOG_ERROR + 1);
    make_once();
    CB_TEST(suite, an_empty_directory_becomes_a_server_that_only_its_socket_reaches);
    CB_TEST(suite, what_was_written_is_there_at_the_next_start);
    CB_TEST(suite, a_server_killed_with_minus_nine_is_restarted_by_check);
    CB_TEST(suite, the_server_ends_with_a_callboard_that_is_killed);
    CB_TEST(suite, the_next_callboard_need_not_wait_for_that);
    CB_TEST(suite, two_callboards_on_one_directory_are_one_too_many);
    CB_LOOP_TEST(suite, a_directory_that_is_not_ours_is_left_alone, CB_COUNT(wrong));
    CB_TEST(suite, missing_programs_are_named_with_their_package);
    CB_TEST(suite, a_long_path_has_its_socket_elsewhere);
    CB_TEST(suite, a_killed_initdb_is_begun_anew);
    CB_TEST(suite, a_stranger_with_the_same_number_is_not_taken_for_the_server);
    CB_TEST(suite, an_ordinary_user_runs_it_too);
    CB_TEST(suite, below_a_directory_closed_to_others_root_puts_the_files_elsewhere);
}
