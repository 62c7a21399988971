/*
 * release/disclosure/buildings_file.c - see buildings_file.h.
 */
#include "release/disclosure/buildings_file.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((uint64_t)2 << 30)

typedef struct building {
    double lon, lat;
} building;

static int compare_buildings(const void *left, const void *right)
{
    const building *a = left, *b = right;

    if (a->lon != b->lon)
        return a->lon < b->lon ? -1 : 1;
    return (a->lat > b->lat) - (a->lat < b->lat);
}

/* The k-th field of a line, its length in *length; NULL if there are fewer. */
static const char *field_of(const char *line, const char *end, int k, size_t *length)
{
    for (; k > 0; k--) {
        line = memchr(line, ',', (size_t)(end - line));
        if (!line)
            return NULL;
        line++;
    }
    const char *comma = memchr(line, ',', (size_t)(end - line));
    *length = (size_t)((comma ? comma : end) - line);
    return line;
}

static int column_of(const char *header, const char *end, const char *name)
{
    size_t length;

    for (int k = 0;; k++) {
        const char *field = field_of(header, end, k, &length);
        if (!field)
            return -1;
        if (length == strlen(name) && strncasecmp(field, name, length) == 0)
            return k;
    }
}

static bool read_building(const char *line, const char *end, int lon_column, int lat_column, building *out)
{
    size_t lon_length, lat_length;
    const char *lon = field_of(line, end, lon_column, &lon_length), *lat = field_of(line, end, lat_column, &lat_length);

    return lon && lat && cm_decimal_parse(lon, lon_length, &out->lon) && cm_decimal_parse(lat, lat_length, &out->lat) &&
           fabs(out->lon) <= 180.0 && fabs(out->lat) <= 90.0;
}

static castmap_status refuse(castmap_context *ctx, const char *path, size_t line, const char *what)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "%s", what);

    cm_fail_where(ctx, "%s:%zu", cm_base_name(path), line);
    cm_fail_hint(ctx, "a file of buildings has the columns lon, lat in degrees, one building a line");
    return status;
}

castmap_status cm_buildings_read(castmap_context *ctx, const char *path, double **lon, double **lat, size_t *count)
{
    char *bytes = NULL;
    building *buildings = NULL;
    size_t length = 0, capacity = 0, n = 0, line_number = 1, kept = 0;
    castmap_status status = cm_file_read(ctx, path, FILE_LIMIT, &bytes, &length);

    if (status)
        return status;
    const char *end = bytes + length, *line = memchr(bytes, '\n', length);
    const char *header_end = line && line > bytes && line[-1] == '\r' ? line - 1 : line;
    const char *header = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? bytes + 3 : bytes;
    const int lon_column = header_end ? column_of(header, header_end, "lon") : -1;
    const int lat_column = header_end ? column_of(header, header_end, "lat") : -1;
    if (lon_column < 0 || lat_column < 0) {
        status = refuse(ctx, path, 1, "no columns named lon and lat");
        goto done;
    }
    for (line++; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *stop = next ? next : end;
        line_number++;
        if (stop > line && stop[-1] == '\r')
            stop--;
        if (stop > line) {
            if (cm_grow(&buildings, &capacity, n + 1, sizeof *buildings)) {
                status = cm_fail_memory(ctx);
                goto done;
            }
            if (!read_building(line, stop, lon_column, lat_column, &buildings[n++])) {
                status = refuse(ctx, path, line_number, "a position that is not two numbers in degrees");
                goto done;
            }
        }
        line = next ? next + 1 : end;
    }
    if (n > 0)
        qsort(buildings, n, sizeof *buildings, compare_buildings);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_buildings(&buildings[i], &buildings[i - 1]) != 0)
            buildings[kept++] = buildings[i];
    }
    *lon = cm_alloc(kept, sizeof **lon);
    *lat = cm_alloc(kept, sizeof **lat);
    if (!*lon || !*lat) {
        free(*lon);
        free(*lat);
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < kept; i++) {
        (*lon)[i] = buildings[i].lon;
        (*lat)[i] = buildings[i].lat;
    }
    *count = kept;

done:
    free(bytes);
    free(buildings);
    return status;
}
