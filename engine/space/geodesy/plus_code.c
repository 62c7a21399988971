/*
 * space/geodesy/plus_code.c - ten digits in pairs of base 20, each pair a twentieth of the one before from 20 degrees down; then digits of
 * a 4 x 5 grid. In whole units of the finest cell, so that nothing is lost to rounding.
 *
 * Source: "Open Location Code Specification", github.com/google/open-location-code, documentation/specification.md, sections on encoding,
 * decoding, short codes and recovering them.
 */
#include "space/geodesy/plus_code.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BASE 20
#define PAIR_DIGITS 10
#define BEFORE_PLUS 8
#define GRID_COLUMNS 4
#define GRID_ROWS 5
#define LAT_UNITS ((int64_t)8000 * 3125) /* a degree: 20^3 pairs, then 5^5 rows */
#define LON_UNITS ((int64_t)8000 * 1024) /* and 4^5 columns */

static const char DIGITS[] = "23456789CFGHJMPQRVWX";

static int value_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    const char *at = c ? strchr(DIGITS, c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
}

/* Digits without plus and padding; *before: how many stand in front of the plus, padding counted. 0: no code. */
static size_t digits_of(const char *text, size_t length, int digit[CM_PLUS_CODE_MOST], size_t *before)
{
    size_t n = 0, padding = 0, after = 0;
    bool plus = false;

    *before = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '+' && !plus) {
            plus = true;
            continue;
        }
        if (text[i] == '0' && !plus && n && n % 2 == 0) {
            padding++;
        } else {
            const int value = value_of(text[i]);
            if (value < 0 || padding)
                return 0;
            if (n < CM_PLUS_CODE_MOST)
                digit[n++] = value;
        }
        *(plus ? &after : before) += 1;
    }
    if (!plus || *before > BEFORE_PLUS || *before % 2 || n == 0 || after == 1 || (padding && (*before != BEFORE_PLUS || after || padding % 2)))
        return 0;
    return n;
}

cm_plus_code_kind cm_plus_code_kind_of(const char *text, size_t length)
{
    int digit[CM_PLUS_CODE_MOST];
    size_t before;
    const size_t n = digits_of(text, length, digit, &before);

    if (n == 0)
        return CM_PLUS_CODE_NONE;
    if (before < BEFORE_PLUS)
        return CM_PLUS_CODE_SHORT;
    return n >= 2 && digit[0] < 180 / BASE && digit[1] < 360 / BASE ? CM_PLUS_CODE_FULL : CM_PLUS_CODE_NONE;
}

static void box_of(const int *digit, size_t n, cm_plus_area *out)
{
    int64_t lat = 0, lon = 0, high = BASE * LAT_UNITS, wide = BASE * LON_UNITS;

    for (size_t i = 0; i < n; i++) {
        if (i < PAIR_DIGITS && i % 2 == 0) {
            high = i ? high / BASE : high;
            lat += digit[i] * high;
        } else if (i < PAIR_DIGITS) {
            wide = i > 1 ? wide / BASE : wide;
            lon += digit[i] * wide;
        } else {
            high /= GRID_ROWS;
            wide /= GRID_COLUMNS;
            lat += digit[i] / GRID_COLUMNS * high;
            lon += digit[i] % GRID_COLUMNS * wide;
        }
    }
    *out = (cm_plus_area){(double)lat / LAT_UNITS - 90, (double)lon / LON_UNITS - 180, (double)(lat + high) / LAT_UNITS - 90,
                          (double)(lon + wide) / LON_UNITS - 180, n};
}

bool cm_plus_code_decode(const char *text, size_t length, cm_plus_area *out)
{
    int digit[CM_PLUS_CODE_MOST];
    size_t before;

    if (cm_plus_code_kind_of(text, length) != CM_PLUS_CODE_FULL)
        return false;
    box_of(digit, digits_of(text, length, digit, &before), out);
    return true;
}

/* All fifteen digits of a place. */
static void all_digits(double lon, double lat, int digit[CM_PLUS_CODE_MOST])
{
    int64_t y = (int64_t)floor((fmin(90, fmax(-90, lat)) + 90) * LAT_UNITS);
    int64_t x = (int64_t)floor((lon + 180) * LON_UNITS);

    if (y >= 180 * LAT_UNITS)
        y = 180 * LAT_UNITS - 1; /* the pole belongs to the cell below it */
    x %= 360 * LON_UNITS;
    x += x < 0 ? 360 * LON_UNITS : 0;
    for (int i = CM_PLUS_CODE_MOST - 1; i >= PAIR_DIGITS; i--) {
        digit[i] = (int)(y % GRID_ROWS * GRID_COLUMNS + x % GRID_COLUMNS);
        y /= GRID_ROWS;
        x /= GRID_COLUMNS;
    }
    for (int i = PAIR_DIGITS - 2; i >= 0; i -= 2) {
        digit[i] = (int)(y % BASE);
        digit[i + 1] = (int)(x % BASE);
        y /= BASE;
        x /= BASE;
    }
}

void cm_plus_code_encode(double lon, double lat, size_t digits, char out[CM_PLUS_CODE_SIZE])
{
    int digit[CM_PLUS_CODE_MOST];
    size_t used = 0;

    all_digits(lon, lat, digit);
    for (size_t i = 0; i < digits || i < BEFORE_PLUS; i++) {
        out[used++] = i < digits ? DIGITS[digit[i]] : '0';
        if (i + 1 == BEFORE_PLUS)
            out[used++] = '+';
    }
    out[used] = '\0';
}

bool cm_plus_code_recover(const char *text, size_t length, double reference_lon, double reference_lat, cm_plus_area *out)
{
    int short_digit[CM_PLUS_CODE_MOST], digit[CM_PLUS_CODE_MOST];
    size_t before;
    cm_plus_area box;

    const cm_plus_code_kind kind = cm_plus_code_kind_of(text, length);
    if (kind != CM_PLUS_CODE_SHORT)
        return kind == CM_PLUS_CODE_FULL && cm_plus_code_decode(text, length, out);
    size_t n = digits_of(text, length, short_digit, &before);
    const size_t missing = BEFORE_PLUS - before;
    if (n > CM_PLUS_CODE_MOST - missing)
        n = CM_PLUS_CODE_MOST - missing;
    reference_lon -= 360 * floor((reference_lon + 180) / 360);
    all_digits(reference_lon, reference_lat, digit);
    memcpy(digit + missing, short_digit, n * sizeof *digit);
    box_of(digit, missing + n, &box);
    /* The missing digits repeat every `step` degrees; the nearest repetition is meant. */
    const double step = pow(BASE, 2 - (double)missing / 2);
    const double middle_lat = (box.south + box.north) / 2, middle_lon = (box.west + box.east) / 2;
    const double north = reference_lat + step / 2 < middle_lat && middle_lat - step >= -90   ? -step
                         : reference_lat - step / 2 > middle_lat && middle_lat + step <= 90 ? step
                                                                                              : 0;
    double east = reference_lon + step / 2 < middle_lon ? -step : reference_lon - step / 2 > middle_lon ? step : 0;
    if (middle_lon + east >= 180 || middle_lon + east < -180)
        east -= middle_lon + east >= 180 ? 360 : -360;
    *out = (cm_plus_area){box.south + north, box.west + east, box.north + north, box.east + east, box.digits};
    return true;
}
