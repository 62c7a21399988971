/*
 * release/style/palette.c - the tables behind palette.h.
 *
 * The ramps were picked by lightness first: CIE L* falls by at least 12 from class to class, which keeps neighbours apart under
 * protanopia, deuteranopia and tritanopia and in grey. tests/unit/release/test_palette.c measures it.
 */
#include "release/style/palette.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const uint32_t RAMPS[][CM_RAMP_MAXIMUM] = {
    [CM_RAMP_DUSK] = {0xFCEFB4FFu, 0xF9C25CFFu, 0xEA8335FFu, 0xBF4030FFu, 0x72142EFFu},
    [CM_RAMP_TIDE] = {0xDDEEE9FFu, 0xA3D0CEFFu, 0x5DA7B8FFu, 0x2C749BFFu, 0x133F6BFFu},
    [CM_RAMP_MOOR] = {0xEAF0CFFFu, 0xBDD59AFFu, 0x82AE6FFFu, 0x447F54FFu, 0x1B4A3CFFu},
};

uint32_t cm_ramp_colour(cm_ramp ramp, size_t i, size_t n)
{
    if (n <= 1)
        return RAMPS[ramp][CM_RAMP_MAXIMUM / 2];
    if (n > CM_RAMP_MAXIMUM)
        n = CM_RAMP_MAXIMUM;
    if (i >= n)
        i = n - 1;
    return RAMPS[ramp][(i * (CM_RAMP_MAXIMUM - 1) + (n - 1) / 2) / (n - 1)];
}

uint32_t cm_two_sided_colour(size_t i)
{
    static const uint32_t COLOURS[7] = {0x133F6BFFu, 0x3F86AEFFu, 0xA9CFDDFFu, 0xF7F4ECFFu, 0xF8CB8FFFu, 0xDD7540FFu, 0x72142EFFu};

    return COLOURS[i < 7 ? i : 6];
}

uint32_t cm_with_alpha(uint32_t rgba, unsigned alpha)
{
    return (rgba & 0xFFFFFF00u) | (alpha > 255 ? 255u : alpha);
}

static double linear(uint32_t byte)
{
    const double v = (double)(byte & 0xFFu) / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

double cm_luminance(uint32_t rgba)
{
    return 0.2126 * linear(rgba >> 24) + 0.7152 * linear(rgba >> 16) + 0.0722 * linear(rgba >> 8);
}

void cm_label_counts(double lower, double upper, char out[CM_LABEL_SIZE])
{
    char from[CM_DECIMAL_SIZE], to[CM_DECIMAL_SIZE];

    cm_decimal_grouped((int64_t)lower, from);
    if (isinf(upper)) {
        snprintf(out, CM_LABEL_SIZE, "%s or more", from);
    } else if (upper <= lower) {
        snprintf(out, CM_LABEL_SIZE, "%s", from);
    } else {
        cm_decimal_grouped((int64_t)upper, to);
        snprintf(out, CM_LABEL_SIZE, "%s to %s", from, to);
    }
}

void cm_label_range(double lower, double upper, int digits, char out[CM_LABEL_SIZE])
{
    char from[CM_DECIMAL_SIZE], to[CM_DECIMAL_SIZE];

    cm_decimal_trimmed(lower, digits, from);
    if (isinf(upper)) {
        snprintf(out, CM_LABEL_SIZE, "%s or more", from);
        return;
    }
    cm_decimal_trimmed(upper, digits, to);
    if (lower <= 0.0)
        snprintf(out, CM_LABEL_SIZE, "under %s", to);
    else
        snprintf(out, CM_LABEL_SIZE, "%s to %s", from, to);
}
