/*
 * project/ingest/when_words.h - words of times: months, days of the week, parts of a day, and those that say nothing.
 */
#ifndef CM_PROJECT_INGEST_WHEN_WORDS_H
#define CM_PROJECT_INGEST_WHEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* 1..12; 0: none. English, three letters of it, and whole names in Welsh, French, Spanish, Portuguese, Italian, German, Dutch, Polish and Romanian. */
unsigned cm_month_named(const char *word, size_t n);
/* 1 Monday .. 7; 0: none. English, whole or cut to three letters or more. */
unsigned cm_weekday_named(const char *word, size_t n);

/*
 * The hours of local time that a part of a day means: "morning" 6 to 12, "night" 22 to 30, which is 6 o'clock of the next day. English; "at", "in the" and
 * "during the" before it are passed over. False: none. "midnight" is none: it is both ends of a day.
 */
bool cm_part_of_day(const char *text, size_t n, unsigned *from_hour, unsigned *to_hour);

/* "unknown", "not known", "don't know", "?", "-", "n/k". */
bool cm_says_unknown(const char *text, size_t n);

#endif
