/* project/track_detail_table.c - packed columns, one row a layer. */
#include "project/track_detail_table.h"

#include <stdlib.h>

#include "base/fail.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MOST (INT64_C(1) << 31)
#define COLUMNS 14

/* The columns in the order of the table; count: which of the three numbers is their length. */
static void columns_of(cm_track_detail *d, int64_t **column[COLUMNS], size_t length[COLUMNS])
{
    int64_t **const all[COLUMNS] = {&d->piece, &d->person, &d->day, &d->speed, &d->along, &d->against, &d->heading,
                                    &d->stop_x, &d->stop_y, &d->stop_edge, &d->stays, &d->stop_people, &d->dwell_s, &d->longest_s};

    for (int k = 0; k < COLUMNS; k++) {
        column[k] = all[k];
        length[k] = k < 3 ? d->n_visits : k < 7 ? d->n_stretches : d->n_stops;
    }
}

void cm_track_detail_clear(cm_track_detail *detail)
{
    int64_t **column[COLUMNS];
    size_t length[COLUMNS];

    columns_of(detail, column, length);
    for (int k = 0; k < COLUMNS; k++)
        free(*column[k]);
    *detail = (cm_track_detail){0};
}

static void digest_detail(cm_track_detail *d, cm_blake2b_stream *hash)
{
    const int64_t numbers[] = {(int64_t)d->n_pieces, (int64_t)d->n_visits, (int64_t)d->n_stretches, (int64_t)d->n_stops};
    int64_t **column[COLUMNS];
    size_t length[COLUMNS];

    columns_of(d, column, length);
    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, numbers, sizeof numbers);
    cm_blake2b_add(hash, &d->trim_m, sizeof d->trim_m);
    for (int k = 0; k < COLUMNS; k++)
        cm_blake2b_add(hash, *column[k], length[k] * sizeof **column[k]);
}

castmap_status cm_track_detail_store(castmap_context *ctx, castmap_project *project, const cm_track_detail *detail)
{
    static const int PLACE[COLUMNS] = {5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20};
    cm_track_detail d = *detail; /* a view */
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    int64_t **column[COLUMNS];
    size_t length[COLUMNS];
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO track_detail (run, trim_m, pieces, visits, piece, person, day, stretches, speed, along, against, heading, stops,"
        " stop_x, stop_y, stop_edge, stays, stop_people, dwell, longest, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);

    columns_of(&d, column, length);
    for (int k = 0; k < COLUMNS && !status; k++)
        status = cm_pack_integers(ctx, *column[k], length[k], &packed[k]);
    if (!status) {
        cm_query_bind_integer(query, 1, d.run_number);
        cm_query_bind_real(query, 2, d.trim_m);
        cm_query_bind_integer(query, 3, (int64_t)d.n_pieces);
        cm_query_bind_integer(query, 4, (int64_t)d.n_visits);
        cm_query_bind_integer(query, 8, (int64_t)d.n_stretches);
        cm_query_bind_integer(query, 13, (int64_t)d.n_stops);
        for (int k = 0; k < COLUMNS; k++)
            cm_query_bind_blob(query, PLACE[k], packed[k].bytes, packed[k].length);
        digest_detail(&d, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 21, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    for (int k = 0; k < COLUMNS; k++)
        cm_packed_clear(&packed[k]);
    return status;
}

static castmap_status load_row(castmap_context *ctx, cm_query *query, cm_track_detail *d)
{
    static const int PLACE[COLUMNS] = {3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18};
    int64_t **column[COLUMNS];
    size_t length[COLUMNS];
    cm_blake2b_stream hash;
    castmap_status status = cm_stored_count(ctx, cm_query_integer(query, 1), MOST, &d->n_pieces);

    d->trim_m = cm_query_real(query, 0);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 2), MOST, &d->n_visits);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 6), MOST, &d->n_stretches);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 11), MOST, &d->n_stops);
    columns_of(d, column, length);
    for (int k = 0; k < COLUMNS && !status; k++)
        status = cm_unpack_integers(ctx, query, PLACE[k], length[k], column[k]);
    for (size_t i = 0; i < d->n_visits && !status; i++) {
        if (d->piece[i] < 0 || (uint64_t)d->piece[i] >= d->n_pieces || d->person[i] < 0)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored layer of tracks is damaged");
    }
    if (status)
        return status;
    digest_detail(d, &hash);
    return cm_stored_digest(ctx, query, 19, &hash);
}

castmap_status cm_track_detail_load(castmap_context *ctx, castmap_project *project, int64_t run, cm_track_detail *out)
{
    cm_track_detail detail = {.run_number = run};
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT trim_m, pieces, visits, piece, person, day, stretches, speed, along, against, heading, stops, stop_x, stop_y, stop_edge, stays,"
        " stop_people, dwell, longest, digest FROM track_detail WHERE run = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, run);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the layer of tracks was made by an earlier castmap and says nothing of days, speed and stops");
        cm_fail_hint(ctx, "castmap tracks run makes a new one");
    }
    if (!status)
        status = load_row(ctx, query, &detail);
    cm_query_close(query);
    if (status)
        cm_track_detail_clear(&detail);
    else
        *out = detail;
    return status;
}
