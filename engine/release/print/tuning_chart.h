/*
 * release/print/tuning_chart.h - how the choice of a radius changes the places, drawn: the curve of distances and the table of radii.
 */
#ifndef CM_RELEASE_PRINT_TUNING_CHART_H
#define CM_RELEASE_PRINT_TUNING_CHART_H

#include "castmap/cluster_tuning.h"
#include "release/print/cairo_canvas.h"

/* The curve in a frame of width x height mm, its axes inside of it. */
void cm_tuning_curve(cm_canvas *canvas, const castmap_cluster_tuning *tuning, double x, double y, double width, double height);

/* The table, one line a radius, the recommended one marked. Gives its height in mm; with draw false it only measures. */
double cm_tuning_table(cm_canvas *canvas, const castmap_cluster_tuning *tuning, double x, double y, double width, bool draw);

/* "250 m", "1.2 km" */
#define CM_TUNING_LENGTH 40
void cm_tuning_length(double metres, char out[CM_TUNING_LENGTH]);

#endif
