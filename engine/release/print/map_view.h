/*
 * release/print/map_view.h - layers of a release drawn in a frame on a sheet.
 */
#ifndef CM_RELEASE_PRINT_MAP_VIEW_H
#define CM_RELEASE_PRINT_MAP_VIEW_H

#include "release/disclosure/release_view.h"
#include "release/print/cairo_canvas.h"

/* A frame on the sheet (mm) and the part of the country in it (metres). */
typedef struct cm_map_view {
    double x, y, width, height;
    double west, north, mm_per_m;
} cm_map_view;

/* The largest scale at which the release's extent, with a small margin, fits the frame. */
cm_map_view cm_map_view_fit(const castmap_release *release, double x, double y, double width, double height);

/* Does any feature of it show something? Not where there is none, or all are "not shown". */
bool cm_map_says(const cm_layer *layer);

/* The layer that is wanted, NULL where there is none. Else the first of heat, cells, areas, flows, stretches, streets of tracks that says something; else the
 * first that there is; NULL if there is none of them. */
const char *cm_map_main_layer(const castmap_release *release, const char *wanted);

/* Why a layer that was asked for cannot be drawn: CASTMAP_E_RELEASE where it exists for the group itself alone, else CASTMAP_E_NOT_FOUND. */
CASTMAP_NODISCARD castmap_status cm_map_no_layer(castmap_context *ctx, const castmap_release *release, const char *layer);

/* Backdrop, the main layer, boundaries, places and names, clipped to the frame. */
CASTMAP_NODISCARD castmap_status cm_map_view_draw(castmap_context *ctx, cm_canvas *canvas, const castmap_release *release,
                                                  const cm_map_view *view, const char *main_layer);

/* One layer alone, without labels. */
void cm_map_draw_layer(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer);

/* Whether a map whose main layer is `main_layer` shows this layer. */
bool cm_map_shows(const cm_layer *layer, const char *main_layer);

#endif
