/* callboard migrate: the schema of the database, by hand. `serve` does it by itself. */
#include "catalog/persist/migrate.h"
#include "server/cli/command.h"

static int print_list(void)
{
    const char *name;

    for (size_t i = 0; (name = cb_migrate_name(i)); i++)
        puts(name);
    return CB_EXIT_DONE;
}

static int migrate(int argc, char **argv)
{
    struct cb_config_flags from = {0};
    bool helped, list = false, look = false;
    struct cb_flag flags[] = {{"--config", 'c', &from.file, NULL},
                              {"--data-dir", 0, &from.data_dir, NULL},
                              {"--database", 0, &from.database, NULL},
                              {"--list", 0, NULL, &list},
                              {"--check", 0, NULL, &look}};
    struct cb_opened opened;
    struct cb_err err;
    int applied = 0, status = CB_EXIT_DONE;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_migrate, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc > 1)
        return cb_command_usage(&cb_cmd_migrate, "it takes no operand");
    if (list)
        return print_list();
    if ((rc = cb_command_open(&opened, &from, false, &err)) == CB_OK)
        rc = look ? cb_migrate_check(opened.pool, &err) : cb_migrate_run(opened.pool, &applied, &err);
    if (rc != CB_OK) {
        status = cb_command_fail(&cb_cmd_migrate, &err);
        if (look && opened.pool)
            status = CB_EXIT_NO;
    } else if (look) {
        puts("the schema is this callboard's");
    } else {
        printf("%d migration%s applied\n", applied, applied == 1 ? "" : "s");
    }
    cb_command_close(&opened);
    return status;
}

const struct cb_command cb_cmd_migrate = {
    .name = "migrate",
    .usage = "migrate [--config FILE] [--check | --list]",
    .sentence = "Bring the database's schema to this version",
    .help = "  -c, --config FILE     callboard.yaml\n"
            "      --database URL    instead of the configuration's\n"
            "      --data-dir DIR    whose private PostgreSQL is meant\n"
            "      --check           only look: exit status 1 when migrations are missing\n"
            "      --list            print the migrations of this binary\n\n"
            "`callboard serve` migrates by itself at start; this is for those who want to see it happen before.\n",
    .run = migrate,
};
