/*
 * release/print/map_furniture.h - what stands round a map: legend, scale bar, north, words. Each block draws itself at (x, y) in a
 * column of the given width and gives its height in mm; with draw false it only measures.
 */
#ifndef CM_RELEASE_PRINT_MAP_FURNITURE_H
#define CM_RELEASE_PRINT_MAP_FURNITURE_H

#include "release/print/map_view.h"

typedef struct cm_sheet {
    castmap_context       *ctx;
    cm_canvas             *canvas;
    const castmap_release *release;
    cm_map_view            view;
    const char            *main_layer;
    const char            *paper;  /* "A4" */
    const char            *title;
    double                 thinner; /* share of their width that lines of classes are drawn with; 0: all of it */
} cm_sheet;

typedef double cm_block_fn(cm_sheet *sheet, double x, double y, double width, bool draw);

double cm_block_title(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_legend(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_scale(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_flows(cm_sheet *sheet, double x, double y, double width, bool draw); /* the largest flows; nothing unless the map shows them */
double cm_block_corridors(cm_sheet *sheet, double x, double y, double width, bool draw); /* the chains of areas; likewise */
double cm_block_stretches(cm_sheet *sheet, double x, double y, double width, bool draw); /* what the numbers at the streets are; likewise */
double cm_block_tracks(cm_sheet *sheet, double x, double y, double width, bool draw); /* the streets that tracks passed; likewise */
double cm_block_facts(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_caveats(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_sources(cm_sheet *sheet, double x, double y, double width, bool draw);
double cm_block_footer(cm_sheet *sheet, double x, double y, double width, bool draw);

#endif
