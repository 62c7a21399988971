/* input_files.h - the files that the words of a command line mean: folders are gone through. */
#ifndef CASTMAP_INPUT_FILES_H
#define CASTMAP_INPUT_FILES_H

#include "cli.h"

/* What of a zip, or of those that were asked for, is not read. */
typedef struct left_out {
    char *file; /* owned: "pack.zip/letter.pdf" */
    char *why;  /* owned */
} left_out;

typedef struct input_files {
    char  **path; /* owned, in the order of the words; within a folder by name */
    char  **member; /* owned [count] after input_files_open_zips(), else NULL: of the zip at `path`; NULL: the file itself */
    bool   *several; /* likewise: one of several of its zip */
    size_t  count, capacity;
    left_out *left; /* owned */
    size_t  n_left, left_capacity;
    size_t  passed_over; /* files of folders whose names end in nothing that is read */
} input_files;

/*
 * 0, or the exit code after telling what is wrong: a folder without a file that could hold observations ends with 5. Links inside folders are followed only with
 * `follow`.
 */
int input_files_list(cli_env *env, bool follow, input_files *out);
/*
 * Zips are looked into, and each of their members that may hold observations takes a place of its own; what is left out is listed. layer: NULL, or the member that is
 * meant, with or without its folders. 0, or the exit code.
 */
int input_files_open_zips(cli_env *env, bool follow, const char *layer, input_files *files);
/* --layer for file i: NULL where it named the member. */
const char *input_files_layer(const input_files *files, size_t i, const char *layer);
/* "observations.csv", "pack.zip/a/t.csv", "standard input"; valid until the next call. */
const char *input_files_shown(const input_files *files, size_t i);
/* A member turned out to hold no records. 0, or -1: out of memory. */
int input_files_leave(input_files *files, const char *file, const char *why);
/*
 * castmap_import() of file i with its member and layer; the guesses are shown. A member that is no table of observations is no reason to refuse the others of its zip: *left, and
 * the summary is empty; but it is where `read` files before it and none after could be read.
 */
castmap_status input_files_import(cli_env *env, input_files *files, size_t i, const char *layer, size_t read, castmap_import_options *options,
                                  castmap_import_summary *summary, bool *left);
/* On stdout, and as "left_out" into the JSON object that is open. */
void input_files_show_left(cli_env *env, const input_files *files);
void input_files_clear(input_files *files);

#endif
