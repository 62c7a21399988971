/*
 * project/heat_slice_table.c - each slice of a heat layer as one compressed grid with a digest.
 */
#include "project/heat_slice_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MOST_SLICES 60u

static void digest_slice(const cm_heat_layer *layer, size_t i, size_t cells, cm_blake2b_stream *hash)
{
    const int64_t span[] = {layer->slice_from_s[i], layer->slice_to_s[i]};

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, span, sizeof span);
    cm_blake2b_add(hash, layer->slice_values + i * cells, cells * sizeof *layer->slice_values);
    cm_blake2b_add(hash, layer->slice_breaks, layer->n_slice_breaks * sizeof *layer->slice_breaks);
}

castmap_status cm_heat_slices_store(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer)
{
    const size_t cells = layer->grid.columns * layer->grid.rows;
    cm_packed grid = CM_PACKED_INIT;
    cm_query *query = NULL;
    castmap_status status = CASTMAP_OK;

    if (layer->n_slices > 0)
        status = cm_query_open(ctx, project->db, "INSERT INTO heat_slice (run, position, from_s, to_s, grid, breaks, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?)", &query);
    for (size_t i = 0; i < layer->n_slices && !status; i++) {
        cm_blake2b_stream hash;
        unsigned char digest[16];
        digest_slice(layer, i, cells, &hash);
        cm_blake2b_final(&hash, digest);
        status = cm_pack_bytes(ctx, layer->slice_values + i * cells, cells * sizeof *layer->slice_values, &grid);
        if (status)
            break;
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_integer(query, 2, (int64_t)i);
        cm_query_bind_integer(query, 3, layer->slice_from_s[i]);
        cm_query_bind_integer(query, 4, layer->slice_to_s[i]);
        cm_query_bind_blob(query, 5, grid.bytes, grid.length);
        cm_query_bind_blob(query, 6, layer->slice_breaks, layer->n_slice_breaks * sizeof *layer->slice_breaks);
        cm_query_bind_blob(query, 7, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_packed_clear(&grid);
    cm_query_close(query);
    return status;
}

static castmap_status load_one(castmap_context *ctx, cm_query *query, cm_heat_layer *layer, size_t cells)
{
    const size_t i = layer->n_slices;
    cm_blake2b_stream hash;
    size_t length = 0;
    void *values = NULL;

    castmap_status status = cm_unpack_bytes(ctx, query, 2, cells * sizeof(double), &values);
    if (status)
        return status;
    memcpy(layer->slice_values + i * cells, values, cells * sizeof(double));
    free(values);
    layer->slice_from_s[i] = cm_query_integer(query, 0);
    layer->slice_to_s[i] = cm_query_integer(query, 1);
    const unsigned char *breaks = cm_query_blob(query, 3, &length);
    if (length % sizeof(double) != 0 || length > sizeof layer->slice_breaks)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
    if (length > 0)
        memcpy(layer->slice_breaks, breaks, length);
    layer->n_slice_breaks = length / sizeof(double);
    layer->n_slices++;
    digest_slice(layer, i, cells, &hash);
    return cm_stored_digest(ctx, query, 4, &hash);
}

castmap_status cm_heat_slices_load(castmap_context *ctx, castmap_project *project, cm_heat_layer *layer)
{
    const size_t cells = layer->grid.columns * layer->grid.rows;
    cm_query *query = NULL;
    int64_t count = 0;
    bool row = true;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT count(*) FROM heat_slice WHERE run = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        status = cm_query_step(ctx, query, &row);
        count = !status && row ? cm_query_integer(query, 0) : 0;
    }
    cm_query_close(query);
    query = NULL;
    if (status || count == 0)
        return status;
    if (count > MOST_SLICES)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
    layer->slice_from_s = cm_alloc((size_t)count, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc((size_t)count, sizeof *layer->slice_to_s);
    layer->slice_values = cm_alloc((size_t)count * cells, sizeof *layer->slice_values);
    if (!layer->slice_from_s || !layer->slice_to_s || !layer->slice_values)
        return cm_fail_memory(ctx);
    status = cm_query_open(ctx, project->db, "SELECT from_s, to_s, grid, breaks, digest FROM heat_slice WHERE run = ? ORDER BY position",
                           &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        status = layer->n_slices < (size_t)count ? load_one(ctx, query, layer, cells) : CASTMAP_OK;
    }
    cm_query_close(query);
    return status;
}

void cm_heat_slices_clear(cm_heat_layer *layer)
{
    free(layer->slice_from_s);
    free(layer->slice_to_s);
    free(layer->slice_values);
}
