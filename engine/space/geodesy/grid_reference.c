/*
 * space/geodesy/grid_reference.c - letters of a 5 x 5 square, A in the north-west, I left out; then easting and northing in equal parts.
 *
 * Great Britain: the first letter is a 500 km square of which S begins at the false origin, the second a 100 km square within it. Source:
 * Ordnance Survey, "A guide to coordinate systems in Great Britain", v3.6, section 7.
 * Ireland: one letter of one 500 km square. Source: Ordnance Survey Ireland, "The Irish Grid: a description of the co-ordinate reference
 * system used in Ireland".
 */
#include "space/geodesy/grid_reference.h"

#define MOST_DIGITS 10
#define LEAST_DIGITS_GB 2
#define LEAST_DIGITS_IRISH 4

/* 0..24 from the north-west, row by row; -1: no letter of the square. */
static int cell(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c < 'A' || c > 'Z' || c == 'I')
        return -1;
    return c - 'A' - (c > 'I');
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool corner_gb(char first, char second, cm_grid_square *out)
{
    const int large = cell(first), small = cell(second);

    if (large < 0 || small < 0)
        return false;
    /* In 100 km: S is the third square from the west and the fourth from the north. */
    const int east = (large % 5 - 2) * 5 + small % 5;
    const int north = (3 - large / 5) * 5 + 4 - small / 5;
    if (east < 0 || east > 6 || north < 0 || north > 12)
        return false;
    *out = (cm_grid_square){false, east * 100000.0, north * 100000.0, 100000.0};
    return true;
}

static bool corner_irish(char only, cm_grid_square *out)
{
    const int small = cell(only);

    if (small < 0)
        return false;
    *out = (cm_grid_square){true, small % 5 * 100000.0, (4 - small / 5) * 100000.0, 100000.0};
    return true;
}

cm_grid_answer cm_grid_reference_parse(const char *text, size_t length, cm_grid_square *out)
{
    char digit[MOST_DIGITS], name[2] = {0, 0};
    size_t letters = 0, digits = 0;
    cm_grid_square square;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == ' ' || text[i] == '\t')
            continue;
        if (letter(text[i]) && digits == 0 && letters < 2)
            name[letters++] = text[i];
        else if (text[i] >= '0' && text[i] <= '9' && letters && digits < MOST_DIGITS)
            digit[digits++] = text[i];
        else
            return CM_GRID_NOT_ONE;
    }
    if (letters == 0 || digits == 0)
        return CM_GRID_NOT_ONE;
    if (digits < (letters == 2 ? LEAST_DIGITS_GB : LEAST_DIGITS_IRISH))
        return CM_GRID_NOT_ONE;
    if (digits % 2)
        return CM_GRID_ODD;
    if (letters == 2 ? !corner_gb(name[0], name[1], &square) : !corner_irish(name[0], &square))
        return CM_GRID_NO_SQUARE;
    for (size_t i = 0; i < digits / 2; i++) {
        square.side_m /= 10;
        square.easting_m += (digit[i] - '0') * square.side_m;
        square.northing_m += (digit[digits / 2 + i] - '0') * square.side_m;
    }
    *out = square;
    return CM_GRID_FINE;
}
