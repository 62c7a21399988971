/*
 * project/track_layer_table.c - passes by piece of street as packed columns, busy stretches as rows that people can read.
 */
#include "project/track_layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MOST_PIECES (INT64_C(1) << 31)
#define COLUMNS 5

const char *castmap_track_measure_name(castmap_track_measure measure)
{
    static const char *const NAMES[] = {"people", "passes", "time"};

    return (unsigned)measure < sizeof NAMES / sizeof *NAMES ? NAMES[measure] : NULL;
}

const char *castmap_track_way_words(uint32_t along, uint32_t against, double heading_deg)
{
    static const char *const WORDS[] = {"towards north", "towards north-east", "towards east", "towards south-east",
                                        "towards south", "towards south-west", "towards west", "towards north-west"};
    const uint64_t most = along > against ? along : against, all = (uint64_t)along + against;

    if (all == 0)
        return "";
    if (3 * most < 2 * all || !isfinite(heading_deg))
        return "both ways";
    const double heading = fmod(heading_deg + (along > against ? 0.0 : 180.0) + 360.0, 360.0);
    return WORDS[(size_t)floor(heading / 45.0 + 0.5) % 8];
}

void cm_track_layer_clear(cm_track_layer *layer)
{
    for (size_t i = 0; layer->stretch && i < layer->n_stretches; i++) {
        free(layer->stretch[i].street);
        free(layer->stretch[i].from);
        free(layer->stretch[i].to);
    }
    free(layer->name);
    free(layer->passes);
    free(layer->tracks);
    free(layer->persons);
    free(layer->micros);
    free(layer->stretch);
    free(layer->first);
    free(layer->last);
    free(layer->piece_of);
    *layer = (cm_track_layer){0};
}

static void add_text(cm_blake2b_stream *hash, const char *text)
{
    cm_blake2b_add(hash, text, strlen(text) + 1);
}

static void digest_layer(const cm_track_layer *l, cm_blake2b_stream *hash)
{
    const int64_t numbers[] = {l->measure, l->street_set, (int64_t)l->recordings, (int64_t)l->people, l->unnamed, (int64_t)l->n_pieces,
                               (int64_t)l->n_stretches, (int64_t)l->n_stretch_pieces};
    const double reals[] = {l->trim_m, l->piece_m, l->threshold};
    const int64_t *const columns[] = {l->passes, l->tracks, l->persons, l->micros};

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, numbers, sizeof numbers);
    cm_blake2b_add(hash, reals, sizeof reals);
    for (int k = 0; k < 4; k++)
        cm_blake2b_add(hash, columns[k], l->n_pieces * sizeof **columns);
    cm_blake2b_add(hash, l->piece_of, l->n_stretch_pieces * sizeof *l->piece_of);
    for (size_t i = 0; i < l->n_stretches; i++) {
        const castmap_track_stretch *s = &l->stretch[i];
        const double values[] = {s->length_m, s->seconds, s->value, s->passes, s->people, (double)l->first[i], (double)l->last[i]};
        cm_blake2b_add(hash, values, sizeof values);
        add_text(hash, s->street);
        add_text(hash, s->from);
        add_text(hash, s->to);
    }
}

static castmap_status store_stretches(castmap_context *ctx, castmap_project *project, const cm_track_layer *l)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO track_stretch (run, position, street, beginning, ending, length_m, passes, people,"
                                          " seconds, value, first_piece, last_piece) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);

    for (size_t i = 0; i < l->n_stretches && !status; i++) {
        const castmap_track_stretch *s = &l->stretch[i];
        cm_query_bind_integer(query, 1, l->run_number);
        cm_query_bind_integer(query, 2, (int64_t)i);
        cm_query_bind_text(query, 3, s->street);
        cm_query_bind_text(query, 4, s->from);
        cm_query_bind_text(query, 5, s->to);
        cm_query_bind_real(query, 6, s->length_m);
        cm_query_bind_integer(query, 7, s->passes);
        cm_query_bind_integer(query, 8, s->people);
        cm_query_bind_real(query, 9, s->seconds);
        cm_query_bind_real(query, 10, s->value);
        cm_query_bind_integer(query, 11, (int64_t)l->first[i]);
        cm_query_bind_integer(query, 12, (int64_t)l->last[i]);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_track_layer_store(castmap_context *ctx, castmap_project *project, const cm_track_layer *l)
{
    static const int PLACE[COLUMNS] = {12, 13, 14, 15, 17};
    const int64_t *const columns[COLUMNS] = {l->passes, l->tracks, l->persons, l->micros, l->piece_of};
    const size_t length[COLUMNS] = {l->n_pieces, l->n_pieces, l->n_pieces, l->n_pieces, l->n_stretch_pieces};
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO track_layer (run, name, measure, street_set, trim_m, recordings, people, unnamed, piece_m, threshold, pieces, passes,"
        " tracks, persons, micros, stretch_pieces, piece_of, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);

    for (int k = 0; k < COLUMNS && !status; k++)
        status = cm_pack_integers(ctx, columns[k], length[k], &packed[k]);
    if (!status) {
        cm_query_bind_integer(query, 1, l->run_number);
        cm_query_bind_text(query, 2, l->name);
        cm_query_bind_integer(query, 3, l->measure);
        cm_query_bind_integer(query, 4, l->street_set);
        cm_query_bind_real(query, 5, l->trim_m);
        cm_query_bind_integer(query, 6, (int64_t)l->recordings);
        cm_query_bind_integer(query, 7, (int64_t)l->people);
        cm_query_bind_integer(query, 8, l->unnamed);
        cm_query_bind_real(query, 9, l->piece_m);
        cm_query_bind_real(query, 10, l->threshold);
        cm_query_bind_integer(query, 11, (int64_t)l->n_pieces);
        for (int k = 0; k < COLUMNS; k++)
            cm_query_bind_blob(query, PLACE[k], packed[k].bytes, packed[k].length);
        cm_query_bind_integer(query, 16, (int64_t)l->n_stretch_pieces);
        digest_layer(l, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 18, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    for (int k = 0; k < COLUMNS; k++)
        cm_packed_clear(&packed[k]);
    return status ? status : store_stretches(ctx, project, l);
}

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored layer of tracks is damaged");
}

static castmap_status load_head(castmap_context *ctx, cm_query *query, cm_track_layer *l)
{
    const int64_t measure = cm_query_integer(query, 2);
    castmap_status status = castmap_track_measure_name((castmap_track_measure)measure) ? CASTMAP_OK : damaged(ctx);

    l->run_number = cm_query_integer(query, 0);
    l->measure = (castmap_track_measure)measure;
    l->street_set = cm_query_integer(query, 3);
    l->trim_m = cm_query_real(query, 4);
    l->recordings = (size_t)cm_query_integer(query, 5);
    l->people = (size_t)cm_query_integer(query, 6);
    l->unnamed = cm_query_integer(query, 7) != 0;
    l->piece_m = cm_query_real(query, 8);
    l->threshold = cm_query_real(query, 9);
    if (!status)
        status = cm_query_copy(ctx, query, 1, &l->name);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 10), MOST_PIECES, &l->n_pieces);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 15), MOST_PIECES, &l->n_stretch_pieces);
    int64_t **const columns[] = {&l->passes, &l->tracks, &l->persons, &l->micros};
    for (int k = 0; k < 4 && !status; k++)
        status = cm_unpack_integers(ctx, query, 11 + k, l->n_pieces, columns[k]);
    if (!status)
        status = cm_unpack_integers(ctx, query, 16, l->n_stretch_pieces, &l->piece_of);
    for (size_t i = 0; i < l->n_stretch_pieces && !status; i++) {
        if (l->piece_of[i] < 0 || (uint64_t)l->piece_of[i] / 2 >= l->n_pieces)
            status = damaged(ctx);
    }
    return status;
}

static castmap_status load_stretches(castmap_context *ctx, castmap_project *project, cm_track_layer *l)
{
    cm_query *query = NULL;
    size_t room[3] = {0};
    bool row = true;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT street, beginning, ending, length_m, passes, people, seconds, value, first_piece,"
                                          " last_piece FROM track_stretch WHERE run = ? ORDER BY position", &query);

    if (!status)
        cm_query_bind_integer(query, 1, l->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const size_t i = l->n_stretches;
        if (cm_grow(&l->stretch, &room[0], i + 1, sizeof *l->stretch) || cm_grow(&l->first, &room[1], i + 1, sizeof *l->first) ||
            cm_grow(&l->last, &room[2], i + 1, sizeof *l->last)) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_track_stretch *s = &l->stretch[i];
        *s = (castmap_track_stretch){.length_m = cm_query_real(query, 3), .passes = (uint32_t)cm_query_integer(query, 4),
                                     .people = (uint32_t)cm_query_integer(query, 5), .seconds = cm_query_real(query, 6),
                                     .value = cm_query_real(query, 7), .speed_mps = (double)NAN, .heading_deg = (double)NAN};
        l->n_stretches++;
        char **const texts[] = {&s->street, &s->from, &s->to};
        for (int k = 0; k < 3 && !status; k++)
            status = cm_query_copy(ctx, query, k, texts[k]);
        if (!status)
            status = cm_stored_count(ctx, cm_query_integer(query, 8), (int64_t)l->n_stretch_pieces, &l->first[i]);
        if (!status)
            status = cm_stored_count(ctx, cm_query_integer(query, 9), (int64_t)l->n_stretch_pieces, &l->last[i]);
        if (!status && l->first[i] > l->last[i])
            status = damaged(ctx);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_track_layer_load(castmap_context *ctx, castmap_project *project, cm_track_layer *out)
{
    cm_track_layer layer = {0};
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    bool row = false;
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT run, name, measure, street_set, trim_m, recordings, people, unnamed, piece_m, threshold, pieces, passes, tracks, persons,"
        " micros, stretch_pieces, piece_of, digest FROM track_layer ORDER BY run DESC LIMIT 1", &query);

    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no layer of tracks");
        cm_fail_hint(ctx, "castmap tracks run makes one");
    }
    if (!status)
        status = load_head(ctx, query, &layer);
    if (!status)
        status = load_stretches(ctx, project, &layer);
    if (!status) {
        digest_layer(&layer, &hash);
        status = cm_stored_digest(ctx, query, 17, &hash);
    }
    cm_query_close(query);
    if (status)
        cm_track_layer_clear(&layer);
    else
        *out = layer;
    return status;
}
