#include "server/cli/command.h"

int main(int argc, char **argv)
{
    return cb_command_main(argc, argv);
}
