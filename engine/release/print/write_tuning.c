/*
 * release/print/write_tuning.c - one sheet that helps to choose a radius: the curve, the table, the recommendation with its reason.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "release/export/export_layer.h"
#include "release/print/map_furniture.h"
#include "release/print/picture_kind.h"
#include "release/print/tuning_chart.h"

#include <stdio.h>

#define WIDTH 297.0
#define HEIGHT 210.0
#define MARGIN 12.0
#define CURVE_WIDTH 118.0
#define GAP 9.0
#define PNG_DOTS 150.0
#define MOST_ROWS 18

static const cm_lettering HEADING = {.size_pt = 9.5, .bold = true, .rgba = 0x1F2429FFu};
static const cm_lettering BODY = {.size_pt = 8.2, .rgba = 0x1F2429FFu};
static const cm_lettering ADVICE = {.size_pt = 12.0, .bold = true, .rgba = 0x4A1486FFu};

static double put(cm_canvas *canvas, double x, double y, double width, const char *text, const cm_lettering *base)
{
    cm_lettering style = *base;

    style.width_mm = width;
    return cm_canvas_text(canvas, x, y, text, &style, true, NULL);
}

static double draw_curve(cm_sheet *sheet, const castmap_cluster_tuning *t, double x, double y, double width)
{
    const double height = 98.0;
    char words[256];
    double at = y;

    cm_canvas_tag(sheet->canvas, "Figure", NULL);
    snprintf(words, sizeof words, "How far round an observation are %u of them?", t->min_points);
    at += put(sheet->canvas, x, at, width, words, &HEADING) + 0.8;
    at += put(sheet->canvas, x, at, width, "Every observation, the most crowded first. Where observations gather the curve stays low; where it turns "
              "up, places end and strays begin.", &BODY) + 1.0;
    cm_tuning_curve(sheet->canvas, t, x, at, width, height);
    cm_canvas_untag(sheet->canvas, "Figure");
    return at + height - y;
}

static double draw_table(cm_sheet *sheet, const castmap_cluster_tuning *t, double x, double y, double width)
{
    double at = y;

    cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet->canvas, x, at, width, "What each radius would give", &HEADING) + 0.8;
    at += put(sheet->canvas, x, at, width, "A good radius lies where the bars hardly change. \"Stays\": of all pairs in one place, how many are still "
              "in one place when the radius is a little smaller or larger, or when each position is redrawn within its accuracy. Amber asks for care.", &BODY) + 2.2;
    at += cm_tuning_table(sheet->canvas, t, x, at, width, true);
    cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

static void draw_advice(cm_sheet *sheet, const castmap_cluster_tuning *t, double y, double bottom)
{
    const double inner = WIDTH - 2 * MARGIN, half = (inner - GAP) / 2.0;
    char length[CM_TUNING_LENGTH], words[96];
    double at = y;

    cm_canvas_tag(sheet->canvas, "P", NULL);
    if (t->n_rows > 0) {
        cm_tuning_length(t->rows[t->recommended].radius_m, length);
        snprintf(words, sizeof words, "Recommended radius: %s", length);
        at += put(sheet->canvas, MARGIN, at, half, words, &ADVICE) + 1.0;
        put(sheet->canvas, MARGIN, at, half, t->reason ? t->reason : "", &BODY);
    }
    at = y;
    at += put(sheet->canvas, MARGIN + half + GAP, at, half, "Read with care", &HEADING) + 1.0;
    for (size_t i = 0; i < t->n_remarks && at < bottom - 6.0; i++)
        at += put(sheet->canvas, MARGIN + half + GAP, at, half, t->remarks[i].text, &BODY) + 0.9;
    if (at < bottom - 4.0)
        put(sheet->canvas, MARGIN + half + GAP, at, half, "Look at the places on a map before settling: figures do not know the town.", &BODY);
    cm_canvas_untag(sheet->canvas, "P");
}

static void draw_sheet(cm_sheet *sheet, const castmap_cluster_tuning *t)
{
    const double inner = WIDTH - 2 * MARGIN;
    const double top = MARGIN + cm_block_title(sheet, MARGIN, MARGIN, inner, true) + 5.0;
    const double footer = HEIGHT - MARGIN * 0.7 - cm_block_footer(sheet, 0, 0, inner, false);
    const double left = draw_curve(sheet, t, MARGIN, top, CURVE_WIDTH);
    const double right = draw_table(sheet, t, MARGIN + CURVE_WIDTH + GAP, top, inner - CURVE_WIDTH - GAP);

    draw_advice(sheet, t, top + (left > right ? left : right) + 5.0, footer);
    cm_block_footer(sheet, MARGIN, footer, inner, true);
}

static castmap_status check(castmap_context *ctx, const castmap_release *release, const castmap_cluster_tuning *tuning)
{
    if (release->audience != CASTMAP_INTERNAL) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_RELEASE, "the tuning of places counts single observations; it is for the group itself");
        cm_fail_hint(ctx, "say --for internal");
        return status;
    }
    if (tuning->n_rows == 0 || tuning->n_rows > MOST_ROWS || tuning->recommended >= tuning->n_rows)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a sheet shows 1 to %d radii", MOST_ROWS);
    return cm_export_allowed(ctx, release);
}

castmap_status castmap_write_cluster_tuning(castmap_context *ctx, const castmap_release *release,
                                            const castmap_cluster_tuning *tuning, const char *path, bool overwrite)
{
    cm_sheet sheet = {.ctx = ctx, .release = release, .paper = "A4", .title = "How near is together?"};
    cm_output output = {.fd = -1};
    cm_canvas_kind kind = CM_CANVAS_PDF;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, release, tuning);
    if (status)
        return status;
    status = cm_picture_kind(ctx, path, "a tuning is drawn as .pdf, .svg or .png", &kind);
    if (status)
        return status;
    status = cm_output_reserve(ctx, path, overwrite, &output);
    if (status)
        return status;
    status = cm_canvas_open(ctx, kind, output.temporary, WIDTH, HEIGHT, PNG_DOTS, sheet.title, release->audience_mark, release->to_s,
                            &sheet.canvas);
    if (status)
        goto done;
    draw_sheet(&sheet, tuning);
    status = cm_canvas_finish(ctx, sheet.canvas);
    output.mode = 0600;
    if (!status)
        status = cm_output_commit(ctx, &output);

done:
    cm_output_discard(&output);
    return status;
}
