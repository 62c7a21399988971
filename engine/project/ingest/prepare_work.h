/*
 * project/ingest/prepare_work.h - one record on its way into an observation: what prepare.c and prepare_place.c share.
 */
#ifndef CM_PROJECT_INGEST_PREPARE_WORK_H
#define CM_PROJECT_INGEST_PREPARE_WORK_H

#include "project/ingest/prepare.h"

typedef struct cm_prepare_work {
    cm_preparer     *p;
    const cm_record *record;
    cm_prepared     *row;
    cm_arena        *texts;
    bool             failed; /* out of memory */
    uint32_t         ended;  /* when the postcode of the place was terminated, year * 100 + month; 0: not */
} cm_prepare_work;

static inline bool cm_work_has(const cm_prepare_work *w, cm_role role)
{
    return w->p->mapping->column[role] != CM_NO_COLUMN;
}

/* The row is refused for the flaw in the column of the role. Always false. */
bool cm_work_refuse(cm_prepare_work *w, cm_flaw flaw, cm_role role);
/* The trimmed cell of a role, or where it is empty that of its substitute; empty where there is no such column or the cell says "n/a". */
cm_csv_field cm_work_cell(const cm_prepare_work *w, cm_role role);
/* A copy in the chunk's arena; NULL where the field is empty, or out of memory (w->failed). */
const char *cm_work_copy(cm_prepare_work *w, cm_csv_field field);

/* prepare_place.c: where it was, and how exactly that is known. false: refused, or failed. */
bool cm_work_place(cm_prepare_work *w);

#endif
