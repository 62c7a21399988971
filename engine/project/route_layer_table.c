/* project/route_layer_table.c - pieces and snapped observations as packed arrays, stretches as rows, one digest over all. */
#include "project/route_layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"
#include "project/route_slice_table.h"

#define MOST ((int64_t)1 << 31)
#define MOST_STRETCHES 1000000

enum { DENSITY, COUNTS, P, Q, IDS, EDGES, ALONG, PIECE_OF, COLUMNS };

void cm_route_layer_clear(cm_route_layer *layer)
{
    for (size_t i = 0; layer->stretch && i < layer->n_stretches; i++) {
        free(layer->stretch[i].street);
        free(layer->stretch[i].from);
        free(layer->stretch[i].to);
        free(layer->stretch[i].sentence);
    }
    free(layer->stretch);
    free(layer->name);
    free(layer->density);
    free(layer->count);
    free(layer->p);
    free(layer->q);
    free(layer->observation);
    free(layer->edge);
    free(layer->along_m);
    free(layer->piece_of);
    free(layer->weight);
    free(layer->exposure);
    free(layer->slice_from_s);
    free(layer->slice_to_s);
    free(layer->slice_density);
    *layer = (cm_route_layer){0};
}

static void digest_layer(const cm_route_layer *l, unsigned char digest[16])
{
    const int64_t head[] = {l->street_set, l->kernel, l->form, l->adaptive, l->tested, (int64_t)l->n_pieces, (int64_t)l->n,
                            (int64_t)l->n_stretches, (int64_t)l->n_stretch_pieces};
    const double sizes[] = {l->piece_m, l->limit_m, l->radius_m, l->alpha};
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, 16);
    cm_blake2b_add(&hash, head, sizeof head);
    cm_blake2b_add(&hash, sizes, sizeof sizes);
    cm_blake2b_add(&hash, l->density, l->n_pieces * sizeof *l->density);
    cm_blake2b_add(&hash, l->count, l->n_pieces * sizeof *l->count);
    cm_blake2b_add(&hash, l->p, l->n_pieces * sizeof *l->p);
    cm_blake2b_add(&hash, l->q, l->n_pieces * sizeof *l->q);
    cm_blake2b_add(&hash, l->observation, l->n * sizeof *l->observation);
    cm_blake2b_add(&hash, l->edge, l->n * sizeof *l->edge);
    cm_blake2b_add(&hash, l->along_m, l->n * sizeof *l->along_m);
    cm_blake2b_add(&hash, l->piece_of, l->n_stretch_pieces * sizeof *l->piece_of);
    for (size_t i = 0; i < l->n_stretches; i++) {
        const cm_route_stretch *s = &l->stretch[i];
        const char *const texts[] = {s->street, s->from, s->to, s->sentence};
        const int64_t whole[] = {(int64_t)s->count, s->hot, s->route, (int64_t)s->first, (int64_t)s->last};
        const double real[] = {s->length_m, s->expected, s->p};
        for (int k = 0; k < 4; k++)
            cm_blake2b_add(&hash, texts[k], strlen(texts[k]) + 1);
        cm_blake2b_add(&hash, whole, sizeof whole);
        cm_blake2b_add(&hash, real, sizeof real);
    }
    cm_blake2b_final(&hash, digest);
}

static castmap_status store_stretches(castmap_context *ctx, castmap_project *project, const cm_route_layer *l)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db,
                                          "INSERT INTO route_stretch (run, position, street, from_street, to_street, sentence, length_m, observations,"
                                          " expected, p, hot, route, first_piece, last_piece) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                          &query);

    for (size_t i = 0; i < l->n_stretches && !status; i++) {
        const cm_route_stretch *s = &l->stretch[i];
        cm_query_bind_integer(query, 1, l->run_number);
        cm_query_bind_integer(query, 2, (int64_t)i);
        cm_query_bind_text(query, 3, s->street);
        cm_query_bind_text(query, 4, s->from);
        cm_query_bind_text(query, 5, s->to);
        cm_query_bind_text(query, 6, s->sentence);
        cm_query_bind_real(query, 7, s->length_m);
        cm_query_bind_integer(query, 8, (int64_t)s->count);
        cm_query_bind_real(query, 9, s->expected);
        cm_query_bind_real(query, 10, s->p);
        cm_query_bind_integer(query, 11, s->hot);
        cm_query_bind_integer(query, 12, s->route);
        cm_query_bind_integer(query, 13, (int64_t)s->first);
        cm_query_bind_integer(query, 14, (int64_t)s->last);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status pack_columns(castmap_context *ctx, const cm_route_layer *l, cm_packed packed[COLUMNS])
{
    castmap_status status = cm_pack_bytes(ctx, l->density, l->n_pieces * sizeof *l->density, &packed[DENSITY]);

    if (!status)
        status = cm_pack_integers(ctx, l->count, l->n_pieces, &packed[COUNTS]);
    if (!status)
        status = cm_pack_bytes(ctx, l->p, l->n_pieces * sizeof *l->p, &packed[P]);
    if (!status)
        status = cm_pack_bytes(ctx, l->q, l->n_pieces * sizeof *l->q, &packed[Q]);
    if (!status)
        status = cm_pack_integers(ctx, l->observation, l->n, &packed[IDS]);
    if (!status)
        status = cm_pack_integers(ctx, l->edge, l->n, &packed[EDGES]);
    if (!status)
        status = cm_pack_bytes(ctx, l->along_m, l->n * sizeof *l->along_m, &packed[ALONG]);
    if (!status)
        status = cm_pack_integers(ctx, l->piece_of, l->n_stretch_pieces, &packed[PIECE_OF]);
    return status;
}

castmap_status cm_route_layer_store(castmap_context *ctx, castmap_project *project, const cm_route_layer *layer)
{
    const int64_t whole[] = {layer->street_set, layer->kernel, layer->form, layer->adaptive, layer->tested};
    const double real[] = {layer->piece_m, layer->limit_m, layer->radius_m, layer->alpha, layer->months};
    const size_t counts[] = {layer->n_pieces, layer->n, layer->n_stretches, layer->n_stretch_pieces};
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    unsigned char digest[16];
    cm_query *query = NULL;
    castmap_status status = pack_columns(ctx, layer, packed);

    if (!status)
        status = cm_query_open(ctx, project->db,
                               "INSERT INTO route_layer (run, name, street_set, kernel, form, adaptive, tested, piece_m, limit_m, radius_m, alpha,"
                               " months, pieces, observations, stretches, stretch_pieces, density, counts, p, q, ids, edges, along, piece_of, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, layer->name);
        for (int i = 0; i < 5; i++)
            cm_query_bind_integer(query, 3 + i, whole[i]);
        for (int i = 0; i < 5; i++)
            cm_query_bind_real(query, 8 + i, real[i]);
        for (int i = 0; i < 4; i++)
            cm_query_bind_integer(query, 13 + i, (int64_t)counts[i]);
        for (int i = 0; i < COLUMNS; i++)
            cm_query_bind_blob(query, 17 + i, packed[i].bytes, packed[i].length);
        digest_layer(layer, digest);
        cm_query_bind_blob(query, 17 + COLUMNS, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    for (int i = 0; i < COLUMNS; i++)
        cm_packed_clear(&packed[i]);
    if (!status)
        status = store_stretches(ctx, project, layer);
    return status ? status : cm_route_extras_store(ctx, project, layer);
}

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "the stored observations along streets are damaged");
}

static castmap_status load_reals(castmap_context *ctx, cm_query *query, int column, size_t n, double **out)
{
    void *bytes = NULL;
    castmap_status status = cm_unpack_bytes(ctx, query, column, n * sizeof **out, &bytes);

    *out = bytes;
    return status;
}

static castmap_status load_stretches(castmap_context *ctx, castmap_project *project, size_t expected, cm_route_layer *l)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, project->db,
                                          "SELECT street, from_street, to_street, sentence, length_m, observations, expected, p, hot, route, first_piece,"
                                          " last_piece FROM route_stretch WHERE run = ? ORDER BY position", &query);

    l->stretch = cm_alloc_zero(expected, sizeof *l->stretch);
    if (!status && !l->stretch)
        status = cm_fail_memory(ctx);
    if (!status)
        cm_query_bind_integer(query, 1, l->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (l->n_stretches >= expected) {
            status = damaged(ctx);
            break;
        }
        cm_route_stretch *s = &l->stretch[l->n_stretches++];
        char **const texts[] = {&s->street, &s->from, &s->to, &s->sentence};
        for (int i = 0; i < 4 && !status; i++) {
            status = cm_query_copy(ctx, query, i, texts[i]);
            if (!status && !*texts[i])
                status = damaged(ctx);
        }
        s->length_m = cm_query_real(query, 4);
        s->count = (size_t)cm_query_integer(query, 5);
        s->expected = cm_query_real(query, 6);
        s->p = cm_query_real(query, 7);
        s->hot = cm_query_integer(query, 8) != 0;
        s->route = (int)cm_query_integer(query, 9);
        const int64_t first = cm_query_integer(query, 10), last = cm_query_integer(query, 11);
        if (!status && (first < 0 || last < first || last > (int64_t)l->n_stretch_pieces))
            status = damaged(ctx);
        s->first = (size_t)first;
        s->last = (size_t)last;
    }
    cm_query_close(query);
    return !status && l->n_stretches != expected ? damaged(ctx) : status;
}

static castmap_status load(castmap_context *ctx, castmap_project *project, cm_query *query, cm_route_layer *l)
{
    unsigned char made[16];
    size_t stretches = 0, length = 0;
    castmap_status status = cm_query_copy(ctx, query, 1, &l->name);

    l->run_number = cm_query_integer(query, 0);
    l->street_set = cm_query_integer(query, 2);
    const int64_t kernel = cm_query_integer(query, 3), form = cm_query_integer(query, 4);
    if (!status && (!l->name || kernel < 0 || kernel > CASTMAP_LINE_GAUSSIAN || form < 0 || form > CASTMAP_LINE_CONTINUOUS))
        status = damaged(ctx);
    l->kernel = (castmap_line_kernel)kernel;
    l->form = (castmap_line_form)form;
    l->adaptive = cm_query_integer(query, 5) != 0;
    l->tested = cm_query_integer(query, 6) != 0;
    l->piece_m = cm_query_real(query, 7);
    l->limit_m = cm_query_real(query, 8);
    l->radius_m = cm_query_real(query, 9);
    l->alpha = cm_query_real(query, 10);
    l->months = cm_query_real(query, 11);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 12), MOST, &l->n_pieces);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 13), MOST, &l->n);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 14), MOST_STRETCHES, &stretches);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 15), MOST, &l->n_stretch_pieces);
    if (!status)
        status = load_reals(ctx, query, 16 + DENSITY, l->n_pieces, &l->density);
    if (!status)
        status = cm_unpack_integers(ctx, query, 16 + COUNTS, l->n_pieces, &l->count);
    if (!status)
        status = load_reals(ctx, query, 16 + P, l->n_pieces, &l->p);
    if (!status)
        status = load_reals(ctx, query, 16 + Q, l->n_pieces, &l->q);
    if (!status)
        status = cm_unpack_integers(ctx, query, 16 + IDS, l->n, &l->observation);
    if (!status)
        status = cm_unpack_integers(ctx, query, 16 + EDGES, l->n, &l->edge);
    if (!status)
        status = load_reals(ctx, query, 16 + ALONG, l->n, &l->along_m);
    if (!status)
        status = cm_unpack_integers(ctx, query, 16 + PIECE_OF, l->n_stretch_pieces, &l->piece_of);
    if (!status)
        status = load_stretches(ctx, project, stretches, l);
    if (status)
        return status;
    for (size_t i = 0; i < l->n_stretch_pieces; i++)
        if (l->piece_of[i] < 0 || (size_t)(l->piece_of[i] >> 1) >= l->n_pieces)
            return damaged(ctx);
    digest_layer(l, made);
    const unsigned char *stored = cm_query_blob(query, 16 + COLUMNS, &length);
    return length == sizeof made && memcmp(stored, made, sizeof made) == 0 ? CASTMAP_OK : damaged(ctx);
}

castmap_status cm_route_layer_load(castmap_context *ctx, castmap_project *project, cm_route_layer *out)
{
    cm_route_layer made = {0};
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db,
                                          "SELECT run, name, street_set, kernel, form, adaptive, tested, piece_m, limit_m, radius_m, alpha, months, pieces,"
                                          " observations, stretches, stretch_pieces, density, counts, p, q, ids, edges, along, piece_of, digest"
                                          " FROM route_layer ORDER BY run DESC LIMIT 1", &query);

    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no stretches of street have been looked for");
        cm_fail_hint(ctx, "castmap routes looks for them");
    }
    if (!status)
        status = load(ctx, project, query, &made);
    cm_query_close(query);
    if (!status)
        status = cm_route_extras_load(ctx, project, &made);
    if (status)
        cm_route_layer_clear(&made);
    else
        *out = made;
    return status;
}
