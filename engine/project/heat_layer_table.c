/*
 * project/heat_layer_table.c - a heat surface as one compressed grid, and its bands as outlines for a GIS.
 */
#include "project/layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/geometry_blob.h"
#include "project/heat_slice_table.h"
#include "project/packed_array.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"

#define MAX_CELLS (1 << 28)
#define MAX_BANDS 1000

static size_t band_vertices(const castmap_bands *bands, size_t band, size_t *first)
{
    *first = bands->vertex_start[bands->ring_start[bands->part_start[band]]];
    return bands->vertex_start[bands->ring_start[bands->part_start[band + 1]]] - *first;
}

/* x, then y, of a band's vertices in metres; the degrees and the rings are in its geometry. */
static castmap_status pack_metres(castmap_context *ctx, const castmap_bands *bands, size_t band, cm_blake2b_stream *hash,
                                  cm_packed *out)
{
    size_t first;
    const size_t n = band_vertices(bands, band, &first);
    double *metres = cm_alloc(n, 2 * sizeof *metres);

    if (!metres)
        return cm_fail_memory(ctx);
    memcpy(metres, bands->x + first, n * sizeof *metres);
    memcpy(metres + n, bands->y + first, n * sizeof *metres);
    cm_blake2b_add(hash, metres, n * 2 * sizeof *metres);
    castmap_status status = cm_pack_bytes(ctx, metres, n * 2 * sizeof *metres, out);
    free(metres);
    return status;
}

static castmap_status store_bands(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer,
                                  cm_blake2b_stream *hash)
{
    const castmap_bands *bands = &layer->bands;
    const castmap_polygons degrees = {bands->count, bands->part_start, bands->ring_start, bands->vertex_start,
                                      layer->band_lon, layer->band_lat};
    cm_query *insert = NULL, *index = NULL;
    cm_packed metres = CM_PACKED_INIT;
    unsigned char *outline = NULL;
    size_t length = 0;
    cm_box box;

    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO heat_band (run, position, lower_per_km2,"
                                          " upper_per_km2, metres, geometry) VALUES (?, ?, ?, ?, ?, ?)", &insert);
    if (!status)
        status = cm_rtree_insert_open(ctx, project->db, "heat_band", &index);
    for (size_t i = 0; i < bands->count && !status; i++) {
        status = pack_metres(ctx, bands, i, hash, &metres);
        if (!status)
            status = cm_multipolygon_blob(ctx, &degrees, i, &outline, &length, &box);
        if (status)
            break;
        cm_blake2b_add(hash, outline, length);
        cm_query_bind_integer(insert, 1, layer->run_number);
        cm_query_bind_integer(insert, 2, (int64_t)i);
        cm_query_bind_real(insert, 3, bands->lower[i]);
        if (isinf(bands->upper[i])) /* the top band is open above */
            cm_query_bind_null(insert, 4);
        else
            cm_query_bind_real(insert, 4, bands->upper[i]);
        cm_query_bind_blob(insert, 5, metres.bytes, metres.length);
        cm_query_bind_blob(insert, 6, outline, length);
        status = cm_query_run(ctx, insert);
        if (!status)
            status = cm_rtree_insert(ctx, index, cm_db_last_id(project->db), &box);
        free(outline);
        outline = NULL;
    }
    free(outline);
    cm_packed_clear(&metres);
    cm_query_close(insert);
    cm_query_close(index);
    return status;
}

static void digest_measure(const cm_heat_layer *layer, size_t cells, unsigned char digest[16])
{
    const int64_t numbers[] = {layer->kind, (int64_t)layer->spread};
    const char *const texts[] = {layer->legend, layer->unit, layer->note};
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, 16);
    cm_blake2b_add(&hash, numbers, sizeof numbers);
    for (int i = 0; i < 3; i++)
        cm_blake2b_add(&hash, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) + 1 : 1);
    if (layer->p_value)
        cm_blake2b_add(&hash, layer->p_value, cells * sizeof *layer->p_value);
    cm_blake2b_final(&hash, digest);
}

/* What it measures. A plain density per km2 that nothing is to be said of has no row, as the layers of the first schema have none. */
static castmap_status store_measure(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer, size_t cells)
{
    unsigned char digest[16];
    cm_packed p_values = CM_PACKED_INIT;
    cm_query *query = NULL;
    castmap_status status = CASTMAP_OK;

    if (!layer->legend)
        return CASTMAP_OK;
    digest_measure(layer, cells, digest);
    if (layer->p_value)
        status = cm_pack_bytes(ctx, layer->p_value, cells * sizeof *layer->p_value, &p_values);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO heat_measure (run, kind, legend, unit, note, spread, p_values, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_integer(query, 2, layer->kind);
        cm_query_bind_text(query, 3, layer->legend);
        cm_query_bind_text(query, 4, layer->unit ? layer->unit : "");
        cm_query_bind_text(query, 5, layer->note ? layer->note : "");
        cm_query_bind_integer(query, 6, (int64_t)layer->spread);
        if (layer->p_value)
            cm_query_bind_blob(query, 7, p_values.bytes, p_values.length);
        else
            cm_query_bind_null(query, 7);
        cm_query_bind_blob(query, 8, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_packed_clear(&p_values);
    return status;
}

static castmap_status load_measure(castmap_context *ctx, castmap_project *project, cm_heat_layer *layer)
{
    const size_t cells = layer->grid.columns * layer->grid.rows;
    cm_query *query = NULL;
    unsigned char digest[16];
    bool row = false;
    void *p_values = NULL;
    size_t length = 0;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT kind, legend, unit, note, spread, p_values, digest FROM heat_measure"
                                          " WHERE run = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        layer->legend = cm_copy_text("Observations per km\xc2\xb2");
        layer->unit = cm_copy_text("per km2");
        layer->note = cm_copy_text("");
        if (!layer->legend || !layer->unit || !layer->note)
            status = cm_fail_memory(ctx);
    } else if (!status) {
        layer->kind = (int)cm_query_integer(query, 0);
        status = cm_query_copy(ctx, query, 1, &layer->legend);
        if (!status)
            status = cm_query_copy(ctx, query, 2, &layer->unit);
        if (!status)
            status = cm_query_copy(ctx, query, 3, &layer->note);
        if (!status)
            status = cm_stored_count(ctx, cm_query_integer(query, 4), INT64_MAX, &layer->spread);
        if (!status && !cm_query_is_null(query, 5))
            status = cm_unpack_bytes(ctx, query, 5, cells * sizeof(double), &p_values);
        layer->p_value = p_values;
        const unsigned char *stored = cm_query_blob(query, 6, &length);
        if (!status) {
            digest_measure(layer, cells, digest);
            if (length != sizeof digest || memcmp(stored, digest, sizeof digest) != 0)
                status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
        }
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_heat_layer_store(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer)
{
    const size_t cells = layer->grid.columns * layer->grid.rows;
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_packed grid = CM_PACKED_INIT;
    cm_query *query = NULL;

    if (cells > MAX_CELLS || layer->bands.count > MAX_BANDS)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "the heat surface has too many cells or bands to be stored");
    cm_blake2b_init(&hash, sizeof digest);
    cm_blake2b_add(&hash, layer->values, cells * sizeof *layer->values);
    cm_blake2b_add(&hash, layer->breaks, layer->n_breaks * sizeof *layer->breaks);
    castmap_status status = cm_pack_bytes(ctx, layer->values, cells * sizeof *layer->values, &grid);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO heat_layer (run, name, kernel, columns, rows, observations,"
                               " radius_m, sigma_m, west_m, north_m, cell_m, grid, breaks, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob(16))", &query);
    if (!status) {
        const int64_t integers[] = {layer->kernel, (int64_t)layer->grid.columns, (int64_t)layer->grid.rows,
                                    (int64_t)layer->observations};
        const double reals[] = {layer->radius_m, layer->sigma_m, layer->grid.west, layer->grid.north, layer->grid.cell_m};
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, layer->name);
        for (int i = 0; i < 4; i++)
            cm_query_bind_integer(query, 3 + i, integers[i]);
        for (int i = 0; i < 5; i++)
            cm_query_bind_real(query, 7 + i, reals[i]);
        cm_query_bind_blob(query, 12, grid.bytes, grid.length);
        cm_query_bind_blob(query, 13, layer->breaks ? (const void *)layer->breaks : (const void *)"",
                           layer->n_breaks * sizeof *layer->breaks);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    query = NULL;
    cm_packed_clear(&grid);
    if (!status)
        status = store_bands(ctx, project, layer, &hash);
    if (!status)
        status = store_measure(ctx, project, layer, cells);
    if (!status)
        status = cm_heat_slices_store(ctx, project, layer);
    cm_blake2b_final(&hash, digest);
    if (!status)
        status = cm_query_open(ctx, project->db, "UPDATE heat_layer SET digest = ? WHERE run = ?", &query);
    if (!status) {
        cm_query_bind_blob(query, 1, digest, sizeof digest);
        cm_query_bind_integer(query, 2, layer->run_number);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status load_surface(castmap_context *ctx, cm_query *query, cm_heat_layer *layer, cm_blake2b_stream *hash)
{
    size_t length = 0;
    void *values = NULL;
    const int64_t kernel = cm_query_integer(query, 2);

    layer->run_number = cm_query_integer(query, 0);
    layer->kernel = kernel >= CASTMAP_KERNEL_QUARTIC && kernel <= CASTMAP_KERNEL_TRIWEIGHT ? (castmap_kernel)kernel
                                                                                         : CASTMAP_KERNEL_QUARTIC;
    layer->radius_m = cm_query_real(query, 6);
    layer->sigma_m = cm_query_real(query, 7);
    layer->grid.west = cm_query_real(query, 8);
    layer->grid.north = cm_query_real(query, 9);
    layer->grid.cell_m = cm_query_real(query, 10);
    castmap_status status = cm_query_copy(ctx, query, 1, &layer->name);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 3), MAX_CELLS, &layer->grid.columns);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 4), MAX_CELLS, &layer->grid.rows);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 5), INT64_MAX, &layer->observations);
    if (!status && (layer->grid.columns == 0 || layer->grid.rows > MAX_CELLS / layer->grid.columns ||
                    !isfinite(layer->grid.west) || !isfinite(layer->grid.north) || !(layer->grid.cell_m > 0.0)))
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
    const size_t cells = layer->grid.columns * layer->grid.rows;
    if (!status)
        status = cm_unpack_bytes(ctx, query, 11, cells * sizeof(double), &values);
    if (status)
        return status;
    layer->values = values;
    const unsigned char *breaks = cm_query_blob(query, 12, &length);
    if (length % sizeof(double) != 0)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
    layer->n_breaks = length / sizeof(double);
    layer->breaks = cm_alloc(layer->n_breaks, sizeof(double));
    if (!layer->breaks)
        return cm_fail_memory(ctx);
    if (length > 0)
        memcpy(layer->breaks, breaks, length);
    cm_blake2b_add(hash, layer->values, cells * sizeof(double));
    cm_blake2b_add(hash, layer->breaks, length);
    return CASTMAP_OK;
}

/* The metres of one band, behind those of the bands before. */
static castmap_status load_metres(castmap_context *ctx, cm_query *query, cm_heat_layer *layer, size_t before, size_t after,
                                  size_t capacity[2], cm_blake2b_stream *hash)
{
    const size_t n = after - before;
    void *metres = NULL;

    castmap_status status = cm_unpack_bytes(ctx, query, 3, n * 2 * sizeof(double), &metres);
    if (status)
        return status;
    if (cm_grow(&layer->bands.x, &capacity[0], after, sizeof(double)) != 0 ||
        cm_grow(&layer->bands.y, &capacity[1], after, sizeof(double)) != 0) {
        free(metres);
        return cm_fail_memory(ctx);
    }
    memcpy(layer->bands.x + before, metres, n * sizeof(double));
    memcpy(layer->bands.y + before, (const double *)metres + n, n * sizeof(double));
    cm_blake2b_add(hash, metres, n * 2 * sizeof(double));
    free(metres);
    return CASTMAP_OK;
}

static castmap_status load_bands(castmap_context *ctx, castmap_project *project, cm_heat_layer *layer,
                                 cm_blake2b_stream *hash)
{
    cm_polygon_set degrees = CM_POLYGON_SET_INIT;
    cm_query *query = NULL;
    bool row = true;
    size_t capacity[4] = {0};

    castmap_status status = cm_query_open(ctx, project->db, "SELECT position, lower_per_km2, upper_per_km2, metres, geometry"
                                          " FROM heat_band WHERE run = ? ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const size_t i = layer->bands.count, before = degrees.vertices;
        size_t length = 0;
        if (i == MAX_BANDS || cm_query_integer(query, 0) != (int64_t)i) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored heat surface is damaged");
            break;
        }
        if (cm_grow(&layer->bands.lower, &capacity[2], i + 1, sizeof(double)) != 0 ||
            cm_grow(&layer->bands.upper, &capacity[3], i + 1, sizeof(double)) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        layer->bands.lower[i] = cm_query_real(query, 1);
        layer->bands.upper[i] = cm_query_is_null(query, 2) ? (double)INFINITY : cm_query_real(query, 2);
        layer->bands.count++;
        const unsigned char *outline = cm_query_blob(query, 4, &length);
        status = cm_multipolygon_read(ctx, outline, length, &degrees);
        if (!status)
            status = load_metres(ctx, query, layer, before, degrees.vertices, capacity, hash);
        if (!status)
            cm_blake2b_add(hash, outline, length);
    }
    cm_query_close(query);
    if (!status && layer->bands.count > 0) {
        /* The set's arrays become the bands': rings are the same in metres and in degrees. */
        layer->bands.part_start = degrees.part_start;
        layer->bands.ring_start = degrees.ring_start;
        layer->bands.vertex_start = degrees.vertex_start;
        layer->band_lon = degrees.x;
        layer->band_lat = degrees.y;
        degrees = (cm_polygon_set)CM_POLYGON_SET_INIT;
    }
    cm_polygon_set_clear(&degrees);
    return status;
}

castmap_status cm_heat_layer_load(castmap_context *ctx, castmap_project *project, const char *name, cm_heat_layer *out)
{
    cm_heat_layer layer = {0};
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    bool row = false;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT run, name, kernel, columns, rows, observations, radius_m, sigma_m, west_m, north_m, cell_m,"
        " grid, breaks, digest FROM heat_layer WHERE ?1 IS NULL OR name = ?1 ORDER BY run DESC LIMIT 1", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no heat layer%s", name ? " of that name" : "");
        cm_fail_hint(ctx, "castmap heat makes one");
    }
    cm_blake2b_init(&hash, 16);
    if (!status)
        status = load_surface(ctx, query, &layer, &hash);
    if (!status)
        status = load_bands(ctx, project, &layer, &hash);
    if (!status)
        status = cm_stored_digest(ctx, query, 13, &hash);
    if (!status)
        status = load_measure(ctx, project, &layer);
    if (!status)
        status = cm_heat_slices_load(ctx, project, &layer);
    cm_query_close(query);
    if (status)
        cm_heat_layer_clear(&layer);
    else
        *out = layer;
    return status;
}

void cm_heat_layer_clear(cm_heat_layer *layer)
{
    free(layer->name);
    cm_heat_slices_clear(layer);
    free(layer->legend);
    free(layer->unit);
    free(layer->note);
    free(layer->p_value);
    free(layer->values);
    free(layer->breaks);
    free(layer->band_lon);
    free(layer->band_lat);
    free(layer->bands.lower);
    free(layer->bands.upper);
    free(layer->bands.part_start);
    free(layer->bands.ring_start);
    free(layer->bands.vertex_start);
    free(layer->bands.x);
    free(layer->bands.y);
    *layer = (cm_heat_layer){0};
}
