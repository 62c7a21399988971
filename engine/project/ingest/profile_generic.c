/*
 * project/ingest/profile_generic.c - any table with a latitude and longitude, an easting and northing, or a position cell.
 */
#include "project/ingest/profile.h"

static const cm_alias ALIAS[] = {
    {CM_ROLE_LAT, "latitude lat latitudewgs84 wgs84latitude gpslatitude gpslat latdd ylat decimallatitude latitud latitudine breitengrad breedtegraad"},
    {CM_ROLE_LON, "longitude lon long lng longitudewgs84 wgs84longitude gpslongitude gpslon gpslong londd xlon decimallongitude longitud longitudine "
                  "l\xC3\xA4ngengrad laengengrad lengtegraad"},
    {CM_ROLE_X, "easting eastings x itmeasting itmx irishgrideasting xcoord xcoordinate coordx bngx osgbx bngeasting osgbeasting oseasting oseast1m east1m"},
    {CM_ROLE_Y, "northing northings y itmnorthing itmy irishgridnorthing ycoord ycoordinate coordy bngy osgby bngnorthing osgbnorthing osnorthing osnrth1m north1m"},
    {CM_ROLE_POSITION, "position geopoint gps latlon latlong latitudelongitude coordinates coordinate coords "
                       "gridreference gridref osgridreference osgridref osgr ngr irishgridreference mgrs usng pluscode openlocationcode "
                       "maplink mapurl googlemaps googlemapslink where location"},
    {CM_ROLE_POSTCODE, "postcode postcodes postalcode pcds pcd8 pcd7 pcd zip zipcode plz codepostal"},
    {CM_ROLE_PLACE, "placename nameofplace place town village locality settlement neighbourhood suburb city address streetaddress"},
    {CM_ROLE_ALTITUDE, "altitude alt elevation"},
    {CM_ROLE_ACCURACY, "accuracy accuracym gpsaccuracy precisionm horizontalaccuracy precision"},
    {CM_ROLE_TIME, "whenseen whendidyouseeit whenwasit datetime dateandtime dateandtimeseen timestamp observedat seenat "
                   "occurredat dateobserved dateseen observationdate eventdate incidentdate datereported date when "
                   "time month quarter year day datum fecha"},
    {CM_ROLE_CLOCK, "time timeofday timeseen clock hour"},
    {CM_ROLE_TO, "until enddate dateto dateend"},
    {CM_ROLE_CATEGORY, "category whatdidyousee whatwasseen crimetype incidenttype eventtype observationtype type kind what "
                       "subject class kategorie categoria categor\xC3\xAD" "a"},
    {CM_ROLE_TEXT, "text description notes note details comments comment remarks narrative anythingelse message bemerkung bemerkungen notas observaciones remarques"},
    {CM_ROLE_ID, "recordid observationid uniqueid uuid globalid id"},
    {CM_ROLE_SOURCE, "source reporter sourceid reporterid reportedby observer informant submittedby group"},
    {CM_ROLE_SOURCE_GRADE, "sourcegrade sourceevaluation sourcereliability"},
    {CM_ROLE_INFORMATION_GRADE, "informationgrade infograde informationevaluation intelligencegrade"},
    {CM_ROLE_HANDLING, "handling handlingcode"},
    {CM_ROLE_CONDITIONS, "handlingconditions conditions"},
    {CM_ROLE_GRADE, "grade 3x5x2 5x5x5"},
    {CM_ROLE_PERSONS, "persons people howmany howmanypeople numberofpersons numberofpeople npersons nopersons"},
    {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    (void)columns;
    return 1;
}

/* "from" and "to" are the ends of an interval where no other column is the date; alone, or beside one, they may be anything. */
static void locate_interval(const cm_columns *columns, cm_mapping *mapping)
{
    static const char *const PAIRS[][2] = {{"from", "to"},          {"start", "end"},     {"startdate", "enddate"},   {"datefrom", "dateto"},
                                           {"datestart", "dateend"}, {"begin", "end"},     {"starttime", "endtime"},   {"since", "until"},
                                           {"datetimefrom", "datetimeto"}, {"timefrom", "timeto"}};

    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        const int from = cm_column_keyed(columns, PAIRS[i][0]), to = cm_column_keyed(columns, PAIRS[i][1]);
        if (from == CM_NO_COLUMN || to == CM_NO_COLUMN)
            continue;
        cm_mapping_set(mapping, CM_ROLE_TIME, from, "column name");
        if (mapping->column[CM_ROLE_TIME] == from)
            cm_mapping_set(mapping, CM_ROLE_TO, to, "column name");
        return;
    }
}

/* A column "time" beside one called "date" is the time of day; alone it is the time. */
static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    const int date = cm_column_keyed(columns, "date");
    const int clock = cm_column_keyed(columns, "time");
    static const struct {
        const char *key, *crs;
    } GRIDS[] = {{"oseast1m", "EPSG:27700"}, {"east1m", "EPSG:27700"},    {"bngeasting", "EPSG:27700"}, {"osgbeasting", "EPSG:27700"},
                 {"bngx", "EPSG:27700"},     {"osgbx", "EPSG:27700"},     {"oseasting", "EPSG:27700"},  {"itmeasting", "EPSG:2157"},
                 {"itmx", "EPSG:2157"},      {"irishgrideasting", "EPSG:29903"}};

    if (date != CM_NO_COLUMN && clock != CM_NO_COLUMN) {
        cm_mapping_set(mapping, CM_ROLE_TIME, date, "column name");
        cm_mapping_set(mapping, CM_ROLE_CLOCK, clock, "column name");
    }
    if (date == CM_NO_COLUMN && cm_column_keyed(columns, "datum") == CM_NO_COLUMN)
        locate_interval(columns, mapping);
    for (size_t i = 0; i < sizeof GRIDS / sizeof GRIDS[0] && !mapping->metres_by_name; i++)
        if (cm_column_keyed(columns, GRIDS[i].key) != CM_NO_COLUMN)
            mapping->metres_by_name = GRIDS[i].crs;
}

const cm_profile CM_PROFILE_GENERIC = {
    .name = "generic",
    .title = "table",
    .fingerprint = "the names of its columns",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
