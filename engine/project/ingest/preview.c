/*
 * project/ingest/preview.c - observations in a few words.
 */
#include "project/ingest/preview.h"

#include "base/memory.h"
#include "base/time_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; text && *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* An instant in UTC; what is known less well as it was written, after the word for how well. */
static char *time_words(const cm_observation *o)
{
    static const char *const WORDS[] = {
        [CM_WHEN_HOUR] = "hour", [CM_WHEN_DAY] = "day", [CM_WHEN_MONTH] = "month", [CM_WHEN_QUARTER] = "quarter", [CM_WHEN_YEAR] = "year",
        [CM_WHEN_INTERVAL] = "interval"};
    char text[160];

    if (o->when == CM_WHEN_UNKNOWN)
        return cm_copy_text("");
    if (o->when == CM_WHEN_INSTANT || o->when == CM_WHEN_MINUTE) {
        cm_time_iso(o->from_s, text);
        return cm_copy_text(text);
    }
    const char *word = (size_t)o->when < sizeof WORDS / sizeof *WORDS && WORDS[o->when] ? WORDS[o->when] : "about";
    snprintf(text, sizeof text, "%s %.120s", word, o->when_text ? o->when_text : "");
    return cm_copy_text(text);
}

int cm_preview_add(cm_account *account, size_t most, const cm_observation *o, bool duplicate)
{
    castmap_import_summary *s = &account->summary;

    if (s->n_rows >= most)
        return 0;
    if (!s->rows && !(s->rows = cm_alloc_zero(most, sizeof *s->rows)))
        return -1;
    castmap_import_row *row = &s->rows[s->n_rows];
    *row = (castmap_import_row){.row = o->row, .lon = o->lon, .lat = o->lat, .accuracy_m = o->accuracy_m, .time = time_words(o),
                                .category = cm_copy_text(o->category ? o->category : ""), .text_length = characters(o->text),
                                .source_length = characters(o->source), .duplicate = duplicate};
    s->n_rows++;
    return row->time && row->category ? 0 : -1;
}

void cm_preview_clear(castmap_import_summary *summary)
{
    for (size_t i = 0; i < summary->n_rows; i++) {
        free(summary->rows[i].time);
        free(summary->rows[i].category);
    }
    free(summary->rows);
}
