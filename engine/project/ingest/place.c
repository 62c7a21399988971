/*
 * project/ingest/place.c - decimal degrees, degrees-minutes-seconds, eastings and northings in columns of their own.
 */
#include "project/ingest/place.h"

#include "base/decimal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct span {
    const char *at, *end;
} span;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static span trimmed(const char *text, size_t length)
{
    span s = {text, text + length};

    while (s.at < s.end && (*s.at == ' ' || *s.at == '\t'))
        s.at++;
    while (s.at < s.end && (s.end[-1] == ' ' || s.end[-1] == '\t'))
        s.end--;
    return s;
}

/* Skip `bytes` if the text goes on with them. */
static bool skip(span *s, const char *bytes)
{
    const size_t n = strlen(bytes);

    if ((size_t)(s->end - s->at) < n || memcmp(s->at, bytes, n) != 0)
        return false;
    s->at += n;
    return true;
}

static void skip_spaces(span *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
        s->at++;
}

/*
 * digits[.digits] with at most 18 digits in all: exact when the digits make an integer below 2^53 and the power of ten is exact too, so
 * that one division rounds once. False: not of this form; *s is then untouched.
 */
static bool short_number(span *s, double *value, int *decimals)
{
    static const double POWER[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    const char *p = s->at;
    uint64_t digits = 0;
    int before = 0, after = 0;

    for (; p < s->end && is_digit(*p) && before < 18; p++, before++)
        digits = digits * 10 + (uint64_t)(*p - '0');
    if (p < s->end && *p == '.')
        for (p++; p < s->end && is_digit(*p) && before + after < 18; p++, after++)
            digits = digits * 10 + (uint64_t)(*p - '0');
    if (before + after == 0 || digits > ((uint64_t)1 << 53) || (p < s->end && is_digit(*p)))
        return false;
    *value = (double)digits / POWER[after];
    *decimals = after;
    s->at = p;
    return true;
}

static bool minus(span *s)
{
    if (skip(s, "-") || skip(s, "\xE2\x88\x92"))
        return true;
    (void)skip(s, "+");
    return false;
}

static bool all_of(span s, const char *set)
{
    for (; s.at < s.end; s.at++)
        if (!memchr(set, *s.at, strlen(set)))
            return false;
    return true;
}

/* Why a text that is no number is none. */
static cm_flaw number_flaw(span s)
{
    if (s.at == s.end)
        return CM_FLAW("no-position", "the coordinate is empty");
    if (all_of(s, "0123456789+-.,") && memchr(s.at, ',', (size_t)(s.end - s.at))) {
        const char *comma = memchr(s.at, ',', (size_t)(s.end - s.at));
        size_t after = 0;
        bool grouped = true;
        for (const char *p = comma; p < s.end && *p != '.'; p++) {
            if (*p == ',') {
                grouped = grouped && (p == comma || after == 3);
                after = 0;
            } else {
                after++;
            }
        }
        if (grouped && after == 3 && comma - s.at <= 4)
            return CM_FLAW("thousands-separator", "comma inside a number: a thousands separator or a decimal comma; "
                                                  "write plain numbers such as 530000 or 51.507");
        return CM_FLAW("decimal-comma", "decimal comma: write the number with a point, such as 51.5");
    }
    return CM_FLAW("bad-number", "not a plain decimal number");
}

static bool number(span s, double *value, int *decimals, cm_flaw *flaw)
{
    span rest = s;
    const bool negative = minus(&rest);

    if (short_number(&rest, value, decimals) && rest.at == rest.end) {
        if (negative)
            *value = -*value;
        return true;
    }
    if (rest.at < rest.end && cm_decimal_parse(s.at, (size_t)(s.end - s.at), value) && isfinite(*value)) {
        const char *point = memchr(s.at, '.', (size_t)(s.end - s.at));
        const char *e = point;
        while (e && e + 1 < s.end && is_digit(e[1]))
            e++;
        *decimals = point ? (int)(e - point > 9 ? 9 : e - point) : 0;
        if (memchr(s.at, 'e', (size_t)(s.end - s.at)) || memchr(s.at, 'E', (size_t)(s.end - s.at)))
            *decimals = 9;
        return true;
    }
    *flaw = number_flaw(s);
    return false;
}

bool cm_place_number(const char *text, size_t length, double *value, int *decimals, cm_flaw *flaw)
{
    return number(trimmed(text, length), value, decimals, flaw);
}

static const cm_flaw BAD_DMS = {"bad-position", "not a complete position in degrees, minutes and seconds, such as "
                                                "51\xC2\xB0 30' 26\" N"};

static bool hemisphere(span *s, const char *letters, char *found)
{
    if (s->at < s->end && strchr(letters, upper(*s->at)) && *s->at) {
        *found = upper(*s->at++);
        return true;
    }
    return false;
}

/* One angle, with degree sign or hemisphere letter; `letters` are those that fit the axis ("NS" or "EW"). Stops after it. */
static bool angle(span *s, const char *letters, double *value, int *decimals, cm_flaw *flaw)
{
    double part[3] = {0, 0, 0};
    int places[3] = {0, 0, 0};
    char letter = 0;
    int n = 0;
    bool signed_degrees = false;

    *flaw = BAD_DMS;
    skip_spaces(s);
    bool lettered = hemisphere(s, letters, &letter);
    skip_spaces(s);
    const bool negative = minus(s);
    signed_degrees = negative;
    skip_spaces(s);
    if (!short_number(s, &part[n], &places[n]))
        return false;
    n = 1;
    skip_spaces(s);
    const bool degree_sign = skip(s, "\xC2\xB0") || skip(s, "\xC2\xBA") || skip(s, "d");
    skip_spaces(s);
    if (s->at < s->end && is_digit(*s->at) && places[0] == 0) {
        if (!short_number(s, &part[1], &places[1]))
            return false;
        n = 2;
        skip_spaces(s);
        /* Two apostrophes are a mark of seconds; one, or its typographic forms, of minutes. */
        (void)(skip(s, "\xE2\x80\xB2") || skip(s, "\xE2\x80\x99") || skip(s, "'") || skip(s, "m"));
        skip_spaces(s);
        if (s->at < s->end && is_digit(*s->at) && places[1] == 0) {
            if (!short_number(s, &part[2], &places[2]))
                return false;
            n = 3;
            skip_spaces(s);
            (void)(skip(s, "\xE2\x80\xB3") || skip(s, "\xE2\x80\x9D") || skip(s, "\"") || skip(s, "''"));
            skip_spaces(s);
        }
    }
    if (!lettered)
        lettered = hemisphere(s, letters, &letter);
    if ((!degree_sign && !lettered) || (lettered && signed_degrees) || part[1] >= 60 || part[2] >= 60)
        return false;
    *value = part[0] + part[1] / 60 + part[2] / 3600;
    if (negative || letter == 'S' || letter == 'W')
        *value = -*value;
    /* A minute is 1.9 km, a second 31 m: like two and four decimals. */
    *decimals = n == 1 ? places[0] : n == 2 ? 2 + places[1] : 4 + places[2];
    return true;
}

bool cm_place_check_degrees(double lon, double lat, cm_flaw *flaw)
{
    if (!isfinite(lon) || !isfinite(lat)) {
        *flaw = CM_FLAW("bad-number", "not a finite number");
        return false;
    }
    if (fabs(lon) < 1e-9 && fabs(lat) < 1e-9) {
        *flaw = CM_FLAW("placeholder-position", "the position is 0,0: a placeholder, not a place");
        return false;
    }
    if (fabs(lat) > 1000 || fabs(lon) > 1000) {
        *flaw = CM_FLAW("metres-as-degrees", "latitude or longitude out of range: these look like eastings and northings; "
                                        "map them with --map x=... --map y=... and --crs");
        return false;
    }
    if (fabs(lat) > 90 || fabs(lon) > 180) {
        *flaw = CM_FLAW("out-of-range", "latitude must lie in -90..90 and longitude in -180..180; are they swapped?");
        return false;
    }
    return true;
}

static bool one_degree(span s, const char *letters, double *value, int *decimals, cm_flaw *flaw)
{
    if (number(s, value, decimals, flaw))
        return true;
    /* Degrees, minutes, seconds only where the text says so: a letter of the axis or a degree sign. */
    bool marked = false;
    for (const char *p = s.at; p < s.end; p++)
        marked = marked || strchr("NSEWnsew'\"", *p) != NULL || (unsigned char)*p == 0xC2;
    if (!marked || strcmp(flaw->code, "decimal-comma") == 0 || (all_of(s, "0123456789+-.eE") && is_digit(s.end[-1])))
        return false;
    for (const char *p = s.at; p < s.end; p++) /* "nan", "inf": letters, but no angle */
        if (((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')) && !strchr("NSEWnsewdm", *p))
            return false;
    cm_flaw why;
    if (!angle(&s, letters, value, decimals, &why) || s.at != s.end) {
        *flaw = BAD_DMS;
        return false;
    }
    return true;
}

bool cm_place_degrees(const char *lat, size_t lat_length, const char *lon, size_t lon_length, cm_place *out, cm_flaw *flaw)
{
    const span a = trimmed(lat, lat_length);
    const span b = trimmed(lon, lon_length);
    int lat_decimals = 0, lon_decimals = 0;

    if (a.at == a.end && b.at == b.end) {
        *flaw = CM_FLAW("no-position", "no position: latitude and longitude are empty");
        return false;
    }
    if (a.at == a.end || b.at == b.end) {
        *flaw = a.at == a.end ? CM_FLAW("half-position", "latitude is empty although longitude is given")
                              : CM_FLAW("half-position", "longitude is empty although latitude is given");
        return false;
    }
    if (!one_degree(a, "NS", &out->b, &lat_decimals, flaw) || !one_degree(b, "EW", &out->a, &lon_decimals, flaw))
        return false;
    out->kind = CM_PLACE_DEGREES;
    out->decimals = lat_decimals > lon_decimals ? lat_decimals : lon_decimals;
    out->precision = CM_PLACE_UNKNOWN;
    out->accuracy_m = out->altitude_m = NAN;
    return cm_place_check_degrees(out->a, out->b, flaw);
}

bool cm_place_metres(const char *x, size_t x_length, const char *y, size_t y_length, cm_place *out, cm_flaw *flaw)
{
    const span a = trimmed(x, x_length);
    const span b = trimmed(y, y_length);
    int decimals;

    if (a.at == a.end && b.at == b.end) {
        *flaw = CM_FLAW("no-position", "no position: easting and northing are empty");
        return false;
    }
    if (a.at == a.end || b.at == b.end) {
        *flaw = a.at == a.end ? CM_FLAW("half-position", "easting is empty although northing is given")
                              : CM_FLAW("half-position", "northing is empty although easting is given");
        return false;
    }
    if (!number(a, &out->a, &decimals, flaw) || !number(b, &out->b, &decimals, flaw))
        return false;
    if (fabs(out->a) < 1e-9 && fabs(out->b) < 1e-9) {
        *flaw = CM_FLAW("placeholder-position", "the position is 0,0: a placeholder, not a place");
        return false;
    }
    out->kind = CM_PLACE_METRES;
    out->decimals = 9;
    out->precision = CM_PLACE_UNKNOWN;
    out->accuracy_m = out->altitude_m = NAN;
    return true;
}

bool cm_place_angles(const char *text, size_t length, cm_place *out, cm_flaw *flaw)
{
    span s = trimmed(text, length);
    int lat_decimals = 0, lon_decimals = 0;

    if (!angle(&s, "NS", &out->b, &lat_decimals, flaw))
        return false;
    skip_spaces(&s);
    (void)skip(&s, ",");
    if (!angle(&s, "EW", &out->a, &lon_decimals, flaw) || s.at != s.end)
        return false;
    out->kind = CM_PLACE_DEGREES;
    out->decimals = lat_decimals > lon_decimals ? lat_decimals : lon_decimals;
    out->precision = CM_PLACE_UNKNOWN;
    out->accuracy_m = out->altitude_m = NAN;
    return cm_place_check_degrees(out->a, out->b, flaw);
}
