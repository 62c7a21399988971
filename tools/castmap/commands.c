/* commands.c - all commands, in the order in which a project meets them. */
#include "commands.h"

const cli_command *const CLI_COMMANDS[] = {
    &CMD_MAKE,
    &CMD_INIT,
    &CMD_IMPORT,
    &CMD_BOUNDARIES_ADD,
    &CMD_BOUNDARIES_LIST,
    &CMD_LIST,
    &CMD_INFO,
    &CMD_CLUSTER,
    &CMD_AREAS,
    &CMD_HEAT,
    &CMD_MAP,
    &CMD_EXPORT,
    &CMD_REPORT,
    &CMD_QUARANTINE_LIST,
    &CMD_QUARANTINE_EXPORT,
    &CMD_LOG,
    &CMD_UNDO,
    &CMD_BACKUP,
    &CMD_MIGRATE,
    &CMD_DOCTOR,
    &CMD_HELP,
    &CMD_COMPLETION,
    &CMD_VERSION,
    NULL,
};
