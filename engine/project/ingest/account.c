/*
 * project/ingest/account.c - counting reasons, and wording notes.
 */
#include "project/ingest/account.h"
#include "project/ingest/preview.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void clear_list(castmap_reason_count *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].reason);
    free(list);
}

void castmap_import_summary_clear(castmap_import_summary *summary)
{
    if (!summary)
        return;
    clear_list(summary->reasons, summary->n_reasons);
    clear_list(summary->notes, summary->n_notes);
    for (size_t i = 0; i < summary->n_guesses; i++) {
        free(summary->guesses[i].what);
        free(summary->guesses[i].value);
        free(summary->guesses[i].why);
    }
    free(summary->guesses);
    free(summary->format);
    free(summary->picture);
    cm_preview_clear(summary);
    *summary = (castmap_import_summary)CASTMAP_IMPORT_SUMMARY_INIT;
}

void cm_account_clear(cm_account *account)
{
    castmap_import_summary_clear(&account->summary);
}

static int add(castmap_reason_count **list, size_t *n, size_t *capacity, const char *code, const char *reason, size_t count,
               int64_t row)
{
    if (cm_grow(list, capacity, *n + 1, sizeof **list) != 0)
        return -1;
    castmap_reason_count *item = &(*list)[*n];
    *item = (castmap_reason_count){.count = count, .first_row = row, .reason = cm_copy_text(reason)};
    snprintf(item->code, sizeof item->code, "%s", code);
    if (!item->reason)
        return -1;
    (*n)++;
    return 0;
}

/* Codes under which rows have reasons of their own: what all of them have in common. */
static const char *in_common(const char *code, const char *reason)
{
    static const struct {
        const char *code, *words;
    } COMMON[] = {
        {"bad-date", "not a date or time that can be read"},
        {"half-position", "one coordinate is empty although the other is given"},
        {"no-position", "no position"},
        {"bad-position", "not a position that can be read"},
        {"bad-grid-reference", "not a grid reference that can be read"},
        {"ambiguous-place", "the name of more than one place"},
        {"duplicate-key", "the same member twice in a feature"},
    };

    for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++)
        if (strcmp(code, COMMON[i].code) == 0)
            return COMMON[i].words;
    return reason;
}

int cm_account_refused(cm_account *account, const char *code, const char *reason, int64_t row)
{
    castmap_import_summary *s = &account->summary;

    s->quarantined++;
    for (size_t i = 0; i < s->n_reasons; i++) {
        if (strcmp(s->reasons[i].code, code) == 0) {
            s->reasons[i].count++;
            return 0;
        }
    }
    return add(&s->reasons, &s->n_reasons, &account->reason_capacity, code, in_common(code, reason), 1, row);
}

int cm_account_note(cm_account *account, const char *code, size_t count, int64_t first_row, const char *format, ...)
{
    char text[512];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return add(&account->summary.notes, &account->summary.n_notes, &account->note_capacity, code, text, count, first_row);
}

/* Names of columns that play no part, as many as fit. */
static int note_unused(cm_account *account, const cm_preparer *p)
{
    char names[360];
    size_t used = 0, unused = 0;

    names[0] = '\0';
    for (size_t i = 0; i < p->columns->n; i++) {
        bool part = false;
        for (int role = 0; role < CM_ROLE_COUNT; role++)
            part = part || p->mapping->column[role] == (int)i || p->mapping->otherwise[role] == (int)i;
        for (size_t k = 0; k < p->n_keep; k++)
            part = part || p->keep[k] == (int)i;
        if (part || strncmp(p->columns->name[i], "castmap_", 8) == 0)
            continue;
        char shown[48];
        cm_escape_display(p->columns->name[i], strlen(p->columns->name[i]), shown, sizeof shown);
        if (used + strlen(shown) + 8 < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", unused ? ", " : "", shown);
        else if (names[used - 1] != '.')
            used += (size_t)snprintf(names + used, sizeof names - used, ", ...");
        unused++;
    }
    if (unused == 0)
        return 0;
    return cm_account_note(account, "unused-columns", unused, 0, "columns not stored: %s; --map keep=COLUMN keeps one", names);
}

int cm_account_notes(cm_account *account, const cm_preparer *p)
{
    static const struct {
        const char *code, *text;
    } NOTES[CM_NOTE_COUNT] = {
        [CM_NOTE_GAP] = {"clock-gap", "times that the wall clock skipped in spring: read with the offset before the change"},
        [CM_NOTE_OVERLAP] = {"clock-overlap", "times that the wall clock showed twice in autumn: the earlier one was taken"},
        [CM_NOTE_NO_TIME] = {"no-time", "records without a time"},
        [CM_NOTE_NO_GRADE] = {"no-grade", "records without a full grade: the most cautious was taken (2, D, C)"},
        [CM_NOTE_PERSONAL] = {"personal-data", "texts that seem to hold a phone number, email address, postcode, vehicle "
                                               "registration or National Insurance number"},
        [CM_NOTE_DECEPTIVE] = {"odd-characters", "names or texts with invisible, reordering or look-alike characters"},
        [CM_NOTE_COARSE] = {"coarse-position", "places known to half a kilometre or worse: two decimals or fewer, a wide grid square, a town"},
        [CM_NOTE_ACCURACY] = {"odd-accuracy", "accuracies that are no distance: taken as not known"},
        [CM_NOTE_ALTITUDE] = {"odd-altitude", "altitudes outside -500 to 9000 m: is the position what it should be?"},
        [CM_NOTE_ODD_DATE] = {"odd-date", "dates in the future or before 1990, kept as asked"},
        [CM_NOTE_LEGACY] = {"legacy-grade", "older 5x5x5 grades, translated by the fixed table"},
        [CM_NOTE_POSTCODE] = {"located-by-postcode", "places known by a postcode alone: never exact"},
        [CM_NOTE_ENDED] = {"ended-postcode", "postcodes that were terminated before the time of the record: is the postcode right?"},
        [CM_NOTE_PLACE_NAME] = {"located-by-name", "places known by a name or a part of a postcode: known to the size of what it names"},
        [CM_NOTE_LINK] = {"located-by-link", "places taken from a link of a map inside the row"},
        [CM_NOTE_BY_WEEKDAY] = {"time-by-weekday", "times told by a day of the week or as yesterday: the last such day before the record was written"},
        [CM_NOTE_UNDATED] = {"undated-weekday", "times told by a day of the week or as yesterday, of records whose cell does not say when they were written: kept without a time, "
                                                "the words as written"},
        [CM_NOTE_FAR] = {"far-position", "records far from all others of the file, kept as asked"},
    };
    const size_t pile = cm_piles_largest(&p->piles);
    const size_t placed = p->piles.total;

    for (int i = 0; i < CM_NOTE_COUNT; i++)
        if (p->note[i] && cm_account_note(account, NOTES[i].code, p->note[i], p->note_row[i], "%s", NOTES[i].text) != 0)
            return -1;
    if (placed >= CM_PILE_ROWS && pile * CM_PILE_SHARE > placed &&
        cm_account_note(account, "position-pile", pile, 0, "records on one and the same position, of %zu: a default that was not moved? Their places are not taken as exact",
                        placed) != 0)
        return -1;
    return note_unused(account, p);
}

static int by_count(const void *a, const void *b)
{
    const castmap_reason_count *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->code, y->code);
}

void cm_account_sort(cm_account *account)
{
    if (account->summary.n_reasons > 1)
        qsort(account->summary.reasons, account->summary.n_reasons, sizeof *account->summary.reasons, by_count);
}
