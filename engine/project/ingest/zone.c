/*
 * project/ingest/zone.c - TZif files (RFC 8536): 64-bit block, and the POSIX rule at the end for later years.
 */
#include "project/ingest/zone.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/time_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FILE_LIMIT ((uint64_t)1 << 20)
#define NAME_SIZE 64
#define DAY_S 86400

/* Day of the year on which a rule changes: month, week 1..5 (5: the last), weekday 0..6, and seconds after midnight of the wall clock. */
typedef struct rule_day {
    unsigned month, week, weekday;
    int32_t  time_s;
} rule_day;

struct cm_zone {
    char     name[NAME_SIZE];
    size_t   n;
    int64_t *at;     /* owned [n] UTC instants of change, ascending */
    int32_t *offset; /* owned [n] in force from at[i] */
    int32_t  first;  /* before at[0] */
    bool     has_rule, has_summer;
    int32_t  standard, summer;
    rule_day begins, ends;
};

static int64_t big_endian(const unsigned char *p, size_t bytes)
{
    uint64_t value = (p[0] & 0x80) ? UINT64_MAX : 0;

    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

/* The last rule: "GMT0BST,M3.5.0/1,M10.5.0", "<+03>-3". Unusual forms (Jn, n) leave the zone without a rule. */
static bool rule_number(const char **p, int32_t *out)
{
    int32_t value = 0;
    int digits = 0;

    while (**p >= '0' && **p <= '9' && digits < 4) {
        value = value * 10 + (**p - '0');
        (*p)++;
        digits++;
    }
    *out = value;
    return digits > 0;
}

static bool rule_time(const char **p, int32_t *out)
{
    int32_t part[3] = {0, 0, 0};
    int32_t sign = 1;

    if (**p == '-' || **p == '+')
        sign = *(*p)++ == '-' ? -1 : 1;
    for (int i = 0; i < 3; i++) {
        if (!rule_number(p, &part[i]))
            return false;
        if (**p != ':')
            break;
        (*p)++;
    }
    *out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

static bool rule_name(const char **p)
{
    const char *begin = *p;

    if (**p == '<') {
        while (**p && **p != '>')
            (*p)++;
        return *(*p) ? (*p)++, true : false;
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
        (*p)++;
    return *p > begin;
}

static bool rule_date(const char **p, rule_day *out)
{
    int32_t month, week, weekday;

    if (*(*p)++ != ',' || *(*p)++ != 'M' || !rule_number(p, &month) || *(*p)++ != '.' || !rule_number(p, &week) ||
        *(*p)++ != '.' || !rule_number(p, &weekday))
        return false;
    if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6)
        return false;
    *out = (rule_day){(unsigned)month, (unsigned)week, (unsigned)weekday, 7200};
    if (**p == '/') {
        (*p)++;
        return rule_time(p, &out->time_s);
    }
    return true;
}

static void read_rule(cm_zone *zone, const char *p)
{
    int32_t west;

    if (!rule_name(&p) || !rule_time(&p, &west))
        return;
    zone->standard = -west;
    zone->summer = zone->standard + 3600;
    if (*p == '\0' || *p == '\n') {
        zone->has_rule = true;
        return;
    }
    if (!rule_name(&p))
        return;
    if (*p != ',') {
        if (!rule_time(&p, &west))
            return;
        zone->summer = -west;
    }
    zone->has_rule = zone->has_summer = rule_date(&p, &zone->begins) && rule_date(&p, &zone->ends);
}

static bool read_block(cm_zone *zone, const unsigned char *bytes, size_t length)
{
    /* Header: magic, version, 15 unused, six counts; the 32-bit block is passed over. */
    if (length < 44 || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
        return false;
    const unsigned char *p = bytes;
    size_t count[6];
    for (int block = 0; block < 2; block++) {
        if ((size_t)(bytes + length - p) < 44 || memcmp(p, "TZif", 4) != 0)
            return false;
        for (size_t i = 0; i < 6; i++) {
            count[i] = (size_t)(uint32_t)big_endian(p + 20 + 4 * i, 4);
            if (count[i] > ZONE_FILE_LIMIT)
                return false;
        }
        if (block == 0) {
            const size_t body = count[3] * 5 + count[4] * 6 + count[5] + count[2] * 8 + count[1] + count[0];
            if ((size_t)(bytes + length - p) < 44 + body)
                return false;
            p += 44 + body;
        }
    }
    p += 44;
    const size_t n = count[3], types = count[4];
    const size_t body = n * 9 + types * 6 + count[5] + count[2] * 12 + count[1] + count[0];
    if ((size_t)(bytes + length - p) < body || types == 0)
        return false;
    zone->at = cm_alloc(n, sizeof *zone->at);
    zone->offset = cm_alloc(n, sizeof *zone->offset);
    if (!zone->at || !zone->offset)
        return false;
    const unsigned char *kind = p + 8 * n;
    const unsigned char *type = kind + n;
    zone->first = (int32_t)big_endian(type, 4);
    for (size_t i = 0; i < n; i++) {
        zone->at[i] = big_endian(p + 8 * i, 8);
        if (kind[i] >= types || (i && zone->at[i] <= zone->at[i - 1]))
            return false;
        zone->offset[i] = (int32_t)big_endian(type + 6 * (size_t)kind[i], 4);
    }
    zone->n = n;
    p += body;
    if (p < bytes + length && *p == '\n')
        read_rule(zone, (const char *)p + 1);
    return true;
}

static bool plain_name(const char *name)
{
    if (!*name || strlen(name) >= NAME_SIZE || *name == '/' || strstr(name, ".."))
        return false;
    for (const char *p = name; *p; p++)
        if (!((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || strchr("_+-/", *p)))
            return false;
    return true;
}

castmap_status cm_zone_open(castmap_context *ctx, const char *name, cm_zone **out)
{
    static const char *const FOLDER[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"};
    cm_zone *zone = NULL;
    char *bytes = NULL;
    size_t length = 0;
    castmap_status status = CASTMAP_OK;
    bool found = false;

    if (!plain_name(name)) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "that is not the name of a time zone");
        cm_fail_hint(ctx, "write it like Europe/London");
        return status;
    }
    zone = cm_alloc_zero(1, sizeof *zone);
    if (!zone)
        return cm_fail_memory(ctx);
    snprintf(zone->name, sizeof zone->name, "%s", name);
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0) {
        zone->has_rule = true;
        goto done;
    }
    for (size_t i = 0; !found && i < sizeof FOLDER / sizeof FOLDER[0]; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", FOLDER[i], name);
        if (cm_file_read(ctx, path, ZONE_FILE_LIMIT, &bytes, &length) == CASTMAP_OK)
            found = true;
        else
            cm_fail_clear(ctx);
    }
    if (!found || !read_block(zone, (const unsigned char *)bytes, length)) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "time zone \"%s\" is not in this machine's time zone database", name);
        cm_fail_hint(ctx, "write it like Europe/London; the database is the Debian package tzdata");
    }
done:
    free(bytes);
    if (status) {
        cm_zone_free(zone);
        return status;
    }
    *out = zone;
    return CASTMAP_OK;
}

void cm_zone_free(cm_zone *zone)
{
    if (!zone)
        return;
    free(zone->at);
    free(zone->offset);
    free(zone);
}

const char *cm_zone_name(const cm_zone *zone)
{
    return zone->name;
}

/* The wall-clock second, as if UTC, at which a rule strikes in a year. */
static int64_t rule_instant(const rule_day *rule, int64_t year)
{
    const int64_t first = cm_days_from_civil(year, rule->month, 1);
    const int64_t next = rule->month == 12 ? cm_days_from_civil(year + 1, 1, 1)
                                           : cm_days_from_civil(year, rule->month + 1, 1);
    const int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = first + ((int64_t)rule->weekday - weekday + 7) % 7 + 7 * ((int64_t)rule->week - 1);

    while (day >= next)
        day -= 7;
    return day * DAY_S + rule->time_s;
}

static int32_t rule_offset(const cm_zone *zone, int64_t utc_s)
{
    int64_t year, days = (utc_s + zone->standard) / DAY_S;
    unsigned month, day;

    if (!zone->has_summer)
        return zone->standard;
    if ((utc_s + zone->standard) % DAY_S < 0)
        days--;
    cm_civil_from_days(days, &year, &month, &day);
    const int64_t begin = rule_instant(&zone->begins, year) - zone->standard;
    const int64_t end = rule_instant(&zone->ends, year) - zone->summer;
    const bool summer = begin < end ? utc_s >= begin && utc_s < end : utc_s >= begin || utc_s < end;
    return summer ? zone->summer : zone->standard;
}

int32_t cm_zone_offset(const cm_zone *zone, int64_t utc_s)
{
    if (zone->n == 0)
        return zone->has_rule ? rule_offset(zone, utc_s) : zone->first;
    if (utc_s < zone->at[0])
        return zone->first;
    if (utc_s >= zone->at[zone->n - 1])
        return zone->has_rule ? rule_offset(zone, utc_s) : zone->offset[zone->n - 1];
    size_t low = 0, high = zone->n - 1; /* at[low] <= utc_s < at[high] */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= utc_s)
            low = middle;
        else
            high = middle;
    }
    return zone->offset[low];
}

int64_t cm_zone_to_utc(const cm_zone *zone, int64_t local_s, cm_local_kind *kind)
{
    /* No zone is more than a day off UTC, and changes are more than two days apart. */
    const int32_t before = cm_zone_offset(zone, local_s - DAY_S);
    const int32_t after = cm_zone_offset(zone, local_s + DAY_S);
    const bool fits_before = cm_zone_offset(zone, local_s - before) == before;
    const bool fits_after = cm_zone_offset(zone, local_s - after) == after;

    *kind = CM_LOCAL_PLAIN;
    if (before == after)
        return local_s - before;
    if (fits_before && fits_after) {
        *kind = CM_LOCAL_OVERLAP;
        return local_s - (before > after ? before : after);
    }
    if (!fits_before && !fits_after) {
        *kind = CM_LOCAL_GAP;
        return local_s - before;
    }
    return local_s - (fits_before ? before : after);
}
