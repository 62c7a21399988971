/* commands.h - the commands, one cmd_*.c each (help, version and completion share one). */
#ifndef CASTMAP_COMMANDS_H
#define CASTMAP_COMMANDS_H

#include "cli.h"

extern const cli_command CMD_AREAS;
extern const cli_command CMD_BACKUP;
extern const cli_command CMD_BOUNDARIES_ADD;
extern const cli_command CMD_BOUNDARIES_LIST;
extern const cli_command CMD_CHECK;
extern const cli_command CMD_CLUSTER;
extern const cli_command CMD_COMPLETION;
extern const cli_command CMD_DOCTOR;
extern const cli_command CMD_EXPORT;
extern const cli_command CMD_FLOWS;
extern const cli_command CMD_HEAT;
extern const cli_command CMD_HELP;
extern const cli_command CMD_IMPORT;
extern const cli_command CMD_INFO;
extern const cli_command CMD_INIT;
extern const cli_command CMD_LIST;
extern const cli_command CMD_LOG;
extern const cli_command CMD_MAKE;
extern const cli_command CMD_MAP;
extern const cli_command CMD_MIGRATE;
extern const cli_command CMD_NEAR;
extern const cli_command CMD_PLACES_ADD;
extern const cli_command CMD_PLACES_LIST;
extern const cli_command CMD_QUARANTINE_EXPORT;
extern const cli_command CMD_QUARANTINE_IMPORT;
extern const cli_command CMD_QUARANTINE_LIST;
extern const cli_command CMD_RECIPES_EXPORT;
extern const cli_command CMD_RECIPES_LIST;
extern const cli_command CMD_RECIPES_REMOVE;
extern const cli_command CMD_REPORT;
extern const cli_command CMD_ROUTES;
extern const cli_command CMD_STREETS_ADD;
extern const cli_command CMD_STREETS_LIST;
extern const cli_command CMD_ROUTE;
extern const cli_command CMD_STREETS_TEST;
extern const cli_command CMD_TRACKS_ADD;
extern const cli_command CMD_TRACKS_LIST;
extern const cli_command CMD_TRACKS_REMOVE;
extern const cli_command CMD_TRACKS_RUN;
extern const cli_command CMD_TUNE_CLUSTER;
extern const cli_command CMD_TUNE_HEAT;
extern const cli_command CMD_UNDO;
extern const cli_command CMD_VERSION;

#endif
