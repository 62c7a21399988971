/* project/route_slice_table.c - persons and exposure as one row, each slice as one compressed array; each with a digest. */
#include "project/route_slice_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MOST_SLICES 60

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "the stored observations along streets are damaged");
}

static void digest_measure(const cm_route_layer *l, cm_blake2b_stream *hash)
{
    const int64_t persons = l->persons;

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, &persons, sizeof persons);
    cm_blake2b_add(hash, l->exposure, strlen(l->exposure) + 1);
    if (!l->persons)
        return;
    cm_blake2b_add(hash, l->weight, l->n_pieces * sizeof *l->weight);
    for (size_t i = 0; i < l->n_stretches; i++)
        cm_blake2b_add(hash, &l->stretch[i].weight, sizeof l->stretch[i].weight);
}

static castmap_status pack_weights(castmap_context *ctx, const cm_route_layer *l, cm_packed packed[2])
{
    double *weight = cm_alloc(l->n_stretches, sizeof *weight);
    castmap_status status = weight ? cm_pack_bytes(ctx, l->weight, l->n_pieces * sizeof *l->weight, &packed[0]) : cm_fail_memory(ctx);

    for (size_t i = 0; i < l->n_stretches && !status; i++)
        weight[i] = l->stretch[i].weight;
    if (!status)
        status = cm_pack_bytes(ctx, weight, l->n_stretches * sizeof *weight, &packed[1]);
    free(weight);
    return status;
}

static castmap_status store_measure(castmap_context *ctx, castmap_project *project, const cm_route_layer *l)
{
    cm_packed packed[2] = {CM_PACKED_INIT, CM_PACKED_INIT};
    unsigned char digest[16];
    cm_blake2b_stream hash;
    cm_query *query = NULL;
    castmap_status status;

    if (!l->persons && strcmp(l->exposure, "length") == 0)
        return CASTMAP_OK;
    status = l->persons ? pack_weights(ctx, l, packed) : CASTMAP_OK;
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO route_measure (run, persons, exposure, weights, stretch_weights, digest) VALUES (?, ?, ?, ?, ?, ?)",
                               &query);
    if (!status) {
        cm_query_bind_integer(query, 1, l->run_number);
        cm_query_bind_integer(query, 2, l->persons);
        cm_query_bind_text(query, 3, l->exposure);
        for (int i = 0; i < 2 && l->persons; i++)
            cm_query_bind_blob(query, 4 + i, packed[i].bytes, packed[i].length);
        digest_measure(l, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 6, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_packed_clear(&packed[0]);
    cm_packed_clear(&packed[1]);
    return status;
}

static castmap_status load_measure(castmap_context *ctx, castmap_project *project, cm_route_layer *l)
{
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    void *weights = NULL, *of_stretches = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT persons, exposure, weights, stretch_weights, digest FROM route_measure WHERE run = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, l->run_number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        l->exposure = cm_copy_text("length");
        for (size_t i = 0; i < l->n_stretches; i++)
            l->stretch[i].weight = (double)l->stretch[i].count;
        status = l->exposure ? CASTMAP_OK : cm_fail_memory(ctx);
    } else if (!status) {
        l->persons = cm_query_integer(query, 0) != 0;
        status = cm_query_copy(ctx, query, 1, &l->exposure);
        if (!status && !l->exposure)
            status = damaged(ctx);
        if (!status && l->persons)
            status = cm_unpack_bytes(ctx, query, 2, l->n_pieces * sizeof *l->weight, &weights);
        l->weight = weights;
        if (!status && l->persons)
            status = cm_unpack_bytes(ctx, query, 3, l->n_stretches * sizeof(double), &of_stretches);
        for (size_t i = 0; i < l->n_stretches && !status; i++)
            l->stretch[i].weight = of_stretches ? ((const double *)of_stretches)[i] : (double)l->stretch[i].count;
        if (!status) {
            digest_measure(l, &hash);
            status = cm_stored_digest(ctx, query, 4, &hash);
        }
        free(of_stretches);
    }
    cm_query_close(query);
    return status;
}

static void digest_slice(const cm_route_layer *l, size_t i, cm_blake2b_stream *hash)
{
    const int64_t span[] = {l->slice_from_s[i], l->slice_to_s[i]};

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, span, sizeof span);
    cm_blake2b_add(hash, l->slice_density + i * l->n_pieces, l->n_pieces * sizeof *l->slice_density);
    cm_blake2b_add(hash, l->slice_breaks, l->n_slice_breaks * sizeof *l->slice_breaks);
}

static castmap_status store_slices(castmap_context *ctx, castmap_project *project, const cm_route_layer *l)
{
    cm_packed packed = CM_PACKED_INIT;
    cm_query *query = NULL;
    castmap_status status = CASTMAP_OK;

    if (l->n_slices > 0)
        status = cm_query_open(ctx, project->db, "INSERT INTO route_slice (run, position, from_s, to_s, density, breaks, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
                               &query);
    for (size_t i = 0; i < l->n_slices && !status; i++) {
        cm_blake2b_stream hash;
        unsigned char digest[16];
        digest_slice(l, i, &hash);
        cm_blake2b_final(&hash, digest);
        status = cm_pack_bytes(ctx, l->slice_density + i * l->n_pieces, l->n_pieces * sizeof *l->slice_density, &packed);
        if (status)
            break;
        cm_query_bind_integer(query, 1, l->run_number);
        cm_query_bind_integer(query, 2, (int64_t)i);
        cm_query_bind_integer(query, 3, l->slice_from_s[i]);
        cm_query_bind_integer(query, 4, l->slice_to_s[i]);
        cm_query_bind_blob(query, 5, packed.bytes, packed.length);
        cm_query_bind_blob(query, 6, l->slice_breaks, l->n_slice_breaks * sizeof *l->slice_breaks);
        cm_query_bind_blob(query, 7, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_packed_clear(&packed);
    cm_query_close(query);
    return status;
}

static castmap_status load_slice(castmap_context *ctx, cm_query *query, cm_route_layer *l)
{
    const size_t i = l->n_slices, bytes = l->n_pieces * sizeof *l->slice_density;
    cm_blake2b_stream hash;
    size_t length = 0;
    void *values = NULL;
    castmap_status status = cm_unpack_bytes(ctx, query, 2, bytes, &values);

    if (status)
        return status;
    memcpy(l->slice_density + i * l->n_pieces, values, bytes);
    free(values);
    l->slice_from_s[i] = cm_query_integer(query, 0);
    l->slice_to_s[i] = cm_query_integer(query, 1);
    const unsigned char *breaks = cm_query_blob(query, 3, &length);
    if (length % sizeof(double) != 0 || length > sizeof l->slice_breaks)
        return damaged(ctx);
    if (length > 0)
        memcpy(l->slice_breaks, breaks, length);
    l->n_slice_breaks = length / sizeof(double);
    l->n_slices++;
    digest_slice(l, i, &hash);
    return cm_stored_digest(ctx, query, 4, &hash);
}

static castmap_status count_slices(castmap_context *ctx, castmap_project *project, const cm_route_layer *l, size_t *count)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT count(*) FROM route_slice WHERE run = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, l->run_number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 0), MOST_SLICES, count);
    cm_query_close(query);
    return status;
}

static castmap_status load_slices(castmap_context *ctx, castmap_project *project, cm_route_layer *l)
{
    cm_query *query = NULL;
    size_t count = 0;
    bool row = true;
    castmap_status status = count_slices(ctx, project, l, &count);

    if (status || count == 0)
        return status;
    l->slice_from_s = cm_alloc(count, sizeof *l->slice_from_s);
    l->slice_to_s = cm_alloc(count, sizeof *l->slice_to_s);
    l->slice_density = cm_alloc(count * l->n_pieces, sizeof *l->slice_density);
    if (!l->slice_from_s || !l->slice_to_s || !l->slice_density)
        return cm_fail_memory(ctx);
    status = cm_query_open(ctx, project->db, "SELECT from_s, to_s, density, breaks, digest FROM route_slice WHERE run = ? ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, l->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        status = l->n_slices < count ? load_slice(ctx, query, l) : damaged(ctx);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_route_extras_store(castmap_context *ctx, castmap_project *project, const cm_route_layer *layer)
{
    castmap_status status = store_measure(ctx, project, layer);

    return status ? status : store_slices(ctx, project, layer);
}

castmap_status cm_route_extras_load(castmap_context *ctx, castmap_project *project, cm_route_layer *layer)
{
    castmap_status status = load_measure(ctx, project, layer);

    return status ? status : load_slices(ctx, project, layer);
}
