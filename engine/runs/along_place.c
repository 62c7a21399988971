/*
 * runs/along_place.c - the place that a word of the command line stands for.
 */
#include "runs/along_points.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "project/place_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOW "write latitude,longitude such as 53.75,-4.08, #12 for an observation, or a postcode or name of the project's tables"

static castmap_status refuse(castmap_context *ctx, castmap_status code, const char *role, const char *what)
{
    castmap_status status = cm_fail(ctx, code, "%s", what);

    cm_fail_where(ctx, "%s", role);
    cm_fail_hint(ctx, HOW);
    return status;
}

/* "latitude,longitude", perhaps with a space. False: it is something else. */
static bool read_position(const char *word, double *lon, double *lat)
{
    const char *comma = strchr(word, ',');

    if (!comma || !cm_decimal_parse(word, (size_t)(comma - word), lat))
        return false;
    comma++;
    comma += strspn(comma, " ");
    return cm_decimal_parse(comma, strlen(comma), lon);
}

static castmap_status find_observation(castmap_context *ctx, castmap_project *project, int64_t id, const char *role, double *lon, double *lat)
{
    cm_observation_set set = {0};
    castmap_status status = cm_observations_load(ctx, project, INT64_MIN, INT64_MAX, NULL, &set);
    size_t i = 0;

    if (status)
        return status;
    while (i < set.count && set.id[i] != id)
        i++;
    if (i == set.count) {
        status = refuse(ctx, CASTMAP_E_NOT_FOUND, role, "there is no accepted observation of that number");
    } else {
        *lon = set.lon[i];
        *lat = set.lat[i];
    }
    cm_observation_set_clear(&set);
    return status;
}

static castmap_status find_in_tables(castmap_context *ctx, castmap_project *project, const char *word, const char *role, double *lon, double *lat)
{
    cm_place_hit hit[CM_PLACE_CANDIDATES];
    cm_place_index *index = NULL;
    castmap_status status = cm_place_index_load(ctx, project, &index);
    size_t n = 0;

    if (status)
        return status;
    if (index && cm_place_index_postcode(index, word, strlen(word), hit) == CM_PLACE_FOUND) {
        n = 1;
    } else if (index && cm_place_index_has(index, CM_PLACE_NAMES)) {
        char *key = cm_utf8_key(word, strlen(word));
        if (!key) {
            cm_place_index_free(index);
            return cm_fail_memory(ctx);
        }
        n = cm_place_index_name(index, key, NULL, hit);
        free(key);
    }
    if (n == 1) {
        *lon = hit[0].lon;
        *lat = hit[0].lat;
    } else if (n > 1) {
        status = refuse(ctx, CASTMAP_E_NOT_FOUND, role, "several places have that name");
    } else {
        status = refuse(ctx, CASTMAP_E_NOT_FOUND, role, index ? "no postcode and no place of the project's tables is that"
                                                               : "the place cannot be read, and the project has no table of postcodes or names");
    }
    cm_place_index_free(index);
    return status;
}

castmap_status cm_along_place(castmap_context *ctx, castmap_project *project, const char *word, const char *role, double *lon, double *lat)
{
    int64_t id = 0;

    if (word[0] == '#') {
        if (!cm_decimal_parse_i64(word + 1, strlen(word + 1), &id))
            return refuse(ctx, CASTMAP_E_ARGUMENT, role, "after # comes the number of an observation");
        return find_observation(ctx, project, id, role, lon, lat);
    }
    if (!read_position(word, lon, lat))
        return find_in_tables(ctx, project, word, role, lon, lat);
    if (fabs(*lat) > 90.0 || fabs(*lon) > 180.0)
        return refuse(ctx, CASTMAP_E_ARGUMENT, role, "a latitude lies between -90 and 90, a longitude between -180 and 180");
    return CASTMAP_OK;
}
