/*
 * release/print/cairo_canvas.h - a sheet of paper to draw on, in millimetres. The only place that knows cairo and pango.
 *
 * The origin is the top left corner of the sheet, x to the right, y down. Colours are 0xRRGGBBAA.
 */
#ifndef CM_RELEASE_PRINT_CAIRO_CANVAS_H
#define CM_RELEASE_PRINT_CAIRO_CANVAS_H

#include "castmap/context.h"

#include <stddef.h>

typedef struct cm_canvas cm_canvas;

typedef enum cm_canvas_kind { CM_CANVAS_PDF, CM_CANVAS_SVG, CM_CANVAS_PNG } cm_canvas_kind;

/* title, subject and date_s go into the PDF's information; nothing else does. dots_per_inch counts for PNG only. */
CASTMAP_NODISCARD castmap_status cm_canvas_open(castmap_context *ctx, cm_canvas_kind kind, const char *path, double width_mm,
                                                double height_mm, double dots_per_inch, const char *title,
                                                const char *subject, int64_t date_s, cm_canvas **out);
/* Write the file. The canvas is freed either way. */
CASTMAP_NODISCARD castmap_status cm_canvas_finish(castmap_context *ctx, cm_canvas *canvas);
void cm_canvas_free(cm_canvas *canvas); /* NULL is fine */

/* A PNG in memory instead of a file: *bytes owned by the caller. Only for canvases opened with path NULL. */
CASTMAP_NODISCARD castmap_status cm_canvas_finish_png(castmap_context *ctx, cm_canvas *canvas, unsigned char **bytes,
                                                      size_t *length);

/* Structure for readers that cannot see: "H1", "P", "Figure" (with what it shows as text), "Table". */
void cm_canvas_tag(cm_canvas *canvas, const char *tag, const char *alternative);
void cm_canvas_untag(cm_canvas *canvas, const char *tag);

void cm_canvas_save(cm_canvas *canvas);
void cm_canvas_restore(cm_canvas *canvas);
void cm_canvas_clip(cm_canvas *canvas, double x, double y, double width, double height);

void cm_canvas_move(cm_canvas *canvas, double x, double y);
void cm_canvas_line(cm_canvas *canvas, double x, double y);
void cm_canvas_close(cm_canvas *canvas);
void cm_canvas_rectangle(cm_canvas *canvas, double x, double y, double width, double height);
void cm_canvas_circle(cm_canvas *canvas, double x, double y, double radius);
/* Paint the path and forget it; fill by the even-odd rule. */
void cm_canvas_fill(cm_canvas *canvas, uint32_t rgba);
void cm_canvas_hatch(cm_canvas *canvas, uint32_t rgba, double spacing_mm, double x, double y, double width, double height);
void cm_canvas_stroke(cm_canvas *canvas, uint32_t rgba, double width_mm, bool dashed);
void cm_canvas_forget(cm_canvas *canvas);

typedef enum cm_align { CM_ALIGN_LEFT, CM_ALIGN_CENTRE, CM_ALIGN_RIGHT } cm_align;

typedef struct cm_lettering {
    double   size_pt;
    bool     bold, italic;
    uint32_t rgba;
    uint32_t halo_rgba;  /* 0: none */
    cm_align align;      /* of lines within width, or of the text about x when width is 0 */
    double   width_mm;   /* wrap here; 0: one line */
    int      most_lines; /* 0: any; the last is cut with an ellipsis */
} cm_lettering;

/* Draw text with its top at y; gives its height in mm. draw false: only measure. `width_out` may be NULL. */
double cm_canvas_text(cm_canvas *canvas, double x, double y, const char *text, const cm_lettering *style, bool draw,
                      double *width_out);

#endif
