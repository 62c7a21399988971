/*
 * runs/movement_table.c - opening a table of movements: content, separator, columns, coordinate system, zone, in this order.
 */
#include "runs/movement_table.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/text.h"
#include "project/run_table.h"

#include <stdio.h>
#include <string.h>

typedef struct fitting {
    castmap_context                 *ctx;
    const castmap_flows_run_options *options;
} fitting;

static bool fits(const cm_columns *columns, const void *payload)
{
    const fitting *f = payload;
    cm_movement_columns found;
    const castmap_status status = cm_movement_recognise(f->ctx, columns, f->options->map, f->options->n_map, &found);

    if (status)
        cm_fail_clear(f->ctx); /* a mapping that names columns fits under one separator only */
    return !status && cm_movement_columns_whole(&found);
}

void cm_movement_table_close(cm_movement_table *t)
{
    cm_opening_clear(&t->opening);
    cm_projection_free(t->metres);
    t->metres = NULL;
}

static castmap_status fail_columns(castmap_context *ctx, const cm_movement_table *t)
{
    const cm_columns *names = &t->opening.columns;
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "no columns for where a movement began and where it ended were recognised");

    cm_fail_where(ctx, "%s:1", t->file);
    cm_fail_hint(ctx, "name them: --map from=COLUMN --map to=COLUMN; the first columns are: %.60s%s%.60s", names->n ? names->name[0] : "",
                 names->n > 1 ? ", " : "", names->n > 1 ? names->name[1] : "");
    return status;
}

static void tell_column(cm_movement_table *t, const char *what, int column, bool given)
{
    const char *name = t->opening.columns.name[column];
    char shown[160];

    cm_escape_display(name, strlen(name), shown, sizeof shown);
    cm_guess_add(&t->opening.guesses, what, given ? "given" : "column name", "%s", shown);
}

static void tell_columns(cm_movement_table *t)
{
    const cm_movement_columns *c = &t->columns;
    char stop[32];

    for (int role = 0; role < CM_MOVE_ROLES; role++) {
        if (c->column[role] != CM_NO_COLUMN)
            tell_column(t, cm_movement_role_name((cm_movement_role)role), c->column[role], c->given[role]);
    }
    for (size_t i = 0; i < c->n_stops; i++) {
        snprintf(stop, sizeof stop, "stop %zu", i + 1);
        tell_column(t, stop, c->stop[i], false);
    }
    if (t->placed)
        cm_guess_add(&t->opening.guesses, "geometry", "of the file", "%s",
                     cm_movement_columns_whole(c) ? "lines count; points do not, the columns say both ends"
                     : cm_movement_columns_end(c, true)  ? "points are where it began"
                     : cm_movement_columns_end(c, false) ? "points are where it ended"
                                                         : "lines, from where they begin to where they end");
}

static bool is_degrees(const char *crs)
{
    return strcmp(crs, "EPSG:4326") == 0 || strcmp(crs, "OGC:CRS84") == 0;
}

/* Columns called x and y, and all where degrees are given, are longitude and latitude. */
static void turn_to_degrees(cm_movement_columns *c)
{
    static const cm_movement_role FROM[] = {CM_MOVE_FROM_X, CM_MOVE_FROM_Y, CM_MOVE_TO_X, CM_MOVE_TO_Y};
    static const cm_movement_role TO[] = {CM_MOVE_FROM_LON, CM_MOVE_FROM_LAT, CM_MOVE_TO_LON, CM_MOVE_TO_LAT};

    for (size_t i = 0; i < sizeof FROM / sizeof *FROM; i++) {
        if (c->column[TO[i]] == CM_NO_COLUMN)
            c->column[TO[i]] = c->column[FROM[i]];
        c->column[FROM[i]] = CM_NO_COLUMN;
    }
}

static castmap_status settle_metres(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *o, cm_movement_table *t)
{
    const char *crs = o->crs, *working = cm_project_crs(project);
    const int x = t->columns.column[CM_MOVE_FROM_X], to_x = t->columns.column[CM_MOVE_TO_X];
    castmap_status status;

    if (x == CM_NO_COLUMN && to_x == CM_NO_COLUMN)
        return CASTMAP_OK;
    if (crs ? is_degrees(crs) : t->columns.plain_xy) {
        turn_to_degrees(&t->columns);
        return CASTMAP_OK;
    }
    if (!crs && *working)
        crs = working;
    if (!crs) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "eastings and northings, but of which coordinate system?");
        cm_fail_where(ctx, "%s:1", t->file);
        cm_fail_hint(ctx, "say it: --crs EPSG:27700 for the British National Grid");
        return status;
    }
    cm_guess_add(&t->opening.guesses, "coordinate system", o->crs ? "given" : "of the project", "%s", crs);
    return cm_projection_new(ctx, crs, false, &t->metres);
}

/* The geometry of a layer that says its own system; GeoJSON is in degrees. */
static castmap_status settle_geometry(castmap_context *ctx, cm_movement_table *t)
{
    if (!t->placed || !t->opening.stream)
        return CASTMAP_OK;
    return cm_opening_layer_crs(ctx, &t->reading, t->file, &t->opening);
}

static castmap_status settle_columns(castmap_context *ctx, const castmap_flows_run_options *o, bool words, cm_movement_table *t)
{
    castmap_status status = cm_movement_recognise(ctx, &t->opening.columns, o->map, o->n_map, &t->columns);
    const cm_movement_columns *c = &t->columns;

    if (!status && !t->placed && !cm_movement_columns_whole(c))
        status = fail_columns(ctx, t);
    if (!status && words && (c->column[CM_MOVE_FROM] == CM_NO_COLUMN || c->column[CM_MOVE_TO] == CM_NO_COLUMN) && c->n_stops < 2) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "positions lie in areas, and there are none");
        cm_fail_where(ctx, "%s:1", t->file);
        cm_fail_hint(ctx, "bring boundaries in with castmap boundaries add");
    }
    return status;
}

castmap_status cm_movement_table_open(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *o, bool words,
                                      cm_movement_table *out)
{
    const fitting fit = {ctx, o};
    cm_movement_table t = {.file = cm_input_name(o->path), .order = CM_DATE_ASK, .reading = CASTMAP_IMPORT_OPTIONS_INIT};
    castmap_status status = CASTMAP_OK;

    t.reading.path = o->path;
    t.reading.encoding = o->encoding;
    t.reading.delimiter = o->delimiter;
    t.reading.follow_links = o->follow_links;
    t.reading.crs = o->crs;
    t.reading.layer = o->layer;
    t.opening.fits = fits;
    t.opening.payload = &fit;
    t.opening.lines = true;
    t.opening.suspect = true; /* the whole text is judged before it is read: one encoding for all of it */
    if (o->date_order && !cm_date_order_named(o->date_order, &t.order))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the order of dates is dmy, mdy or ymd");
    status = cm_opening_read(ctx, project, &t.reading, &t.opening, &t.placed);
    t.opening.payload = NULL;
    if (!status)
        {
        cm_guess_add(&t.opening.guesses, "format", "content", "%s", cm_opening_format(&t.opening));
        status = settle_columns(ctx, o, words, &t);
    }
    if (!status)
        status = settle_metres(ctx, project, o, &t);
    if (!status)
        status = settle_geometry(ctx, &t);
    if (status)
        goto done;
    if (t.opening.converted)
        cm_guess_add(&t.opening.guesses, "encoding", "not UTF-8", "Windows-1252");
    tell_columns(&t);
    status = cm_opening_zone(ctx, project, &t.reading, t.columns.column[CM_MOVE_DATE] != CM_NO_COLUMN, &t.opening);
    if (!status && t.opening.guesses.failed)
        status = cm_fail_memory(ctx);
    t.source = (cm_source){.csv = t.opening.csv, .geojson = t.opening.geojson, .stream = t.opening.stream, .layer_metres = t.opening.layer_metres,
                           .n_columns = t.opening.columns.n};

done:
    if (status)
        cm_movement_table_close(&t);
    else
        *out = t;
    return status;
}
