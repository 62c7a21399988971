/*
 * project/ingest/profile_kobo.c - exports of KoboToolbox (and Ona, which writes the same columns).
 *
 * A position question Q gives Q, _Q_latitude, _Q_longitude, _Q_altitude and _Q_precision, within its group: "group/_Q_latitude". With labels
 * instead of names Q is the question's text. The tail _id, _uuid, _submission_time tells the tool.
 */
#include "project/ingest/profile.h"

#include <string.h>

static const cm_alias ALIAS[] = {
    {CM_ROLE_ID, "uuid metainstanceid instanceid id"},
    {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    int lat, lon;
    const bool pair = cm_columns_pair(columns, "_", "_latitude", "_longitude", &lat, &lon) > 0;
    const bool tail = cm_column_named(columns, "_submission_time") != CM_NO_COLUMN &&
                      (cm_column_named(columns, "_uuid") != CM_NO_COLUMN || cm_column_named(columns, "_id") != CM_NO_COLUMN);

    return pair && tail ? 95 : pair ? 60 : tail ? 50 : 0;
}

/* A question whose text begins with one of these words, for exports with labels. */
static int question(const cm_columns *columns, const char *const *beginning)
{
    for (; *beginning; beginning++)
        for (size_t i = 0; i < columns->n; i++)
            if (columns->name[i][0] != '_' && strncmp(columns->leaf[i], *beginning, strlen(*beginning)) == 0)
                return (int)i;
    return CM_NO_COLUMN;
}

static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    static const char *const WHAT[] = {"what", "whichkind", "type", NULL};
    static const char *const WHEN[] = {"when", "date", NULL};
    static const char *const NOTES[] = {"note", "anything", "describe", "comment", "tell", NULL};
    static const char *const META[] = {"today", "start", "_submission_time"};
    int lat, lon;

    const size_t pairs = cm_columns_pair(columns, "_", "_latitude", "_longitude", &lat, &lon);
    if (pairs && !mapping->why[CM_ROLE_LAT]) {
        mapping->other_places = pairs - 1;
        cm_mapping_set(mapping, CM_ROLE_LAT, lat, "position question");
        cm_mapping_set(mapping, CM_ROLE_LON, lon, "position question");
        cm_mapping_set(mapping, CM_ROLE_POSITION, cm_columns_sibling(columns, lat, "_", true, "_latitude", ""),
                       "position question");
        cm_mapping_set(mapping, CM_ROLE_ALTITUDE, cm_columns_sibling(columns, lat, "_", false, "_latitude", "_altitude"),
                       "position question");
        cm_mapping_set(mapping, CM_ROLE_ACCURACY, cm_columns_sibling(columns, lat, "_", false, "_latitude", "_precision"),
                       "position question");
    }
    cm_mapping_set(mapping, CM_ROLE_ID, cm_column_named(columns, "_uuid"), "column of the form tool");
    cm_mapping_set(mapping, CM_ROLE_ID, cm_column_named(columns, "_id"), "column of the form tool");
    cm_mapping_set(mapping, CM_ROLE_CATEGORY, question(columns, WHAT), "question");
    cm_mapping_set(mapping, CM_ROLE_TEXT, question(columns, NOTES), "question");
    cm_mapping_set(mapping, CM_ROLE_TIME, question(columns, WHEN), "question");
    cm_mapping_set(mapping, CM_ROLE_SOURCE, cm_column_keyed(columns, "reporter"), "question");
    for (size_t i = 0; i < 3; i++)
        cm_mapping_set(mapping, CM_ROLE_TIME, cm_column_named(columns, META[i]),
                       "no question asks for the time: when the form was filled in");
    if (mapping->column[CM_ROLE_TIME] != CM_NO_COLUMN &&
        strcmp(columns->name[mapping->column[CM_ROLE_TIME]], "_submission_time") == 0)
        mapping->zone = "UTC"; /* the server writes it so, without an offset */
    if (cm_column_keyed(columns, "source") == CM_NO_COLUMN)
        cm_mapping_set(mapping, CM_ROLE_SOURCE, cm_column_named(columns, "_submitted_by"), "who sent the form");
}

const cm_profile CM_PROFILE_KOBO = {
    .name = "kobo",
    .title = "KoboToolbox",
    .fingerprint = "_Q_latitude and _Q_longitude of a question Q, or _uuid, _submission_time",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .generic_too = true,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
