/*
 * release/disclosure/release_build.h - the only way to fill a castmap_release.
 *
 * A build remembers that memory ran out, as cm_text does, and says so once, in cm_build_finish(). Finish also is the last door: it
 * looks at what was built and refuses a partner or public release that holds a layer or field which is not on the allow list of its
 * audience, a float surface, exact points, or a vertex of a data layer that is neither on the lattice nor on an area's border.
 *
 * Pointers to layers and fields stay valid until finish. Texts are copied.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_BUILD_H
#define CM_RELEASE_DISCLOSURE_RELEASE_BUILD_H

#include "castmap/polygons.h"
#include "release/disclosure/release_view.h"

typedef struct cm_release_build {
    castmap_release *release; /* owned until finish */
    bool             failed;  /* out of memory */
    double           lattice_m; /* side of the base cell; vertices of lattice layers are multiples of it. 0: internal */
} cm_release_build;

/* Always ends in cm_build_finish() or cm_build_discard(). Sets audience and audience mark. */
void cm_build_begin(cm_release_build *build, castmap_audience audience);
/* *out owns the release, unless the status is not CASTMAP_OK; the build is empty either way. */
CASTMAP_NODISCARD castmap_status cm_build_finish(castmap_context *ctx, cm_release_build *build, castmap_release **out);
void cm_build_discard(cm_release_build *build);

/* Set one of the release's texts (or of a layer or style): frees what was there. NULL becomes "". */
void cm_build_text(cm_release_build *build, char **slot, const char *text);
void cm_build_textf(cm_release_build *build, char **slot, const char *format, ...) CASTMAP_PRINTF(3, 4);

void cm_build_source(cm_release_build *build, const char *format, ...) CASTMAP_PRINTF(2, 3); /* a line that is there already is not added */
void cm_build_caveat(cm_release_build *build, const char *format, ...) CASTMAP_PRINTF(2, 3);
void cm_build_method(cm_release_build *build, const char *format, ...) CASTMAP_PRINTF(2, 3);
void cm_build_fact(cm_release_build *build, const char *title, const char *value, const char *note);
void cm_build_fact_count(cm_release_build *build, const char *title, int64_t value, const char *note); /* "2,431" */

/* A new layer with `count` features, visible, one symbol, no geometry yet. NULL when out of memory (then build->failed). */
cm_layer *cm_build_layer(cm_release_build *build, const char *name, const char *title, const char *description,
                         cm_shape shape, size_t count);
cm_layer *cm_build_backdrop(cm_release_build *build, const char *name, const char *title, cm_shape shape, size_t count);

/* Geometry is copied. `metres` is a view in the working CRS with layer->count features; lon/lat parallel to its vertices.
 * For lines a part is a line of one ring. A NULL layer is ignored. */
void cm_build_shapes(cm_release_build *build, cm_layer *layer, const castmap_polygons *metres, const double *lon,
                     const double *lat);
void cm_build_points(cm_release_build *build, cm_layer *layer, const double *x, const double *y, const double *lon,
                     const double *lat);
/* Where labels stand, working CRS; copied. */
void cm_build_label_points(cm_release_build *build, cm_layer *layer, const double *x, const double *y);

/* A new field, all null. NULL when out of memory. cm_build_field_index gives its number for a style. */
cm_field *cm_build_field(cm_release_build *build, cm_layer *layer, cm_field_type type, const char *name,
                         const char *title, const char *description, const char *unit, int digits);
void cm_field_set_integer(cm_field *field, size_t i, int64_t value); /* a NULL field is ignored */
void cm_field_set_real(cm_field *field, size_t i, double value);
void cm_field_set_text(cm_release_build *build, cm_field *field, size_t i, const char *value);
int cm_build_field_index(const cm_layer *layer, const char *name); /* -1 if absent */

/* Styles. */
void cm_build_class(cm_release_build *build, cm_style *style, double lower, double upper, const char *label,
                    uint32_t rgba, bool hatched);
void cm_build_colour_by(cm_release_build *build, cm_layer *layer, const char *class_field, const char *legend_title);
void cm_build_outline(cm_layer *layer, uint32_t stroke_rgba, double stroke_mm, bool dashed);
void cm_build_fill(cm_layer *layer, uint32_t fill_rgba);
void cm_build_label(cm_layer *layer, const char *field, double min_label_mm);

/* The surface: room for columns*rows class numbers (all 0) and, with_values, doubles (all 0). False when out of memory. */
bool cm_build_surface(cm_release_build *build, const castmap_grid *grid, bool with_values, const double *breaks,
                      size_t n_breaks);

void cm_build_extent(cm_release_build *build, double west, double south, double east, double north, double west_deg,
                     double south_deg, double east_deg, double north_deg);

#endif
