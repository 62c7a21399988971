/*
 * project/postcode.c - forms of postcodes.
 *
 * Source: Royal Mail, "Programmers' guide to the Postcode Address File": outward A9, A99, AA9, AA99, A9A, AA9A; inward 9AA. GIR 0AA is the one
 * exception and is not a place.
 */
#include "project/postcode.h"

#include <string.h>

#define BASE 37u /* space, digits, letters */
#define OUTWARD 4
#define INWARD 3
#define LONGEST 7

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_outward(const char *text, size_t n)
{
    static const char *const FORM[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};

    for (size_t k = 0; k < sizeof FORM / sizeof FORM[0]; k++) {
        size_t i = 0;
        if (strlen(FORM[k]) != n)
            continue;
        while (i < n && (FORM[k][i] == '9' ? is_digit(text[i]) : is_letter(text[i])))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static uint64_t digit_of(char c)
{
    return is_digit(c) ? (uint64_t)(c - '0') + 1 : (uint64_t)(c - 'A') + 11;
}

/* Outward padded to four places, then what there is of the inward part; the rest spans the range. */
static void range(const char *outward, size_t n, const char *inward, size_t m, cm_postcode *out)
{
    uint64_t key = 0, width = 1;

    for (size_t i = 0; i < OUTWARD; i++)
        key = key * BASE + (i < n ? digit_of(outward[i]) : 0);
    for (size_t i = 0; i < INWARD; i++) {
        key = key * BASE + (i < m ? digit_of(inward[i]) : 0);
        width *= i < m ? 1 : BASE;
    }
    *out = (cm_postcode){m == INWARD ? CM_POSTCODE_UNIT : m ? CM_POSTCODE_SECTOR : CM_POSTCODE_DISTRICT, key, key + width};
}

bool cm_postcode_parse(const char *text, size_t length, cm_postcode *out)
{
    char code[LONGEST] = {0};
    size_t n = 0, cut = 0;

    for (size_t i = 0; i < length; i++) {
        const char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        if (c == ' ' || c == '\t') {
            cut = n;
            continue;
        }
        if (n == LONGEST || (!is_digit(c) && !is_letter(c)))
            return false;
        code[n++] = c;
    }
    if (n > 4 && is_digit(code[n - 3]) && is_letter(code[n - 2]) && is_letter(code[n - 1]) && is_outward(code, n - 3)) {
        range(code, n - 3, code + n - 3, INWARD, out);
        return true;
    }
    if (cut && cut < n) { /* "SO16 0" */
        if (n - cut != 1 || !is_digit(code[cut]) || !is_outward(code, cut))
            return false;
        range(code, cut, code + cut, 1, out);
        return true;
    }
    if (is_outward(code, n)) {
        range(code, n, "", 0, out);
        return true;
    }
    if (n > 1 && is_digit(code[n - 1]) && is_outward(code, n - 1)) {
        range(code, n - 1, code + n - 1, 1, out);
        return true;
    }
    return false;
}
