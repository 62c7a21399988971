/*
 * output_folder.h - files and folders that appear whole or not at all.
 *
 * Functions that give an int print what is wrong and give the exit code; 0 is good.
 */
#ifndef CASTMAP_OUTPUT_FOLDER_H
#define CASTMAP_OUTPUT_FOLDER_H

#include "cli.h"

/* Refuse a target that exists (unless overwrite), that is the project itself, or whose folder is missing. */
int output_check(cli_env *env, const char *path, bool overwrite);

typedef struct output_file {
    char working[4200], final[4200]; /* beside each other */
} output_file;
#define OUTPUT_FILE_INIT {"", ""}

int output_file_begin(cli_env *env, const char *path, bool overwrite, output_file *out, FILE **file);
int output_file_end(cli_env *env, output_file *out, FILE *file); /* closes the file, also when it fails */

typedef struct output_folder {
    char working[4200], final[4200];
    bool replaces; /* an earlier output of ours has the name */
} output_folder;
#define OUTPUT_FOLDER_INIT {"", "", false}

/* Make PATH.tmp-XXXXXX beside PATH, to be filled. With overwrite, PATH may be an earlier output and nothing else. */
int output_folder_begin(cli_env *env, const char *path, bool overwrite, output_folder *out);
/* Give the folder its name in one step. */
int output_folder_commit(cli_env *env, output_folder *out);
/* Remove what was made; does nothing after a commit. */
void output_folder_abandon(output_folder *out);
/* working/name, or working/sub/name; false when it is too long. */
bool output_path(const output_folder *folder, const char *sub, const char *name, char *out, size_t size);

#endif
