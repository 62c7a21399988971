/* runs/time_slices.c - a period cut into slices. */
#include "runs/time_slices.h"

#include "base/fail.h"
#include "base/time_text.h"
#include "runs/heat_run.h"
#include "runs/remarks.h"

#include <math.h>

/* Share of the kernel 3/4 (1 - u^2) below u. */
static double share_below(double u)
{
    return u <= -1.0 ? 0.0 : u >= 1.0 ? 1.0 : (2.0 + 3.0 * u - u * u * u) / 4.0;
}

/* The first second of the month or quarter after the one that holds `time_s`. */
static int64_t next_edge(int64_t time_s, castmap_heat_slicing slicing)
{
    const int64_t day = (time_s - (time_s % 86400 + 86400) % 86400) / 86400;
    const unsigned step = slicing == CASTMAP_SLICES_QUARTER ? 3 : 1;
    int64_t year;
    unsigned month, ignored;

    cm_civil_from_days(day, &year, &month, &ignored);
    month = (month - 1) / step * step + step;
    return cm_days_from_civil(year + month / 12, month % 12 + 1, 1) * 86400;
}

castmap_status cm_time_slices_plan(castmap_context *ctx, castmap_heat_slicing slicing, unsigned equal, int64_t from_s, int64_t to_s,
                                   int64_t *slice_from_s, int64_t *slice_to_s, size_t *n)
{
    size_t made = 0;

    if (to_s - from_s < (int64_t)CM_MOST_SLICES) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_DATA, "the records have no times, so there is no period to divide");
        cm_fail_hint(ctx, "say the period: --from DATE --to DATE");
        return status;
    }
    for (int64_t begin = from_s; begin < to_s; begin = slice_to_s[made++]) {
        if (made == CM_MOST_SLICES) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_LIMIT, "the period has more than %u slices", CM_MOST_SLICES);
            cm_fail_hint(ctx, "take longer ones, or a shorter period with --from and --to");
            return status;
        }
        const int64_t end = slicing != CASTMAP_SLICES_EQUAL ? next_edge(begin, slicing)
                            : made + 1 == equal             ? to_s
                                                            : begin + (to_s - from_s) / (int64_t)equal;
        slice_from_s[made] = begin;
        slice_to_s[made] = end < to_s ? end : to_s;
    }
    *n = made;
    return CASTMAP_OK;
}

cm_time_view cm_time_slice_view(castmap_heat_slicing slicing, const int64_t *slice_from_s, const int64_t *slice_to_s, size_t n, size_t i)
{
    const int64_t length = slice_to_s[i] - slice_from_s[i], middle = slice_from_s[i] + length / 2;
    /* Half a month at the end of the period is looked at through a whole month: a day by itself would be noise. */
    const double unit = slicing == CASTMAP_SLICES_EQUAL ? 0.0 : CM_SECONDS_A_MONTH * (slicing == CASTMAP_SLICES_QUARTER ? 3 : 1);
    const int64_t window = (int64_t)fmax((double)length, unit);

    return (cm_time_view){middle, window,
                          share_below((double)(slice_to_s[n - 1] - middle) / (double)window) - share_below((double)(slice_from_s[0] - middle) / (double)window)};
}

double cm_time_view_weight(const cm_time_view *view, int64_t time_s)
{
    const double u = ((double)time_s - (double)view->middle_s) / (double)view->window_s;

    return fabs(u) < 1.0 ? 0.75 * (1.0 - u * u) * (CM_SECONDS_A_MONTH / (double)view->window_s) / view->inside : 0.0;
}

size_t cm_time_slice_breaks(double highest, double breaks[5])
{
    size_t n = 0;

    for (int i = 0; i < 5 && highest > 0.0; i++) {
        const double level = cm_sayable(highest / 1.6 / (double)(1 << (4 - i)));
        if (n == 0 || level > breaks[n - 1])
            breaks[n++] = level;
    }
    return n;
}
