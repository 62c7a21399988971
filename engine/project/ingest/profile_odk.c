/*
 * project/ingest/profile_odk.c - exports of ODK Central (Q-Latitude), and of older Aggregate and Briefcase (Q:Latitude, Q.latitude).
 */
#include "project/ingest/profile.h"

#include <string.h>

static const struct {
    const char *lat, *lon, *altitude, *accuracy;
} ENDINGS[] = {
    {"-Latitude", "-Longitude", "-Altitude", "-Accuracy"},
    {":Latitude", ":Longitude", ":Altitude", ":Accuracy"},
    {".latitude", ".longitude", ".altitude", ".accuracy"},
};

static const cm_alias ALIAS[] = {
    {CM_ROLE_ID, "key metainstanceid instanceid"},
    {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    int lat, lon;
    const bool central = cm_column_named(columns, "SubmissionDate") != CM_NO_COLUMN &&
                         cm_column_named(columns, "KEY") != CM_NO_COLUMN;
    const bool instance = cm_column_keyed(columns, "metainstanceid") != CM_NO_COLUMN ||
                          cm_column_keyed(columns, "instanceid") != CM_NO_COLUMN;

    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
        if (cm_columns_pair(columns, "", ENDINGS[i].lat, ENDINGS[i].lon, &lat, &lon))
            return central ? 95 : instance ? 80 : 55;
    return central ? 70 : instance ? 20 : 0;
}

static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    static const char *const META[] = {"today", "start", "SubmissionDate"};
    int lat, lon;

    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0] && !mapping->why[CM_ROLE_LAT]; i++) {
        const size_t pairs = cm_columns_pair(columns, "", ENDINGS[i].lat, ENDINGS[i].lon, &lat, &lon);
        if (!pairs)
            continue;
        mapping->other_places = pairs - 1;
        cm_mapping_set(mapping, CM_ROLE_LAT, lat, "position question");
        cm_mapping_set(mapping, CM_ROLE_LON, lon, "position question");
        cm_mapping_set(mapping, CM_ROLE_POSITION, cm_columns_sibling(columns, lat, "", false, ENDINGS[i].lat, ""),
                       "position question");
        cm_mapping_set(mapping, CM_ROLE_ALTITUDE,
                       cm_columns_sibling(columns, lat, "", false, ENDINGS[i].lat, ENDINGS[i].altitude), "position question");
        cm_mapping_set(mapping, CM_ROLE_ACCURACY,
                       cm_columns_sibling(columns, lat, "", false, ENDINGS[i].lat, ENDINGS[i].accuracy), "position question");
    }
    cm_alias_apply(ALIAS, columns, mapping);
    cm_alias_apply(CM_PROFILE_GENERIC.alias, columns, mapping);
    for (size_t i = 0; i < 3; i++)
        cm_mapping_set(mapping, CM_ROLE_TIME, cm_column_named(columns, META[i]),
                       "no question asks for the time: when the form was filled in");
    cm_mapping_set(mapping, CM_ROLE_SOURCE, cm_column_named(columns, "SubmitterID"), "who sent the form");
}

const cm_profile CM_PROFILE_ODK = {
    .name = "odk",
    .title = "ODK",
    .fingerprint = "Q-Latitude, Q-Longitude of a question Q, with KEY or instanceID",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .generic_too = true,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
