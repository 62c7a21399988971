/*
 * project/ingest/mending.h - mended rows through the checks of an import.
 */
#ifndef CM_PROJECT_INGEST_MENDING_H
#define CM_PROJECT_INGEST_MENDING_H

#include "castmap/mending.h"
#include "project/ingest/columns.h"
#include "project/ingest/mending_cells.h"
#include "project/ingest/prepare.h"
#include "project/mended_table.h"

/* A sheet on its way in. Made by castmap_quarantine_import(), asked by the importer at every row. */
typedef struct cm_mending {
    cm_mending_row *row;      /* owned [n], in order of line */
    size_t          n, capacity, next;
    int64_t         origin;   /* batch */
    char            separator; /* of the sheet */
    cm_columns      sheet;    /* owned: columns of the sheet */
    cm_mending_form form;     /* owned: of the file that the rows came from */
    const char    **map;      /* owned: the options' pairs with those of our columns of places; NULL: not needed */
    cm_csv_field   *unguarded; /* owned [sheet.n], scratch of the reader */
    size_t          refused, done;
    bool            changed;  /* a refused row has another text or reason now */
} cm_mending;

/* The key of the row at this physical line; NULL: none. Lines ascend from call to call. */
const cm_mending_row *cm_mending_at(cm_mending *mending, int64_t line);
/* The importer refused the row: it stays in quarantine, as the file it came from would have had it. */
CASTMAP_NODISCARD castmap_status cm_mending_refuse(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch,
                                                   cm_mending *mending, const cm_mending_row *key, const char *code, const char *field,
                                                   const char *reason, const char *text, size_t length);

/* import.c: castmap_import() of a sheet; mending NULL: of any file. */
CASTMAP_NODISCARD castmap_status cm_import_file(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                                cm_mending *mending, castmap_guesses_fn *shown, void *payload, castmap_import_summary *summary);

#endif
