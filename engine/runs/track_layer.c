/*
 * runs/track_layer.c - recorded tracks out of the lines of a GeoPackage, FlatGeobuf or Shapefile.
 *
 * The points of a feature are gathered, brought to degrees at once, and taken one by one. A measure is a time in seconds since 1970 (the child says where it can be one);
 * without it a fix has none. Attributes come with the first point of a feature only.
 */
#include "runs/track_reading.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "project/ingest/opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN 3 /* columns of the child: track, piece, time */
#define CHECK_EVERY 8192 /* fixes */

typedef struct layer_point {
    uint32_t piece;
    bool     sound;
    char     time[CM_DECIMAL_SIZE];
} layer_point;

typedef struct layer {
    cm_track_reading *r;
    cm_projection    *metres; /* borrowed; NULL: degrees */
    int               column[FIX_ROLES]; /* of the layer's own fields */
    int64_t           feature;
    char             *recording, *person; /* owned; of the feature in hand; NULL: it does not say */
    size_t            n, point_room, place_room[2];
    layer_point      *point;   /* owned [n] */
    double           *x, *y;   /* owned [n] */
} layer;

static castmap_status bring_to_degrees(layer *l)
{
    double *lon = cm_alloc(l->n, sizeof *lon), *lat = cm_alloc(l->n, sizeof *lat);
    bool *ok = cm_alloc(l->n, sizeof *ok);
    castmap_status status = lon && lat && ok ? cm_projection_inverse(l->r->ctx, l->metres, l->n, l->x, l->y, lon, lat, ok) : cm_fail_memory(l->r->ctx);

    for (size_t i = 0; i < l->n && !status; i++) {
        l->x[i] = lon[i];
        l->y[i] = lat[i];
        l->point[i].sound = l->point[i].sound && ok[i];
    }
    free(lon);
    free(lat);
    free(ok);
    return status;
}

static cm_csv_field field_of(const char *text)
{
    return (cm_csv_field){text ? text : "", text ? strlen(text) : 0};
}

/* The feature in hand is complete. */
static castmap_status take_feature(layer *l)
{
    char lon[CM_DECIMAL_SIZE], lat[CM_DECIMAL_SIZE], own[40];
    castmap_status status = l->metres && l->n > 0 ? bring_to_degrees(l) : CASTMAP_OK;

    snprintf(own, sizeof own, "feature %lld", (long long)l->feature); /* no name of a track is told apart from a number */
    for (size_t i = 0; i < l->n && !status; i++) {
        if (!l->point[i].sound) {
            cm_track_collect_refuse(l->r->collect, CM_FIX_BAD_POSITION, l->feature);
            continue;
        }
        const cm_fix_text text = {.row = l->feature, .lon = {lon, cm_decimal_shortest(l->x[i], lon)}, .lat = {lat, cm_decimal_shortest(l->y[i], lat)},
                                  .time = field_of(l->point[i].time), .time_is_number = l->point[i].time[0] != '\0', .person = field_of(l->person),
                                  .recording = field_of(l->recording && *l->recording ? l->recording : own),
                                  .piece = l->recording && *l->recording ? (uint32_t)l->feature << 8 | (l->point[i].piece & 0xFFu) : l->point[i].piece};
        status = cm_track_take(l->r, &text);
    }
    l->n = 0;
    free(l->recording);
    free(l->person);
    l->recording = l->person = NULL;
    return status;
}

static castmap_status keep_text(layer *l, const cm_stream_record *record, int role, char **out)
{
    if (l->column[role] == CM_NO_COLUMN)
        return CASTMAP_OK;
    const cm_csv_field field = record->field[OWN + l->column[role]];
    *out = cm_copy_bytes(field.bytes, field.length);
    return *out ? CASTMAP_OK : cm_fail_memory(l->r->ctx);
}

static int64_t whole(cm_csv_field field)
{
    int64_t value = 0;

    return cm_decimal_parse_i64(field.bytes, field.length, &value) ? value : 0;
}

static castmap_status take_point(layer *l, const cm_stream_record *record)
{
    const cm_csv_field time = record->field[2];
    const int64_t feature = whole(record->field[0]);
    castmap_status status = CASTMAP_OK;

    if (feature != l->feature) {
        status = take_feature(l);
        l->feature = feature;
        if (!status)
            status = keep_text(l, record, FIX_TRACK, &l->recording);
        if (!status)
            status = keep_text(l, record, FIX_PERSON, &l->person);
    }
    if (!status && (cm_grow(&l->point, &l->point_room, l->n + 1, sizeof *l->point) || cm_grow(&l->x, &l->place_room[0], l->n + 1, sizeof *l->x) ||
                    cm_grow(&l->y, &l->place_room[1], l->n + 1, sizeof *l->y)))
        status = cm_fail_memory(l->r->ctx);
    if (status)
        return status;
    layer_point *point = &l->point[l->n];
    *point = (layer_point){.piece = (uint32_t)whole(record->field[1]), .sound = !record->fault_code || strcmp(record->fault_code, "bad-text") == 0};
    snprintf(point->time, sizeof point->time, "%.*s", (int)time.length, time.bytes);
    l->x[l->n] = record->x;
    l->y[l->n++] = record->y;
    return CASTMAP_OK;
}

/* Which fields say whose track it is, and which recording. */
static castmap_status settle_columns(layer *l, const cm_stream_table *table)
{
    cm_columns columns = {0};
    castmap_status status = cm_columns_init(l->r->ctx, l->r->file, table->column + OWN, table->n_columns - OWN, &columns);

    if (!status)
        status = cm_fix_columns(l->r, &columns, l->column);
    for (int role = FIX_TRACK; role <= FIX_PERSON && !status; role++) {
        if (l->column[role] != CM_NO_COLUMN)
            status = cm_track_guess(l->r, cm_fix_role_name(role), columns.name[l->column[role]], "field name");
    }
    cm_columns_clear(&columns);
    return status;
}

castmap_status cm_track_layer_read(cm_track_reading *r, cm_record_stream *stream)
{
    layer l = {.r = r, .feature = -1, .column = {CM_NO_COLUMN, CM_NO_COLUMN, CM_NO_COLUMN, CM_NO_COLUMN, CM_NO_COLUMN, CM_NO_COLUMN}};
    castmap_import_options how = CASTMAP_IMPORT_OPTIONS_INIT;
    cm_opening opening = {.stream = stream}; /* a view: the system of its layer is settled as that of every layer */
    cm_stream_record record;
    bool more = true;
    size_t points = 0;

    how.crs = r->options->crs;
    castmap_status status = cm_opening_layer_crs(r->ctx, &how, r->file, &opening);
    l.metres = opening.metres;
    for (size_t i = 0; i < opening.guesses.n && !status; i++)
        status = cm_track_guess(r, opening.guesses.guess[i].what, opening.guesses.guess[i].value, opening.guesses.guess[i].why);
    if (!status && cm_stream_table_of(stream)->n_columns > OWN)
        status = settle_columns(&l, cm_stream_table_of(stream));
    while (!status) {
        status = cm_stream_next(r->ctx, stream, &record, &more);
        if (status || !more)
            break;
        status = take_point(&l, &record);
        if (!status && ++points % CHECK_EVERY == 0 && cm_cancelled(r->ctx))
            status = cm_fail_cancelled(r->ctx);
    }
    if (!status)
        status = take_feature(&l);
    free(l.recording);
    free(l.person);
    free(l.point);
    free(l.x);
    free(l.y);
    cm_projection_free(opening.metres);
    cm_guesses_clear(&opening.guesses);
    return status;
}
