/* io/kml_tuple.c */
#include "io/kml_tuple.h"

#include "base/decimal.h"

#include <string.h>

#define BLANK " \t\r\n"

bool cm_kml_number(const char *text, size_t length, double *out, uint32_t *decimals)
{
    const char *point = memchr(text, '.', length);
    const uint32_t n = point ? (uint32_t)(text + length - point - 1) : 0;

    if (!cm_decimal_parse(text, length, out))
        return false;
    if (n > *decimals)
        *decimals = n;
    return true;
}

int cm_kml_tuple_next(const char **at, cm_kml_tuple *tuple)
{
    const char *p = *at + strspn(*at, BLANK);
    double value[3] = {0};
    size_t n = 0;

    if (!*p)
        return 0;
    while (n < 3) {
        const size_t length = strcspn(p, "," BLANK);
        uint32_t ignored = 0;
        if (!cm_kml_number(p, length, &value[n], n < 2 ? &tuple->decimals : &ignored))
            return -1;
        n++;
        p += length;
        if (*p != ',')
            break;
        p++;
        p += strspn(p, BLANK); /* hand-written: "lon, lat" */
    }
    if (n < 2 || (*p && !strchr(BLANK, *p)))
        return -1;
    tuple->x = value[0];
    tuple->y = value[1];
    tuple->height = n == 3 && value[2] != 0.0;
    *at = p;
    return 1;
}
