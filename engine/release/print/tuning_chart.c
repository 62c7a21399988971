/*
 * release/print/tuning_chart.c - the curve of distances and the table of radii.
 *
 * The axis of distances is logarithmic: what matters is a factor, and the loneliest observations would press a plain axis flat.
 */
#include "release/print/tuning_chart.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>

#define INK 0x1F2429FFu
#define QUIET 0x555C63FFu
#define GRID 0xDDDFE2FFu
#define FRAME 0x7A8087FFu
#define CURVE 0x2C749BFFu
#define BELOW 0x2C749B22u
#define CHOSEN 0x4A1486FFu
#define CHOSEN_ROW 0x4A148614u
#define BAR 0xA3D0CEFFu
#define BAR_WEAK 0xF9C25CFFu /* hardly a stray, one giant place, or less stable than the mark */
#define STABLE_ENOUGH 0.8

static const cm_lettering SMALL = {.size_pt = 6.4, .rgba = QUIET};

void cm_tuning_length(double metres, char out[CM_TUNING_LENGTH])
{
    char number[CM_DECIMAL_SIZE];

    if (metres >= 1000.0) {
        cm_decimal_trimmed(metres / 1000.0, 2, number);
        snprintf(out, CM_TUNING_LENGTH, "%.20s km", number);
    } else {
        cm_decimal_trimmed(metres, metres < 10.0 ? 1 : 0, number);
        snprintf(out, CM_TUNING_LENGTH, "%.20s m", number);
    }
}

static double put(cm_canvas *canvas, double x, double y, const char *text, const cm_lettering *base, cm_align align, bool draw)
{
    cm_lettering style = *base;

    style.align = align;
    return cm_canvas_text(canvas, x, y, text, &style, draw, NULL);
}

/* ---- the curve ------------------------------------------------------------------------------------------------------ */

typedef struct axes {
    double x, y, width, height; /* of the plot, mm */
    double low, high;           /* logarithms to base 10 of metres */
} axes;

static double at_share(const axes *a, double share)
{
    return a->x + share * a->width;
}

static double at_metres(const axes *a, double metres)
{
    const double t = (log10(metres) - a->low) / (a->high - a->low);

    return a->y + a->height * (1.0 - fmin(fmax(t, 0.0), 1.0));
}

/* Distances from 1 m on; what lies nearer is drawn at 1 m. */
static axes axes_of(const castmap_cluster_tuning *t, double x, double y, double width, double height)
{
    const double least = t->n_curve ? fmax(t->curve_m[0], 1.0) : 1.0;
    const double most = t->n_curve ? fmax(t->curve_m[t->n_curve - 1], least * 10.0) : 1000.0;
    const double recommended = t->n_rows ? t->rows[t->recommended].radius_m : least;

    return (axes){x, y, width, height, log10(fmin(least, recommended) * 0.9), log10(fmax(most, recommended) * 1.1)};
}

static void draw_grid(cm_canvas *canvas, const axes *a)
{
    static const double LEAD[] = {1.0, 2.0, 5.0};
    char words[CM_TUNING_LENGTH];

    for (int power = (int)floor(a->low); power <= (int)ceil(a->high); power++) {
        for (int i = 0; i < 3; i++) {
            const double metres = LEAD[i] * pow(10.0, power);
            if (log10(metres) < a->low || log10(metres) > a->high)
                continue;
            cm_canvas_move(canvas, a->x, at_metres(a, metres));
            cm_canvas_line(canvas, a->x + a->width, at_metres(a, metres));
            cm_canvas_stroke(canvas, GRID, i ? 0.1 : 0.2, false);
            cm_tuning_length(metres, words);
            put(canvas, a->x - 1.5, at_metres(a, metres) - 1.3, words, &SMALL, CM_ALIGN_RIGHT, true);
        }
    }
    for (int percent = 0; percent <= 100; percent += 25) {
        snprintf(words, sizeof words, "%d %%", percent);
        cm_canvas_move(canvas, at_share(a, percent / 100.0), a->y + a->height);
        cm_canvas_line(canvas, at_share(a, percent / 100.0), a->y + a->height + 1.0);
        cm_canvas_stroke(canvas, FRAME, 0.2, false);
        put(canvas, at_share(a, percent / 100.0), a->y + a->height + 1.4, words, &SMALL, CM_ALIGN_CENTRE, true);
    }
    const cm_lettering axis = {.size_pt = 6.4, .italic = true, .rgba = QUIET};
    put(canvas, a->x + a->width / 2.0, a->y + a->height + 4.6, "of the observations, the most crowded first", &axis, CM_ALIGN_CENTRE, true);
}

static void trace(cm_canvas *canvas, const axes *a, const castmap_cluster_tuning *t)
{
    for (size_t i = 0; i < t->n_curve; i++) {
        const double x = at_share(a, t->curve_share[i]), y = at_metres(a, fmax(t->curve_m[i], 1.0));
        if (i == 0)
            cm_canvas_move(canvas, x, y);
        else
            cm_canvas_line(canvas, x, y);
    }
}

static void draw_line(cm_canvas *canvas, const axes *a, const castmap_cluster_tuning *t)
{
    if (t->n_curve == 0)
        return;
    cm_canvas_save(canvas);
    cm_canvas_clip(canvas, a->x, a->y, a->width, a->height);
    trace(canvas, a, t);
    cm_canvas_line(canvas, at_share(a, t->curve_share[t->n_curve - 1]), a->y + a->height);
    cm_canvas_line(canvas, at_share(a, t->curve_share[0]), a->y + a->height);
    cm_canvas_close(canvas);
    cm_canvas_fill(canvas, BELOW);
    trace(canvas, a, t);
    cm_canvas_stroke(canvas, CURVE, 0.7, false);
    cm_canvas_restore(canvas);
}

/* Share of the observations at which the curve passes a distance. */
static double share_within(const castmap_cluster_tuning *t, double metres)
{
    double share = 0.0;

    for (size_t i = 0; i < t->n_curve && t->curve_m[i] <= metres; i++)
        share = t->curve_share[i];
    return share;
}

static void draw_marks(cm_canvas *canvas, const axes *a, const castmap_cluster_tuning *t)
{
    const cm_lettering bold = {.size_pt = 8.0, .bold = true, .rgba = CHOSEN, .halo_rgba = 0xFFFFFFE0u};
    const cm_lettering plain = {.size_pt = 7.0, .rgba = INK, .halo_rgba = 0xFFFFFFE0u};
    char length[CM_TUNING_LENGTH], words[96];

    if (isfinite(t->knee_m)) {
        const double x = at_share(a, share_within(t, t->knee_m)), y = at_metres(a, t->knee_m);
        cm_canvas_circle(canvas, x, y, 1.3);
        cm_canvas_fill(canvas, 0xFFFFFFFFu);
        cm_canvas_circle(canvas, x, y, 1.3);
        cm_canvas_stroke(canvas, INK, 0.4, false);
        cm_tuning_length(t->knee_m, length);
        snprintf(words, sizeof words, "the curve turns up at %s", length);
        put(canvas, fmin(x + 2.5, a->x + a->width - 36.0), y + 1.6, words, &plain, CM_ALIGN_LEFT, true);
    }
    if (t->n_rows == 0)
        return;
    const double radius = t->rows[t->recommended].radius_m, y = at_metres(a, radius);
    cm_canvas_move(canvas, a->x, y);
    cm_canvas_line(canvas, a->x + a->width, y);
    cm_canvas_stroke(canvas, CHOSEN, 0.5, true);
    cm_tuning_length(radius, length);
    snprintf(words, sizeof words, "recommended: %s", length);
    put(canvas, a->x + 2.0, y - 4.2, words, &bold, CM_ALIGN_LEFT, true);
}

void cm_tuning_curve(cm_canvas *canvas, const castmap_cluster_tuning *tuning, double x, double y, double width, double height)
{
    const axes a = axes_of(tuning, x + 13.0, y + 1.5, width - 15.0, height - 10.5);

    draw_grid(canvas, &a);
    draw_line(canvas, &a, tuning);
    draw_marks(canvas, &a, tuning);
    cm_canvas_move(canvas, a.x, a.y);
    cm_canvas_line(canvas, a.x, a.y + a.height);
    cm_canvas_line(canvas, a.x + a.width, a.y + a.height);
    cm_canvas_stroke(canvas, FRAME, 0.25, false);
}

/* ---- the table ------------------------------------------------------------------------------------------------------ */

#define N_COLUMNS 6
#define ROW_MM 6.4

typedef struct column {
    double      at, width; /* parts of the table's width */
    const char *title;
    bool        bar;
} column;

static const column COLUMNS[N_COLUMNS] = {
    {0.00, 0.12, "Radius", false},
    {0.13, 0.09, "Places", false},
    {0.24, 0.18, "In a place", true},
    {0.43, 0.18, "Largest place", true},
    {0.62, 0.18, "Stays at \xc2\xb1""10 %", true},
    {0.81, 0.19, "Stays when redrawn", true},
};

/* A share as a bar with its figure; NaN: a dash. */
static void draw_share(cm_canvas *canvas, double x, double y, double width, double share, uint32_t rgba)
{
    static const cm_lettering FIGURE = {.size_pt = 7.6, .rgba = INK};
    const double room = width - 12.0;
    char words[16];

    if (isnan(share)) {
        put(canvas, x, y + 1.2, "-", &FIGURE, CM_ALIGN_LEFT, true);
        return;
    }
    cm_canvas_rectangle(canvas, x, y + 1.5, room, ROW_MM - 3.0);
    cm_canvas_fill(canvas, 0xEEF0F1FFu);
    cm_canvas_rectangle(canvas, x, y + 1.5, room * fmin(share, 1.0), ROW_MM - 3.0);
    cm_canvas_fill(canvas, rgba);
    snprintf(words, sizeof words, "%.0f %%", 100.0 * share);
    put(canvas, x + width - 1.0, y + 1.4, words, &FIGURE, CM_ALIGN_RIGHT, true);
}

static void draw_row(cm_canvas *canvas, const castmap_cluster_tuning *t, size_t i, double x, double y, double width)
{
    const castmap_cluster_tuning_row *row = &t->rows[i];
    const bool chosen = i == t->recommended;
    const cm_lettering figure = {.size_pt = 8.0, .bold = chosen, .rgba = chosen ? CHOSEN : INK};
    const double n = row->observations ? (double)row->observations : 1.0;
    const double shares[N_COLUMNS] = {0.0, 0.0, (double)row->in_places / n, (double)row->largest / n, row->stability, row->redraw};
    char words[CM_TUNING_LENGTH];

    if (chosen) {
        cm_canvas_rectangle(canvas, x - 1.5, y, width + 3.0, ROW_MM);
        cm_canvas_fill(canvas, CHOSEN_ROW);
        cm_canvas_rectangle(canvas, x - 1.5, y, 0.9, ROW_MM);
        cm_canvas_fill(canvas, CHOSEN);
    }
    cm_tuning_length(row->radius_m, words);
    put(canvas, x + COLUMNS[0].width * width, y + 1.3, words, &figure, CM_ALIGN_RIGHT, true);
    cm_decimal_grouped((int64_t)row->places, words);
    put(canvas, x + (COLUMNS[1].at + COLUMNS[1].width) * width, y + 1.3, words, &figure, CM_ALIGN_RIGHT, true);
    for (int c = 2; c < N_COLUMNS; c++) {
        const bool weak = c == 2 ? shares[c] > 0.9 : c == 3 ? shares[c] > 0.5 : c > 3 && shares[c] < STABLE_ENOUGH;
        draw_share(canvas, x + COLUMNS[c].at * width, y, COLUMNS[c].width * width, shares[c], weak ? BAR_WEAK : BAR);
    }
    cm_canvas_move(canvas, x - 1.5, y + ROW_MM);
    cm_canvas_line(canvas, x + width + 1.5, y + ROW_MM);
    cm_canvas_stroke(canvas, GRID, 0.1, false);
}

double cm_tuning_table(cm_canvas *canvas, const castmap_cluster_tuning *tuning, double x, double y, double width, bool draw)
{
    double head = 0.0;

    for (int c = 0; c < N_COLUMNS; c++) {
        const cm_lettering title = {.size_pt = 7.0, .bold = true, .rgba = INK, .align = COLUMNS[c].bar ? CM_ALIGN_LEFT : CM_ALIGN_RIGHT,
                                    .width_mm = COLUMNS[c].width * width};
        head = fmax(head, cm_canvas_text(canvas, x + COLUMNS[c].at * width, y, COLUMNS[c].title, &title, draw, NULL));
    }
    head += 1.0;
    if (draw) {
        cm_canvas_move(canvas, x - 1.5, y + head);
        cm_canvas_line(canvas, x + width + 1.5, y + head);
        cm_canvas_stroke(canvas, FRAME, 0.25, false);
        for (size_t i = 0; i < tuning->n_rows; i++)
            draw_row(canvas, tuning, i, x, y + head + ROW_MM * (double)i, width);
    }
    return head + ROW_MM * (double)tuning->n_rows;
}
