/* Tests of times as people write them, in the zone of London where the clocks change. */
#include "base/time_text.h"
#include "project/ingest/when.h"
#include "project/ingest/when_weekday.h"
#include "project/ingest/when_words.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cm_zone *london;

static int open_zone(void **state)
{
    return context_setup(state) != 0 || cm_zone_open(*state, "Europe/London", &london) != CASTMAP_OK;
}

static int close_zone(void **state)
{
    cm_zone_free(london);
    return context_teardown(state);
}

typedef struct reading {
    const char *text, *from, *to; /* UTC */
    cm_time_precision precision;
} reading;

/* The text is copied to memory of its own size, so that a step beyond its end is noticed by the sanitizers. */
static bool parse(const char *text, cm_date_order order, cm_when *out, cm_flaw *flaw)
{
    const size_t n = strlen(text);
    char *exact = malloc(n ? n : 1);
    memcpy(exact, text, n);
    const bool read = cm_when_parse(exact, n, order, london, out, flaw);
    free(exact);
    return read;
}

static void expect_readings(const reading *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cm_when when;
        cm_flaw flaw = {NULL, NULL};
        char from[24], to[24];
        if (!parse(want[i].text, CM_DATE_ASK, &when, &flaw))
            fail_msg("%s was refused: %s", want[i].text, flaw.reason);
        cm_time_iso(when.from_s, from);
        cm_time_iso(when.to_s, to);
        if (strcmp(from, want[i].from) != 0 || strcmp(to, want[i].to) != 0 || when.precision != want[i].precision)
            fail_msg("%s gave %s..%s (%d)", want[i].text, from, to, (int)when.precision);
    }
}

static void parts_of_a_day(void **state)
{
    static const reading WANT[] = {
        {"2024-03-05 morning", "2024-03-05T06:00:00Z", "2024-03-05T12:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 in the afternoon", "2024-03-05T12:00:00Z", "2024-03-05T18:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 Evening", "2024-03-05T18:00:00Z", "2024-03-05T22:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 night", "2024-03-05T22:00:00Z", "2024-03-06T06:00:00Z", CM_WHEN_INTERVAL},
        {"Tuesday 5 March 2024, at night", "2024-03-05T22:00:00Z", "2024-03-06T06:00:00Z", CM_WHEN_INTERVAL},
        {"evening of 5 March 2024", "2024-03-05T18:00:00Z", "2024-03-05T22:00:00Z", CM_WHEN_INTERVAL},
        {"in the afternoon on 2024-03-05", "2024-03-05T12:00:00Z", "2024-03-05T18:00:00Z", CM_WHEN_INTERVAL},
        {"Tuesday night, 5 March 2024", "2024-03-05T22:00:00Z", "2024-03-06T06:00:00Z", CM_WHEN_INTERVAL},
        {"2024-02-29 overnight", "2024-02-29T22:00:00Z", "2024-03-01T06:00:00Z", CM_WHEN_INTERVAL},
        {"2024-07-05 night", "2024-07-05T21:00:00Z", "2024-07-06T05:00:00Z", CM_WHEN_INTERVAL}, /* summer time */
        {"2024-03-30 night", "2024-03-30T22:00:00Z", "2024-03-31T05:00:00Z", CM_WHEN_INTERVAL}, /* seven hours: the clocks went on */
        {"2024-10-26 night", "2024-10-26T21:00:00Z", "2024-10-27T06:00:00Z", CM_WHEN_INTERVAL}, /* nine */
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void days_months_and_weeks(void **state)
{
    static const reading WANT[] = {
        {"Tuesday 5 March 2024", "2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_DAY},
        {"Tue, the 5th of March 2024", "2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_DAY},
        {"the 1st of March 2024", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", CM_WHEN_DAY},
        {"March 3rd 2024", "2024-03-03T00:00:00Z", "2024-03-04T00:00:00Z", CM_WHEN_DAY},
        {"03/2024", "2024-03-01T00:00:00Z", "2024-03-31T23:00:00Z", CM_WHEN_MONTH},
        {"3rd March 2024", "2024-03-03T00:00:00Z", "2024-03-04T00:00:00Z", CM_WHEN_DAY},
        {"March 2024", "2024-03-01T00:00:00Z", "2024-03-31T23:00:00Z", CM_WHEN_MONTH},
        {"5 de marzo de 2024", "2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_DAY},
        {"5. M\xC3\xA4rz 2024", "2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_DAY},
        {"F\xC3\x89VRIER 2024", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z", CM_WHEN_MONTH},
        {"12 wrze\xC5\x9Bnia 2023", "2023-09-11T23:00:00Z", "2023-09-12T23:00:00Z", CM_WHEN_DAY},
        {"Mawrth 2024", "2024-03-01T00:00:00Z", "2024-03-31T23:00:00Z", CM_WHEN_MONTH},
        {"2024-W10", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z", CM_WHEN_INTERVAL},
        {"week 1 2021", "2021-01-04T00:00:00Z", "2021-01-11T00:00:00Z", CM_WHEN_INTERVAL},
        {"2020-W53", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z", CM_WHEN_INTERVAL},
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void from_one_time_to_another(void **state)
{
    static const reading WANT[] = {
        {"2024-03-01/2024-03-05", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-01..2024-03-05", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"from 2024-03-01 to 2024-03-05", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"between 1 March 2024 and 5 March 2024", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-01 \xE2\x80\x93 2024-03-05", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"1 to 5 March 2024", "2024-03-01T00:00:00Z", "2024-03-06T00:00:00Z", CM_WHEN_INTERVAL},
        {"28 February to 3 March 2024", "2024-02-28T00:00:00Z", "2024-03-04T00:00:00Z", CM_WHEN_INTERVAL},
        {"January to March 2024", "2024-01-01T00:00:00Z", "2024-03-31T23:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 09:00 - 11:00", "2024-03-05T09:00:00Z", "2024-03-05T11:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 9pm to 11pm", "2024-03-05T21:00:00Z", "2024-03-05T23:00:00Z", CM_WHEN_INTERVAL},
        {"2024-03-05 22:00 - 02:00", "2024-03-05T22:00:00Z", "2024-03-06T02:00:00Z", CM_WHEN_INTERVAL},
        {"5 March 2024 at 9.30pm", "2024-03-05T21:30:00Z", "2024-03-05T21:30:00Z", CM_WHEN_MINUTE},
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void instants_keep_their_offset(void **state)
{
    static const reading WANT[] = {
        {"2024-07-05T09:00:00Z", "2024-07-05T09:00:00Z", "2024-07-05T09:00:00Z", CM_WHEN_INSTANT},
        {"2024-07-05T09:00:00+01:00", "2024-07-05T08:00:00Z", "2024-07-05T08:00:00Z", CM_WHEN_INSTANT},
        {"2024-07-05T09:00-11:00", "2024-07-05T20:00:00Z", "2024-07-05T20:00:00Z", CM_WHEN_MINUTE},
        {"2024-07-05 09:00:00-11:00", "2024-07-05T20:00:00Z", "2024-07-05T20:00:00Z", CM_WHEN_INSTANT},
        {"2024-07-05 09:00-05:00", "2024-07-05T14:00:00Z", "2024-07-05T14:00:00Z", CM_WHEN_MINUTE},
        {"2024-07-05 09:00", "2024-07-05T08:00:00Z", "2024-07-05T08:00:00Z", CM_WHEN_MINUTE},
        {"2024-07-05 09:00 GMT", "2024-07-05T09:00:00Z", "2024-07-05T09:00:00Z", CM_WHEN_MINUTE},
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void says_nothing(void **state)
{
    static const char *const WORDS[] = {"", "  ", "unknown", "Not known", "?", "-", "n/k"};
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        cm_when when;
        cm_flaw flaw;
        if (!parse(WORDS[i], CM_DATE_ASK, &when, &flaw) || when.precision != CM_WHEN_UNKNOWN || when.from_s != CM_TIME_UNKNOWN)
            fail_msg("\"%s\" was taken for a time", WORDS[i]);
    }
}

/* Days told by when they were written: Wednesday 8 May 2024, 12:00 in London, but where another is said. */
static void days_by_the_writing(void **state)
{
    static const struct {
        const char *text, *written, *from, *to;
    } TOLD[] = {
        {"Tuesday night", "2024-05-08T12:00", "2024-05-07T21:00:00Z", "2024-05-08T05:00:00Z"},
        {"tuesday", "2024-05-08", "2024-05-06T23:00:00Z", "2024-05-07T23:00:00Z"},
        {"last Tue, evening", "2024-05-08T12:00", "2024-05-07T17:00:00Z", "2024-05-07T21:00:00Z"},
        {"on Wednesday", "2024-05-08T12:00", "2024-05-07T23:00:00Z", "2024-05-08T23:00:00Z"},
        {"Wednesday night", "2024-05-08T12:00", "2024-05-01T21:00:00Z", "2024-05-02T05:00:00Z"}, /* that night has not begun */
        {"Wednesday night", "2024-05-08T23:30", "2024-05-08T21:00:00Z", "2024-05-09T05:00:00Z"},
        {"Wednesday night", "2024-05-08", "2024-05-08T21:00:00Z", "2024-05-09T05:00:00Z"}, /* written at any time of that day */
        {"Thursday", "2024-05-08T12:00", "2024-05-01T23:00:00Z", "2024-05-02T23:00:00Z"},
        {"night of Friday", "2024-05-08T12:00", "2024-05-03T21:00:00Z", "2024-05-04T05:00:00Z"},
        {"Saturday 21:30", "2024-05-08T12:00", "2024-05-04T20:30:00Z", NULL},
        {"yesterday", "2024-05-08T00:30", "2024-05-06T23:00:00Z", "2024-05-07T23:00:00Z"},
        {"Yesterday morning", "2024-05-08T12:00", "2024-05-07T05:00:00Z", "2024-05-07T11:00:00Z"},
        {"last night", "2024-05-08T12:00", "2024-05-07T21:00:00Z", "2024-05-08T05:00:00Z"},
        {"today", "2024-05-08T12:00", "2024-05-07T23:00:00Z", "2024-05-08T23:00:00Z"},
        {"Sunday", "2024-04-01", "2024-03-31T00:00:00Z", "2024-03-31T23:00:00Z"}, /* the day on which the clocks went forward */
        {"Monday", "1969-12-31", "1969-12-28T23:00:00Z", "1969-12-29T23:00:00Z"},
    };
    static const char *const NONE[] = {"Tuesday banana", "Tuesdays", "next Tuesday", "Tuesday of May", "yesterday 25:00", "Mo", "the other day", "todayish", ""};
    cm_when when;
    char shown[32];
    (void)state;

    for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++) {
        const int64_t written = cm_when_written(TOLD[i].written, strlen(TOLD[i].written), CM_DATE_YMD, london);
        if (written == CM_TIME_UNKNOWN || !cm_when_relative(TOLD[i].text, strlen(TOLD[i].text), written, london, &when))
            fail_msg("%s is not read", TOLD[i].text);
        cm_time_iso(when.from_s, shown);
        if (strcmp(shown, TOLD[i].from) != 0)
            fail_msg("%s, written %s: from %s", TOLD[i].text, TOLD[i].written, shown);
        cm_time_iso(when.to_s, shown);
        if (TOLD[i].to && strcmp(shown, TOLD[i].to) != 0)
            fail_msg("%s, written %s: to %s", TOLD[i].text, TOLD[i].written, shown);
        assert_true(cm_when_relative(TOLD[i].text, strlen(TOLD[i].text), CM_TIME_UNKNOWN, london, &when));
        assert_int_equal(when.precision, CM_WHEN_UNKNOWN);
    }
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        assert_false(cm_when_relative(NONE[i], strlen(NONE[i]), 1715166000, london, &when));
    /* What is known to a month says no day. */
    assert_true(cm_when_written("2024-05", 7, CM_DATE_YMD, london) == CM_TIME_UNKNOWN);
    assert_true(cm_when_written("", 0, CM_DATE_YMD, london) == CM_TIME_UNKNOWN);
}

static void refusals_say_why(void **state)
{
    static const struct {
        const char *text, *code, *words;
    } BAD[] = {
        {"March", "no-year", "--year"},
        {"the 1st of May", "no-year", "--year"},
        {"Tuesday 5 March", "no-year", "--year"},
        {"Mar-24", "bad-date", "two digits"},
        {"evening of May 2024", "bad-date", ""},
        {"evening of 1 May 2024 9pm", "bad-date", ""},
        {"Wednesday night, 5 March 2024", "impossible-date", ""},
        {"13/2024", "bad-date", ""},
        {"Tuesday night", "bad-date", "day of the week without a date"},
        {"Tuesday", "bad-date", "day of the week without a date"},
        {"Tue Ma", "bad-date", "without a date"},
        {"Wednesday 5 March 2024", "impossible-date", "day of the week"},
        {"2024-03-05 midnight", "bad-date", ""},
        {"2024-03-05 09:00 BST", "bad-date", "offset"},
        {"2024-03-05 09:00-11:00", "ambiguous-date", "offset"},
        {"2024-W54", "bad-date", ""},
        {"5 March 2024 to 1 March 2024", "bad-date", "ends before"},
        {"03/04/2024 to 05/04/2024", "ambiguous-date", ""},
        {"yesterday", "bad-date", ""},
        {"30 February 2024", "impossible-date", ""},
        {"1ma", "bad-date", ""},
        {"5 March 24", "bad-date", "two digits"},
        {"2024-03-05 night 22:00", "bad-date", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cm_when when;
        cm_flaw flaw = {"none", ""};
        if (parse(BAD[i].text, CM_DATE_ASK, &when, &flaw))
            fail_msg("%s was taken for a time", BAD[i].text);
        if (strcmp(flaw.code, BAD[i].code) != 0 || !strstr(flaw.reason, BAD[i].words))
            fail_msg("%s: %s, %s", BAD[i].text, flaw.code, flaw.reason);
    }
}

/* Whatever hour of a year is written without an offset, reading it and writing it in the zone's time of that instant gives the same hour, but for the hour that does
 * not exist. */
static void nothing_shifts_by_an_hour_in_silence(void **state)
{
    size_t gaps = 0, overlaps = 0;
    (void)state;
    for (int64_t hour = 0; hour < 366 * 24; hour++) {
        const int64_t local = cm_utc(2024, 1, 1, 0, 30, 0) + hour * 3600;
        char text[24];
        cm_when when;
        cm_flaw flaw;
        cm_time_iso(local, text);
        text[19] = '\0'; /* no Z: local */
        assert_true(parse(text, CM_DATE_ASK, &when, &flaw));
        const int64_t back = when.from_s + cm_zone_offset(london, when.from_s);
        if (when.gap)
            gaps++;
        else
            assert_int_equal(back, local);
        overlaps += when.overlap;
    }
    assert_int_equal(gaps, 1);
    assert_int_equal(overlaps, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_day),
        cmocka_unit_test(days_months_and_weeks),
        cmocka_unit_test(from_one_time_to_another),
        cmocka_unit_test(instants_keep_their_offset),
        cmocka_unit_test(says_nothing),
        cmocka_unit_test(days_by_the_writing),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(nothing_shifts_by_an_hour_in_silence),
    };
    return cmocka_run_group_tests(tests, open_zone, close_zone);
}
