/* input_files.h - the files that the words of a command line mean: folders are gone through. */
#ifndef CASTMAP_INPUT_FILES_H
#define CASTMAP_INPUT_FILES_H

#include "cli.h"

typedef struct input_files {
    char  **path; /* owned, in the order of the words; within a folder by name */
    size_t  count, capacity;
    size_t  passed_over; /* files of folders whose names end in nothing that is read */
} input_files;

/*
 * 0, or the exit code after telling what is wrong: a folder without a file that could hold observations ends with 5. Links inside folders are followed only with
 * `follow`.
 */
int input_files_list(cli_env *env, bool follow, input_files *out);
void input_files_clear(input_files *files);

#endif
