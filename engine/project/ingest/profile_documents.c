/*
 * project/ingest/profile_documents.c - formats that say themselves what their values mean: KML, GPX, photos and chats.
 */
#include "project/ingest/profile.h"

#include <stddef.h>

static const cm_alias KML[] = {
    {CM_ROLE_TIME, "when begin"},
    {CM_ROLE_TO, "end"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias KML_LAST[] = { /* after the extended data, which say more */
    {CM_ROLE_CATEGORY, "folder"},
    {CM_ROLE_TEXT, "description name"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias KML_ELSE[] = {
    {CM_ROLE_TIME, "date datetime time observed when begin"},
    {CM_ROLE_CATEGORY, "folder"},
    {CM_ROLE_TEXT, "name"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias GPX_ELSE[] = {
    {CM_ROLE_TEXT, "cmt name"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias GPX[] = {
    {CM_ROLE_TIME, "time"},
    {CM_ROLE_ALTITUDE, "ele"},
    {CM_ROLE_CATEGORY, "type sym"},
    {CM_ROLE_TEXT, "desc cmt name"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias PHOTO[] = {
    {CM_ROLE_TIME, "taken"},
    {CM_ROLE_ACCURACY, "accuracy"},
    {CM_ROLE_ALTITUDE, "altitude"},
    {CM_ROLE_ID, "id"},
    {CM_ROLE_COUNT, ""},
};
static const cm_alias CHAT[] = {
    {CM_ROLE_TIME, "time"},
    {CM_ROLE_POSITION, "position"},
    {CM_ROLE_TEXT, "text"},
    {CM_ROLE_SOURCE, "source"},
    {CM_ROLE_COUNT, ""},
};

static int by_format(const cm_columns *columns)
{
    (void)columns;
    return 0;
}

static void locate_kml(const cm_columns *columns, cm_mapping *mapping)
{
    cm_alias_apply(KML, columns, mapping);
    cm_alias_apply(CM_PROFILE_GENERIC.alias, columns, mapping);
    /* What a document calls "id" is mostly counted anew in each of them. */
    if (mapping->why[CM_ROLE_ID] && mapping->why[CM_ROLE_ID][0] == 'c') {
        mapping->column[CM_ROLE_ID] = CM_NO_COLUMN;
        mapping->why[CM_ROLE_ID] = NULL;
    }
}

const cm_profile CM_PROFILE_KML = {
    .name = "kml",
    .title = "KML placemarks",
    .fingerprint = "its content",
    .fits = by_format,
    .locate = locate_kml,
    .alias = KML_LAST,
    .otherwise = KML_ELSE,
    .own_words = true,
    .precision = CM_PLACE_EXACT,
    .formats = "KML|KMZ",
};

const cm_profile CM_PROFILE_GPX = {
    .name = "gpx",
    .title = "GPX waypoints",
    .fingerprint = "its content",
    .fits = by_format,
    .alias = GPX,
    .otherwise = GPX_ELSE,
    .own_words = true,
    .precision = CM_PLACE_EXACT,
    .formats = "GPX",
};

const cm_profile CM_PROFILE_PHOTO = {
    .name = "photo",
    .title = "JPEG photo",
    .fingerprint = "its content",
    .fits = by_format,
    .alias = PHOTO,
    .precision = CM_PLACE_EXACT,
    .place_note = "where the camera was",
    .formats = "JPEG photo",
};

const cm_profile CM_PROFILE_CHAT = {
    .name = "chat",
    .title = "WhatsApp chat",
    .fingerprint = "its content",
    .fits = by_format,
    .alias = CHAT,
    .own_words = true,
    .precision = CM_PLACE_EXACT,
    .place_note = "places that people shared in the chat",
    .formats = "chat",
};
