/*
 * base/decimal.h - numbers to text and back, whatever the locale.
 */
#ifndef CM_BASE_DECIMAL_H
#define CM_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_DECIMAL_SIZE 40

/* value rounded to `digits` (0..9) decimals, halves away from zero by the exact decimal value being near enough; no exponent for
 * |value| < 1e15 (else as shortest); never "-0". Gives the length. */
size_t cm_decimal_fixed(double value, int digits, char out[CM_DECIMAL_SIZE]);
/* the same without trailing zeros: 53.75 rather than 53.750000 */
size_t cm_decimal_trimmed(double value, int digits, char out[CM_DECIMAL_SIZE]);
/* shortest text that reads back as the same double; "nan", "inf", "-inf" for those */
size_t cm_decimal_shortest(double value, char out[CM_DECIMAL_SIZE]);
size_t cm_decimal_i64(int64_t value, char out[CM_DECIMAL_SIZE]);
/* 1,234,567 for people */
size_t cm_decimal_grouped(int64_t value, char out[CM_DECIMAL_SIZE]);

/* Plain decimal number, the whole of text[0..length): [+-]digits[.digits][e[+-]digits], no spaces, hex, inf or nan.
 * Correctly rounded. False if it is anything else or overflows. */
bool cm_decimal_parse(const char *text, size_t length, double *out);
bool cm_decimal_parse_i64(const char *text, size_t length, int64_t *out);

#endif
