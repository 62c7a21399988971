/*
 * runs/movement_columns.c - recognising the columns of a table of movements by a word for the end and a word for what it holds.
 */
#include "runs/movement_columns.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

static const char *const NAMES[CM_MOVE_ROLES] = {"from", "from_lon", "from_lat", "from_x", "from_y", "to", "to_lon", "to_lat", "to_x", "to_y", "date",
                                                 "journey", "order", "person", "source", "grade", "persons", "id"};

/* Words are parted by spaces; an empty word is "-". The first that fits wins. */
static const char FROM_WORDS[] = "from origin orig start departure o";
static const char TO_WORDS[] = "to destination dest end arrival d";
static const char PLACE_WORDS[] = "code areacode area - id name areaname wardcode ward wardname council councilcode lsoa msoa lad district place placename "
                                  "town city village region zone station stop countrycode country countryname postcode";
static const char LON_WORDS[] = "lon lng long longitude";
static const char LAT_WORDS[] = "lat latitude";
static const char EASTING_WORDS[] = "easting eastings east";
static const char NORTHING_WORDS[] = "northing northings north";

static const struct {
    cm_movement_role role;
    const char      *words;
} PLAIN[] = {
    {CM_MOVE_DATE, "date datetime when day time departed departuredate departuretime month travelled traveldate movedon"},
    {CM_MOVE_JOURNEY, "journey journeyid trip tripid route routeid"},
    {CM_MOVE_ORDER, "order leg legno leg_number step sequence seq"},
    {CM_MOVE_PERSON, "person personid who group groupid case caseid traveller subject"},
    {CM_MOVE_SOURCE, "source sourceid reporter reportedby observer"},
    {CM_MOVE_GRADE, "grade grading 3x5x2"},
    {CM_MOVE_ID, "movementid movement moveid recordid id uuid"},
    {CM_MOVE_PERSONS, "persons people number count numberofpeople groupsize"},
};

const char *cm_movement_role_name(cm_movement_role role)
{
    return NAMES[role];
}

/* The next word of a list; false at its end. */
static bool next_word(const char **list, char *out, size_t size)
{
    const size_t length = strcspn(*list, " ");

    if (length == 0)
        return false;
    snprintf(out, size, "%.*s", (int)length, *list);
    *list += length;
    *list += strspn(*list, " ");
    return true;
}

static int find_end(const cm_columns *columns, const char *ends, const char *words)
{
    char end[32], word[32], key[64];

    for (const char *w = words; next_word(&w, word, sizeof word);) {
        for (const char *e = ends; next_word(&e, end, sizeof end);) {
            snprintf(key, sizeof key, "%s%s", end, strcmp(word, "-") == 0 ? "" : word);
            const int found = strlen(key) > 1 || columns->n == 2 ? cm_column_keyed(columns, key) : CM_NO_COLUMN;
            if (found != CM_NO_COLUMN)
                return found;
            snprintf(key, sizeof key, "%s%s", strcmp(word, "-") == 0 ? "" : word, end); /* "country_from" */
            const int turned = strlen(key) > 1 ? cm_column_keyed(columns, key) : CM_NO_COLUMN;
            if (turned != CM_NO_COLUMN)
                return turned;
        }
    }
    return CM_NO_COLUMN;
}

static int find_plain(const cm_columns *columns, const char *words)
{
    char word[32];

    while (next_word(&words, word, sizeof word)) {
        const int found = cm_column_keyed(columns, word);
        if (found != CM_NO_COLUMN)
            return found;
    }
    return CM_NO_COLUMN;
}

static void keep(cm_movement_columns *out, cm_movement_role role, int column)
{
    if (out->given[role])
        return;
    for (int r = 0; r < CM_MOVE_ROLES && column != CM_NO_COLUMN; r++) {
        if (r != (int)role && out->column[r] == column)
            return; /* it has its part */
    }
    out->column[role] = column;
}

static castmap_status no_column(castmap_context *ctx, const cm_columns *columns, const char *name)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the table has no column \"%.80s\"", name);

    cm_fail_hint(ctx, "its first columns are: %.80s%s%.80s", columns->n ? columns->name[0] : "", columns->n > 1 ? ", " : "",
                 columns->n > 1 ? columns->name[1] : "");
    return status;
}

static castmap_status take_given(castmap_context *ctx, const cm_columns *columns, const char *map, cm_movement_columns *out)
{
    const char *equals = strchr(map, '=');
    const size_t length = equals ? (size_t)(equals - map) : strlen(map);
    castmap_status status;

    for (int r = 0; r < CM_MOVE_ROLES && equals; r++) {
        if (strlen(NAMES[r]) != length || strncmp(map, NAMES[r], length) != 0)
            continue;
        if (r == CM_MOVE_ID && !equals[1]) { /* there is none */
            out->column[r] = CM_NO_COLUMN;
            out->given[r] = true;
            return CASTMAP_OK;
        }
        out->column[r] = cm_column_named(columns, equals + 1);
        out->given[r] = true;
        if (out->column[r] != CM_NO_COLUMN)
            return CASTMAP_OK;
        return no_column(ctx, columns, equals + 1);
    }
    if (equals && length == strlen("stop") && strncmp(map, "stop", length) == 0 && out->n_stops < CM_MOVE_MOST_STOPS) {
        out->stop[out->n_stops] = cm_column_named(columns, equals + 1);
        return out->stop[out->n_stops++] != CM_NO_COLUMN ? CASTMAP_OK : no_column(ctx, columns, equals + 1);
    }
    status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "\"%.80s\" does not say which column a field is taken from", map);
    cm_fail_hint(ctx, "write FIELD=COLUMN; fields are from, from_lon, from_lat, from_x, from_y, to, to_lon, to_lat, to_x, to_y, stop (once for each, in their order), date, journey, order, "
                      "person, source, grade, persons, id");
    return status;
}

/* stop_1, stop_2, ... as far as they go; "Stop 3 country" and the like too. */
static void find_stops(const cm_columns *columns, cm_movement_columns *out)
{
    char word[32], key[64];

    while (out->n_stops < CM_MOVE_MOST_STOPS) {
        int found = CM_NO_COLUMN;
        for (const char *w = PLACE_WORDS; next_word(&w, word, sizeof word) && found == CM_NO_COLUMN;) {
            snprintf(key, sizeof key, "stop%zu%s", out->n_stops + 1, strcmp(word, "-") == 0 ? "" : word);
            found = cm_column_keyed(columns, key);
        }
        if (found == CM_NO_COLUMN)
            return;
        out->stop[out->n_stops++] = found;
    }
}

/* Where the columns are called x and y, that says nothing of a coordinate system. */
static void find_metres(const cm_columns *columns, cm_movement_columns *out)
{
    keep(out, CM_MOVE_FROM_X, find_end(columns, FROM_WORDS, EASTING_WORDS));
    keep(out, CM_MOVE_FROM_Y, find_end(columns, FROM_WORDS, NORTHING_WORDS));
    keep(out, CM_MOVE_TO_X, find_end(columns, TO_WORDS, EASTING_WORDS));
    keep(out, CM_MOVE_TO_Y, find_end(columns, TO_WORDS, NORTHING_WORDS));
    if (out->column[CM_MOVE_FROM_X] != CM_NO_COLUMN || out->column[CM_MOVE_TO_X] != CM_NO_COLUMN)
        return;
    keep(out, CM_MOVE_FROM_X, find_end(columns, FROM_WORDS, "x"));
    keep(out, CM_MOVE_FROM_Y, find_end(columns, FROM_WORDS, "y"));
    keep(out, CM_MOVE_TO_X, find_end(columns, TO_WORDS, "x"));
    keep(out, CM_MOVE_TO_Y, find_end(columns, TO_WORDS, "y"));
    out->plain_xy = out->column[CM_MOVE_FROM_X] != CM_NO_COLUMN || out->column[CM_MOVE_TO_X] != CM_NO_COLUMN;
}

castmap_status cm_movement_recognise(castmap_context *ctx, const cm_columns *columns, const char *const *map, size_t n_map, cm_movement_columns *out)
{
    cm_movement_columns made = {.n_stops = 0};

    for (int r = 0; r < CM_MOVE_ROLES; r++)
        made.column[r] = CM_NO_COLUMN;
    for (size_t i = 0; i < n_map; i++) {
        castmap_status status = take_given(ctx, columns, map[i], &made);
        if (status)
            return status;
    }
    keep(&made, CM_MOVE_FROM_LON, find_end(columns, FROM_WORDS, LON_WORDS));
    keep(&made, CM_MOVE_FROM_LAT, find_end(columns, FROM_WORDS, LAT_WORDS));
    keep(&made, CM_MOVE_TO_LON, find_end(columns, TO_WORDS, LON_WORDS));
    keep(&made, CM_MOVE_TO_LAT, find_end(columns, TO_WORDS, LAT_WORDS));
    find_metres(columns, &made);
    keep(&made, CM_MOVE_FROM, find_end(columns, FROM_WORDS, PLACE_WORDS));
    keep(&made, CM_MOVE_TO, find_end(columns, TO_WORDS, PLACE_WORDS));
    if (made.n_stops == 0)
        find_stops(columns, &made);
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        keep(&made, PLAIN[i].role, find_plain(columns, PLAIN[i].words));
    *out = made;
    return CASTMAP_OK;
}

int cm_movement_end_column(const cm_movement_columns *columns, bool to)
{
    static const cm_movement_role ENDS[2][3] = {{CM_MOVE_FROM_LON, CM_MOVE_FROM_X, CM_MOVE_FROM}, {CM_MOVE_TO_LON, CM_MOVE_TO_X, CM_MOVE_TO}};

    for (size_t k = 0; k < 3; k++) {
        const cm_movement_role role = ENDS[to][k];
        if (columns->column[role] != CM_NO_COLUMN && (k == 2 || columns->column[role + 1] != CM_NO_COLUMN))
            return columns->column[role];
    }
    return CM_NO_COLUMN;
}

bool cm_movement_columns_end(const cm_movement_columns *columns, bool to)
{
    return cm_movement_end_column(columns, to) != CM_NO_COLUMN;
}

bool cm_movement_columns_whole(const cm_movement_columns *columns)
{
    return cm_movement_columns_end(columns, false) + cm_movement_columns_end(columns, true) + (columns->n_stops > 1 ? 2 : (int)columns->n_stops) >= 2;
}
