/*
 * runs/remarks.c - remarks about a result, and figures that people can say.
 */
#include "runs/remarks.h"

#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cm_remark_add(castmap_remark **remarks, size_t *count, const char *code, const char *format, ...)
{
    char words[1024];
    va_list values;

    va_start(values, format);
    vsnprintf(words, sizeof words, format, values);
    va_end(values);
    castmap_remark *grown = realloc(*remarks, (*count + 1) * sizeof *grown);
    if (!grown)
        return -1;
    *remarks = grown;
    castmap_remark *remark = &grown[*count];
    snprintf(remark->code, sizeof remark->code, "%s", code);
    remark->text = cm_copy_text(words);
    if (!remark->text)
        return -1;
    (*count)++;
    return 0;
}

void cm_remarks_clear(castmap_remark *remarks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(remarks[i].text);
    free(remarks);
}

void cm_length_words(double metres, char out[32])
{
    char number[CM_DECIMAL_SIZE];

    if (metres >= 1000.0) {
        cm_decimal_trimmed(metres / 1000.0, 2, number);
        snprintf(out, 32, "%.20s km", number);
    } else {
        cm_decimal_trimmed(metres, metres < 10.0 ? 1 : 0, number);
        snprintf(out, 32, "%.20s m", number);
    }
}

double cm_sayable(double value)
{
    static const double SERIES[] = {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0};
    double power = 1.0, best = 1.0;

    if (!(value > 0.0) || !isfinite(value))
        return value;
    while (value >= 10.0 * power)
        power *= 10.0;
    while (value < power)
        power /= 10.0;
    for (size_t i = 0; i < sizeof SERIES / sizeof SERIES[0]; i++) {
        if (fabs(log(SERIES[i] * power / value)) < fabs(log(best * power / value)))
            best = SERIES[i];
    }
    return best * power;
}
