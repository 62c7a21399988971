/* What an import of the observations must come to, as the generator knows it. */
#include "publish.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef struct tally {
    const char *name;
    int         count;
} tally;

typedef struct tallies {
    tally list[64];
    int   count;
} tallies;

static void count_one(tallies *t, const char *name)
{
    for (int i = 0; i < t->count; i++)
        if (strcmp(t->list[i].name, name) == 0) {
            t->list[i].count++;
            return;
        }
    t->list[t->count++] = (tally){name, 1};
}

static int by_name(const void *left, const void *right)
{
    const tally *a = left, *b = right;

    return strcmp(a->name, b->name);
}

static void write_tallies(FILE *out, const char *name, tallies *t)
{
    qsort(t->list, (size_t)t->count, sizeof t->list[0], by_name);
    fprintf(out, "  \"%s\": {", name);
    for (int i = 0; i < t->count; i++)
        fprintf(out, "%s\"%s\": %d", i ? ", " : "", t->list[i].name, t->list[i].count);
    fputs("},\n", out);
}

static void write_accounting(const sample *s, FILE *out)
{
    int count[3] = {0, 0, 0}, unknown = 0;
    tallies kinds = {0};

    for (int i = 0; i < s->rows.count; i++) {
        const row *r = &s->rows.list[i];
        count[r->fate]++;
        if (r->fate == FATE_QUARANTINED)
            count_one(&kinds, r->fault);
        unknown += r->fault && strcmp(r->fault, "category-unknown") == 0;
    }
    fprintf(out, "  \"rows\": {\"read\": %d, \"accepted\": %d, \"duplicate\": %d, \"quarantined\": %d},\n", s->rows.count,
            count[FATE_ACCEPTED], count[FATE_DUPLICATE], count[FATE_QUARANTINED]);
    fprintf(out,
            "  \"rows_without_category_list\": {\"read\": %d, \"accepted\": %d, \"duplicate\": %d, \"quarantined\": %d},\n",
            s->rows.count, count[FATE_ACCEPTED] + unknown, count[FATE_DUPLICATE], count[FATE_QUARANTINED] - unknown);
    write_tallies(out, "quarantined", &kinds);
}

static void write_specials(const sample *s, FILE *out, const char *name, bool faults)
{
    bool first = true;

    fprintf(out, "  \"%s\": [", name);
    for (int i = 0; i < s->rows.count; i++) {
        const row *r = &s->rows.list[i];
        if (!r->fault || (r->fate == FATE_ACCEPTED) == faults)
            continue;
        fprintf(out, "%s\n    {\"record\": %d, \"line\": %d, \"kind\": \"%s\", \"column\": \"%s\", \"expect\": \"%s\"}",
                first ? "" : ",", r->record, r->line, r->fault, r->column, r->expect);
        first = false;
    }
    fputs("\n  ],\n", out);
}

static void write_contents(const sample *s, FILE *out)
{
    tallies categories = {0}, information = {0}, source = {0}, handling = {0}, reporters = {0}, patterns = {0};
    int outside = 0;

    for (int i = 0; i < s->rows.count; i++) {
        const row *r = &s->rows.list[i];
        if (r->fate != FATE_ACCEPTED)
            continue;
        const char *const *f = (const char *const *)r->field;
        count_one(&categories, f[F_WHAT]);
        count_one(&information, *f[F_INFORMATION_GRADE] ? f[F_INFORMATION_GRADE] : "D");
        count_one(&source, *f[F_SOURCE_GRADE] ? f[F_SOURCE_GRADE] : "2");
        count_one(&handling, f[F_HANDLING]);
        count_one(&reporters, f[F_REPORTER]);
        count_one(&patterns, PATTERN_NAMES[s->observations.list[r->source].pattern]);
        const char *grade = *f[F_INFORMATION_GRADE] ? f[F_INFORMATION_GRADE] : "D";
        outside += *grade == 'E' || (*grade == 'D' && strcmp(f[F_SOURCE_GRADE], "3") == 0);
    }
    write_tallies(out, "categories", &categories);
    write_tallies(out, "source_grades", &source);
    write_tallies(out, "information_grades", &information);
    write_tallies(out, "handling", &handling);
    write_tallies(out, "patterns", &patterns);
    fprintf(out, "  \"internal_only_by_grade\": %d,\n  \"reporters\": %d,\n", outside, reporters.count);
}

/* Accepted rows by ward: the place as written in the file, in the ward as written in its file. */
static void write_areas(const sample *s, FILE *out)
{
    int in_ward[64] = {0}, councils[2] = {0, 0}, unplaced = 0;

    for (int i = 0; i < s->rows.count; i++) {
        const row *r = &s->rows.list[i];
        if (r->fate != FATE_ACCEPTED)
            continue;
        const int at = wards_at(&s->wards, vec_of(s->observations.list[r->source].place));
        if (at < 0) {
            unplaced++;
            continue;
        }
        in_ward[at]++;
        councils[s->wards.list[at].council]++;
    }
    fputs("  \"wards\": {", out);
    for (int i = 0; i < s->wards.count; i++)
        fprintf(out, "%s\"%s\": %d", i ? ", " : "", s->wards.list[i].code, in_ward[i]);
    fprintf(out, "},\n  \"councils\": {\"%s\": %d, \"%s\": %d},\n  \"unplaced\": %d,\n", COUNCIL_CODES[0], councils[0],
            COUNCIL_CODES[1], councils[1], unplaced);
}

static void write_totals(const sample *s, FILE *out)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    int streets = 0, dwellings = 0;

    for (int i = 0; i < s->rows.count; i++) {
        const observation *o = &s->observations.list[s->rows.list[i].source];
        if (s->rows.list[i].fate != FATE_ACCEPTED)
            continue;
        first = o->seen < first ? o->seen : first;
        last = o->seen > last ? o->seen : last;
    }
    for (int i = 0; i < s->net.edge_count; i++)
        streets += s->net.edges[i].alive;
    for (int i = 0; i < s->houses.count; i++)
        dwellings += s->houses.list[i].dwellings;
    fprintf(out, "  \"seen_utc_seconds\": {\"first\": %lld, \"last\": %lld},\n", (long long)first, (long long)last);
    fprintf(out, "  \"streets\": %d,\n  \"buildings\": %d,\n  \"dwellings\": %d\n", streets, s->houses.count, dwellings);
}

void publish_expected(const sample *s, const char *file)
{
    FILE *out = text_open(file);

    fputs("{\n  \"file\": \"observations.csv\",\n", out);
    write_accounting(s, out);
    write_specials(s, out, "faults", true);
    write_specials(s, out, "oddities", false);
    write_contents(s, out);
    write_areas(s, out);
    write_totals(s, out);
    fputs("}\n", out);
    text_close(out, file);
}
