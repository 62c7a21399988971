/*
 * runs/track_collect.c - fixes as they are written, to numbers.
 */
#include "runs/track_collect.h"

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/time_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COARSEST_S 60       /* a time that may be off by more is no time of a fix */
#define LEAST_EPOCH 1e8     /* smaller numbers are no seconds since 1970 */
#define MILLISECONDS 1e12   /* larger ones are milliseconds; those between are neither, but 202405011230 may be a date */
#define LATEST 4102444800.0 /* the year 2100 */

static const struct {
    const char *code, *words;
} FLAWS[CM_FIX_FLAWS] = {
    [CM_FIX_BAD_ROW] = {"bad-row", "the row has not as many fields as the header, or a quote stands where none may"},
    [CM_FIX_NO_POSITION] = {"no-position", "the fix has no position"},
    [CM_FIX_BAD_POSITION] = {"bad-position", "the position is no longitude and latitude in degrees"},
    [CM_FIX_NULL_ISLAND] = {"null-island", "the position is 0, 0, which devices write before they know it"},
    [CM_FIX_BAD_TIME] = {"bad-time", "the time cannot be read, or only to the day"},
};

const char *cm_fix_flaw_code(cm_fix_flaw flaw)
{
    return FLAWS[flaw].code;
}

const char *cm_fix_flaw_words(cm_fix_flaw flaw)
{
    return FLAWS[flaw].words;
}

void cm_track_collect_clear(cm_track_collect *collect)
{
    free(collect->fix);
    cm_text_numbers_clear(&collect->recordings);
    cm_text_numbers_clear(&collect->people);
    *collect = (cm_track_collect){0};
}

void cm_track_collect_refuse(cm_track_collect *collect, cm_fix_flaw flaw, int64_t row)
{
    collect->read++;
    if (collect->flaw[flaw]++ == 0)
        collect->first[flaw] = row;
}

static cm_csv_field trimmed(cm_csv_field field)
{
    while (field.length > 0 && field.bytes[0] == ' ') {
        field.bytes++;
        field.length--;
    }
    while (field.length > 0 && field.bytes[field.length - 1] == ' ')
        field.length--;
    return field;
}

static bool read_degrees(cm_csv_field field, double most, int32_t *out)
{
    double value = 0.0;

    if (!cm_decimal_parse(field.bytes, field.length, &value) || !(value >= -most && value <= most))
        return false;
    *out = (int32_t)lround(value * CM_TRACK_DEGREE);
    return true;
}

/* A number of seconds, or milliseconds, since 1970, to the whole second. */
static bool read_epoch(cm_csv_field field, int64_t *out)
{
    double value = 0.0;

    if (!cm_decimal_parse(field.bytes, field.length, &value))
        return false;
    value = value >= MILLISECONDS ? value / 1000.0 : value;
    if (!(value >= LEAST_EPOCH && value < LATEST))
        return false;
    *out = (int64_t)floor(value);
    return true;
}

static bool read_time(const cm_track_collect *collect, cm_csv_field field, bool number, int64_t *out)
{
    cm_when when;
    cm_flaw flaw = {0};

    *out = INT64_MIN;
    if (field.length == 0)
        return true;
    if (number || read_epoch(field, out))
        return read_epoch(field, out);
    if (!cm_when_parse(field.bytes, field.length, collect->order, collect->zone, &when, &flaw) || when.from_s == CM_TIME_UNKNOWN ||
        when.to_s - when.from_s > COARSEST_S)
        return false;
    *out = when.from_s;
    return true;
}

/* The pseudonym of a name: nobody without the project's key can try names against it. */
static int person_number(cm_track_collect *collect, cm_csv_field name, int32_t *out)
{
    unsigned char digest[16];
    char hex[33];
    uint32_t number = 0;
    bool fresh = false;

    *out = CM_NO_PERSON;
    if (name.length == 0 && collect->person)
        name = (cm_csv_field){collect->person, strlen(collect->person)};
    if (name.length == 0)
        return 0;
    cm_blake2b(name.bytes, name.length, collect->key, CM_SOURCE_KEY, digest, sizeof digest);
    cm_hex(digest, sizeof digest, hex);
    if (cm_text_number(&collect->people, hex, strlen(hex), &number, &fresh))
        return -1;
    *out = (int32_t)number;
    return 0;
}

int cm_track_collect_fix(cm_track_collect *collect, const cm_fix_text *text)
{
    const cm_csv_field lon = trimmed(text->lon), lat = trimmed(text->lat), recording = trimmed(text->recording);
    cm_collected_fix fix = {.piece = text->piece};
    bool fresh = false;

    if (lon.length == 0 || lat.length == 0) {
        cm_track_collect_refuse(collect, CM_FIX_NO_POSITION, text->row);
        return 0;
    }
    if (!read_degrees(lon, 180.0, &fix.lon) || !read_degrees(lat, 90.0, &fix.lat)) {
        cm_track_collect_refuse(collect, CM_FIX_BAD_POSITION, text->row);
        return 0;
    }
    if (fix.lon == 0 && fix.lat == 0) {
        cm_track_collect_refuse(collect, CM_FIX_NULL_ISLAND, text->row);
        return 0;
    }
    if (!read_time(collect, trimmed(text->time), text->time_is_number, &fix.time_s)) {
        cm_track_collect_refuse(collect, CM_FIX_BAD_TIME, text->row);
        return 0;
    }
    if (memchr(recording.bytes, '\0', recording.length) != NULL) {
        cm_track_collect_refuse(collect, CM_FIX_BAD_ROW, text->row);
        return 0;
    }
    if (cm_text_number(&collect->recordings, recording.bytes, recording.length, &fix.recording, &fresh) ||
        person_number(collect, trimmed(text->person), &fix.person) ||
        cm_grow(&collect->fix, &collect->capacity, collect->count + 1, sizeof *collect->fix))
        return -1;
    collect->read++;
    collect->untimed += fix.time_s == INT64_MIN;
    collect->fix[collect->count++] = fix;
    return 0;
}

static castmap_status allocate(castmap_context *ctx, const cm_track_collect *collect, cm_track_set *set)
{
    const size_t n = collect->count;

    set->start = cm_alloc(n + 1, sizeof *set->start);
    set->recording = cm_alloc(n, sizeof *set->recording);
    set->person = cm_alloc(n, sizeof *set->person);
    set->lon = cm_alloc(n, sizeof *set->lon);
    set->lat = cm_alloc(n, sizeof *set->lat);
    set->time_s = cm_alloc(n, sizeof *set->time_s);
    set->pseudonym = cm_alloc_zero(collect->people.count, sizeof *set->pseudonym);
    if (!set->start || !set->recording || !set->person || !set->lon || !set->lat || !set->time_s || !set->pseudonym)
        return cm_fail_memory(ctx);
    set->n_people = collect->people.count;
    for (size_t i = 0; i < set->n_people; i++) {
        set->pseudonym[i] = cm_copy_text(collect->people.text[i]);
        if (!set->pseudonym[i])
            return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

castmap_status cm_track_collect_finish(castmap_context *ctx, cm_track_collect *collect, cm_track_set *out)
{
    cm_track_set set = CM_TRACK_SET_INIT;
    const size_t n = collect->count;
    uint64_t *key = cm_alloc(n, sizeof *key);
    uint32_t *order = cm_alloc(n, sizeof *order);
    castmap_status status = key && order ? allocate(ctx, collect, &set) : cm_fail_memory(ctx);

    for (size_t i = 0; i < n && !status; i++) {
        key[i] = (uint64_t)collect->fix[i].recording << 32 | collect->fix[i].piece;
        order[i] = (uint32_t)i;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, order, n); /* stable: the recorded order stays */
    for (size_t k = 0; k < n && !status; k++) {
        const cm_collected_fix *fix = &collect->fix[order[k]], *before = k ? &collect->fix[order[k - 1]] : NULL;
        if (!before || before->recording != fix->recording || before->piece != fix->piece || before->person != fix->person) {
            set.start[set.n_tracks] = (int64_t)k;
            set.recording[set.n_tracks] = fix->recording;
            set.person[set.n_tracks++] = fix->person;
        }
        set.lon[k] = fix->lon;
        set.lat[k] = fix->lat;
        set.time_s[k] = fix->time_s;
    }
    free(key);
    free(order);
    if (status) {
        cm_track_set_clear(&set);
        return status;
    }
    set.start[set.n_tracks] = (int64_t)n;
    set.n_fixes = n;
    *out = set;
    return CASTMAP_OK;
}
