/*
 * space/geodesy/mgrs.c - zone, band of latitude, 100 km square, then easting and northing in equal parts.
 *
 * The letters of a square repeat: columns every three zones, rows every 2,000 km. The band of latitude says which repetition is meant, and
 * with the zone it is a check: a square that lies elsewhere is a slip of the pen.
 *
 * Source: NGA.STND.0037_2.0.0_GRIDS (2014), "Universal Grids and Grid Reference Systems", chapter 3.
 */
#include "space/geodesy/mgrs.h"

#include "space/geodesy/utm.h"

#include <math.h>
#include <string.h>

#define MOST_DIGITS 10
#define LEAST_DIGITS 2
#define ROW_CYCLE_M 2000000.0
#define METRES_A_DEGREE 111000.0

static const char BANDS[] = "CDEFGHJKLMNPQRSTUVWX";   /* 8 degrees each from 80 S; X has 12 */
static const char ROWS[] = "ABCDEFGHJKLMNPQRSTUV";
static const char COLUMNS[] = "ABCDEFGHJKLMNPQRSTUVWXYZ"; /* 24: eight a zone */

typedef struct parts {
    int    zone;
    char   letter[3];
    char   digit[MOST_DIGITS];
    size_t letters, digits;
} parts;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool split(const char *text, size_t length, parts *out)
{
    *out = (parts){0};
    for (size_t i = 0; i < length; i++) {
        const char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        if (c == ' ' || c == '\t')
            continue;
        if (is_digit(c) && out->letters == 0 && out->zone < 10)
            out->zone = out->zone * 10 + (c - '0');
        else if (c >= 'A' && c <= 'Z' && out->digits == 0 && out->letters < 3)
            out->letter[out->letters++] = c;
        else if (is_digit(c) && out->letters == 3 && out->digits < MOST_DIGITS)
            out->digit[out->digits++] = c;
        else
            return false;
    }
    return out->letters == 3 && out->digits > 0;
}

static int index_in(const char *set, char c)
{
    const char *at = c ? strchr(set, c) : NULL;

    return at ? (int)(at - set) : -1;
}

/* Degrees from the central meridian that belong to a zone in a band: 3 either way, but for Norway and Svalbard. */
static void reach(int zone, char band, double *west, double *east)
{
    *west = *east = 3;
    if (band == 'V' && (zone == 31 || zone == 32)) {
        *west = zone == 31 ? 3 : 6;
        *east = zone == 31 ? 0 : 3;
    } else if (band == 'X' && zone >= 31 && zone <= 37) {
        *west = zone == 31 ? 3 : zone % 2 ? 6 : 0;
        *east = zone == 37 ? 3 : zone % 2 ? 6 : 0;
    }
}

/* The repetition whose latitude is nearest to the band. */
static void choose_row(cm_mgrs_square *square, double south_deg, double north_deg)
{
    const double row_m = square->northing_m;
    double best = INFINITY;

    for (int k = 0; k < 5; k++) {
        double lon, lat;
        const double northing_m = row_m + k * ROW_CYCLE_M;
        cm_utm_to_degrees(square->zone, square->south, square->easting_m + square->side_m / 2, northing_m + square->side_m / 2, &lon, &lat);
        const double away = fmax(0, fmax(south_deg - lat, lat - north_deg));
        if (away < best) {
            best = away;
            square->northing_m = northing_m;
            square->lon = lon;
            square->lat = lat;
        }
    }
}

cm_mgrs_answer cm_mgrs_parse(const char *text, size_t length, cm_mgrs_square *out)
{
    parts p;
    double west, east;

    if (!split(text, length, &p))
        return CM_MGRS_NOT_ONE;
    if (p.zone == 0)
        return strchr("ABYZ", p.letter[0]) ? CM_MGRS_POLAR : CM_MGRS_NOT_ONE;
    if (p.digits % 2)
        return CM_MGRS_ODD;
    if (p.digits < LEAST_DIGITS)
        return CM_MGRS_NOT_ONE;
    const int band = index_in(BANDS, p.letter[0]), column = index_in(COLUMNS, p.letter[1]), row = index_in(ROWS, p.letter[2]);
    if (p.zone > 60 || band < 0 || column < 0 || row < 0 || column / 8 != (p.zone - 1) % 3)
        return CM_MGRS_NO_SQUARE;
    cm_mgrs_square square = {.zone = p.zone, .south = band < 10, .side_m = 100000, .easting_m = (column % 8 + 1) * 100000.0,
                             .northing_m = (row + (p.zone % 2 ? 0 : 15)) % 20 * 100000.0};
    for (size_t i = 0; i < p.digits / 2; i++) {
        square.side_m /= 10;
        square.easting_m += (p.digit[i] - '0') * square.side_m;
        square.northing_m += (p.digit[p.digits / 2 + i] - '0') * square.side_m;
    }
    const double south_deg = band * 8 - 80, north_deg = p.letter[0] == 'X' ? 84 : south_deg + 8;
    choose_row(&square, south_deg, north_deg);
    /* Borders cut squares, so the middle of one may lie beyond by half a side. */
    const double slack_lat = square.side_m / METRES_A_DEGREE;
    const double slack_lon = slack_lat / cos(square.lat / 57.29577951308232);
    const double from_meridian = square.lon - cm_utm_meridian(square.zone);
    reach(p.zone, p.letter[0], &west, &east);
    if (west + east == 0 || square.lat < south_deg - slack_lat || square.lat > north_deg + slack_lat || from_meridian < -west - slack_lon ||
        from_meridian > east + slack_lon)
        return CM_MGRS_NO_SQUARE;
    *out = square;
    return CM_MGRS_FINE;
}
