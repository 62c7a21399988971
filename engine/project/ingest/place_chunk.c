/*
 * project/ingest/place_chunk.c - the places of a chunk: from metres to degrees, then against the area the records are about.
 *
 * The area is that of the project's working CRS where it has one. Besides, the first chunk tells where the file's records are: their middle
 * (the median of each axis) and how far nine in ten lie from it. A record more than 500 km and more than twenty times as far from the
 * middle does not belong there; if it would with its axes exchanged, that is what happened. A file that truly spans a country or the
 * world has a reach that lets all of it pass.
 */
#include "project/ingest/prepare.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define FAR_M 500000.0
#define FAR_TIMES 20.0
#define REFERENCE_ROWS 3
#define EARTH_M 6371008.8
#define DEGREE_M 111700.0 /* the longest degree anywhere */
#define RADIANS (3.14159265358979323846 / 180)

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double distance_m(double lon1, double lat1, double lon2, double lat2)
{
    const double s = sin((lat2 - lat1) * RADIANS / 2), t = sin((lon2 - lon1) * RADIANS / 2);
    const double h = s * s + cos(lat1 * RADIANS) * cos(lat2 * RADIANS) * t * t;

    return 2 * EARTH_M * asin(fmin(1, sqrt(h)));
}

static castmap_status find_reference(cm_preparer *p, const cm_chunk *chunk, double *scratch)
{
    size_t n = 0;

    for (int axis = 0; axis < 2; axis++) {
        n = 0;
        for (size_t i = 0; i < chunk->n; i++)
            if (!chunk->row[i].code)
                scratch[n++] = axis == 0 ? chunk->row[i].o.lon : chunk->row[i].o.lat;
        if (n < REFERENCE_ROWS)
            return CASTMAP_OK;
        qsort(scratch, n, sizeof *scratch, by_size);
        *(axis == 0 ? &p->middle_lon : &p->middle_lat) = scratch[n / 2];
    }
    n = 0;
    for (size_t i = 0; i < chunk->n; i++)
        if (!chunk->row[i].code)
            scratch[n++] = distance_m(p->middle_lon, p->middle_lat, chunk->row[i].o.lon, chunk->row[i].o.lat);
    qsort(scratch, n, sizeof *scratch, by_size);
    /* Nine in ten; with few records the middle one, which one stray cannot move. */
    const double reach = n < 10 ? scratch[n / 2] : scratch[n / 10 * 9];
    p->reach_m = fmax(FAR_M, reach * FAR_TIMES);
    p->reference = true;
    return CASTMAP_OK;
}

/* Metres to degrees for all rows of one system. */
static castmap_status to_degrees(cm_preparer *p, cm_chunk *chunk, const cm_projection *from, unsigned grid, double *scratch,
                                 bool *ok)
{
    double *x = scratch, *y = scratch + CM_CHUNK_ROWS, *lon = y + CM_CHUNK_ROWS, *lat = lon + CM_CHUNK_ROWS;
    size_t n = 0;

    for (size_t i = 0; i < chunk->n; i++) {
        const cm_prepared *row = &chunk->row[i];
        if (!row->code && row->metres && row->grid == grid) {
            x[n] = row->x;
            y[n++] = row->y;
        }
    }
    if (n == 0)
        return CASTMAP_OK;
    castmap_status status = cm_projection_inverse(p->ctx, from, n, x, y, lon, lat, ok);
    if (status)
        return status;
    n = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        cm_prepared *row = &chunk->row[i];
        if (row->code || !row->metres || row->grid != grid)
            continue;
        if (ok[n]) {
            row->o.lon = lon[n];
            row->o.lat = lat[n];
        } else {
            cm_prepared_refuse(row, "out-of-range", "easting and northing lie outside the area of their coordinate system", "");
        }
        n++;
    }
    return CASTMAP_OK;
}

/*
 * Projecting each record only to see whether it can be projected would cost as much as storing it. Areas of use are boxes in degrees, and
 * projections are smooth within them, so a box whose 9 x 9 lattice passes has no bad point inside.
 */
static castmap_status check_box(cm_preparer *p, const cm_chunk *chunk, double *scratch, bool *ok, bool *all_fine)
{
    enum { SIDE = 9 };
    double *lon = scratch, *lat = scratch + CM_CHUNK_ROWS, *x = lat + CM_CHUNK_ROWS, *y = x + CM_CHUNK_ROWS;
    double west = 180, east = -180, south = 90, north = -90;

    for (size_t i = 0; i < chunk->n; i++) {
        if (chunk->row[i].code)
            continue;
        west = fmin(west, chunk->row[i].o.lon);
        east = fmax(east, chunk->row[i].o.lon);
        south = fmin(south, chunk->row[i].o.lat);
        north = fmax(north, chunk->row[i].o.lat);
    }
    *all_fine = west > east;
    if (*all_fine)
        return CASTMAP_OK;
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t j = 0; j < SIDE; j++) {
            lon[i * SIDE + j] = west + (east - west) * (double)j / (SIDE - 1);
            lat[i * SIDE + j] = south + (north - south) * (double)i / (SIDE - 1);
        }
    }
    castmap_status status = cm_projection_forward(p->ctx, p->working, SIDE * SIDE, lon, lat, x, y, ok);
    if (status)
        return status;
    *all_fine = true;
    for (size_t i = 0; i < SIDE * SIDE; i++)
        *all_fine = *all_fine && ok[i];
    return CASTMAP_OK;
}

/* Inside the area of the project's working CRS? */
static castmap_status check_working_area(cm_preparer *p, cm_chunk *chunk, double *scratch, bool *ok)
{
    double *lon = scratch, *lat = scratch + CM_CHUNK_ROWS, *x = lat + CM_CHUNK_ROWS, *y = x + CM_CHUNK_ROWS;
    size_t n = 0;
    bool whole_box = false;

    castmap_status checked = check_box(p, chunk, scratch, ok, &whole_box);
    if (checked || whole_box)
        return checked;
    for (size_t i = 0; i < chunk->n; i++) {
        if (!chunk->row[i].code) {
            lon[n] = chunk->row[i].o.lon;
            lat[n++] = chunk->row[i].o.lat;
        }
    }
    castmap_status status = cm_projection_forward(p->ctx, p->working, n, lon, lat, x, y, ok);
    if (status)
        return status;
    n = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        cm_prepared *row = &chunk->row[i];
        if (row->code || ok[n++])
            continue;
        bool swapped_fits = false;
        const double other_lon = row->o.lat, other_lat = row->o.lon;
        if (fabs(other_lat) <= 90) {
            double px, py;
            status = cm_projection_forward(p->ctx, p->working, 1, &other_lon, &other_lat, &px, &py, &swapped_fits);
            if (status)
                return status;
        }
        if (swapped_fits)
            cm_prepared_refuse(row, "swapped-position", "outside the project's area: latitude and longitude look swapped", "");
        else
            cm_prepared_refuse(row, "far-position", "outside the project's area", "");
    }
    return CASTMAP_OK;
}

static void check_reference(cm_preparer *p, cm_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++) {
        cm_prepared *row = &chunk->row[i];
        if (row->code || (fabs(row->o.lon - p->middle_lon) + fabs(row->o.lat - p->middle_lat)) * DEGREE_M <= p->reach_m ||
            distance_m(p->middle_lon, p->middle_lat, row->o.lon, row->o.lat) <= p->reach_m)
            continue;
        if (fabs(row->o.lon) <= 90 && distance_m(p->middle_lon, p->middle_lat, row->o.lat, row->o.lon) <= p->reach_m)
            cm_prepared_refuse(row, "swapped-position", "far from the other records: latitude and longitude look swapped", "");
        else if (p->keep_far)
            cm_preparer_note(p, CM_NOTE_FAR, row->o.row);
        else
            cm_prepared_refuse(row, "far-position", "far from all other records of the file; --keep-far if it is right", "");
    }
}

castmap_status cm_place_chunk(cm_preparer *p, cm_chunk *chunk)
{
    double *scratch = cm_alloc(4 * (size_t)CM_CHUNK_ROWS, sizeof *scratch);
    bool *ok = cm_alloc(CM_CHUNK_ROWS, sizeof *ok);
    castmap_status status = scratch && ok ? CASTMAP_OK : cm_fail_memory(p->ctx);

    if (!status && p->metres)
        status = to_degrees(p, chunk, p->metres, 0, scratch, ok);
    for (unsigned grid = 1; !status && grid <= 2; grid++)
        if (p->grid[grid - 1])
            status = to_degrees(p, chunk, p->grid[grid - 1], grid, scratch, ok);
    if (!status && !p->reference)
        status = find_reference(p, chunk, scratch);
    /* Swapped axes first by the file's own records: the message is surer. */
    if (!status && p->reference)
        check_reference(p, chunk);
    if (!status && p->working)
        status = check_working_area(p, chunk, scratch, ok);
    free(scratch);
    free(ok);
    return status;
}
