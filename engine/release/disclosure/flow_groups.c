/* release/disclosure/flow_groups.c */
#include "release/disclosure/flow_groups.h"

#include "base/time_text.h"

#define DAY_S INT64_C(86400)

static int64_t day_of(int64_t time_s)
{
    return time_s / DAY_S - (time_s % DAY_S < 0);
}

/* A day where the record says one, else its month. */
int64_t cm_flow_when_key(int64_t when_s, int64_t span_s)
{
    int64_t year;
    unsigned month, day;

    if (span_s <= DAY_S)
        return cm_when_key_day(day_of(when_s));
    cm_civil_from_days(day_of(when_s), &year, &month, &day);
    return cm_when_key_month(year * 12 + (int64_t)month - 1);
}

bool cm_flow_may_count(const cm_policy *policy, const cm_period *period, const cm_flow_layer *layer, size_t i)
{
    const int64_t source = layer->grade[i] / 65536, information = layer->grade[i] / 256 % 256, handling = layer->grade[i] % 256;

    if (layer->from[i] == layer->to[i] || layer->when_s[i] == CM_TIME_UNKNOWN || layer->when_s[i] < period->from_s ||
        layer->when_s[i] >= period->to_s)
        return false;
    if (policy->exclude_grade && (information == 'E' || (source == 3 && information == 'D')))
        return false;
    return !(policy->exclude_handling && handling == 'C');
}

int cm_flow_compare_moves(const void *left, const void *right)
{
    const cm_flow_move *a = left, *b = right;
    const int64_t x[] = {a->from, a->to, a->person, a->when, a->source}, y[] = {b->from, b->to, b->person, b->when, b->source};

    for (size_t k = 0; k < 5; k++) {
        if (x[k] != y[k])
            return x[k] < y[k] ? -1 : 1;
    }
    return 0;
}

static bool same_group(const cm_flow_move *a, const cm_flow_move *b)
{
    return a->person == b->person && (a->person >= 0 || (a->when == b->when && a->source == b->source));
}

size_t cm_flow_groups(const cm_flow_move *moves, size_t begin, size_t end, cm_incident *incidents, bool *sources)
{
    size_t n = 0;

    *sources = false;
    for (size_t i = begin; i < end; i++) {
        *sources = *sources || moves[i].source >= 0;
        if (i > begin && same_group(&moves[i], &moves[i - 1]))
            continue;
        incidents[n++] = (cm_incident){0.0, 0.0, moves[i].when, (int32_t)moves[i].source, -1};
    }
    return n;
}
