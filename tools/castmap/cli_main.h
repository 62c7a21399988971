/* cli_main.h - the command as a function of its words. */
#ifndef CASTMAP_CLI_MAIN_H
#define CASTMAP_CLI_MAIN_H

int cli_main(int argc, char *const *argv);

#endif
