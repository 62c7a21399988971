/*
 * project/ledger_table.h - CONTRACT: the record of all that was ever released. Never undone, never erased.
 */
#ifndef CM_PROJECT_LEDGER_TABLE_H
#define CM_PROJECT_LEDGER_TABLE_H

#include "castmap/release.h"

typedef struct cm_ledger_cell {
    int64_t column, row;   /* of the lattice, in units of its side, origin 0,0 of the working CRS */
    double  side_m;
    int64_t published;     /* the rounded count */
} cm_ledger_cell;

typedef struct cm_ledger_entry {
    int64_t          number;     /* out of _append */
    castmap_audience audience;
    char            *recipient;  /* owned; may be NULL */
    int64_t          from_s, to_s;
    char            *parameters; /* owned; JSON: policy, lattice, products */
    char            *digest;     /* owned; SHA-256 of what was published */
    size_t           n_cells;
    cm_ledger_cell  *cells;      /* owned */
} cm_ledger_entry;

CASTMAP_NODISCARD castmap_status cm_ledger_append(castmap_context *ctx, castmap_project *project, cm_ledger_entry *entry);
/* All entries in order of number. Release with cm_ledger_clear(). */
typedef struct cm_ledger {
    size_t           count;
    cm_ledger_entry *entry;
} cm_ledger;
CASTMAP_NODISCARD castmap_status cm_ledger_load(castmap_context *ctx, castmap_project *project, cm_ledger *out);
void cm_ledger_clear(cm_ledger *ledger);
void cm_ledger_entry_clear(cm_ledger_entry *entry);

#endif
