/*
 * project/ingest/place_cell.c - one cell that says where, in any of the ways people write it.
 *
 * What can be told by its form is tried first: links, plus codes, lettered grids. Two plain numbers are latitude and longitude. A text that
 * is none of these may still be a postcode or a name, which only a table can tell.
 */
#include "project/ingest/place.h"

#include "project/ingest/map_link.h"
#include "space/geodesy/grid_reference.h"
#include "space/geodesy/mgrs.h"
#include "space/geodesy/plus_code.h"

#include <math.h>
#include <string.h>

#define HALF_DIAGONAL 0.70710678118654757 /* of a square of side 1: the farthest a point of it lies from its middle */
#define DEGREE_M 111195.0
#define RADIANS (3.14159265358979323846 / 180)
#define EXACT_M 20.0   /* a house and the street before it */
#define STREET_M 150.0

typedef struct span {
    const char *at, *end;
} span;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static span trimmed(span s)
{
    while (s.at < s.end && is_blank(*s.at))
        s.at++;
    while (s.at < s.end && is_blank(s.end[-1]))
        s.end--;
    return s;
}

static size_t size(span s)
{
    return (size_t)(s.end - s.at);
}

cm_precision_class cm_place_class(double accuracy_m)
{
    return accuracy_m <= EXACT_M ? CM_PLACE_EXACT : accuracy_m <= STREET_M ? CM_PLACE_STREET : CM_PLACE_AREA;
}

static cm_place made(cm_place_kind kind, double a, double b, double accuracy_m)
{
    return (cm_place){kind, a, b, 9, accuracy_m, NAN, cm_place_class(accuracy_m), 0};
}

static bool grid(span s, cm_place *out, cm_flaw *flaw, bool *is_one)
{
    cm_grid_square square;
    const cm_grid_answer answer = cm_grid_reference_parse(s.at, size(s), &square);

    *is_one = answer != CM_GRID_NOT_ONE;
    if (answer == CM_GRID_FINE) {
        *out = made(square.irish ? CM_PLACE_GRID_IRISH : CM_PLACE_GRID_GB, square.easting_m + square.side_m / 2,
                    square.northing_m + square.side_m / 2, square.side_m * HALF_DIAGONAL);
        return true;
    }
    *flaw = answer == CM_GRID_ODD ? CM_FLAW("bad-grid-reference", "an odd number of digits in a grid reference: it needs as many of easting as of "
                                                                   "northing, such as TQ 300 800")
                                  : CM_FLAW("bad-grid-reference", "no square of the British or the Irish grid has these letters; expected such as "
                                                                  "TQ 300 800 or O 159 343");
    return false;
}

static bool mgrs(span s, cm_place *out, cm_flaw *flaw, bool *is_one)
{
    cm_mgrs_square square;
    const cm_mgrs_answer answer = cm_mgrs_parse(s.at, size(s), &square);

    *is_one = answer != CM_MGRS_NOT_ONE && answer != CM_MGRS_POLAR;
    if (answer == CM_MGRS_FINE) {
        *out = made(CM_PLACE_DEGREES, square.lon, square.lat, square.side_m * HALF_DIAGONAL);
        return true;
    }
    *flaw = answer == CM_MGRS_ODD ? CM_FLAW("bad-grid-reference", "an odd number of digits in an MGRS reference")
                                  : CM_FLAW("bad-grid-reference", "there is no such MGRS square: zone, band and letters do not fit together");
    return false;
}

/* Half the diagonal of a box in degrees. */
static double box_accuracy_m(const cm_plus_area *area)
{
    const double high = (area->north - area->south) * DEGREE_M;
    const double wide = (area->east - area->west) * DEGREE_M * cos((area->north + area->south) / 2 * RADIANS);

    return hypot(high, wide) / 2;
}

/* A code as the first word; a full one may have words behind it that say the same place again. */
static bool plus_code(span s, cm_place *out, bool *is_one)
{
    span word = s;
    cm_plus_area area;

    while (word.at < word.end && !is_blank(*word.at) && *word.at != ',')
        word.at++;
    word = (span){s.at, word.at};
    const cm_plus_code_kind kind = cm_plus_code_kind_of(word.at, size(word));
    *is_one = kind == CM_PLUS_CODE_FULL || (kind == CM_PLUS_CODE_SHORT && *word.at != '+');
    if (!*is_one)
        return false;
    if (kind == CM_PLUS_CODE_SHORT) {
        *out = made(CM_PLACE_SHORT_CODE, 0, 0, 0);
        out->code_length = size(word);
        return true;
    }
    if (!cm_plus_code_decode(word.at, size(word), &area))
        return false;
    *out = made(CM_PLACE_DEGREES, (area.west + area.east) / 2, (area.south + area.north) / 2, box_accuracy_m(&area));
    return true;
}

bool cm_place_link(const char *text, size_t length, cm_place *out, cm_flaw *flaw)
{
    cm_map_link link;

    *flaw = (cm_flaw){NULL, NULL};
    switch (cm_map_link_find(text, length, &link)) {
    case CM_MAP_LINK_NONE:
        return false;
    case CM_MAP_LINK_OFFLINE:
        *flaw = CM_FLAW("offline-link", "a link or three words that only their own service can turn into a place, and nothing is ever looked up there: "
                                        "open it and copy the coordinates");
        return false;
    case CM_MAP_LINK_SEVERAL:
        *flaw = CM_FLAW("several-positions", "several links to different places: keep the one that is meant");
        return false;
    case CM_MAP_LINK_PIN:
        *out = (cm_place){CM_PLACE_DEGREES, link.lon, link.lat, link.decimals, link.accuracy_m, NAN, CM_PLACE_UNKNOWN, 0};
        break;
    case CM_MAP_LINK_VIEW:
        *out = made(CM_PLACE_DEGREES, link.lon, link.lat, link.accuracy_m);
        if (out->precision == CM_PLACE_EXACT)
            out->precision = CM_PLACE_STREET; /* the middle of a map is a hint, never a mark */
        break;
    }
    return cm_place_check_degrees(out->a, out->b, flaw);
}

/* Words that are numbers, separated by spaces or one comma. How many; 5: too many. 0: one of them is no number. */
static size_t numbers(span s, double value[4], int decimals[4], cm_flaw *flaw)
{
    size_t n = 0;

    for (const char *p = s.at; p < s.end;) {
        const char *word = p;
        while (p < s.end && !is_blank(*p) && *p != ',')
            p++;
        if (n == 4)
            return 5;
        if (!cm_place_number(word, (size_t)(p - word), &value[n], &decimals[n], flaw))
            return 0;
        n++;
        while (p < s.end && is_blank(*p))
            p++;
        /* A comma between two digits without a space may be a decimal comma: only one in the whole cell separates. */
        if (p < s.end && *p == ',' && n == 1)
            p++;
        while (p < s.end && is_blank(*p))
            p++;
    }
    return n;
}

static bool degrees(span s, bool lon_first, cm_place *out, cm_flaw *flaw)
{
    double value[4] = {0, 0, NAN, NAN};
    int decimals[4] = {0, 0, 0, 0};
    const size_t n = numbers(s, value, decimals, flaw);

    if (n == 1) {
        *flaw = CM_FLAW("half-position", "the cell holds one number, expected latitude and longitude");
        return false;
    }
    if (n == 0 || n > 4) {
        if (cm_place_angles(s.at, size(s), out, flaw))
            return true;
        if (strcmp(flaw->code, "out-of-range") != 0 && strcmp(flaw->code, "metres-as-degrees") != 0 &&
            strcmp(flaw->code, "placeholder-position") != 0)
            *flaw = CM_FLAW("bad-position", "not a position: expected latitude and longitude, such as 51.5074 -0.1278");
        return false;
    }
    *out = (cm_place){CM_PLACE_DEGREES, value[lon_first ? 0 : 1], value[lon_first ? 1 : 0], decimals[0] > decimals[1] ? decimals[0] : decimals[1],
                      value[3], value[2], CM_PLACE_UNKNOWN, 0};
    return cm_place_check_degrees(out->a, out->b, flaw);
}

/* POINT(lon lat), POINT Z (lon lat z): the order of well-known text. */
static bool well_known(span s, span *inside)
{
    const char *open = memchr(s.at, '(', size(s));

    if (size(s) < 8 || (strncmp(s.at, "POINT", 5) != 0 && strncmp(s.at, "Point", 5) != 0) || !open || s.end[-1] != ')')
        return false;
    *inside = trimmed((span){open + 1, s.end - 1});
    return true;
}

/* "51,5074; -0,1278": two numbers with decimal commas, where the comma cannot be what separates them. */
static bool decimal_commas(span s)
{
    size_t n = 0;

    for (const char *p = s.at; p < s.end;) {
        const char *word = p;
        while (p < s.end && !is_blank(*p) && *p != ';')
            p++;
        const char *last = p > word && p[-1] == ',' ? p - 1 : p; /* "51,5074, -0,1278" */
        const char *comma = memchr(word, ',', (size_t)(last - word));
        if (!comma || comma == word || comma + 1 == last)
            return false;
        for (const char *d = word; d < last; d++)
            if (d != comma && !is_digit(*d) && !(d == word && d + 1 < comma && (*d == '-' || *d == '+')))
                return false;
        n++;
        while (p < s.end && (is_blank(*p) || *p == ';'))
            p++;
    }
    return n >= 2 && n <= 4;
}

static bool link_begins(span s)
{
    static const char *const BEGINNING[] = {"http://", "https://", "geo:", "///"};

    for (size_t i = 0; i < sizeof BEGINNING / sizeof BEGINNING[0]; i++)
        if (size(s) >= strlen(BEGINNING[i]) && memcmp(s.at, BEGINNING[i], strlen(BEGINNING[i])) == 0)
            return true;
    return false;
}

bool cm_place_cell(const char *text, size_t length, cm_place *out, cm_flaw *flaw)
{
    span s = trimmed((span){text, text + length}), inside;
    bool is_one;

    if (s.at == s.end) {
        *flaw = CM_FLAW("no-position", "no position: the cell is empty");
        return false;
    }
    if (size(s) > 2 && ((*s.at == '(' && s.end[-1] == ')') || (*s.at == '[' && s.end[-1] == ']')))
        s = trimmed((span){s.at + 1, s.end - 1});
    if (link_begins(s)) {
        if (cm_place_link(s.at, size(s), out, flaw))
            return true;
        if (!flaw->code)
            *flaw = CM_FLAW("offline-link", "a link that is none of a map with coordinates in it");
        return false;
    }
    if (well_known(s, &inside))
        return degrees(inside, true, out, flaw);
    if (memchr(s.at, '+', size(s))) {
        const bool read = plus_code(s, out, &is_one);
        if (is_one)
            return read;
    }
    if (s.at < s.end && is_letter(*s.at)) {
        const bool read = grid(s, out, flaw, &is_one);
        if (is_one)
            return read;
        if (cm_place_angles(s.at, size(s), out, flaw))
            return true;
        *out = made(CM_PLACE_WORDS, 0, 0, 0);
        return true;
    }
    if (s.at < s.end && is_digit(*s.at)) {
        const bool read = mgrs(s, out, flaw, &is_one);
        if (is_one)
            return read;
    }
    if (decimal_commas(s)) {
        *flaw = CM_FLAW("decimal-comma", "decimal commas: write the numbers with a point, such as 51.5074 -0.1278");
        return false;
    }
    if (memchr(s.at, ';', size(s))) {
        *flaw = CM_FLAW("not-a-point", "the cell holds a line or an area (several points with ;), not one point");
        return false;
    }
    if (degrees(s, false, out, flaw))
        return true;
    /* "12 High Street" or a name in other letters than these: for the tables to tell. */
    bool words = false;
    for (const char *p = s.at; p < s.end; p++)
        words = words || (is_letter(*p) && p + 2 < s.end && is_letter(p[1]) && is_letter(p[2])) || (unsigned char)*p >= 0xC3;
    if (!words || strcmp(flaw->code, "bad-position") != 0 || memchr(s.at, '\xC2', size(s)) || memchr(s.at, '\xE2', size(s)))
        return false;
    *out = made(CM_PLACE_WORDS, 0, 0, 0);
    return true;
}

bool cm_place_cell_metres(const char *text, size_t length, cm_place *out, cm_flaw *flaw)
{
    const span s = trimmed((span){text, text + length});
    double value[4] = {0, 0, NAN, NAN};
    int decimals[4];

    if (numbers(s, value, decimals, flaw) != 2) {
        *flaw = CM_FLAW("bad-position", "not an easting and a northing");
        return false;
    }
    *out = (cm_place){CM_PLACE_METRES, value[0], value[1], 9, NAN, NAN, CM_PLACE_UNKNOWN, 0};
    return true;
}
