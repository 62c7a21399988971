/*
 * project/ingest/recognise.h - which kind of file it is and which column plays which part.
 */
#ifndef CM_PROJECT_INGEST_RECOGNISE_H
#define CM_PROJECT_INGEST_RECOGNISE_H

#include "castmap/import.h"
#include "project/ingest/profile.h"

/* Guesses as they are made, for people and for the batch. */
typedef struct cm_guesses {
    castmap_guess *guess; /* owned */
    size_t n, capacity;
    bool   failed;        /* out of memory */
} cm_guesses;

void cm_guess_add(cm_guesses *guesses, const char *what, const char *why, const char *format, ...) CASTMAP_PRINTF(4, 5);
void cm_guesses_clear(cm_guesses *guesses);
char *cm_guesses_json(const cm_guesses *guesses); /* owned by the caller; NULL when out of memory */

/* Map the columns. `format`: "GPX", "XLSX", ... ; NULL: not known yet. `geometry`: the format gives the place. E_ARGUMENT: --profile or --map names what is not there. */
CASTMAP_NODISCARD castmap_status cm_recognise(castmap_context *ctx, const cm_columns *columns,
                                              const castmap_import_options *options, const char *format, bool geometry,
                                              cm_mapping *out);
/* Does the mapping say where records are? */
bool cm_mapping_placed(const cm_mapping *mapping);
/* E_INPUT when it does not, or when two columns claim one role. */
CASTMAP_NODISCARD castmap_status cm_mapping_check(castmap_context *ctx, const char *file, const cm_columns *columns,
                                                  const cm_mapping *mapping);
/* Columns to keep by "keep=NAME"; *keep [n_map] is the caller's array. */
CASTMAP_NODISCARD castmap_status cm_recognise_kept(castmap_context *ctx, const cm_columns *columns,
                                                   const castmap_import_options *options, int *keep, size_t *n_keep);
void cm_mapping_show(const cm_columns *columns, const cm_mapping *mapping, const int *keep, size_t n_keep,
                     cm_guesses *guesses);

#endif
