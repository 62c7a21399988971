/*
 * project/place_index.c - binary searches in sorted arrays.
 */
#include "project/place_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "project/postcode.h"

#define DEGREE_M 111195.0
#define RADIANS (3.14159265358979323846 / 180)
#define LEAST_PART_M 250.0 /* a sector is never better known than this */

struct cm_place_index {
    cm_place_set *set; /* owned [n] newest first */
    size_t        n;
    uint32_t    **name_at; /* owned [n][n_names]: where each name begins; NULL for postcodes */
    uint32_t    **area_at; /* owned [n][count] */
};

static uint32_t *beginnings(const char *text, size_t n)
{
    uint32_t *at = cm_alloc(n, sizeof *at);
    size_t used = 0;

    for (size_t i = 0; at && i < n; i++) {
        at[i] = (uint32_t)used;
        used += strlen(text + used) + 1;
    }
    return at;
}

castmap_status cm_place_index_load(castmap_context *ctx, castmap_project *project, cm_place_index **out)
{
    cm_place_index *index = cm_alloc_zero(1, sizeof *index);
    castmap_status status = index ? cm_place_sets_load(ctx, project, &index->set, &index->n) : cm_fail_memory(ctx);

    if (!status && index->n == 0) {
        cm_place_index_free(index);
        *out = NULL;
        return CASTMAP_OK;
    }
    if (!status) {
        index->name_at = cm_alloc_zero(index->n, sizeof *index->name_at);
        index->area_at = cm_alloc_zero(index->n, sizeof *index->area_at);
        if (!index->name_at || !index->area_at)
            status = cm_fail_memory(ctx);
    }
    for (size_t i = 0; !status && i < index->n; i++) {
        const cm_place_set *set = &index->set[i];
        if (set->kind != CM_PLACE_NAMES)
            continue;
        index->name_at[i] = beginnings(set->name_text, set->n_names);
        index->area_at[i] = beginnings(set->area_text, set->count);
        if (!index->name_at[i] || !index->area_at[i])
            status = cm_fail_memory(ctx);
    }
    if (status) {
        cm_place_index_free(index);
        return status;
    }
    *out = index;
    return CASTMAP_OK;
}

void cm_place_index_free(cm_place_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->n; i++) {
        cm_place_set_clear(&index->set[i]);
        if (index->name_at)
            free(index->name_at[i]);
        if (index->area_at)
            free(index->area_at[i]);
    }
    free(index->set);
    free(index->name_at);
    free(index->area_at);
    free(index);
}

size_t cm_place_index_tables(const cm_place_index *index)
{
    return index ? index->n : 0;
}

const cm_place_set *cm_place_index_table(const cm_place_index *index, size_t i)
{
    return &index->set[i];
}

bool cm_place_index_has(const cm_place_index *index, cm_place_set_kind kind)
{
    for (size_t i = 0; index && i < index->n; i++)
        if (index->set[i].kind == kind)
            return true;
    return false;
}

/* The first key that is not below. */
static size_t lower_bound(const cm_place_set *set, uint64_t key)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set->key[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double distance_m(double lon1, double lat1, double lon2, double lat2)
{
    double east = fabs(lon1 - lon2);

    east = (east > 180 ? 360 - east : east) * cos((lat1 + lat2) / 2 * RADIANS);
    return hypot(east, lat1 - lat2) * DEGREE_M;
}

static double degrees(int32_t value)
{
    return (double)value / CM_PLACE_DEGREE;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The mean of the units [first, last) in use, or of all where none is. False: out of memory. */
static bool mean_of(const cm_place_set *set, size_t first, size_t last, cm_place_hit *out)
{
    double lon = 0, lat = 0;
    size_t n = 0;
    bool live = false;

    for (size_t i = first; i < last; i++)
        live = live || !set->ended[i];
    double *away = cm_alloc(last - first, sizeof *away);
    if (!away)
        return false;
    for (size_t i = first; i < last; i++) {
        if (live && set->ended[i])
            continue;
        lon += degrees(set->lon[i]);
        lat += degrees(set->lat[i]);
        n++;
    }
    lon /= (double)n;
    lat /= (double)n;
    n = 0;
    for (size_t i = first; i < last; i++)
        if (!live || !set->ended[i])
            away[n++] = distance_m(lon, lat, degrees(set->lon[i]), degrees(set->lat[i]));
    qsort(away, n, sizeof *away, by_size);
    *out = (cm_place_hit){lon, lat, fmax(LEAST_PART_M, away[(n - 1) * 9 / 10]), false, live ? 0 : set->ended[first], "", 0};
    free(away);
    return true;
}

cm_place_answer cm_place_index_postcode(const cm_place_index *index, const char *text, size_t length, cm_place_hit *out)
{
    cm_postcode code;

    if (!cm_postcode_parse(text, length, &code))
        return CM_PLACE_NO_POSTCODE;
    for (size_t t = 0; index && t < index->n; t++) {
        const cm_place_set *set = &index->set[t];
        if (set->kind != CM_PLACE_POSTCODES)
            continue;
        const size_t first = lower_bound(set, code.from), last = lower_bound(set, code.to);
        if (first == last)
            continue;
        if (code.part == CM_POSTCODE_UNIT)
            *out = (cm_place_hit){degrees(set->lon[first]), degrees(set->lat[first]), set->accuracy_m[first], true, set->ended[first], "", t};
        else if (!mean_of(set, first, last, out))
            continue;
        out->table = t;
        return CM_PLACE_FOUND;
    }
    return CM_PLACE_UNLISTED;
}

/* Join a candidate with one that is the same place, or keep it beside them. */
static size_t add_candidate(cm_place_hit *list, size_t n, const cm_place_hit *hit)
{
    for (size_t i = 0; i < n; i++) {
        if (distance_m(list[i].lon, list[i].lat, hit->lon, hit->lat) > fmax(list[i].accuracy_m, hit->accuracy_m))
            continue;
        if (hit->accuracy_m > list[i].accuracy_m)
            list[i] = *hit;
        return n;
    }
    if (n < CM_PLACE_CANDIDATES)
        list[n++] = *hit;
    return n;
}

static bool holds(const char *area, const char *wanted)
{
    char *key = wanted ? cm_utf8_key(area, strlen(area)) : NULL;
    const bool yes = !wanted || (key && strstr(key, wanted));

    free(key);
    return yes;
}

size_t cm_place_index_name(const cm_place_index *index, const char *key, const char *area, cm_place_hit *out)
{
    size_t found = 0;

    for (size_t t = 0; index && t < index->n; t++) {
        const cm_place_set *set = &index->set[t];
        if (set->kind != CM_PLACE_NAMES)
            continue;
        size_t low = 0, high = set->n_names;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (strcmp(set->name_text + index->name_at[t][middle], key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < set->n_names && strcmp(set->name_text + index->name_at[t][low], key) == 0; low++) {
            const uint32_t place = set->place[low];
            const cm_place_hit hit = {degrees(set->lon[place]), degrees(set->lat[place]), set->accuracy_m[place], false, 0,
                                      set->area_text + index->area_at[t][place], t};
            if (holds(hit.area, area))
                found = add_candidate(out, found, &hit);
        }
    }
    return found;
}
