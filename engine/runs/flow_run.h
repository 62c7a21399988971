/*
 * runs/flow_run.h - what the parts of a run over movements share.
 */
#ifndef CM_RUNS_FLOW_RUN_H
#define CM_RUNS_FLOW_RUN_H

#include "project/flow_layer_table.h"
#include "runs/movement_file.h"

typedef struct cm_flow_run {
    castmap_context    *ctx;
    castmap_project    *project;
    const castmap_flows_run_options *options;
    int64_t             begun, batch; /* 0 on a dry run */
    bool                kept;
    cm_movement_places  places;    /* owned */
    cm_movements        movements; /* owned */
    castmap_flows       flows;     /* owned; over all times */
    double             *expected, *p, *q; /* owned [flows.count] */
    castmap_corridors   corridors; /* owned */
    cm_flow_layer       layer;     /* owned */
    castmap_flows_summary summary; /* owned */
} cm_flow_run;

/* flow_summary.c: periods and their flows, rows, names, remarks; takes what it can out of the run. */
CASTMAP_NODISCARD castmap_status cm_flow_summarise(cm_flow_run *run);

/* flow_order.c: the movements as columns of the layer, by areas, time, person, source and grade: the same whatever the order of the table. */
CASTMAP_NODISCARD castmap_status cm_flow_fill_movements(cm_flow_run *run);
/* leg [n] movements of journeys: by journey, then by the number of the leg, else by time, else as they stand. */
CASTMAP_NODISCARD castmap_status cm_flow_sort_legs(castmap_context *ctx, const cm_movements *movements, uint32_t *leg, size_t n);

#endif
