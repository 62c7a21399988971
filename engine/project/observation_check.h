/*
 * project/observation_check.h - a check sum of what an analysis reads of an observation.
 *
 * The sum over all rows is kept with the batches and compared at every load, because SQLite notices damage to its structure only: a flipped
 * bit inside a coordinate would move a point in silence.
 */
#ifndef CM_PROJECT_OBSERVATION_CHECK_H
#define CM_PROJECT_OBSERVATION_CHECK_H

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct cm_checked_row {
    int64_t  id, from_s, to_s;
    double   lon, lat, accuracy_m;
    unsigned place, when, source_grade;
    char     information_grade, handling;
    uint64_t category, source; /* cm_check_text() of the names; 0: none */
} cm_checked_row;

static inline uint64_t cm_check_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static inline uint64_t cm_check_real(uint64_t hash, double value)
{
    uint64_t bits = 0x7FF8000000000000u; /* any NaN alike */

    if (!isnan(value))
        memcpy(&bits, &value, sizeof bits);
    return cm_check_mix(hash, bits);
}

static inline uint64_t cm_check_text(const char *text)
{
    uint64_t hash = 0x51;

    if (!text)
        return 0;
    for (; *text; text++)
        hash = cm_check_mix(hash, (unsigned char)*text);
    return hash;
}

static inline uint64_t cm_check_row(const cm_checked_row *row)
{
    uint64_t hash = cm_check_mix(0xC457u, (uint64_t)row->id);

    hash = cm_check_real(hash, row->lon);
    hash = cm_check_real(hash, row->lat);
    hash = cm_check_real(hash, row->accuracy_m);
    hash = cm_check_mix(hash, (uint64_t)row->from_s);
    hash = cm_check_mix(hash, (uint64_t)row->to_s);
    hash = cm_check_mix(hash, row->category);
    hash = cm_check_mix(hash, row->source);
    return cm_check_mix(hash, (uint64_t)row->place | (uint64_t)row->when << 8 | (uint64_t)row->source_grade << 16 |
                                  (uint64_t)(unsigned char)row->information_grade << 24 |
                                  (uint64_t)(unsigned char)row->handling << 32);
}

#endif
