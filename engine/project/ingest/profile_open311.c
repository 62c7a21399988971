/*
 * project/ingest/profile_open311.c - reports to a council: FixMyStreet's table for councils, and Open311 (GeoReport v2).
 *
 * Names and addresses of those who reported are in some of these tables; they are no source here and are not kept.
 */
#include "project/ingest/profile.h"

static const cm_alias ALIAS[] = {
    {CM_ROLE_LAT, "lat latitude"},
    {CM_ROLE_LON, "long lon longitude"},
    {CM_ROLE_ID, "servicerequestid reportid id"},
    {CM_ROLE_CATEGORY, "servicename category servicecode"},
    {CM_ROLE_TEXT, "description detail title"},
    {CM_ROLE_TIME, "requesteddatetime confirmed created createdat"},
    {CM_ROLE_COUNT, ""},
};

static bool has(const cm_columns *columns, const char *key)
{
    return cm_column_keyed(columns, key) != CM_NO_COLUMN;
}

static int fits(const cm_columns *columns)
{
    if (has(columns, "servicerequestid") && (has(columns, "servicename") || has(columns, "servicecode")))
        return 95;
    return has(columns, "reportid") && has(columns, "detail") && has(columns, "confirmed") && has(columns, "category") ? 95 : 0;
}

const cm_profile CM_PROFILE_OPEN311 = {
    .name = "open311",
    .title = "FixMyStreet or Open311",
    .fingerprint = "Report ID, Detail, Confirmed, Category; or service_request_id, service_name",
    .fits = fits,
    .alias = ALIAS,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
