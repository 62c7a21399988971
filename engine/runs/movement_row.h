/*
 * runs/movement_row.h - what one row of a table of movements says: its stops, when, who.
 */
#ifndef CM_RUNS_MOVEMENT_ROW_H
#define CM_RUNS_MOVEMENT_ROW_H

#include "runs/movement_places.h"
#include "runs/movement_table.h"

#define CM_MOVE_MOST_ENDS (CM_MOVE_MOST_STOPS + 2)

/* Where on the way a stop is. */
typedef enum cm_stop_kind { CM_STOP_FIRST, CM_STOP_LAST, CM_STOP_BETWEEN } cm_stop_kind;

typedef struct cm_movement_stop {
    cm_movement_end end;
    double          x, y;    /* metres, where `metres` */
    uint8_t         metres;  /* 0: no; 1: of the columns' system; 2: of the layer's */
    int             column;  /* that says it; CM_NO_COLUMN: the geometry */
} cm_movement_stop;

/* Texts of who are borrowed from the record. */
typedef struct cm_movement_row {
    cm_movement_stop stop[CM_MOVE_MOST_ENDS];
    size_t       n_stops;
    int64_t      when_s, span_s, order; /* CM_TIME_UNKNOWN, CM_WHEN_SPAN_UNKNOWN, INT64_MIN where not said */
    int32_t      persons, grade;
    cm_csv_field person, source, journey, id;
    cm_flaw      flaw;       /* code NULL: none */
    const char  *detail;     /* "", or the reason with its numbers */
    int          flaw_column; /* CM_NO_COLUMN: the row */
} cm_movement_row;

#define CM_WHEN_SPAN_UNKNOWN INT64_MAX

/* Words are looked up, positions are left to be located. A row with a flaw is read no further. */
CASTMAP_NODISCARD castmap_status cm_movement_row_read(const cm_movement_table *table, cm_movement_places *places, const cm_record *record,
                                                      cm_movement_row *out);
/* Why a stop is in no area. */
cm_flaw cm_movement_end_flaw(cm_stop_kind kind, cm_end_flaw flaw);

#endif
