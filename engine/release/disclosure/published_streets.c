/* release/disclosure/published_streets.c */
#include "release/disclosure/published_streets.h"

#include "base/fail.h"
#include "base/memory.h"
#include "release/disclosure/lattice.h"
#include "release/disclosure/street_lines.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDEST_M 2000.0

typedef struct on_street {
    int32_t  name;
    uint32_t cell, incident;
} on_street;

void cm_published_streets_clear(cm_published_streets *streets)
{
    for (size_t i = 0; streets->street && i < streets->count; i++)
        free(streets->street[i].name);
    free(streets->street);
    free(streets->network);
    *streets = (cm_published_streets){0};
}

static int by_street(const void *left, const void *right)
{
    const on_street *a = left, *b = right;

    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a->incident > b->incident) - (a->incident < b->incident);
}

/* The shown square of at most 2 km that holds a place; n_cells: none. Squares do not overlap. */
static size_t cell_at(const cm_ledger_cell *cells, size_t n_cells, double x, double y)
{
    for (size_t c = 0; c < n_cells; c++)
        if (cells[c].side_m <= WIDEST_M && floor(x / cells[c].side_m) == (double)cells[c].column && floor(y / cells[c].side_m) == (double)cells[c].row)
            return c;
    return n_cells;
}

static double length_in(const castmap_streets *streets, int32_t name, const cm_ledger_cell *cell)
{
    const cm_square square = {(double)cell->column * cell->side_m, (double)cell->row * cell->side_m, cell->side_m};
    double length = 0.0;

    for (uint32_t e = 0; e < streets->network.n_edges; e++)
        if (streets->name_of[e] == (uint32_t)name)
            (void)cm_line_in_square(NULL, &streets->network, e, &square, &length);
    return length;
}

static castmap_status add_street(castmap_context *ctx, cm_published_streets *streets, size_t *room, const char *name, int64_t column, int64_t row,
                                 double side_m)
{
    if (cm_grow(&streets->street, room, streets->count + 1, sizeof *streets->street) != 0)
        return cm_fail_memory(ctx);
    streets->street[streets->count] = (cm_published_street){cm_copy_text(name), column, row, side_m};
    if (!streets->street[streets->count].name)
        return cm_fail_memory(ctx);
    streets->count++;
    return CASTMAP_OK;
}

castmap_status cm_published_streets_count(castmap_context *ctx, const cm_policy *policy, const castmap_streets *streets, const char *network,
                                          const cm_report *reports, size_t n, bool sources_recorded, const cm_ledger_cell *cells, size_t n_cells,
                                          cm_published_streets *out, size_t *withheld)
{
    cm_published_streets made = {.present = true, .network = cm_copy_text(network)};
    cm_incident *incidents = NULL;
    on_street *pair = NULL;
    uint32_t *member = NULL;
    int64_t *scratch = NULL;
    size_t n_incidents = 0, pairs = 0, room = 0, hidden = 0;
    castmap_status status = made.network ? cm_incidents_make(ctx, reports, n, policy->merge_repeats, &incidents, &n_incidents) : cm_fail_memory(ctx);

    if (!status) {
        pair = cm_alloc(n_incidents, sizeof *pair);
        member = cm_alloc(n_incidents, sizeof *member);
        scratch = cm_alloc(2 * n_incidents, sizeof *scratch);
        if (!pair || !member || !scratch)
            status = cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n_incidents && !status; i++) {
        const size_t cell = incidents[i].place < 0 ? n_cells : cell_at(cells, n_cells, incidents[i].x, incidents[i].y);
        if (cell < n_cells)
            pair[pairs++] = (on_street){incidents[i].place, (uint32_t)cell, (uint32_t)i};
    }
    if (!status && pairs > 0)
        qsort(pair, pairs, sizeof *pair, by_street);
    for (size_t first = 0, last; first < pairs && !status; first = last) {
        const cm_ledger_cell *cell = &cells[pair[first].cell];
        size_t count = 0;
        for (last = first; last < pairs && pair[last].name == pair[first].name && pair[last].cell == pair[first].cell; last++)
            member[count++] = pair[last].incident;
        if (cm_floors_pass(policy, incidents, member, count, sources_recorded, scratch) &&
            length_in(streets, pair[first].name, cell) >= policy->base_cell_m)
            status = add_street(ctx, &made, &room, streets->names[pair[first].name], cell->column, cell->row, cell->side_m);
        else
            hidden++;
    }
    free(incidents);
    free(pair);
    free(member);
    free(scratch);
    if (status) {
        cm_published_streets_clear(&made);
        return status;
    }
    *out = made;
    *withheld = hidden;
    return CASTMAP_OK;
}

void cm_published_streets_to_json(cm_json *json, const cm_published_streets *streets)
{
    if (!streets->present)
        return;
    cm_json_object(json, "streets");
    cm_json_string(json, "network", streets->network);
    cm_json_array(json, "shown");
    for (size_t i = 0; i < streets->count; i++) {
        cm_json_array(json, NULL);
        cm_json_string(json, NULL, streets->street[i].name);
        cm_json_integer(json, NULL, streets->street[i].column);
        cm_json_integer(json, NULL, streets->street[i].row);
        cm_json_integer(json, NULL, (int64_t)streets->street[i].side_m);
        cm_json_end_array(json);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

castmap_status cm_published_streets_from_json(castmap_context *ctx, struct json_object *document, cm_published_streets *out)
{
    struct json_object *object, *network, *shown;
    cm_published_streets made = {.present = true};
    size_t room = 0;
    castmap_status status = CASTMAP_OK;

    if (!json_object_object_get_ex(document, "streets", &object))
        return CASTMAP_OK;
    if (!json_object_object_get_ex(object, "network", &network) || !json_object_object_get_ex(object, "shown", &shown) ||
        !json_object_is_type(network, json_type_string) || !json_object_is_type(shown, json_type_array))
        return cm_fail(ctx, CASTMAP_E_PROJECT, "the streets of a release in the ledger cannot be read");
    made.network = cm_copy_text(json_object_get_string(network));
    if (!made.network)
        status = cm_fail_memory(ctx);
    for (size_t k = 0; k < json_object_array_length(shown) && !status; k++) {
        struct json_object *one = json_object_array_get_idx(shown, k);
        if (!json_object_is_type(one, json_type_array) || json_object_array_length(one) != 4)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the streets of a release in the ledger cannot be read");
        else
            status = add_street(ctx, &made, &room, json_object_get_string(json_object_array_get_idx(one, 0)),
                                json_object_get_int64(json_object_array_get_idx(one, 1)), json_object_get_int64(json_object_array_get_idx(one, 2)),
                                (double)json_object_get_int64(json_object_array_get_idx(one, 3)));
    }
    if (status)
        cm_published_streets_clear(&made);
    else
        *out = made;
    return status;
}
