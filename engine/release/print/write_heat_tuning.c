/*
 * release/print/write_heat_tuning.c - one sheet of small maps, one a radius, from the narrowest to the widest.
 *
 * Each map has classes of its own, as a share of its own maximum, with a legend under it: what is compared is the shape, which a common scale would
 * hide. A radius too short to be seen on the whole is shown in a window round the densest place.
 */
#include "castmap/products.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/files.h"
#include "release/export/export_layer.h"
#include "release/print/map_furniture.h"
#include "release/print/picture_kind.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 297.0
#define HEIGHT 210.0
#define MARGIN 12.0
#define GAP 5.0
#define COLUMNS 4
#define CAPTION 29.0
#define SWATCH 3.2
#define PNG_DOTS 150.0
#define LAND 0xF7F5F0FFu
#define MARK 0x4A1486FFu

static const cm_lettering NAME = {.size_pt = 8.6, .bold = true, .rgba = 0x1F2429FFu, .most_lines = 2};
static const cm_lettering BODY = {.size_pt = 7.8, .rgba = 0x1F2429FFu};
static const cm_lettering EDGE = {.size_pt = 6.2, .rgba = 0x1F2429FFu};
static const cm_lettering ADVICE = {.size_pt = 8.6, .bold = true, .rgba = MARK};

static double put(cm_canvas *canvas, double x, double y, double width, const char *text, const cm_lettering *base)
{
    cm_lettering style = *base;

    style.width_mm = width;
    return cm_canvas_text(canvas, x, y, text, &style, true, NULL);
}

static void draw_bands(cm_canvas *canvas, const cm_map_view *view, const castmap_heat_candidate *c)
{
    for (size_t b = 0; b < c->bands.count; b++) {
        size_t k = 0;
        while (k + 1 < c->n_breaks && c->bands.lower[b] >= c->breaks[k + 1])
            k++;
        for (size_t ring = c->bands.ring_start[c->bands.part_start[b]]; ring < c->bands.ring_start[c->bands.part_start[b + 1]]; ring++) {
            for (size_t v = c->bands.vertex_start[ring]; v < c->bands.vertex_start[ring + 1]; v++) {
                const double x = view->x + (c->bands.x[v] - view->west) * view->mm_per_m;
                const double y = view->y + (view->north - c->bands.y[v]) * view->mm_per_m;
                if (v == c->bands.vertex_start[ring])
                    cm_canvas_move(canvas, x, y);
                else
                    cm_canvas_line(canvas, x, y);
            }
            cm_canvas_close(canvas);
        }
        cm_canvas_fill(canvas, cm_ramp_colour(CM_RAMP_DUSK, k, c->n_breaks));
    }
}

/* All of the mapped area, or the candidate's window, which fills the frame. */
static cm_map_view view_of(const castmap_release *release, const castmap_heat_candidate *c, double x, double y, double width, double height)
{
    const double side = c->shown.cell_m * (double)c->shown.columns;
    cm_map_view view = {.x = x, .y = y, .width = width, .height = height};

    if (!c->window)
        return cm_map_view_fit(release, x, y, width, height);
    view.mm_per_m = fmax(width, height) / side;
    view.west = c->shown.west + (side - width / view.mm_per_m) / 2.0;
    view.north = c->shown.north - (side - height / view.mm_per_m) / 2.0;
    return view;
}

static void draw_map(cm_sheet *sheet, const castmap_heat_candidate *c, double x, double y, double width, double height, bool marked)
{
    const cm_map_view view = view_of(sheet->release, c, x, y, width, height);
    const cm_layer *boundaries = cm_release_layer(sheet->release, "boundaries");

    cm_canvas_save(sheet->canvas);
    cm_canvas_clip(sheet->canvas, x, y, width, height);
    cm_canvas_rectangle(sheet->canvas, x, y, width, height);
    cm_canvas_fill(sheet->canvas, LAND);
    if (!isnan(c->radius_m))
        draw_bands(sheet->canvas, &view, c);
    if (boundaries) {
        cm_layer thin = *boundaries;
        thin.style.stroke_mm = 0.12;
        cm_map_draw_layer(sheet->canvas, &view, &thin);
    }
    cm_canvas_restore(sheet->canvas);
    cm_canvas_rectangle(sheet->canvas, x, y, width, height);
    cm_canvas_stroke(sheet->canvas, marked ? MARK : 0x8A8A8AFFu, marked ? 0.9 : 0.2, false);
}

static void length_words(double metres, char out[CM_DECIMAL_SIZE + 4])
{
    char figure[CM_DECIMAL_SIZE];

    if (metres >= 1000.0) {
        cm_decimal_trimmed(metres / 1000.0, 2, figure);
        snprintf(out, CM_DECIMAL_SIZE + 4, "%s km", figure);
    } else {
        cm_decimal_trimmed(metres, 0, figure);
        snprintf(out, CM_DECIMAL_SIZE + 4, "%s m", figure);
    }
}

/* A swatch for each class with its lower edge. */
static double legend(cm_sheet *sheet, const castmap_heat_candidate *c, double x, double y, double width)
{
    const double step = width / CASTMAP_HEAT_CLASSES;
    double tall = 0.0;

    for (size_t k = 0; k < c->n_breaks; k++) {
        char edge[CM_DECIMAL_SIZE], words[CM_DECIMAL_SIZE + 2];
        cm_decimal_trimmed(c->breaks[k], c->breaks[k] < 1.0 ? 3 : c->breaks[k] < 10.0 ? 1 : 0, edge);
        snprintf(words, sizeof words, "%s%s", edge, k + 1 < c->n_breaks ? "" : "+");
        cm_canvas_rectangle(sheet->canvas, x + (double)k * step, y + 0.5, SWATCH, 2.4);
        cm_canvas_fill(sheet->canvas, cm_ramp_colour(CM_RAMP_DUSK, k, c->n_breaks));
        tall = fmax(tall, put(sheet->canvas, x + (double)k * step + SWATCH + 0.6, y, step - SWATCH - 0.6, words, &EDGE));
    }
    return tall;
}

static void caption(cm_sheet *sheet, const castmap_heat_candidate *c, double x, double y, double width)
{
    char words[200], radius[CM_DECIMAL_SIZE + 4], sigma[CM_DECIMAL_SIZE + 4], most[CM_DECIMAL_SIZE];
    double at = y + put(sheet->canvas, x, y, width, c->name, &NAME) + 0.4;

    if (!isnan(c->radius_m)) {
        length_words(c->radius_m, radius);
        length_words(c->sigma_m, sigma);
        cm_decimal_trimmed(c->maximum_per_km2, c->maximum_per_km2 < 10.0 ? 2 : 0, most);
        snprintf(words, sizeof words, "radius %s, deviation %s; up to %s per km\xc2\xb2", radius, sigma, most);
        at += legend(sheet, c, x, at, width) + 0.4;
        at += put(sheet->canvas, x, at, width, words, &BODY) + 0.2;
        if (c->window) {
            length_words(c->shown.cell_m * (double)c->shown.columns, radius);
            snprintf(words, sizeof words, "only the densest place is shown, %s across", radius);
            at += put(sheet->canvas, x, at, width, words, &BODY) + 0.2;
        }
    }
    if (c->note[0])
        put(sheet->canvas, x, at, width, c->note, &BODY);
}

static void draw_sheet(cm_sheet *sheet, const castmap_heat_tuning *t)
{
    const double inner = WIDTH - 2 * MARGIN, width = (inner - (COLUMNS - 1) * GAP) / COLUMNS;
    double top = MARGIN + cm_block_title(sheet, MARGIN, MARGIN, inner, true) + 3.0;
    const double footer = HEIGHT - MARGIN * 0.7 - cm_block_footer(sheet, 0, 0, inner, false);
    char words[700], radius[CM_DECIMAL_SIZE + 4];

    length_words(t->candidates[t->recommended].radius_m, radius);
    snprintf(words, sizeof words, "Recommended radius: %s, because %s.", radius, t->reason);
    top += put(sheet->canvas, MARGIN, top, inner, words, &ADVICE) + 1.0;
    top += put(sheet->canvas, MARGIN, top, inner, "From the narrowest to the widest. Every map has classes of its own, as a share of its own highest "
               "value (under it, per km\xc2\xb2): compare the shapes. A narrow radius shows single spots, a wide one only the broad picture; a radius too short to "
               "be seen on the whole is shown at the densest place alone.", &BODY) + 3.0;
    const size_t lines = (t->n_candidates + COLUMNS - 1) / COLUMNS;
    const double height = (footer - 3.0 - top) / (double)lines - CAPTION;
    for (size_t i = 0; i < t->n_candidates; i++) {
        const double x = MARGIN + (double)(i % COLUMNS) * (width + GAP), y = top + (double)(i / COLUMNS) * (height + CAPTION);
        cm_canvas_tag(sheet->canvas, "Figure", t->candidates[i].name);
        draw_map(sheet, &t->candidates[i], x, y, width, height, i == t->recommended);
        cm_canvas_untag(sheet->canvas, "Figure");
        cm_canvas_tag(sheet->canvas, "P", NULL);
        caption(sheet, &t->candidates[i], x, y + height + 1.2, width);
        cm_canvas_untag(sheet->canvas, "P");
    }
    cm_block_footer(sheet, MARGIN, footer, inner, true);
}

static castmap_status check(castmap_context *ctx, const castmap_release *release, const castmap_heat_tuning *tuning)
{
    if (release->audience != CASTMAP_INTERNAL) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_RELEASE, "small maps of every radius show single observations; they are for the group itself");
        cm_fail_hint(ctx, "say --for internal");
        return status;
    }
    if (tuning->n_candidates == 0 || tuning->n_candidates > 2 * COLUMNS || tuning->recommended >= tuning->n_candidates)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a sheet shows 1 to %d maps", 2 * COLUMNS);
    return cm_export_allowed(ctx, release);
}

castmap_status castmap_write_heat_tuning(castmap_context *ctx, const castmap_release *release, const castmap_heat_tuning *tuning,
                                         const char *path, bool overwrite)
{
    cm_sheet sheet = {.ctx = ctx, .release = release, .paper = "A4", .title = "How far does one observation reach?"};
    cm_output output = {.fd = -1};
    cm_canvas_kind kind = CM_CANVAS_PDF;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, release, tuning);
    if (!status)
        status = cm_picture_kind(ctx, path, "a tuning is drawn as .pdf, .svg or .png", &kind);
    if (!status)
        status = cm_output_reserve(ctx, path, overwrite, &output);
    if (status)
        return status;
    status = cm_canvas_open(ctx, kind, output.temporary, WIDTH, HEIGHT, PNG_DOTS, sheet.title, release->audience_mark, release->to_s,
                            &sheet.canvas);
    if (!status) {
        draw_sheet(&sheet, tuning);
        status = cm_canvas_finish(ctx, sheet.canvas);
        output.mode = 0600;
        if (!status)
            status = cm_output_commit(ctx, &output);
    }
    cm_output_discard(&output);
    return status;
}
