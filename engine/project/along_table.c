/* project/along_table.c - one row a layer, its lines and observations as packed arrays, one digest over all. */
#include "project/along_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MOST ((int64_t)1 << 31)

enum { STARTS, LON, LAT, WAY_LON, WAY_LAT, IDS, DISTANCES, COLUMNS };

void cm_along_layer_clear(cm_along_layer *layer)
{
    free(layer->name);
    free(layer->start);
    free(layer->lon);
    free(layer->lat);
    free(layer->way_lon);
    free(layer->way_lat);
    free(layer->observation);
    free(layer->distance_m);
    *layer = (cm_along_layer){0};
}

static void digest_layer(const cm_along_layer *l, cm_blake2b_stream *hash)
{
    const int64_t whole[] = {l->is_way, (int64_t)l->n_lines, (int64_t)l->n_vertices, (int64_t)l->n_way, (int64_t)l->n};
    const double real[] = {l->within_m, l->way_m, l->streets_m};

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, l->name, strlen(l->name) + 1);
    cm_blake2b_add(hash, whole, sizeof whole);
    cm_blake2b_add(hash, real, sizeof real);
    cm_blake2b_add(hash, l->start, (l->n_lines + 1) * sizeof *l->start);
    cm_blake2b_add(hash, l->lon, l->n_vertices * sizeof *l->lon);
    cm_blake2b_add(hash, l->lat, l->n_vertices * sizeof *l->lat);
    cm_blake2b_add(hash, l->way_lon, l->n_way * sizeof *l->way_lon);
    cm_blake2b_add(hash, l->way_lat, l->n_way * sizeof *l->way_lat);
    cm_blake2b_add(hash, l->observation, l->n * sizeof *l->observation);
    cm_blake2b_add(hash, l->distance_m, l->n * sizeof *l->distance_m);
}

castmap_status cm_along_layer_store(castmap_context *ctx, castmap_project *project, const cm_along_layer *layer)
{
    const size_t counts[] = {layer->n_lines, layer->n_vertices, layer->n_way, layer->n};
    const struct {
        const double *values;
        size_t        n;
    } reals[COLUMNS] = {[LON] = {layer->lon, layer->n_vertices},     [LAT] = {layer->lat, layer->n_vertices},
                        [WAY_LON] = {layer->way_lon, layer->n_way},  [WAY_LAT] = {layer->way_lat, layer->n_way},
                        [DISTANCES] = {layer->distance_m, layer->n}};
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    unsigned char digest[16];
    cm_blake2b_stream hash;
    cm_query *query = NULL;
    castmap_status status = cm_pack_integers(ctx, layer->start, layer->n_lines + 1, &packed[STARTS]);

    if (!status)
        status = cm_pack_integers(ctx, layer->observation, layer->n, &packed[IDS]);
    for (int i = 0; i < COLUMNS && !status; i++)
        if (i != STARTS && i != IDS)
            status = cm_pack_bytes(ctx, reals[i].values, reals[i].n * sizeof(double), &packed[i]);
    if (!status)
        status = cm_query_open(ctx, project->db,
                               "INSERT INTO along_layer (run, name, is_way, within_m, way_m, streets_m, lines, vertices, way_vertices, observations, starts, lon,"
                               " lat, way_lon, way_lat, ids, distances, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, layer->name);
        cm_query_bind_integer(query, 3, layer->is_way);
        cm_query_bind_real(query, 4, layer->within_m);
        cm_query_bind_real(query, 5, layer->way_m);
        cm_query_bind_real(query, 6, layer->streets_m);
        for (int i = 0; i < 4; i++)
            cm_query_bind_integer(query, 7 + i, (int64_t)counts[i]);
        for (int i = 0; i < COLUMNS; i++)
            cm_query_bind_blob(query, 11 + i, packed[i].bytes, packed[i].length);
        digest_layer(layer, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 11 + COLUMNS, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    for (int i = 0; i < COLUMNS; i++)
        cm_packed_clear(&packed[i]);
    return status;
}

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "what is stored of a place or a way is damaged");
}

static castmap_status load(castmap_context *ctx, cm_query *query, cm_along_layer *l)
{
    size_t *const counts[] = {&l->n_lines, &l->n_vertices, &l->n_way, &l->n};
    cm_blake2b_stream hash;
    castmap_status status = cm_query_copy(ctx, query, 1, &l->name);

    l->run_number = cm_query_integer(query, 0);
    l->is_way = cm_query_integer(query, 2) != 0;
    l->within_m = cm_query_real(query, 3);
    l->way_m = cm_query_real(query, 4);
    l->streets_m = cm_query_real(query, 5);
    for (int i = 0; i < 4 && !status; i++)
        status = cm_stored_count(ctx, cm_query_integer(query, 6 + i), MOST, counts[i]);
    if (!status && !l->name)
        status = damaged(ctx);
    double **const reals[COLUMNS] = {[LON] = &l->lon, [LAT] = &l->lat, [WAY_LON] = &l->way_lon, [WAY_LAT] = &l->way_lat, [DISTANCES] = &l->distance_m};
    const size_t lengths[COLUMNS] = {[LON] = l->n_vertices, [LAT] = l->n_vertices, [WAY_LON] = l->n_way, [WAY_LAT] = l->n_way, [DISTANCES] = l->n};
    if (!status)
        status = cm_unpack_integers(ctx, query, 10 + STARTS, l->n_lines + 1, &l->start);
    if (!status)
        status = cm_unpack_integers(ctx, query, 10 + IDS, l->n, &l->observation);
    for (int i = 0; i < COLUMNS && !status; i++) {
        void *bytes = NULL;
        if (!reals[i])
            continue;
        status = cm_unpack_bytes(ctx, query, 10 + i, lengths[i] * sizeof(double), &bytes);
        *reals[i] = bytes;
    }
    if (status)
        return status;
    for (size_t i = 0; i < l->n_lines; i++)
        if (l->start[i] < 0 || l->start[i + 1] < l->start[i] || l->start[i + 1] > (int64_t)l->n_vertices)
            return damaged(ctx);
    digest_layer(l, &hash);
    return cm_stored_digest(ctx, query, 10 + COLUMNS, &hash);
}

castmap_status cm_along_layer_load(castmap_context *ctx, castmap_project *project, cm_along_layer *out)
{
    cm_along_layer made = {0};
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db,
                                          "SELECT run, name, is_way, within_m, way_m, streets_m, lines, vertices, way_vertices, observations, starts, lon, lat,"
                                          " way_lon, way_lat, ids, distances, digest FROM along_layer ORDER BY run DESC LIMIT 1", &query);

    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no place or way was kept");
        cm_fail_hint(ctx, "castmap near PLACE --keep NAME keeps one");
    }
    if (!status)
        status = load(ctx, query, &made);
    cm_query_close(query);
    if (status)
        cm_along_layer_clear(&made);
    else
        *out = made;
    return status;
}
