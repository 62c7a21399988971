/*
 * base/decimal.c - numbers to text and back, whatever the locale.
 */
#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double POWER[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static size_t digits_of(uint64_t value, char *out)
{
    char reversed[24];
    size_t n = 0;

    do {
        reversed[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}

size_t cm_decimal_i64(int64_t value, char out[CM_DECIMAL_SIZE])
{
    size_t n = 0;

    if (value < 0)
        out[n++] = '-';
    n += digits_of(value < 0 ? -(uint64_t)value : (uint64_t)value, out + n);
    out[n] = '\0';
    return n;
}

size_t cm_decimal_grouped(int64_t value, char out[CM_DECIMAL_SIZE])
{
    char plain[24];
    size_t length = digits_of(value < 0 ? -(uint64_t)value : (uint64_t)value, plain), n = 0;

    if (value < 0)
        out[n++] = '-';
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = plain[i];
    }
    out[n] = '\0';
    return n;
}

size_t cm_decimal_fixed(double value, int digits, char out[CM_DECIMAL_SIZE])
{
    const double magnitude = fabs(value);
    size_t n = 0;

    if (!isfinite(value) || magnitude >= 1e15)
        return cm_decimal_shortest(value, out);
    /* Whole and fraction apart: the product of a fraction and 10^9 keeps all its figures. */
    const double whole = floor(magnitude);
    uint64_t units = (uint64_t)whole;
    uint64_t part = (uint64_t)llround((magnitude - whole) * POWER[digits]);
    if (part >= (uint64_t)POWER[digits]) {
        units++;
        part = 0;
    }
    if (value < 0 && (units || part))
        out[n++] = '-';
    n += digits_of(units, out + n);
    if (digits > 0) {
        out[n++] = '.';
        for (int i = digits - 1; i >= 0; i--) {
            out[n + (size_t)i] = (char)('0' + part % 10);
            part /= 10;
        }
        n += (size_t)digits;
    }
    out[n] = '\0';
    return n;
}

size_t cm_decimal_trimmed(double value, int digits, char out[CM_DECIMAL_SIZE])
{
    size_t n = cm_decimal_fixed(value, digits, out);

    if (!memchr(out, '.', n) || memchr(out, 'e', n))
        return n;
    while (out[n - 1] == '0')
        n--;
    if (out[n - 1] == '.')
        n--;
    out[n] = '\0';
    return n;
}

/* The C library prints the point of the locale, so it is put right afterwards. */
static void plain_point(char *text)
{
    for (; *text; text++) {
        if ((*text < '0' || *text > '9') && *text != '-' && *text != '+' && *text != 'e') {
            char *rest = text + 1;
            *text = '.';
            while (*rest && (*rest < '0' || *rest > '9') && *rest != 'e')
                rest++;
            memmove(text + 1, rest, strlen(rest) + 1);
            return;
        }
    }
}

size_t cm_decimal_shortest(double value, char out[CM_DECIMAL_SIZE])
{
    if (isnan(value))
        return (size_t)snprintf(out, CM_DECIMAL_SIZE, "nan");
    if (isinf(value))
        return (size_t)snprintf(out, CM_DECIMAL_SIZE, value < 0 ? "-inf" : "inf");
    if (value == floor(value) && fabs(value) < 1e15)
        return cm_decimal_i64((int64_t)value, out);
    for (int precision = 15; precision <= 17; precision++) {
        double back;
        snprintf(out, CM_DECIMAL_SIZE, "%.*g", precision, value);
        plain_point(out);
        if (cm_decimal_parse(out, strlen(out), &back) && memcmp(&back, &value, sizeof back) == 0)
            break;
    }
    return strlen(out);
}

bool cm_decimal_parse_i64(const char *text, size_t length, int64_t *out)
{
    const bool negative = length && text[0] == '-';
    size_t i = length && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    uint64_t value = 0;

    if (i == length || length - i > 19)
        return false;
    for (; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + (negative ? 1u : 0u))
        return false;
    *out = negative ? (int64_t)(-value) : (int64_t)value;
    return true;
}

/*
 * Few figures: mantissa below 2^53 and a power of ten up to 10^22 are exact doubles, so one division or product is correctly rounded
 * (W. Clinger 1990). All coordinates are of this kind. The rest goes through the C library.
 */
bool cm_decimal_parse(const char *text, size_t length, double *out)
{
    size_t i = 0, figures = 0;
    uint64_t mantissa = 0;
    int exponent = 0, written = 0;
    bool negative = false, exponent_negative = false, dropped = false;

    if (length == 0 || length > 400)
        return false;
    if (text[i] == '-' || text[i] == '+')
        negative = text[i++] == '-';
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++, figures++) {
        if (mantissa < UINT64_C(900719925474099)) {
            mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
        } else {
            exponent++;
            dropped = dropped || text[i] != '0';
        }
    }
    if (i < length && text[i] == '.') {
        i++;
        if (i == length || text[i] < '0' || text[i] > '9')
            return false;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++, figures++) {
            if (mantissa < UINT64_C(900719925474099)) {
                mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
                exponent--;
            } else {
                dropped = dropped || text[i] != '0';
            }
        }
    }
    if (figures == 0)
        return false;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        if (i < length && (text[i] == '-' || text[i] == '+'))
            exponent_negative = text[i++] == '-';
        if (i == length)
            return false;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
            if (written < 100000)
                written = written * 10 + (text[i] - '0');
        }
    }
    if (i != length)
        return false;
    exponent += exponent_negative ? -written : written;
    if (!dropped && exponent >= -22 && exponent <= 22) {
        double value = (double)mantissa;
        value = exponent < 0 ? value / POWER[-exponent] : value * POWER[exponent];
        *out = negative ? -value : value;
        return true;
    }
    /* Rare: build a text without a point, which no locale changes. */
    char copy[512], *to = copy;
    int shift = 0;
    bool point = false;
    for (i = 0; i < length && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        *to++ = text[i];
        shift -= point ? 1 : 0;
    }
    snprintf(to, 32, "e%d", shift + (exponent_negative ? -written : written));
    double value = strtod(copy, NULL);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}
