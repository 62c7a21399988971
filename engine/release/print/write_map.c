/*
 * release/print/write_map.c - one printed map: sheet, frame, furniture.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "io/gdal_pdf.h"
#include "release/export/export_layer.h"
#include "release/print/map_furniture.h"
#include "release/print/map_picture.h"
#include "release/print/picture_kind.h"
#include "release/print/slice_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MARGIN 10.0
#define GAP 4.0
#define SIDE_WIDTH 66.0
#define PNG_DOTS 200.0

typedef struct paper_size {
    const char *name;
    double width, height;
} paper_size;

static const paper_size PAPER[] = {[CASTMAP_A4] = {"A4", 210.0, 297.0}, [CASTMAP_A3] = {"A3", 297.0, 420.0}};

static double tallest(cm_sheet *sheet, cm_block_fn *const *blocks, size_t n, double width)
{
    double height = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double tall = blocks[i](sheet, 0.0, 0.0, width, false);
        height += tall > 0.0 ? tall + (i ? GAP * 0.7 : 0.0) : 0.0;
    }
    return height;
}

static void stack(cm_sheet *sheet, cm_block_fn *const *blocks, size_t n, double x, double y, double width)
{
    for (size_t i = 0; i < n; i++) {
        const double tall = blocks[i](sheet, x, y, width, true);
        y += tall > 0.0 ? tall + GAP * 0.7 : 0.0;
    }
}

static castmap_status draw_frame(cm_sheet *sheet)
{
    const cm_map_view *view = &sheet->view;

    cm_canvas_tag(sheet->canvas, "Figure", NULL);
    castmap_status status = cm_map_view_draw(sheet->ctx, sheet->canvas, sheet->release, view, sheet->main_layer);
    cm_canvas_rectangle(sheet->canvas, view->x, view->y, view->width, view->height);
    cm_canvas_stroke(sheet->canvas, 0x3A4046FFu, 0.3, false);
    cm_canvas_untag(sheet->canvas, "Figure");
    return status;
}

/* Portrait: three columns of words under the map. */
static castmap_status draw_portrait(cm_sheet *sheet, double width, double height)
{
    static cm_block_fn *const LEFT[] = {cm_block_legend};
    static cm_block_fn *const MIDDLE[] = {cm_block_scale, cm_block_flows, cm_block_corridors, cm_block_stretches, cm_block_tracks, cm_block_facts};
    static cm_block_fn *const RIGHT[] = {cm_block_caveats, cm_block_sources};
    const double inner = width - 2 * MARGIN, column = (inner - 2 * GAP) / 3;
    double top = MARGIN + cm_block_title(sheet, MARGIN, MARGIN, inner, true) + GAP * 0.8;
    const double footer = height - MARGIN * 0.7 - cm_block_footer(sheet, 0, 0, inner, false);

    /* The scale block needs the view, which needs the height of the words; its own height hardly depends on it. */
    sheet->view = cm_map_view_fit(sheet->release, MARGIN, top, inner, height * 0.6);
    double words = fmax(tallest(sheet, LEFT, 1, column), tallest(sheet, MIDDLE, sizeof MIDDLE / sizeof MIDDLE[0], column));
    words = fmax(words, tallest(sheet, RIGHT, 2, column));
    words = fmin(words, height * 0.42);
    const double bottom = footer - words - GAP;
    sheet->view = cm_map_view_fit(sheet->release, MARGIN, top, inner, bottom - top);
    castmap_status status = draw_frame(sheet);
    if (status)
        return status;
    top = bottom + GAP * 0.8;
    stack(sheet, LEFT, 1, MARGIN, top, column);
    stack(sheet, MIDDLE, sizeof MIDDLE / sizeof MIDDLE[0], MARGIN + column + GAP, top, column);
    stack(sheet, RIGHT, 2, MARGIN + 2 * (column + GAP), top, column);
    cm_block_footer(sheet, MARGIN, footer + 0.5, inner, true);
    return CASTMAP_OK;
}

/* Landscape: the map at the left, all words in a column at its right. */
static castmap_status draw_landscape(cm_sheet *sheet, double width, double height)
{
    static cm_block_fn *const COLUMN[] = {cm_block_legend, cm_block_flows, cm_block_corridors, cm_block_stretches, cm_block_tracks, cm_block_scale, cm_block_facts, cm_block_caveats, cm_block_sources};
    const double inner = width - 2 * MARGIN;
    const double top = MARGIN + cm_block_title(sheet, MARGIN, MARGIN, inner, true) + GAP * 0.8;
    const double footer = height - MARGIN * 0.7 - cm_block_footer(sheet, 0, 0, inner, false);

    sheet->view = cm_map_view_fit(sheet->release, MARGIN, top, inner - SIDE_WIDTH - GAP, footer - GAP * 0.6 - top);
    castmap_status status = draw_frame(sheet);
    if (status)
        return status;
    stack(sheet, COLUMN, sizeof COLUMN / sizeof COLUMN[0], width - MARGIN - SIDE_WIDTH, top, SIDE_WIDTH);
    cm_block_footer(sheet, MARGIN, footer + 0.5, inner, true);
    return CASTMAP_OK;
}

/* A GIS that opens the sheet finds the map where it belongs. */
static castmap_status register_frame(castmap_context *ctx, const castmap_release *release, const cm_map_view *view,
                                     const char *path)
{
    const cm_pdf_frame frame = {view->x, view->y, view->width, view->height, view->west, view->north, 1.0 / view->mm_per_m,
                                release->crs_wkt};

    return cm_pdf_register(ctx, path, &frame);
}

castmap_status castmap_write_map(castmap_context *ctx, const castmap_release *release, const castmap_map_options *options,
                                 const char *path)
{
    const paper_size *paper = &PAPER[options->paper == CASTMAP_A3 ? CASTMAP_A3 : CASTMAP_A4];
    const double width = options->landscape ? paper->height : paper->width;
    const double height = options->landscape ? paper->width : paper->height;
    cm_sheet sheet = {.ctx = ctx, .release = release, .paper = paper->name};
    cm_output output = {.fd = -1};
    cm_canvas_kind kind = CM_CANVAS_PDF;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    status = cm_picture_kind(ctx, path, "a map is written as .pdf, .svg, .png or .html", &kind);
    if (status)
        return status;
    sheet.title = options->title ? options->title : release->title;
    const char *slices = cm_slices_first(options->layer);
    sheet.main_layer = cm_map_main_layer(release, slices ? slices : options->layer);
    if (!sheet.main_layer)
        return cm_map_no_layer(ctx, release, options->layer);
    status = cm_output_reserve(ctx, path, options->overwrite, &output);
    if (status)
        return status;
    status = cm_canvas_open(ctx, kind, output.temporary, width, height, PNG_DOTS, sheet.title, release->audience_mark,
                            release->to_s, &sheet.canvas);
    if (status)
        goto done;
    if (slices)
        status = cm_slices_draw(&sheet, width, height);
    else
        status = options->landscape ? draw_landscape(&sheet, width, height) : draw_portrait(&sheet, width, height);
    if (status) {
        cm_canvas_free(sheet.canvas);
        goto done;
    }
    status = cm_canvas_finish(ctx, sheet.canvas);
    if (!status && kind == CM_CANVAS_PDF && !slices)
        status = register_frame(ctx, release, &sheet.view, output.temporary);
    output.mode = cm_export_private(release) ? 0600 : 0644;
    if (!status)
        status = cm_output_commit(ctx, &output);

done:
    cm_output_discard(&output);
    return status;
}

castmap_status cm_map_picture(castmap_context *ctx, const castmap_release *release, const char *main_layer, double width_mm,
                              double height_mm, double dots_per_inch, unsigned char **png, size_t *length)
{
    cm_canvas *canvas = NULL;
    const cm_map_view view = cm_map_view_fit(release, 0.0, 0.0, width_mm, height_mm);
    castmap_status status = cm_canvas_open(ctx, CM_CANVAS_PNG, NULL, width_mm, height_mm, dots_per_inch, release->title,
                                           release->audience_mark, release->to_s, &canvas);

    if (status)
        return status;
    status = cm_map_view_draw(ctx, canvas, release, &view, main_layer);
    if (status) {
        cm_canvas_free(canvas);
        return status;
    }
    return cm_canvas_finish_png(ctx, canvas, png, length);
}
