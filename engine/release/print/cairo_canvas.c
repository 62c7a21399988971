/*
 * release/print/cairo_canvas.c - drawing through cairo, lettering through pango.
 */
#include "release/print/cairo_canvas.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_PER_MM (72.0 / 25.4)
#define FONT_FAMILY "Open Sans, DejaVu Sans, sans-serif"

typedef struct byte_sink {
    unsigned char *bytes;
    size_t length, capacity;
} byte_sink;

static cairo_status_t take_bytes(void *payload, const unsigned char *bytes, unsigned int length)
{
    byte_sink *sink = payload;

    if (cm_grow(&sink->bytes, &sink->capacity, sink->length + length, 1))
        return CAIRO_STATUS_NO_MEMORY;
    memcpy(sink->bytes + sink->length, bytes, length);
    sink->length += length;
    return CAIRO_STATUS_SUCCESS;
}

struct cm_canvas {
    cm_canvas_kind   kind;
    char            *path;    /* owned; NULL: PNG in memory */
    cairo_surface_t *surface; /* owned */
    cairo_t         *cr;      /* owned */
    PangoContext    *pango;   /* owned */
    byte_sink        svg;     /* owned; an SVG on its way to the file */
};

void cm_canvas_free(cm_canvas *canvas)
{
    if (!canvas)
        return;
    if (canvas->pango)
        g_object_unref(canvas->pango);
    if (canvas->cr)
        cairo_destroy(canvas->cr);
    if (canvas->surface)
        cairo_surface_destroy(canvas->surface);
    free(canvas->svg.bytes);
    free(canvas->path);
    free(canvas);
}

static void describe_pdf(cairo_surface_t *surface, const char *title, const char *subject, int64_t date_s)
{
    char date[24];

    cm_time_iso(date_s, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "castmap");
    /* The date of the data, not of the clock: the same release gives the same bytes. */
    if (date[0])
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

castmap_status cm_canvas_open(castmap_context *ctx, cm_canvas_kind kind, const char *path, double width_mm, double height_mm,
                              double dots_per_inch, const char *title, const char *subject, int64_t date_s, cm_canvas **out)
{
    cm_canvas *canvas = cm_alloc_zero(1, sizeof *canvas);
    const double width_pt = width_mm * POINTS_PER_MM, height_pt = height_mm * POINTS_PER_MM;
    double scale = POINTS_PER_MM;

    if (!canvas || (path && !(canvas->path = cm_copy_text(path)))) {
        cm_canvas_free(canvas);
        return cm_fail_memory(ctx);
    }
    canvas->kind = kind;
    if (kind == CM_CANVAS_PDF) {
        canvas->surface = cairo_pdf_surface_create(path, width_pt, height_pt);
        describe_pdf(canvas->surface, title, subject, date_s);
    } else if (kind == CM_CANVAS_SVG) {
        canvas->surface = cairo_svg_surface_create_for_stream(take_bytes, &canvas->svg, width_pt, height_pt);
        cairo_svg_surface_set_document_unit(canvas->surface, CAIRO_SVG_UNIT_PT);
    } else {
        scale = dots_per_inch / 25.4;
        canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(width_mm * scale),
                                                     (int)lround(height_mm * scale));
    }
    canvas->cr = cairo_create(canvas->surface);
    if (cairo_status(canvas->cr) != CAIRO_STATUS_SUCCESS) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_IO, "cannot draw: %s", cairo_status_to_string(cairo_status(canvas->cr)));
        cm_canvas_free(canvas);
        return status;
    }
    cairo_scale(canvas->cr, scale, scale);
    cairo_set_fill_rule(canvas->cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
    canvas->pango = pango_cairo_create_context(canvas->cr);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(canvas->pango, options);
    cairo_font_options_destroy(options);
    /* With 72 dots an inch one pango point is one unit of the canvas; sizes are then given in mm. */
    pango_cairo_context_set_resolution(canvas->pango, 72.0);
    /* A unit is a millimetre: letters must not be set at whole ones. */
    pango_context_set_round_glyph_positions(canvas->pango, FALSE);
    cm_canvas_rectangle(canvas, 0, 0, width_mm, height_mm);
    cm_canvas_fill(canvas, 0xFFFFFFFFu);
    *out = canvas;
    return CASTMAP_OK;
}

/*
 * Cairo numbers the groups of an SVG by a counter that runs through the whole process ("surface11"). They are numbered anew, in order of
 * appearance, so that the same map has the same bytes whenever it is drawn.
 */
static bool write_svg(const cm_canvas *canvas)
{
    enum { MOST = 256 };
    static const char MARK[] = "surface";
    long seen[MOST];
    size_t n_seen = 0, kept = 0, i = 0;
    const char *bytes = (const char *)canvas->svg.bytes;
    FILE *file = fopen(canvas->path, "wb");
    bool whole = file != NULL;

    while (file && i + sizeof MARK < canvas->svg.length) {
        const char before = i ? bytes[i - 1] : ' ';
        if ((before != '"' && before != '#') || memcmp(bytes + i, MARK, sizeof MARK - 1) != 0) {
            i++;
            continue;
        }
        char *end;
        const long number = strtol(bytes + i + sizeof MARK - 1, &end, 10);
        size_t at = 0;
        while (at < n_seen && seen[at] != number)
            at++;
        if (at == n_seen && n_seen < MOST)
            seen[n_seen++] = number;
        whole = fwrite(bytes + kept, 1, i - kept, file) == i - kept && whole;
        whole = fprintf(file, "%s%zu", MARK, at + 1) > 0 && whole;
        i = kept = (size_t)(end - bytes);
    }
    if (!file)
        return false;
    whole = fwrite(bytes + kept, 1, canvas->svg.length - kept, file) == canvas->svg.length - kept && whole;
    return fclose(file) == 0 && whole;
}

castmap_status cm_canvas_finish(castmap_context *ctx, cm_canvas *canvas)
{
    cairo_status_t state;

    if (canvas->kind == CM_CANVAS_PNG) {
        cairo_surface_flush(canvas->surface);
        state = cairo_surface_write_to_png(canvas->surface, canvas->path);
    } else {
        cairo_show_page(canvas->cr);
        cairo_surface_finish(canvas->surface);
        state = cairo_surface_status(canvas->surface);
        if (state == CAIRO_STATUS_SUCCESS)
            state = cairo_status(canvas->cr) == CAIRO_STATUS_SURFACE_FINISHED ? CAIRO_STATUS_SUCCESS : cairo_status(canvas->cr);
        if (state == CAIRO_STATUS_SUCCESS && canvas->kind == CM_CANVAS_SVG && !write_svg(canvas))
            state = CAIRO_STATUS_WRITE_ERROR;
    }
    castmap_status status = CASTMAP_OK;
    if (state != CAIRO_STATUS_SUCCESS)
        status = cm_fail(ctx, CASTMAP_E_IO, "cannot write the map: %s", cairo_status_to_string(state));
    cm_canvas_free(canvas);
    return status;
}

castmap_status cm_canvas_finish_png(castmap_context *ctx, cm_canvas *canvas, unsigned char **bytes, size_t *length)
{
    byte_sink sink = {0};

    cairo_surface_flush(canvas->surface);
    const cairo_status_t state = cairo_surface_write_to_png_stream(canvas->surface, take_bytes, &sink);
    cm_canvas_free(canvas);
    if (state != CAIRO_STATUS_SUCCESS) {
        free(sink.bytes);
        return cm_fail(ctx, CASTMAP_E_NOMEM, "cannot draw: %s", cairo_status_to_string(state));
    }
    *bytes = sink.bytes;
    *length = sink.length;
    return CASTMAP_OK;
}

void cm_canvas_tag(cm_canvas *canvas, const char *tag, const char *alternative)
{
    (void)alternative; /* cairo 1.16 has no alternative text; the words stand in the caption */
    if (canvas->kind == CM_CANVAS_PDF)
        cairo_tag_begin(canvas->cr, tag, NULL);
}

void cm_canvas_untag(cm_canvas *canvas, const char *tag)
{
    if (canvas->kind == CM_CANVAS_PDF)
        cairo_tag_end(canvas->cr, tag);
}

void cm_canvas_save(cm_canvas *canvas)
{
    cairo_save(canvas->cr);
}

void cm_canvas_restore(cm_canvas *canvas)
{
    cairo_restore(canvas->cr);
}

void cm_canvas_clip(cm_canvas *canvas, double x, double y, double width, double height)
{
    cairo_rectangle(canvas->cr, x, y, width, height);
    cairo_clip(canvas->cr);
}

void cm_canvas_move(cm_canvas *canvas, double x, double y)
{
    cairo_move_to(canvas->cr, x, y);
}

void cm_canvas_line(cm_canvas *canvas, double x, double y)
{
    cairo_line_to(canvas->cr, x, y);
}

void cm_canvas_close(cm_canvas *canvas)
{
    cairo_close_path(canvas->cr);
}

void cm_canvas_rectangle(cm_canvas *canvas, double x, double y, double width, double height)
{
    cairo_rectangle(canvas->cr, x, y, width, height);
}

void cm_canvas_circle(cm_canvas *canvas, double x, double y, double radius)
{
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, x, y, radius, 0.0, 6.283185307179586);
}

static void use_colour(cm_canvas *canvas, uint32_t rgba)
{
    cairo_set_source_rgba(canvas->cr, (rgba >> 24) / 255.0, (rgba >> 16 & 255u) / 255.0, (rgba >> 8 & 255u) / 255.0,
                          (rgba & 255u) / 255.0);
}

void cm_canvas_fill(cm_canvas *canvas, uint32_t rgba)
{
    use_colour(canvas, rgba);
    cairo_fill(canvas->cr);
}

void cm_canvas_hatch(cm_canvas *canvas, uint32_t rgba, double spacing_mm, double x, double y, double width, double height)
{
    cairo_save(canvas->cr);
    cairo_clip(canvas->cr);
    use_colour(canvas, rgba);
    cairo_set_line_width(canvas->cr, 0.18);
    /* Lines start at multiples of the spacing on the sheet, so that neighbouring areas line up. */
    const double first = floor((x - (y + height)) / spacing_mm) * spacing_mm, last = x + width - y;
    for (double at = first; at <= last; at += spacing_mm) {
        cairo_move_to(canvas->cr, at + y, y);
        cairo_line_to(canvas->cr, at + y + height, y + height);
    }
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

void cm_canvas_stroke(cm_canvas *canvas, uint32_t rgba, double width_mm, bool dashed)
{
    const double dashes[] = {4.0 * width_mm, 3.0 * width_mm};

    use_colour(canvas, rgba);
    cairo_set_line_width(canvas->cr, width_mm);
    cairo_set_dash(canvas->cr, dashes, dashed ? 2 : 0, 0.0);
    cairo_stroke(canvas->cr);
}

void cm_canvas_forget(cm_canvas *canvas)
{
    cairo_new_path(canvas->cr);
}

static PangoLayout *lay_out(cm_canvas *canvas, const char *text, const cm_lettering *style)
{
    PangoLayout *layout = pango_layout_new(canvas->pango);
    PangoFontDescription *font = pango_font_description_from_string(FONT_FAMILY);

    pango_font_description_set_absolute_size(font, style->size_pt / POINTS_PER_MM * PANGO_SCALE);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, style->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    if (style->width_mm > 0.0) {
        pango_layout_set_width(layout, (int)(style->width_mm * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(layout, style->align == CM_ALIGN_CENTRE  ? PANGO_ALIGN_CENTER
                                           : style->align == CM_ALIGN_RIGHT ? PANGO_ALIGN_RIGHT
                                                                            : PANGO_ALIGN_LEFT);
        if (style->most_lines > 0) {
            pango_layout_set_height(layout, -style->most_lines);
            pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        }
    }
    return layout;
}

double cm_canvas_text(cm_canvas *canvas, double x, double y, const char *text, const cm_lettering *style, bool draw,
                      double *width_out)
{
    PangoLayout *layout = lay_out(canvas, text, style);
    PangoRectangle extent;

    pango_layout_get_extents(layout, NULL, &extent);
    const double width = (double)extent.width / PANGO_SCALE, height = (double)extent.height / PANGO_SCALE;
    if (width_out)
        *width_out = width;
    if (draw) {
        double left = x;
        if (!(style->width_mm > 0.0))
            left -= style->align == CM_ALIGN_CENTRE ? width / 2 : style->align == CM_ALIGN_RIGHT ? width : 0.0;
        if (style->halo_rgba) {
            /* Outlines are for the eye; the letters drawn afterwards are the selectable text. */
            cairo_move_to(canvas->cr, left, y);
            pango_cairo_layout_path(canvas->cr, layout);
            cm_canvas_stroke(canvas, style->halo_rgba, style->size_pt * 0.085, false);
        }
        use_colour(canvas, style->rgba);
        cairo_move_to(canvas->cr, left, y);
        pango_cairo_show_layout(canvas->cr, layout);
        cairo_new_path(canvas->cr);
    }
    g_object_unref(layout);
    return height;
}
