/*
 * release/print/map_labels.c - names on a map that do not run over one another.
 */
#include "release/print/map_labels.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAP_MM 0.5
#define LINE_MM 1.3 /* between the middle of a line and a label beside it */

void cm_label_board_clear(cm_label_board *board)
{
    free(board->box);
    *board = (cm_label_board)CM_LABEL_BOARD_INIT;
}

typedef struct wanted {
    double size_mm; /* width of the feature on paper */
    size_t feature;
} wanted;

static int largest_first(const void *a, const void *b)
{
    const wanted *p = a, *q = b;

    if (p->size_mm != q->size_mm)
        return p->size_mm < q->size_mm ? 1 : -1;
    return p->feature < q->feature ? -1 : p->feature > q->feature;
}

static double width_of(const cm_map_view *view, const cm_layer *layer, size_t feature)
{
    double low = INFINITY, high = -INFINITY;

    if (layer->shape == CM_SHAPE_POINT)
        return INFINITY;
    for (size_t part = layer->part_start[feature]; part < layer->part_start[feature + 1]; part++) {
        for (size_t v = layer->vertex_start[layer->ring_start[part]];
             v < layer->vertex_start[layer->ring_start[part + 1]]; v++) {
            low = fmin(low, layer->x[v]);
            high = fmax(high, layer->x[v]);
        }
    }
    return (high - low) * view->mm_per_m;
}

static bool is_free(const cm_label_board *board, const cm_label_box *box)
{
    for (size_t i = 0; i < board->count; i++) {
        const cm_label_box *other = &board->box[i];
        if (box->left < other->right && box->right > other->left && box->top < other->bottom && box->bottom > other->top)
            return false;
    }
    return true;
}

static bool is_inside(const cm_map_view *view, const cm_label_box *box)
{
    return box->left > view->x && box->right < view->x + view->width && box->top > view->y &&
           box->bottom < view->y + view->height;
}

static cm_lettering lettering_of(const cm_layer *layer)
{
    if (strcmp(layer->name, "places") == 0)
        return (cm_lettering){.size_pt = 8.5, .bold = true, .rgba = 0x3B0A45FFu, .halo_rgba = 0xFFFFFFE0u, .align = CM_ALIGN_CENTRE};
    if (strcmp(layer->name, "groups") == 0)
        return (cm_lettering){.size_pt = 7.5, .italic = true, .bold = true, .rgba = 0x3B0A45FFu, .halo_rgba = 0xFFFFFFE0u, .align = CM_ALIGN_CENTRE};
    if (layer->shape == CM_SHAPE_LINE)
        return (cm_lettering){.size_pt = 8.5, .bold = true, .rgba = 0x7A0C2AFFu, .halo_rgba = 0xFFFFFFF0u, .align = CM_ALIGN_CENTRE};
    if (layer->shape == CM_SHAPE_POINT)
        return (cm_lettering){.size_pt = 5.6, .italic = true, .rgba = 0x4A5560FFu, .halo_rgba = 0xFFFFFFC0u, .align = CM_ALIGN_CENTRE};
    return (cm_lettering){.size_pt = 6.6, .rgba = 0x33383DFFu, .halo_rgba = 0xFFFFFFD0u, .align = CM_ALIGN_CENTRE};
}

/* Long names break near their middle, so that they fit their area. */
static void break_name(const char *name, char *out, size_t size)
{
    const size_t length = strlen(name);
    size_t best = 0;

    strncpy(out, name, size - 1);
    out[size - 1] = '\0';
    if (length < 13 || length >= size)
        return;
    for (size_t i = 1; i + 1 < length; i++) {
        const double off = fabs((double)i - (double)length / 2.0);
        if (name[i] == ' ' && (best == 0 || off < fabs((double)best - (double)length / 2.0)))
            best = i;
    }
    if (best)
        out[best] = '\n';
}

/* Where a label may stand: on its place; one of a line beside it, nearer rather than farther. False: everything is taken. */
static bool find_room(const cm_map_view *view, const cm_label_board *board, const cm_layer *layer, double x, double y, double width, double height,
                      cm_label_box *out)
{
    static const double BESIDE[][2] = {{0, -1}, {1, 0}, {-1, 0}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
    const size_t n = layer->shape == CM_SHAPE_LINE ? 3 * sizeof BESIDE / sizeof *BESIDE : 1;

    for (size_t i = 0; i < n; i++) {
        const double *side = BESIDE[i % (sizeof BESIDE / sizeof *BESIDE)], far = n == 1 ? 0.0 : LINE_MM * (1.0 + (double)(i / (sizeof BESIDE / sizeof *BESIDE)));
        const double cx = x + (n == 1 ? 0.0 : side[0] * (width / 2 + far)), cy = y + (n == 1 ? 0.0 : side[1] * (height / 2 + far));
        *out = (cm_label_box){cx - width / 2 - GAP_MM, cy - height / 2 - GAP_MM / 2, cx + width / 2 + GAP_MM, cy + height / 2 + GAP_MM / 2};
        if (is_inside(view, out) && is_free(board, out))
            return true;
    }
    return false;
}

castmap_status cm_labels_draw(castmap_context *ctx, cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer,
                              cm_label_board *board)
{
    const int field = layer->style.label_field;

    if (field < 0 || (size_t)field >= layer->n_fields || !layer->fields[field].text)
        return CASTMAP_OK;
    if (layer->shape != CM_SHAPE_POINT && (!layer->label_x || !layer->label_y))
        return CASTMAP_OK;
    wanted *order = cm_alloc(layer->count, sizeof *order);
    if (!order)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < layer->count; f++)
        order[f] = (wanted){layer->shape == CM_SHAPE_LINE ? 0.0 : width_of(view, layer, f), f}; /* lines in their own order */
    qsort(order, layer->count, sizeof *order, largest_first);

    const cm_lettering base = lettering_of(layer);
    castmap_status status = CASTMAP_OK;
    for (size_t i = 0; i < layer->count && !status; i++) {
        const size_t f = order[i].feature;
        const char *name = layer->fields[field].text[f];
        char broken[128];
        cm_lettering style = base;
        double width;
        if (!name || !name[0] || order[i].size_mm < layer->style.min_label_mm)
            continue;
        break_name(name, broken, sizeof broken);
        style.width_mm = 60.0; /* lines centred on one another */
        const double height = cm_canvas_text(canvas, 0, 0, broken, &style, false, &width);
        const double x = view->x + ((layer->label_x ? layer->label_x[f] : layer->x[f]) - view->west) * view->mm_per_m;
        double y = view->y + (view->north - (layer->label_y ? layer->label_y[f] : layer->y[f])) * view->mm_per_m;
        if (layer->shape == CM_SHAPE_POINT)
            y -= height / 2.0 + layer->style.size_mm / 2.0 + GAP_MM;
        cm_label_box box;
        if (!find_room(view, board, layer, x, y, width, height, &box))
            continue;
        if (cm_grow(&board->box, &board->capacity, board->count + 1, sizeof *board->box)) {
            status = cm_fail_memory(ctx);
            break;
        }
        board->box[board->count++] = box;
        cm_canvas_text(canvas, (box.left + box.right - style.width_mm) / 2.0, (box.top + box.bottom - height) / 2.0, broken, &style, true, NULL);
    }
    free(order);
    return status;
}
