/*
 * runs/place_formats.c - Code-Point Open, ONS Postcode Directory, GeoNames, and any table with a header.
 *
 * Sources: Ordnance Survey, "Code-Point Open technical specification"; Office for National Statistics, "ONS Postcode Directory user guide"
 * (also the columns of 2025: pcd7, pcd8, pcds, east1m, north1m, gridind); GeoNames, readme.txt of export/dump.
 */
#include "runs/place_formats.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "project/postcode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_ACCURACY_M 1000.0 /* of a name of which nothing else is said */
#define GEONAMES_COLUMNS 19
#define CODE_POINT_COLUMNS 10
#define PEOPLE_A_KM2 4000.0 /* of a town, to guess its size from its people */

static const char *const FIELD_NAMES[CM_FIELD_COUNT] = {"postcode", "name", "lat", "lon", "x", "y", "area", "accuracy", "quality", "ended"};

static const char *const FIELD_KEYS[CM_FIELD_COUNT] = {
    [CM_FIELD_POSTCODE] = "pcds pcd8 pcd7 pcd postcode postalcode",
    [CM_FIELD_NAME] = "name placename place town label title asciiname code postalcode zip zipcode plz",
    [CM_FIELD_LAT] = "lat latitude",
    [CM_FIELD_LON] = "long lon lng longitude",
    [CM_FIELD_X] = "oseast1m east1m easting eastings x geometryx",
    [CM_FIELD_Y] = "osnrth1m north1m northing northings y geometryy",
    [CM_FIELD_AREA] = "area county countyunitary district districtborough region council authority state province parent",
    [CM_FIELD_ACCURACY] = "accuracy accuracym radius radiusm",
    [CM_FIELD_QUALITY] = "osgrdind gridind positionalqualityindicator",
    [CM_FIELD_ENDED] = "doterm",
};

const char *cm_place_field_name(cm_place_field field)
{
    return FIELD_NAMES[field];
}

static bool number(const cm_csv_field *field, double *out)
{
    return field->length && cm_decimal_parse(field->bytes, field->length, out);
}

static const cm_csv_field *at(const cm_place_layout *layout, const cm_place_rows *rows, cm_place_field field)
{
    static const cm_csv_field EMPTY = {"", 0};
    const int column = layout->column[field];

    return column == CM_NO_COLUMN || (size_t)column >= rows->n ? &EMPTY : &rows->field[column];
}

/* A postcode's codes of quality 1..9 (Code-Point Open: tens) as metres: how far from its middle an address of it may well lie. */
static double quality_accuracy_m(int quality)
{
    switch (quality) {
    case 5: /* imputed from its neighbours */
    case 8: /* terminated long ago */
        return 250;
    case 6: /* the mean of its sector */
        return 2000;
    case 3: /* within 50 m of the true position */
        return 150;
    default:
        return 100;
    }
}

/* "201806" */
static uint32_t month_of(const cm_csv_field *field)
{
    uint32_t value = 0;

    for (size_t i = 0; i < field->length; i++) {
        if (field->bytes[i] < '0' || field->bytes[i] > '9' || i >= 6)
            return 0;
        value = value * 10 + (uint32_t)(field->bytes[i] - '0');
    }
    return field->length == 6 && value % 100 >= 1 && value % 100 <= 12 ? value : 0;
}

/* Degrees where they are, else x and y; false: there is no usable position, and why was counted. */
static bool position(const cm_place_layout *layout, const cm_place_rows *rows, cm_place_entry *entry, cm_place_collect *out)
{
    const cm_csv_field *lat = at(layout, rows, CM_FIELD_LAT), *lon = at(layout, rows, CM_FIELD_LON);
    const cm_csv_field *x = at(layout, rows, CM_FIELD_X), *y = at(layout, rows, CM_FIELD_Y);

    entry->lon = entry->lat = NAN;
    if (lat->length && lon->length) {
        if (!number(lat, &entry->lat) || !number(lon, &entry->lon) || fabs(entry->lon) > 180) {
            cm_place_collect_leave(out, CM_LEFT_BAD_POSITION, rows->line);
            return false;
        }
        if (fabs(entry->lat) <= 90 && (entry->lat != 0 || entry->lon != 0))
            return true;
        /* 99.999999, 0 in the directory: no position is known */
        cm_place_collect_leave(out, fabs(entry->lat) > 99 || entry->lat == 0 ? CM_LEFT_NO_POSITION : CM_LEFT_BAD_POSITION, rows->line);
        return false;
    }
    if (x->length && y->length) {
        if (!number(x, &entry->x) || !number(y, &entry->y)) {
            cm_place_collect_leave(out, CM_LEFT_BAD_POSITION, rows->line);
            return false;
        }
        if (entry->x != 0 || entry->y != 0)
            return true;
    }
    cm_place_collect_leave(out, CM_LEFT_NO_POSITION, rows->line);
    return false;
}

static castmap_status take_postcode(castmap_context *ctx, const cm_place_layout *layout, const cm_place_rows *rows, cm_place_collect *out)
{
    const cm_csv_field *code = at(layout, rows, CM_FIELD_POSTCODE);
    const cm_csv_field *quality = at(layout, rows, CM_FIELD_QUALITY);
    cm_postcode postcode;
    cm_place_entry entry = {.accuracy_m = NAN};
    double value;

    if (!cm_postcode_parse(code->bytes, code->length, &postcode) || postcode.part != CM_POSTCODE_UNIT) {
        cm_place_collect_leave(out, CM_LEFT_BAD_NAME, rows->line);
        return CASTMAP_OK;
    }
    const int said = number(quality, &value) && value >= 0 && value < 100 ? (int)(value >= 10 ? value / 10 : value) : 0;
    if (said == 9) {
        cm_place_collect_leave(out, CM_LEFT_NO_POSITION, rows->line);
        return CASTMAP_OK;
    }
    if (!position(layout, rows, &entry, out))
        return CASTMAP_OK;
    entry.key = postcode.from;
    entry.ended = month_of(at(layout, rows, CM_FIELD_ENDED));
    entry.accuracy_m = number(at(layout, rows, CM_FIELD_ACCURACY), &value) && value > 0 && value < 1e6 ? ceil(value) : quality_accuracy_m(said);
    return cm_place_collect_entry(out, &entry) == 0 ? CASTMAP_OK : cm_fail_memory(ctx);
}

static castmap_status take_named(castmap_context *ctx, const cm_place_layout *layout, const cm_place_rows *rows, cm_place_collect *out)
{
    const cm_csv_field *name = at(layout, rows, CM_FIELD_NAME), *area = at(layout, rows, CM_FIELD_AREA);
    cm_place_entry entry = {.accuracy_m = NAME_ACCURACY_M};
    double value;

    if (!position(layout, rows, &entry, out))
        return CASTMAP_OK;
    if (number(at(layout, rows, CM_FIELD_ACCURACY), &value) && value > 0 && value < 1e6)
        entry.accuracy_m = ceil(value);
    if (cm_place_collect_entry(out, &entry) != 0)
        return cm_fail_memory(ctx);
    const int named = cm_place_collect_name(out, name->bytes, name->length);
    if (named == 1) {
        out->count--;
        cm_place_collect_leave(out, CM_LEFT_BAD_NAME, rows->line);
        return CASTMAP_OK;
    }
    return named == 0 && cm_place_collect_area(out, area->bytes, area->length) == 0 ? CASTMAP_OK : cm_fail_memory(ctx);
}

enum { GN_NAME = 1, GN_ASCII, GN_OTHER, GN_LAT, GN_LON, GN_CLASS, GN_CODE, GN_COUNTRY, GN_ADMIN1 = 10, GN_ADMIN2, GN_PEOPLE = 14 };

static bool is(const cm_csv_field *field, const char *text)
{
    return field->length == strlen(text) && memcmp(field->bytes, text, field->length) == 0;
}

/* The radius of what the feature names; NaN: not a place that people would name as theirs. */
static double feature_accuracy_m(const cm_csv_field *kind, const cm_csv_field *code, double people)
{
    const char letter = kind->length ? kind->bytes[0] : ' ';

    if (letter == 'P' || letter == 'A') {
        const double town = people > 0 ? 1000 * sqrt(people / PEOPLE_A_KM2 / 3.14159265358979) : 0;
        const double least = letter == 'P' ? 500 : is(code, "ADM1") ? 50000 : is(code, "ADM2") ? 20000 : is(code, "ADM3") ? 10000 : 5000;
        return letter == 'P' || town == 0 ? fmax(least, town) : fmax(fmin(least, 3 * town), 500);
    }
    if (letter == 'S')
        return 300;
    if (letter == 'R')
        return 1000;
    return letter == 'L' || (letter == 'T' && code->length >= 3 && memcmp(code->bytes, "ISL", 3) == 0) ? 2000 : (double)NAN;
}

/* "GB.ENG.F8", as long as parts follow. */
static void admin_code(const cm_place_rows *rows, size_t levels, char out[64])
{
    static const int FIELD[] = {GN_COUNTRY, GN_ADMIN1, GN_ADMIN2};
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < levels && i < 3; i++) {
        const cm_csv_field *part = &rows->field[FIELD[i]];
        if (!part->length || used + part->length + 2 > 64 || memchr(part->bytes, '\0', part->length))
            return;
        if (i)
            out[used++] = '.';
        memcpy(out + used, part->bytes, part->length);
        used += part->length;
        out[used] = '\0';
    }
}

/* The name, its ASCII form, and those of other languages; links among them are none. */
static int geonames_names(const cm_place_rows *rows, cm_place_collect *out)
{
    const cm_csv_field *other = &rows->field[GN_OTHER];
    int first = cm_place_collect_name(out, rows->field[GN_NAME].bytes, rows->field[GN_NAME].length);

    if (first != 0)
        return first;
    if (cm_place_collect_name(out, rows->field[GN_ASCII].bytes, rows->field[GN_ASCII].length) < 0)
        return -1;
    for (const char *p = other->bytes, *end = p + other->length; p < end;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma ? comma : end;
        if (stop - p >= 3 && !memchr(p, '/', (size_t)(stop - p)) && cm_place_collect_name(out, p, (size_t)(stop - p)) < 0)
            return -1;
        p = stop + 1;
    }
    return 0;
}

static castmap_status take_geonames(castmap_context *ctx, const cm_place_layout *layout, const cm_place_rows *rows, cm_place_collect *out)
{
    const cm_csv_field *kind = &rows->field[GN_CLASS], *code = &rows->field[GN_CODE];
    cm_place_entry entry = {.accuracy_m = 0};
    double people = 0;
    char area[64];

    if (rows->n < GEONAMES_COLUMNS) {
        cm_place_collect_leave(out, CM_LEFT_TOO_FEW, rows->line);
        return CASTMAP_OK;
    }
    (void)number(&rows->field[GN_PEOPLE], &people);
    entry.accuracy_m = feature_accuracy_m(kind, code, people);
    if (isnan(entry.accuracy_m)) {
        cm_place_collect_leave(out, CM_LEFT_KIND, rows->line);
        return CASTMAP_OK;
    }
    if (!position(layout, rows, &entry, out))
        return CASTMAP_OK;
    if (cm_place_collect_entry(out, &entry) != 0)
        return cm_fail_memory(ctx);
    const int named = geonames_names(rows, out);
    if (named == 1) {
        out->count--;
        cm_place_collect_leave(out, CM_LEFT_BAD_NAME, rows->line);
        return CASTMAP_OK;
    }
    const size_t level = is(code, "ADM1") ? 2 : is(code, "ADM2") ? 3 : is(code, "PCLI") ? 1 : 0;
    admin_code(rows, level ? level - 1 : 3, area); /* an area lies in the one above it */
    int failed = named < 0 || cm_place_collect_area(out, area, strlen(area)) != 0;
    if (!failed && level) {
        admin_code(rows, level, area);
        failed = cm_place_collect_admin(out, area, rows->field[GN_NAME].bytes, rows->field[GN_NAME].length) != 0;
    }
    return failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

static const char OS_LICENCE[] = "Contains OS data \xC2\xA9 Crown copyright and database right; contains Royal Mail data \xC2\xA9 Royal Mail copyright "
                                 "and database right; Open Government Licence v3.0";
static const char ONS_LICENCE[] = "Source: Office for National Statistics, Open Government Licence v3.0; contains OS data \xC2\xA9 Crown copyright and "
                                  "database right; contains Royal Mail data \xC2\xA9 Royal Mail copyright and database right";

static bool is_geonames(const cm_place_rows *rows)
{
    double id, lat, lon;

    return rows->n == GEONAMES_COLUMNS && number(&rows->field[0], &id) && id >= 0 && number(&rows->field[GN_LAT], &lat) &&
           number(&rows->field[GN_LON], &lon) && rows->field[GN_CLASS].length <= 1 && rows->field[GN_COUNTRY].length <= 2;
}

static bool is_code_point(const cm_place_rows *rows)
{
    cm_postcode code;
    double quality, x, y;

    return rows->n == CODE_POINT_COLUMNS && cm_postcode_parse(rows->field[0].bytes, rows->field[0].length, &code) &&
           code.part == CM_POSTCODE_UNIT && number(&rows->field[1], &quality) && number(&rows->field[2], &x) && number(&rows->field[3], &y);
}

static void no_columns(cm_place_layout *layout)
{
    for (int i = 0; i < CM_FIELD_COUNT; i++)
        layout->column[i] = CM_NO_COLUMN;
}

/* The first of the keys that a column has. */
static int keyed(const cm_columns *columns, const char *keys)
{
    for (const char *p = keys; *p;) {
        char key[40];
        const size_t n = strcspn(p, " ");
        memcpy(key, p, n);
        key[n] = '\0';
        const int column = cm_column_keyed(columns, key);
        if (column != CM_NO_COLUMN)
            return column;
        p += n;
        p += strspn(p, " ");
    }
    return CM_NO_COLUMN;
}

static castmap_status apply_given(castmap_context *ctx, const castmap_places_options *options, const cm_columns *columns, cm_place_layout *layout)
{
    for (size_t i = 0; i < options->n_map; i++) {
        const char *pair = options->map[i], *equals = strchr(pair, '=');
        int field = CM_FIELD_COUNT;
        for (int k = 0; equals && k < CM_FIELD_COUNT; k++)
            if (strlen(FIELD_NAMES[k]) == (size_t)(equals - pair) && strncmp(FIELD_NAMES[k], pair, (size_t)(equals - pair)) == 0)
                field = k;
        const int column = equals ? cm_column_named(columns, equals + 1) : CM_NO_COLUMN;
        if (field == CM_FIELD_COUNT || column == CM_NO_COLUMN) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, field == CM_FIELD_COUNT ? "there is no such field of a table of places"
                                                                                             : "the table has no column of that name");
            cm_fail_hint(ctx, "--map FIELD=COLUMN with a field of postcode, name, lat, lon, x, y, area, accuracy");
            return status;
        }
        layout->column[field] = column;
        if (field == CM_FIELD_NAME)
            layout->column[CM_FIELD_POSTCODE] = CM_NO_COLUMN;
        if (field == CM_FIELD_X)
            layout->column[CM_FIELD_LAT] = layout->column[CM_FIELD_LON] = CM_NO_COLUMN;
    }
    return CASTMAP_OK;
}

static castmap_status by_header(castmap_context *ctx, cm_place_rows *rows, const castmap_places_options *options, cm_place_layout *layout, bool *known)
{
    cm_columns columns = {0};

    for (size_t i = 0; i < rows->n; i++)
        if (cm_utf8_valid(rows->field[i].bytes, rows->field[i].length) != rows->field[i].length)
            return CASTMAP_OK; /* no header: not a text of ours */
    castmap_status status = cm_columns_init(ctx, rows->name, rows->field, rows->n, &columns);

    if (status)
        return status;
    for (int i = 0; i < CM_FIELD_COUNT; i++)
        layout->column[i] = keyed(&columns, FIELD_KEYS[i]);
    if (layout->column[CM_FIELD_POSTCODE] != CM_NO_COLUMN && layout->column[CM_FIELD_NAME] == layout->column[CM_FIELD_POSTCODE])
        layout->column[CM_FIELD_NAME] = CM_NO_COLUMN;
    status = apply_given(ctx, options, &columns, layout);
    const int *column = layout->column;
    const bool directory = cm_column_keyed(&columns, "pcds") != CM_NO_COLUMN && cm_column_keyed(&columns, "doterm") != CM_NO_COLUMN;
    const bool degrees = column[CM_FIELD_LAT] != CM_NO_COLUMN && column[CM_FIELD_LON] != CM_NO_COLUMN;
    const bool metres = column[CM_FIELD_X] != CM_NO_COLUMN && column[CM_FIELD_Y] != CM_NO_COLUMN;
    *known = !status && (degrees || metres) && (column[CM_FIELD_POSTCODE] != CM_NO_COLUMN || column[CM_FIELD_NAME] != CM_NO_COLUMN);
    layout->header = true;
    layout->kind = column[CM_FIELD_POSTCODE] != CM_NO_COLUMN ? CM_PLACE_POSTCODES : CM_PLACE_NAMES;
    layout->take = layout->kind == CM_PLACE_POSTCODES ? take_postcode : take_named;
    layout->format = directory ? "ONS Postcode Directory" : "table";
    layout->source = directory ? "Office for National Statistics" : NULL;
    layout->licence = directory ? ONS_LICENCE : NULL;
    cm_columns_clear(&columns);
    return status;
}

castmap_status cm_place_layout_find(castmap_context *ctx, cm_place_rows *rows, const castmap_places_options *options, cm_place_layout *out, bool *known)
{
    static const char SEPARATORS[] = {',', ';', '\t'};
    cm_place_layout layout = {.quotes = true, .separator = ','};
    size_t most = 0;
    bool more;
    castmap_status status;

    *known = false;
    no_columns(&layout);
    for (size_t i = 0; i < sizeof SEPARATORS; i++) {
        status = cm_place_rows_peek(ctx, rows, SEPARATORS[i], SEPARATORS[i] != '\t', &more);
        if (status || !more)
            return status;
        if (rows->n > most) {
            most = rows->n;
            layout.separator = SEPARATORS[i];
        }
    }
    layout.quotes = layout.separator != '\t';
    status = cm_place_rows_peek(ctx, rows, layout.separator, layout.quotes, &more);
    if (status)
        return status;
    if (layout.separator == '\t' && is_geonames(rows)) {
        layout.format = "GeoNames";
        layout.source = "GeoNames (geonames.org)";
        layout.licence = "GeoNames, Creative Commons Attribution 4.0";
        layout.kind = CM_PLACE_NAMES;
        layout.column[CM_FIELD_LAT] = GN_LAT;
        layout.column[CM_FIELD_LON] = GN_LON;
        layout.column[CM_FIELD_NAME] = GN_NAME;
        layout.take = take_geonames;
        *known = true;
    } else if (layout.separator == ',' && is_code_point(rows)) {
        layout.format = "Code-Point Open";
        layout.source = "Ordnance Survey";
        layout.licence = OS_LICENCE;
        layout.kind = CM_PLACE_POSTCODES;
        for (int i = 0; i < 4; i++)
            layout.column[(const cm_place_field[]){CM_FIELD_POSTCODE, CM_FIELD_QUALITY, CM_FIELD_X, CM_FIELD_Y}[i]] = i;
        layout.take = take_postcode;
        *known = true;
    } else {
        status = by_header(ctx, rows, options, &layout, known);
    }
    if (!status && *known && !layout.header && options->n_map) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "a %s file has no header whose columns could be named", layout.format);
        cm_fail_hint(ctx, "leave --map out");
    }
    if (!status && *known)
        *out = layout;
    return status;
}
