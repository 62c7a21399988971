/*
 * project/cluster_layer_table.c - clusters: arrays for the engine, one row with its outline a cluster for a GIS.
 */
#include "project/layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/cluster_detail_table.h"
#include "project/geometry_blob.h"
#include "project/packed_array.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"

#define MAX_ITEMS INT32_MAX

/* A shape as stored: fixed layout, so that padding never reaches the file. */
#define SHAPE_NUMBERS 14

static void shape_to_numbers(const castmap_cluster_shape *shape, double lon, double lat, double out[SHAPE_NUMBERS])
{
    const double integers[] = {(double)shape->count, (double)shape->medoid, (double)shape->places,
                               (double)shape->hull_start, (double)shape->hull_count};
    int n = 0;

    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        out[n++] = integers[i];
    out[n++] = shape->weight;
    out[n++] = shape->centre_x;
    out[n++] = shape->centre_y;
    out[n++] = shape->radius_m;
    out[n++] = shape->diameter_m;
    out[n++] = shape->hull_area_km2;
    out[n++] = shape->density_per_km2;
    out[n++] = lon;
    out[n] = lat;
}

static bool numbers_to_shape(const double *in, size_t members, size_t vertices, castmap_cluster_shape *shape, double *lon,
                             double *lat)
{
    for (int i = 0; i < 5; i++) {
        if (!(in[i] >= 0.0 && in[i] <= MAX_ITEMS))
            return false;
    }
    shape->count = (size_t)in[0];
    shape->medoid = (size_t)in[1];
    shape->places = (size_t)in[2];
    shape->hull_start = (size_t)in[3];
    shape->hull_count = (size_t)in[4];
    shape->weight = in[5];
    shape->centre_x = in[6];
    shape->centre_y = in[7];
    shape->radius_m = in[8];
    shape->diameter_m = in[9];
    shape->hull_area_km2 = in[10];
    shape->density_per_km2 = in[11];
    *lon = in[12];
    *lat = in[13];
    return shape->count <= members && shape->medoid < members && shape->hull_start <= vertices &&
           shape->hull_count <= vertices - shape->hull_start;
}

static size_t hull_vertices(const castmap_cluster_shapes *shapes)
{
    size_t n = 0;

    for (size_t i = 0; i < shapes->count; i++) {
        const size_t end = shapes->shape[i].hull_start + shapes->shape[i].hull_count;
        n = end > n ? end : n;
    }
    return n;
}

/* The five arrays of a layer, packed; the digest is of what they hold unpacked. */
typedef struct packed_layer {
    cm_packed ids, labels, cores, shapes, hulls;
    unsigned char digest[16];
} packed_layer;

static void packed_layer_clear(packed_layer *packed)
{
    cm_packed_clear(&packed->ids);
    cm_packed_clear(&packed->labels);
    cm_packed_clear(&packed->cores);
    cm_packed_clear(&packed->shapes);
    cm_packed_clear(&packed->hulls);
}

static castmap_status pack_shapes(castmap_context *ctx, const cm_cluster_layer *layer, cm_blake2b_stream *hash,
                                  packed_layer *out)
{
    const size_t k = layer->shapes.count, vertices = hull_vertices(&layer->shapes);
    double *numbers = cm_alloc(k, SHAPE_NUMBERS * sizeof *numbers), *hulls = cm_alloc(vertices, 4 * sizeof *hulls);
    castmap_status status = CASTMAP_OK;

    if (!numbers || !hulls)
        status = cm_fail_memory(ctx);
    if (!status) {
        for (size_t i = 0; i < k; i++)
            shape_to_numbers(&layer->shapes.shape[i], layer->lon[i], layer->lat[i], numbers + i * SHAPE_NUMBERS);
        for (size_t v = 0; v < vertices; v++) {
            hulls[v] = layer->shapes.hull_x[v];
            hulls[vertices + v] = layer->shapes.hull_y[v];
            hulls[2 * vertices + v] = layer->hull_lon[v];
            hulls[3 * vertices + v] = layer->hull_lat[v];
        }
        cm_blake2b_add(hash, numbers, k * SHAPE_NUMBERS * sizeof *numbers);
        cm_blake2b_add(hash, hulls, vertices * 4 * sizeof *hulls);
        status = cm_pack_bytes(ctx, numbers, k * SHAPE_NUMBERS * sizeof *numbers, &out->shapes);
    }
    if (!status)
        status = cm_pack_bytes(ctx, hulls, vertices * 4 * sizeof *hulls, &out->hulls);
    free(numbers);
    free(hulls);
    return status;
}

static castmap_status pack_layer(castmap_context *ctx, const cm_cluster_layer *layer, packed_layer *out)
{
    cm_blake2b_stream hash;
    int64_t *labels = cm_alloc(layer->n, sizeof *labels);

    if (!labels)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n; i++)
        labels[i] = layer->label[i];
    cm_blake2b_init(&hash, sizeof out->digest);
    cm_blake2b_add(&hash, layer->observation, layer->n * sizeof *layer->observation);
    cm_blake2b_add(&hash, labels, layer->n * sizeof *labels);
    cm_blake2b_add(&hash, layer->is_core, layer->n * sizeof *layer->is_core);
    castmap_status status = cm_pack_integers(ctx, layer->observation, layer->n, &out->ids);
    if (!status)
        status = cm_pack_integers(ctx, labels, layer->n, &out->labels);
    if (!status)
        status = cm_pack_bytes(ctx, layer->is_core, layer->n * sizeof *layer->is_core, &out->cores);
    if (!status)
        status = pack_shapes(ctx, layer, &hash, out);
    cm_blake2b_final(&hash, out->digest);
    free(labels);
    return status;
}

static void bind_time(cm_query *query, int index, int64_t time_s)
{
    if (time_s == INT64_MIN)
        cm_query_bind_null(query, index);
    else
        cm_query_bind_integer(query, index, time_s);
}

/* The rows that a GIS shows. A hull of one or two places has no area and so no outline. */
static castmap_status store_rows(castmap_context *ctx, castmap_project *project, const cm_cluster_layer *layer)
{
    cm_query *insert = NULL, *index = NULL;
    unsigned char *outline = NULL;
    size_t length = 0;
    cm_box box;

    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO cluster (run, number, count, weight, centre_lon, centre_lat, radius_m, diameter_m,"
        " hull_area_km2, density_per_km2, first_s, last_s, places, geometry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &insert);
    if (!status)
        status = cm_rtree_insert_open(ctx, project->db, "cluster", &index);
    for (size_t i = 0; i < layer->shapes.count && !status; i++) {
        const castmap_cluster_shape *shape = &layer->shapes.shape[i];
        const size_t from = layer->outline_start ? layer->outline_start[i] : shape->hull_start;
        const size_t vertices = layer->outline_start ? layer->outline_start[i + 1] - from : shape->hull_count;
        const double *lon = layer->outline_start ? layer->outline_lon : layer->hull_lon;
        const double *lat = layer->outline_start ? layer->outline_lat : layer->hull_lat;
        const bool outlined = vertices >= 3;
        if (outlined)
            status = cm_ring_blob(ctx, lon + from, lat + from, vertices, &outline, &length, &box);
        if (status)
            break;
        cm_query_bind_integer(insert, 1, layer->run_number);
        cm_query_bind_integer(insert, 2, (int64_t)i + 1);
        cm_query_bind_integer(insert, 3, (int64_t)shape->count);
        const double reals[] = {shape->weight, layer->lon[i], layer->lat[i], shape->radius_m, shape->diameter_m,
                                shape->hull_area_km2, shape->density_per_km2};
        for (int c = 0; c < 7; c++)
            cm_query_bind_real(insert, 4 + c, reals[c]);
        bind_time(insert, 11, shape->first_s);
        bind_time(insert, 12, shape->last_s);
        cm_query_bind_integer(insert, 13, (int64_t)shape->places);
        if (outlined)
            cm_query_bind_blob(insert, 14, outline, length);
        else
            cm_query_bind_null(insert, 14);
        status = cm_query_run(ctx, insert);
        if (!status && outlined)
            status = cm_rtree_insert(ctx, index, cm_db_last_id(project->db), &box);
        free(outline);
        outline = NULL;
    }
    free(outline);
    cm_query_close(insert);
    cm_query_close(index);
    return status;
}

castmap_status cm_cluster_layer_store(castmap_context *ctx, castmap_project *project, const cm_cluster_layer *layer)
{
    packed_layer packed = {0};
    cm_query *query = NULL;

    castmap_status status = pack_layer(ctx, layer, &packed);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO cluster_layer (run, name, eps_m, min_points, observations,"
                               " clusters, ids, labels, cores, shapes, hulls, digest, vertices)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, layer->name);
        cm_query_bind_real(query, 3, layer->eps_m);
        cm_query_bind_integer(query, 4, layer->min_points);
        cm_query_bind_integer(query, 5, (int64_t)layer->n);
        cm_query_bind_integer(query, 6, (int64_t)layer->shapes.count);
        const cm_packed *const blobs[] = {&packed.ids, &packed.labels, &packed.cores, &packed.shapes, &packed.hulls};
        for (int i = 0; i < 5; i++)
            cm_query_bind_blob(query, 7 + i, blobs[i]->bytes, blobs[i]->length);
        cm_query_bind_blob(query, 12, packed.digest, sizeof packed.digest);
        cm_query_bind_integer(query, 13, (int64_t)hull_vertices(&layer->shapes));
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    packed_layer_clear(&packed);
    if (!status)
        status = store_rows(ctx, project, layer);
    return status ? status : cm_cluster_detail_store(ctx, project, layer);
}

static castmap_status load_members(castmap_context *ctx, cm_query *query, cm_cluster_layer *layer, size_t clusters,
                                   cm_blake2b_stream *hash)
{
    int64_t *labels = NULL;
    void *cores = NULL;

    castmap_status status = cm_unpack_integers(ctx, query, 6, layer->n, &layer->observation);
    if (!status)
        status = cm_unpack_integers(ctx, query, 7, layer->n, &labels);
    if (!status)
        status = cm_unpack_bytes(ctx, query, 8, layer->n * sizeof(bool), &cores);
    if (!status) {
        layer->label = cm_alloc(layer->n, sizeof *layer->label);
        layer->is_core = cm_alloc(layer->n, sizeof *layer->is_core);
        if (!layer->label || !layer->is_core)
            status = cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < layer->n && !status; i++) {
        const unsigned char core = ((const unsigned char *)cores)[i];
        if (labels[i] < CASTMAP_NOISE || labels[i] >= (int64_t)clusters || core > 1)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored clustering is damaged");
        layer->label[i] = (int32_t)labels[i];
        layer->is_core[i] = core == 1;
    }
    if (!status) {
        cm_blake2b_add(hash, layer->observation, layer->n * sizeof *layer->observation);
        cm_blake2b_add(hash, labels, layer->n * sizeof *labels);
        cm_blake2b_add(hash, cores, layer->n);
    }
    free(labels);
    free(cores);
    return status;
}

/* Times do not fit doubles, so they come from the rows. */
static castmap_status load_times(castmap_context *ctx, castmap_project *project, cm_cluster_layer *layer)
{
    cm_query *query = NULL;
    bool row = true;
    size_t i = 0;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT first_s, last_s, count FROM cluster WHERE run = ?"
                                          " ORDER BY number", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (i == layer->shapes.count || (size_t)cm_query_integer(query, 2) != layer->shapes.shape[i].count) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored clustering is damaged");
            break;
        }
        layer->shapes.shape[i].first_s = cm_query_is_null(query, 0) ? INT64_MIN : cm_query_integer(query, 0);
        layer->shapes.shape[i].last_s = cm_query_is_null(query, 1) ? INT64_MIN : cm_query_integer(query, 1);
        i++;
    }
    cm_query_close(query);
    if (!status && i != layer->shapes.count)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored clustering is damaged");
    return status;
}

static castmap_status load_shapes(castmap_context *ctx, cm_query *query, cm_cluster_layer *layer, size_t k, size_t vertices,
                                  cm_blake2b_stream *hash)
{
    void *numbers = NULL, *hulls = NULL;

    castmap_status status = cm_unpack_bytes(ctx, query, 9, k * SHAPE_NUMBERS * sizeof(double), &numbers);
    if (!status)
        status = cm_unpack_bytes(ctx, query, 10, vertices * 4 * sizeof(double), &hulls);
    if (!status) {
        layer->shapes.shape = cm_alloc_zero(k, sizeof *layer->shapes.shape);
        layer->lon = cm_alloc(k, sizeof *layer->lon);
        layer->lat = cm_alloc(k, sizeof *layer->lat);
        double **const arrays[] = {&layer->shapes.hull_x, &layer->shapes.hull_y, &layer->hull_lon, &layer->hull_lat};
        for (size_t a = 0; a < 4; a++) {
            *arrays[a] = cm_alloc(vertices, sizeof(double));
            if (*arrays[a])
                memcpy(*arrays[a], (const double *)hulls + a * vertices, vertices * sizeof(double));
            else
                status = cm_fail_memory(ctx);
        }
        if (!layer->shapes.shape || !layer->lon || !layer->lat)
            status = cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < k && !status; i++) {
        layer->shapes.count = k;
        if (!numbers_to_shape((const double *)numbers + i * SHAPE_NUMBERS, layer->n, vertices, &layer->shapes.shape[i],
                              &layer->lon[i], &layer->lat[i]))
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored clustering is damaged");
    }
    if (!status) {
        cm_blake2b_add(hash, numbers, k * SHAPE_NUMBERS * sizeof(double));
        cm_blake2b_add(hash, hulls, vertices * 4 * sizeof(double));
    }
    free(numbers);
    free(hulls);
    return status;
}

castmap_status cm_cluster_layer_load(castmap_context *ctx, castmap_project *project, const char *name,
                                     cm_cluster_layer *out)
{
    cm_cluster_layer layer = {0};
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    size_t clusters = 0, vertices = 0;
    bool row = false;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT run, name, eps_m, min_points, observations, clusters, ids, labels, cores, shapes, hulls,"
        " digest, vertices FROM cluster_layer WHERE ?1 IS NULL OR name = ?1 ORDER BY run DESC LIMIT 1", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no layer of clusters%s", name ? " of that name" : "");
        cm_fail_hint(ctx, "castmap cluster makes one");
    }
    cm_blake2b_init(&hash, 16);
    if (!status) {
        layer.run_number = cm_query_integer(query, 0);
        layer.eps_m = cm_query_real(query, 2);
        layer.min_points = (uint32_t)cm_query_integer(query, 3);
        status = cm_query_copy(ctx, query, 1, &layer.name);
    }
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 4), MAX_ITEMS, &layer.n);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 5), (int64_t)layer.n, &clusters);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 12), MAX_ITEMS, &vertices);
    if (!status)
        status = load_members(ctx, query, &layer, clusters, &hash);
    if (!status)
        status = load_shapes(ctx, query, &layer, clusters, vertices, &hash);
    if (!status)
        status = cm_stored_digest(ctx, query, 11, &hash);
    cm_query_close(query);
    if (!status)
        status = load_times(ctx, project, &layer);
    if (!status)
        status = cm_cluster_detail_load(ctx, project, &layer);
    if (status)
        cm_cluster_layer_clear(&layer);
    else
        *out = layer;
    return status;
}

void cm_cluster_layer_clear(cm_cluster_layer *layer)
{
    cm_cluster_detail_clear(layer);
    free(layer->name);
    free(layer->observation);
    free(layer->label);
    free(layer->is_core);
    free(layer->lon);
    free(layer->lat);
    free(layer->hull_lon);
    free(layer->hull_lat);
    free(layer->shapes.shape);
    free(layer->shapes.hull_x);
    free(layer->shapes.hull_y);
    *layer = (cm_cluster_layer){0};
}
