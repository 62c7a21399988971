/**
 * @file castmap/mending.h
 * @brief Rows that were set aside: out into a spreadsheet, mended there, and back in, with every row still accounted for.
 */
#ifndef CASTMAP_MENDING_H
#define CASTMAP_MENDING_H

#include "castmap/import.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Columns that the sheet has before those of the file. */
#define CASTMAP_MENDING_KEY "castmap_key"         /**< tells which row it is; must stay as it is */
#define CASTMAP_MENDING_PROBLEM "castmap_problem" /**< why it was set aside; for the reader alone */

/** The rows of one batch that are in quarantine, cell by cell. Owned; release with castmap_mending_sheet_clear(). */
typedef struct castmap_mending_sheet {
    int64_t batch_id;
    size_t  columns, rows;
    char  **name;    /**< [columns] of the file that was imported; of records with places of their own also castmap_lon, castmap_lat (or castmap_x, castmap_y) */
    char  **key;     /**< [rows] */
    char  **problem; /**< [rows] "category: not in the list" */
    char  **cell;    /**< [rows * columns], row by row; "" where the row had fewer */
} castmap_mending_sheet;

/**
 * @param batch_id  0: the one batch that has rows in quarantine
 * @retval CASTMAP_E_NOT_FOUND    no row is in quarantine
 * @retval CASTMAP_E_ARGUMENT     batch_id 0 and several have; the message names them
 * @retval CASTMAP_E_UNSUPPORTED  the batch was made by an older castmap, which did not keep its columns
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_mending_sheet_make(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                                                        castmap_mending_sheet *out);
CASTMAP_API void castmap_mending_sheet_clear(castmap_mending_sheet *sheet);

/** What became of the rows; owned, release with castmap_mending_clear(). */
typedef struct castmap_mending {
    castmap_import_summary summary; /**< of the batch that was made: read = accepted + duplicate; reasons are of the rows that were refused again */
    int64_t origin;                 /**< the batch that the rows were set aside from */
    size_t  rows;                   /**< of the file = accepted + duplicate + refused + done */
    size_t  refused;                /**< still in quarantine, with the newest text and reason */
    size_t  done;                   /**< came back by an earlier file and are passed over */
    size_t  left;                   /**< of the batch's rows, how many are in quarantine now */
} castmap_mending;
#define CASTMAP_MENDING_INIT {CASTMAP_IMPORT_SUMMARY_INIT, 0, 0, 0, 0, 0}

/**
 * @brief Bring mended rows back: each goes through the checks of an import, read as its batch was read.
 *
 * What passes becomes a record of a new batch and leaves quarantine; what does not stays there with its new text and reason. The account of the first
 * batch stays as it was: its quarantined rows are those still there and those that came back. The same file again changes nothing.
 *
 * @param options  as of an import; what is NULL or 0 is as the batch was read. `path` is the sheet as CSV, its separator recognised
 * @retval CASTMAP_E_INPUT  no sheet of this project, a row without its key, a key twice, rows of two batches; nothing was changed
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_quarantine_import(castmap_context *ctx, castmap_project *project,
                                                                       const castmap_import_options *options, castmap_guesses_fn *shown,
                                                                       void *payload, castmap_mending *out);
CASTMAP_API void castmap_mending_clear(castmap_mending *mending);

#ifdef __cplusplus
}
#endif
#endif
