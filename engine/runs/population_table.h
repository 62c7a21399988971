/*
 * runs/population_table.h - a small CSV of people by area code.
 */
#ifndef CM_RUNS_POPULATION_TABLE_H
#define CM_RUNS_POPULATION_TABLE_H

#include "castmap/context.h"

#include <stddef.h>

typedef struct cm_population_row {
    char  *code;   /* owned */
    double people; /* NaN: not a number of people */
    size_t line;
} cm_population_row;

typedef struct cm_population_table {
    char   *code_column, *value_column, *sha256; /* owned */
    size_t  count, capacity;
    cm_population_row *row; /* in order of the file */
} cm_population_table;

#define CM_POPULATION_TABLE_INIT {0}

/*
 * Read it strictly: UTF-8, commas, RFC 4180 quotes, as many fields as the header in each row. The columns are those named, else: the code is the column with the most
 * values among `codes` [n_codes] (sorted by strcmp), the people the first of the others that is called population or the like, else the only one of numbers.
 * CASTMAP_E_INPUT names the line; CASTMAP_E_NOT_FOUND: no such column; CASTMAP_E_LIMIT: more than 64 MB.
 */
CASTMAP_NODISCARD castmap_status cm_population_read(castmap_context *ctx, const char *path, const char *code_column,
                                                    const char *value_column, char *const *codes, size_t n_codes,
                                                    cm_population_table *out);
void cm_population_table_clear(cm_population_table *table);

#endif
