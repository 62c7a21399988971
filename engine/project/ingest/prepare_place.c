/*
 * project/ingest/prepare_place.c - where a record was, and how exactly that is known.
 *
 * Coordinates count first, then a cell, then a postcode or a name, then a link of a map.
 */
#include "project/ingest/prepare_work.h"

#include <math.h>
#include <string.h>

#define SQUARE_OR_DISTRICT_M 5000 /* "SO16": half the diagonal of a 10 km square is 7 km */

/* A number beside the place; NaN where it is absent or makes no sense, which is noted. */
/* Past `key` and the colon after it; NULL: it is not there. */
static const char *after_key(const char *at, const char *end, const char *key)
{
    const size_t n = strlen(key);

    for (; at && (size_t)(end - at) > n; at++) {
        if (memcmp(at, key, n) != 0)
            continue;
        for (at += n; at < end && strchr(" \t\r\n:", *at); at++)
            ;
        return at;
    }
    return NULL;
}

/*
 * CoMapeo and Mapeo keep what the phone knew of its place as an object: {"position": {"coords": {"accuracy": 4.5}}}. Of a place that was set by hand it says nothing.
 */
static cm_csv_field inner_accuracy(cm_csv_field object)
{
    const char *end = object.bytes + object.length;
    const char *manual = after_key(object.bytes, end, "\"manualLocation\"");
    const char *number = after_key(after_key(object.bytes, end, "\"position\""), end, "\"accuracy\"");
    size_t n = 0;

    if (!number || (manual && *manual == 't'))
        return (cm_csv_field){"", 0};
    while (number + n < end && strchr("0123456789.-+eE", number[n]))
        n++;
    return (cm_csv_field){number, n};
}

static double measure(cm_prepare_work *w, cm_role role, double low, double high, cm_note note)
{
    cm_csv_field field = cm_work_cell(w, role);
    double value;
    int decimals;
    cm_flaw flaw;

    if (role == CM_ROLE_ACCURACY && field.length && field.bytes[0] == '{')
        field = inner_accuracy(field);
    if (!field.length)
        return NAN;
    if (cm_place_number(field.bytes, field.length, &value, &decimals, &flaw) && value >= low && value <= high)
        return value;
    cm_preparer_note(w->p, note, w->record->row);
    return NAN;
}

static bool is_postcode(const cm_preparer *p, cm_csv_field field)
{
    cm_place_hit hit;

    return cm_place_index_postcode(p->places, field.bytes, field.length, &hit) == CM_PLACE_FOUND;
}

/* A cell that names the place: as it is, or by the tables of the project. */
static bool read_one(cm_prepare_work *w, cm_role role, cm_place *place)
{
    const cm_csv_field field = cm_work_cell(w, role);
    char detail[160] = "";
    cm_flaw flaw = {NULL, NULL};

    if (role != CM_ROLE_POSITION) {
        *place = (cm_place){.kind = CM_PLACE_WORDS};
    } else if (!cm_place_cell(field.bytes, field.length, place, &flaw)) {
        if (w->p->metres && strcmp(flaw.code, "metres-as-degrees") == 0 && cm_place_cell_metres(field.bytes, field.length, place, &flaw))
            return true;
        return cm_work_refuse(w, flaw, role);
    }
    if (place->kind == CM_PLACE_GRID_GB && place->accuracy_m > SQUARE_OR_DISTRICT_M && is_postcode(w->p, field))
        return cm_work_refuse(w, CM_FLAW("ambiguous-place", "a grid square of 10 km or a postcode district? Say it: --map postcode=COLUMN"), role);
    if (place->kind != CM_PLACE_WORDS && place->kind != CM_PLACE_SHORT_CODE)
        return true;
    if (cm_place_lookup(w->p, field.bytes, field.length, place, &w->ended, &flaw, detail)) {
        cm_preparer_note(w->p, place->precision == CM_PLACE_POSTCODE ? CM_NOTE_POSTCODE : CM_NOTE_PLACE_NAME, w->record->row);
        return true;
    }
    cm_work_refuse(w, flaw, role);
    if (detail[0])
        w->row->reason = cm_work_copy(w, (cm_csv_field){detail, strlen(detail)});
    return false;
}

/* The cell, the postcode, the name: the first that gives a place. A reason of the postcode, which is the surer one, outlives that of the name. */
static bool read_words(cm_prepare_work *w, cm_place *place)
{
    static const cm_role ROLES[] = {CM_ROLE_POSITION, CM_ROLE_POSTCODE, CM_ROLE_PLACE};
    cm_prepared first = {.code = NULL};

    for (size_t i = 0; i < 3; i++) {
        if (!cm_work_cell(w, ROLES[i]).length)
            continue;
        if (read_one(w, ROLES[i], place)) {
            w->row->code = NULL;
            return true;
        }
        if (!first.code)
            first = *w->row;
    }
    *w->row = first;
    return false;
}

/* Nothing says where, unless a cell holds a link of a map. */
static bool read_link(cm_prepare_work *w, cm_place *place)
{
    const cm_role role = cm_work_has(w, CM_ROLE_LAT) ? CM_ROLE_LAT : cm_work_has(w, CM_ROLE_X) ? CM_ROLE_X : cm_work_has(w, CM_ROLE_POSITION) ? CM_ROLE_POSITION
                         : cm_work_has(w, CM_ROLE_POSTCODE)                                                                  ? CM_ROLE_POSTCODE
                                                                                                                     : CM_ROLE_PLACE;
    cm_flaw flaw = {NULL, NULL};

    for (size_t i = 0; w->p->mapping->profile->own_words && i < w->p->columns->n; i++) {
        if (cm_place_link(w->record->field[i].bytes, w->record->field[i].length, place, &flaw)) {
            cm_preparer_note(w->p, CM_NOTE_LINK, w->record->row);
            return true;
        }
        if (flaw.code) {
            cm_prepared_refuse(w->row, flaw.code, flaw.reason, w->p->columns->name[i]);
            return false;
        }
    }
    return cm_work_refuse(w, cm_work_has(w, CM_ROLE_LAT)   ? CM_FLAW("no-position", "no position: latitude and longitude are empty")
                     : cm_work_has(w, CM_ROLE_X) ? CM_FLAW("no-position", "no position: easting and northing are empty")
                                         : CM_FLAW("no-position", "no position: the cell is empty"), role);
}

static bool read_place(cm_prepare_work *w, cm_place *place)
{
    const cm_csv_field lat = cm_work_cell(w, CM_ROLE_LAT), lon = cm_work_cell(w, CM_ROLE_LON);
    const cm_csv_field x = cm_work_cell(w, CM_ROLE_X), y = cm_work_cell(w, CM_ROLE_Y);
    cm_flaw flaw = {NULL, NULL};

    if (w->record->metres) {
        *place = (cm_place){CM_PLACE_METRES, w->record->lon, w->record->lat, w->record->decimals, NAN, NAN, CM_PLACE_UNKNOWN, 0};
        return true;
    }
    if (w->record->located) {
        *place = (cm_place){CM_PLACE_DEGREES, w->record->lon, w->record->lat, w->record->decimals, NAN, NAN, CM_PLACE_UNKNOWN, 0};
        return cm_place_check_degrees(place->a, place->b, &flaw) || cm_work_refuse(w, flaw, CM_ROLE_POSITION);
    }
    /* Coordinates count before a cell, a cell before a postcode or a name; each stands in where those before it are empty. */
    if (cm_work_has(w, CM_ROLE_LAT) && (lat.length || lon.length)) {
        if (cm_place_degrees(lat.bytes, lat.length, lon.bytes, lon.length, place, &flaw))
            return true;
        return cm_work_refuse(w, flaw, CM_ROLE_LAT);
    }
    if (cm_work_has(w, CM_ROLE_X) && (x.length || y.length))
        return cm_place_metres(x.bytes, x.length, y.bytes, y.length, place, &flaw) || cm_work_refuse(w, flaw, CM_ROLE_X);
    const bool words = cm_work_cell(w, CM_ROLE_POSITION).length || cm_work_cell(w, CM_ROLE_POSTCODE).length || cm_work_cell(w, CM_ROLE_PLACE).length;
    return words ? read_words(w, place) : read_link(w, place);
}

static void set_accuracy(cm_prepare_work *w, const cm_place *place)
{
    static const double FROM_DECIMALS_M[4] = {100000, 10000, 1000, 100};
    cm_observation *o = &w->row->o;

    o->accuracy_m = place->accuracy_m;
    const double accuracy = measure(w, CM_ROLE_ACCURACY, 0, 1e7, CM_NOTE_ACCURACY);
    if (!isnan(accuracy) && (place->precision == CM_PLACE_UNKNOWN || accuracy > o->accuracy_m)) /* a phone knows no postcode better */
        o->accuracy_m = accuracy;
    if (!(o->accuracy_m >= 0) || o->accuracy_m > 1e7)
        o->accuracy_m = NAN;
    if (o->precision != CM_PLACE_EXACT)
        return;
    if (place->precision != CM_PLACE_UNKNOWN) {
        o->precision = place->precision;
        if (o->precision == CM_PLACE_AREA && o->accuracy_m >= 500)
            cm_preparer_note(w->p, CM_NOTE_COARSE, w->record->row);
    } else if (place->decimals <= 3) {
        /* Written with few decimals, a place is no better known than that. */
        const double coarse = FROM_DECIMALS_M[place->decimals < 0 ? 0 : place->decimals];
        if (isnan(o->accuracy_m) || o->accuracy_m < coarse)
            o->accuracy_m = coarse;
        o->precision = place->decimals == 3 ? CM_PLACE_STREET : CM_PLACE_AREA;
        if (place->decimals <= 2)
            cm_preparer_note(w->p, CM_NOTE_COARSE, w->record->row);
    }
}

bool cm_work_place(cm_prepare_work *w)
{
    static const char *const GRIDS[2] = {"EPSG:27700", "EPSG:29903"};
    cm_observation *o = &w->row->o;
    cm_place place;

    if (!read_place(w, &place))
        return false;
    o->precision = w->p->mapping->profile->precision;
    set_accuracy(w, &place);
    const double altitude = isnan(place.altitude_m) ? measure(w, CM_ROLE_ALTITUDE, -1e9, 1e9, CM_NOTE_ALTITUDE) : place.altitude_m;
    if (altitude < -500 || altitude > 9000)
        cm_preparer_note(w->p, CM_NOTE_ALTITUDE, w->record->row);
    if (place.kind == CM_PLACE_DEGREES) {
        o->lon = place.a;
        o->lat = place.b;
        return true;
    }
    w->row->metres = true;
    w->row->grid = place.kind == CM_PLACE_GRID_GB ? 1 : place.kind == CM_PLACE_GRID_IRISH ? 2 : 0;
    w->row->x = place.a;
    w->row->y = place.b;
    cm_projection **grid = w->row->grid ? &w->p->grid[w->row->grid - 1] : NULL;
    if (grid && !*grid && cm_projection_new(w->p->ctx, GRIDS[w->row->grid - 1], false, grid) != CASTMAP_OK) {
        w->failed = true;
        return false;
    }
    return true;
}
