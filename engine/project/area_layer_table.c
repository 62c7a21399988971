/*
 * project/area_layer_table.c - counts by area: one row an area, and where each observation fell.
 */
#include "project/layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MAX_ITEMS INT32_MAX

static void digest_row(cm_blake2b_stream *hash, int64_t events, const double *numbers, int64_t class_number)
{
    const int64_t integers[] = {events, class_number};

    cm_blake2b_add(hash, integers, sizeof integers);
    for (int i = 0; i < 5; i++) {
        const double known = isnan(numbers[i]) ? -1.0 : numbers[i];
        cm_blake2b_add(hash, &known, sizeof known);
    }
}

static castmap_status store_rows(castmap_context *ctx, castmap_project *project, const cm_area_layer *layer,
                                 cm_blake2b_stream *hash)
{
    cm_query *query = NULL;

    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO area_count (run, area, position, count, area_km2, density_per_km2, rate, rate_lower,"
        " rate_upper, class) VALUES (?1, (SELECT id FROM area WHERE boundary = ?2 AND position = ?3), ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10)", &query);
    for (size_t i = 0; i < layer->count && !status; i++) {
        const double numbers[] = {layer->area_km2[i], layer->density[i], layer->rate[i], layer->lower[i], layer->upper[i]};
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_integer(query, 2, layer->boundary_id);
        cm_query_bind_integer(query, 3, (int64_t)i);
        cm_query_bind_integer(query, 4, layer->events[i]);
        for (int c = 0; c < 5; c++)
            cm_query_bind_real(query, 5 + c, numbers[c]);
        cm_query_bind_integer(query, 10, layer->class_number[i]);
        digest_row(hash, layer->events[i], numbers, layer->class_number[i]);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status store_layer_row(castmap_context *ctx, castmap_project *project, const cm_area_layer *layer,
                                      cm_blake2b_stream *hash)
{
    cm_packed ids = CM_PACKED_INIT, placement = CM_PACKED_INIT;
    int64_t *area = cm_alloc(layer->n, sizeof *area);
    cm_query *query = NULL;

    if (!area)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n; i++)
        area[i] = layer->area[i];
    cm_blake2b_add(hash, layer->observation, layer->n * sizeof *layer->observation);
    cm_blake2b_add(hash, area, layer->n * sizeof *area);
    cm_blake2b_add(hash, layer->breaks, layer->n_breaks * sizeof *layer->breaks);
    castmap_status status = cm_pack_integers(ctx, layer->observation, layer->n, &ids);
    if (!status)
        status = cm_pack_integers(ctx, area, layer->n, &placement);
    free(area);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO area_layer (run, name, level, boundary, per, confidence, placed,"
                               " unplaced, areas, breaks, ids, placement, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob(16))", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, layer->name);
        cm_query_bind_text(query, 3, layer->level);
        cm_query_bind_integer(query, 4, layer->boundary_id);
        cm_query_bind_real(query, 5, layer->per);
        cm_query_bind_real(query, 6, layer->confidence);
        cm_query_bind_integer(query, 7, (int64_t)layer->placed);
        cm_query_bind_integer(query, 8, (int64_t)layer->unplaced);
        cm_query_bind_integer(query, 9, (int64_t)layer->count);
        cm_query_bind_blob(query, 10, layer->breaks ? (const void *)layer->breaks : (const void *)"",
                           layer->n_breaks * sizeof *layer->breaks);
        cm_query_bind_blob(query, 11, ids.bytes, ids.length);
        cm_query_bind_blob(query, 12, placement.bytes, placement.length);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_packed_clear(&ids);
    cm_packed_clear(&placement);
    return status;
}

castmap_status cm_area_layer_store(castmap_context *ctx, castmap_project *project, const cm_area_layer *layer)
{
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;

    if (layer->placed + layer->unplaced != layer->n)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "placed and unplaced observations do not add up");
    cm_blake2b_init(&hash, sizeof digest);
    castmap_status status = store_layer_row(ctx, project, layer, &hash);
    if (!status)
        status = store_rows(ctx, project, layer, &hash);
    cm_blake2b_final(&hash, digest);
    if (!status)
        status = cm_query_open(ctx, project->db, "UPDATE area_layer SET digest = ? WHERE run = ?", &query);
    if (!status) {
        cm_query_bind_blob(query, 1, digest, sizeof digest);
        cm_query_bind_integer(query, 2, layer->run_number);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status load_breaks(castmap_context *ctx, cm_query *query, cm_area_layer *layer)
{
    size_t length = 0;
    const unsigned char *bytes = cm_query_blob(query, 9, &length);

    if (length % sizeof(double) != 0)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored count by area is damaged");
    layer->n_breaks = length / sizeof(double);
    layer->breaks = cm_alloc(layer->n_breaks, sizeof(double));
    if (!layer->breaks)
        return cm_fail_memory(ctx);
    if (length > 0)
        memcpy(layer->breaks, bytes, length);
    return CASTMAP_OK;
}

static castmap_status load_layer_row(castmap_context *ctx, cm_query *query, cm_area_layer *layer, cm_blake2b_stream *hash)
{
    int64_t *area = NULL;

    layer->run_number = cm_query_integer(query, 0);
    layer->boundary_id = cm_query_integer(query, 3);
    layer->per = cm_query_real(query, 4);
    layer->confidence = cm_query_real(query, 5);
    castmap_status status = cm_query_copy(ctx, query, 1, &layer->name);
    if (!status)
        status = cm_query_copy(ctx, query, 2, &layer->level);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 6), MAX_ITEMS, &layer->placed);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 7), MAX_ITEMS, &layer->unplaced);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 8), MAX_ITEMS, &layer->count);
    if (!status)
        status = load_breaks(ctx, query, layer);
    layer->n = layer->placed + layer->unplaced;
    if (!status)
        status = cm_unpack_integers(ctx, query, 10, layer->n, &layer->observation);
    if (!status)
        status = cm_unpack_integers(ctx, query, 11, layer->n, &area);
    if (!status && !(layer->area = cm_alloc(layer->n, sizeof *layer->area)))
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n && !status; i++) {
        if (area[i] < CASTMAP_NO_AREA || area[i] >= (int64_t)layer->count)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored count by area is damaged");
        layer->area[i] = (int32_t)area[i];
    }
    if (!status) {
        cm_blake2b_add(hash, layer->observation, layer->n * sizeof *layer->observation);
        cm_blake2b_add(hash, area, layer->n * sizeof *area);
        cm_blake2b_add(hash, layer->breaks, layer->n_breaks * sizeof *layer->breaks);
    }
    free(area);
    return status;
}

static castmap_status load_rows(castmap_context *ctx, castmap_project *project, cm_area_layer *layer,
                                cm_blake2b_stream *hash)
{
    const size_t expected = layer->count;
    cm_query *query = NULL;
    bool row = true;
    size_t i = 0;

    layer->events = cm_alloc(expected, sizeof *layer->events);
    layer->class_number = cm_alloc(expected, sizeof *layer->class_number);
    double **const columns[] = {&layer->area_km2, &layer->density, &layer->rate, &layer->lower, &layer->upper};
    for (size_t c = 0; c < 5; c++) {
        *columns[c] = cm_alloc(expected, sizeof(double));
        if (!*columns[c])
            return cm_fail_memory(ctx);
    }
    if (!layer->events || !layer->class_number)
        return cm_fail_memory(ctx);
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT position, count, area_km2, density_per_km2, rate, rate_lower, rate_upper, class FROM area_count"
        " WHERE run = ? ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (i == expected || cm_query_integer(query, 0) != (int64_t)i) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored count by area is damaged");
            break;
        }
        double numbers[5];
        for (int c = 0; c < 5; c++)
            (*columns[c])[i] = numbers[c] = cm_query_real(query, 2 + c);
        layer->events[i] = cm_query_integer(query, 1);
        layer->class_number[i] = (int32_t)cm_query_integer(query, 7);
        digest_row(hash, layer->events[i], numbers, cm_query_integer(query, 7));
        i++;
    }
    cm_query_close(query);
    if (!status && i != expected)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored count by area is damaged");
    return status;
}

castmap_status cm_area_layer_load(castmap_context *ctx, castmap_project *project, const char *level, cm_area_layer *out)
{
    cm_area_layer layer = {0};
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    bool row = false;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT run, name, level, boundary, per, confidence, placed, unplaced, areas, breaks, ids, placement,"
        " digest FROM area_layer WHERE ?1 IS NULL OR level = ?1 ORDER BY run DESC LIMIT 1", &query);
    if (!status) {
        cm_query_bind_text(query, 1, level);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no counts by area%s", level ? " of that level" : "");
        cm_fail_hint(ctx, "castmap areas makes them");
    }
    cm_blake2b_init(&hash, 16);
    if (!status)
        status = load_layer_row(ctx, query, &layer, &hash);
    if (!status)
        status = load_rows(ctx, project, &layer, &hash);
    if (!status)
        status = cm_stored_digest(ctx, query, 12, &hash);
    cm_query_close(query);
    if (status)
        cm_area_layer_clear(&layer);
    else
        *out = layer;
    return status;
}

void cm_area_layer_clear(cm_area_layer *layer)
{
    free(layer->name);
    free(layer->level);
    free(layer->events);
    free(layer->area_km2);
    free(layer->density);
    free(layer->rate);
    free(layer->lower);
    free(layer->upper);
    free(layer->class_number);
    free(layer->breaks);
    free(layer->observation);
    free(layer->area);
    *layer = (cm_area_layer){0};
}
