/*
 * project/ingest/account.h - the account of an import: counts, reasons, notes.
 */
#ifndef CM_PROJECT_INGEST_ACCOUNT_H
#define CM_PROJECT_INGEST_ACCOUNT_H

#include "castmap/import.h"
#include "project/ingest/prepare.h"

typedef struct cm_account {
    castmap_import_summary summary; /* lists grow here; capacities: */
    size_t reason_capacity, note_capacity;
} cm_account;

void cm_account_clear(cm_account *account);
/* 0, or -1 when out of memory. */
int cm_account_refused(cm_account *account, const char *code, const char *reason, int64_t row);
int cm_account_note(cm_account *account, const char *code, size_t count, int64_t first_row, const char *format, ...)
    CASTMAP_PRINTF(5, 6);
/* What the preparer noticed, in words; columns that were not used. */
int cm_account_notes(cm_account *account, const cm_preparer *preparer);
void cm_account_sort(cm_account *account); /* reasons: most frequent first, then by code */

#endif
