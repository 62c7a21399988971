/*
 * release/print/slice_sheet.c - small maps, one a slice, all of one scale and one legend.
 */
#include "release/print/slice_sheet.h"

#include "release/print/map_labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MARGIN 10.0
#define GAP 3.0
#define SIDE_WIDTH 56.0
#define CAPTION 5.0
#define MOST 60u
#define CLASSES 8u
#define LAND 0xF7F5F0FFu
#define FRAME 0x8A8A8AFFu
#define THINNER 0.5 /* strokes on a small map */

static const cm_lettering DATES = {.size_pt = 7.4, .bold = true, .rgba = 0x1F2429FFu};

typedef struct slice_grid {
    size_t columns, rows;
    double width, height; /* of one map, mm */
} slice_grid;

const char *cm_slices_first(const char *wanted)
{
    return !wanted ? NULL : strcmp(wanted, "slices") == 0 ? "heat_01" : strcmp(wanted, "street_slices") == 0 ? "street_density_01" : strcmp(wanted, "flow_slices") == 0 ? "flows_01" : NULL;
}

/* The layers that are called as the first, with their number at the end. */
static size_t find_slices(const castmap_release *release, const char *first, const cm_layer *out[MOST])
{
    size_t n = 0;
    char name[40];

    for (; n < MOST; n++) {
        snprintf(name, sizeof name, "%.*s%02zu", (int)(strlen(first) - 2), first, n + 1);
        out[n] = cm_release_layer(release, name);
        if (!out[n])
            break;
    }
    return n;
}

/* The arrangement in which the maps are largest; of two alike the one with fewer columns. */
static slice_grid arrange(const castmap_release *release, size_t n, double width, double height)
{
    slice_grid best = {1, n, width, 0.0};
    double largest = 0.0;

    for (size_t columns = 1; columns <= n; columns++) {
        const size_t rows = (n + columns - 1) / columns;
        const double w = (width - (double)(columns - 1) * GAP) / (double)columns;
        const double h = (height - (double)(rows - 1) * GAP) / (double)rows - CAPTION;
        if (h <= 0.0)
            continue;
        const double scale = cm_map_view_fit(release, 0.0, 0.0, w, h).mm_per_m;
        if (scale > largest * (1.0 + 1e-9)) {
            largest = scale;
            best = (slice_grid){columns, rows, w, h};
        }
    }
    return best;
}

static void draw_thin(cm_sheet *sheet, const cm_map_view *view, const cm_layer *layer)
{
    cm_layer thin = *layer;
    cm_class class[CLASSES];

    thin.style.stroke_mm *= THINNER;
    thin.style.size_mm *= THINNER;
    for (size_t c = 0; c < layer->style.n_classes && c < CLASSES; c++) {
        class[c] = layer->style.classes[c];
        class[c].stroke_mm *= THINNER;
    }
    if (layer->style.n_classes <= CLASSES)
        thin.style.classes = class;
    cm_map_draw_layer(sheet->canvas, view, &thin);
}

/* Where movements go from and to is what their map is about: the names that find room. */
static castmap_status draw_names(cm_sheet *sheet, const cm_layer *slice, const cm_map_view *view)
{
    cm_label_board board = CM_LABEL_BOARD_INIT;
    const cm_layer *names = cm_release_layer(sheet->release, "boundaries");
    const castmap_status status = names && slice->style.arrows ? cm_labels_draw(sheet->ctx, sheet->canvas, view, names, &board) : CASTMAP_OK;

    cm_label_board_clear(&board);
    return status;
}

static castmap_status draw_one(cm_sheet *sheet, const cm_layer *slice, double x, double y, const slice_grid *grid)
{
    const castmap_release *release = sheet->release;
    const cm_map_view view = cm_map_view_fit(release, x, y, grid->width, grid->height);
    const char *dates = strchr(slice->title, ',');
    cm_lettering style = DATES;

    cm_canvas_tag(sheet->canvas, "Figure", slice->title);
    cm_canvas_save(sheet->canvas);
    cm_canvas_clip(sheet->canvas, x, y, grid->width, grid->height);
    cm_canvas_rectangle(sheet->canvas, x, y, grid->width, grid->height);
    cm_canvas_fill(sheet->canvas, LAND);
    for (int lines = 0; lines < 2; lines++) {
        for (size_t i = 0; i < release->n_backdrop; i++) {
            if ((release->backdrop[i].shape != CM_SHAPE_POLYGON) == (lines == 1))
                draw_thin(sheet, &view, &release->backdrop[i]);
        }
        if (lines == 0 && slice->shape == CM_SHAPE_POLYGON)
            cm_map_draw_layer(sheet->canvas, &view, slice);
        else if (lines == 1 && slice->shape == CM_SHAPE_LINE) /* streets lie over the streets of the backdrop */
            draw_thin(sheet, &view, slice);
    }
    for (size_t i = 0; i < release->n_layers; i++) {
        if (strcmp(release->layers[i].name, sheet->main_layer) != 0 && cm_map_shows(&release->layers[i], sheet->main_layer))
            draw_thin(sheet, &view, &release->layers[i]);
    }
    const castmap_status status = draw_names(sheet, slice, &view);
    cm_canvas_restore(sheet->canvas);
    cm_canvas_rectangle(sheet->canvas, x, y, grid->width, grid->height);
    cm_canvas_stroke(sheet->canvas, FRAME, 0.2, false);
    cm_canvas_untag(sheet->canvas, "Figure");
    style.width_mm = grid->width;
    cm_canvas_tag(sheet->canvas, "P", NULL);
    cm_canvas_text(sheet->canvas, x, y + grid->height + 0.8, dates ? dates + 2 : slice->title, &style, true, NULL);
    cm_canvas_untag(sheet->canvas, "P");
    return status;
}

castmap_status cm_slices_draw(cm_sheet *sheet, double width, double height)
{
    static cm_block_fn *const COLUMN[] = {cm_block_legend, cm_block_flows, cm_block_facts, cm_block_caveats, cm_block_sources};
    const cm_layer *slice[MOST];
    const size_t n = find_slices(sheet->release, sheet->main_layer, slice);
    const double inner = width - 2 * MARGIN, maps = inner - SIDE_WIDTH - GAP;
    const double top = MARGIN + cm_block_title(sheet, MARGIN, MARGIN, inner, true) + GAP;
    const double footer = height - MARGIN * 0.7 - cm_block_footer(sheet, 0, 0, inner, false);
    const slice_grid grid = arrange(sheet->release, n, maps, footer - GAP - top);
    double at = top;

    sheet->view = cm_map_view_fit(sheet->release, MARGIN, top, grid.width, grid.height);
    sheet->thinner = THINNER;
    castmap_status status = CASTMAP_OK;
    for (size_t i = 0; i < n && !status; i++)
        status = draw_one(sheet, slice[i], MARGIN + (double)(i % grid.columns) * (grid.width + GAP),
                          top + (double)(i / grid.columns) * (grid.height + CAPTION + GAP), &grid);
    for (size_t i = 0; i < sizeof COLUMN / sizeof COLUMN[0]; i++) {
        const double tall = COLUMN[i](sheet, width - MARGIN - SIDE_WIDTH, at, SIDE_WIDTH, true);
        at += tall > 0.0 ? tall + GAP : 0.0;
    }
    cm_block_footer(sheet, MARGIN, footer + 0.5, inner, true);
    return status;
}
