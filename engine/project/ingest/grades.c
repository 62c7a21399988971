/*
 * project/ingest/grades.c - intelligence grades and counts of persons.
 *
 * The 3x5x2 letters and numbers are those of the College of Policing's intelligence report. The older 5x5x5 form is read only when asked
 * for, because its letters mean other things; the table below is the whole of what is known about it.
 */
#include "project/ingest/grades.h"

#include "base/decimal.h"

#include <string.h>

static void trim(const char **text, size_t *length)
{
    while (*length && (**text == ' ' || **text == '\t')) {
        (*text)++;
        (*length)--;
    }
    while (*length && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
        (*length)--;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool cm_grade_source(const char *text, size_t length, int *out, cm_flaw *flaw)
{
    trim(&text, &length);
    *out = 0;
    if (length == 0)
        return true;
    if (length == 1 && text[0] >= '1' && text[0] <= '3') {
        *out = text[0] - '0';
        return true;
    }
    *flaw = CM_FLAW("bad-source-grade", "source grade must be 1 (reliable), 2 (untested) or 3 (not reliable)");
    return false;
}

bool cm_grade_information(const char *text, size_t length, char *out, cm_flaw *flaw)
{
    trim(&text, &length);
    *out = 0;
    if (length == 0)
        return true;
    if (length == 1 && upper(text[0]) >= 'A' && upper(text[0]) <= 'E') {
        *out = upper(text[0]);
        return true;
    }
    *flaw = CM_FLAW("bad-information-grade",
                    "information grade must be A (known directly), B (corroborated), C (known indirectly), D (not known) "
                    "or E (suspected false)");
    return false;
}

bool cm_grade_handling(const char *text, size_t length, char *out, cm_flaw *flaw)
{
    trim(&text, &length);
    *out = 0;
    if (length == 0)
        return true;
    if (length == 1 && (upper(text[0]) == 'P' || upper(text[0]) == 'C')) {
        *out = upper(text[0]);
        return true;
    }
    *flaw = CM_FLAW("bad-handling", "handling must be P (sharing permitted) or C (with conditions)");
    return false;
}

bool cm_grade_code(const char *text, size_t length, bool legacy, cm_grades *out, cm_flaw *flaw)
{
    /* 5x5x5: A always, B mostly, C sometimes reliable, D unreliable, E untested; 1 known to be true, 2 known personally to the source,
     * 3 corroborated, 4 cannot be judged, 5 suspected false; handling 1..5 becomes C. */
    static const int SOURCE[5] = {1, 2, 2, 3, 2};
    static const char INFORMATION[5] = {'A', 'A', 'B', 'D', 'E'};

    trim(&text, &length);
    *out = (cm_grades){0};
    if (length == 0)
        return true;
    if (length == 3) {
        const char a = upper(text[0]), b = upper(text[1]), c = upper(text[2]);
        if (a >= '1' && a <= '3' && b >= 'A' && b <= 'E' && (c == 'P' || c == 'C')) {
            *out = (cm_grades){a - '0', b, c, false};
            return true;
        }
        if (a >= 'A' && a <= 'E' && b >= '1' && b <= '5' && c >= '1' && c <= '5') {
            if (legacy) {
                *out = (cm_grades){SOURCE[a - 'A'], INFORMATION[b - '1'], 'C', true};
                return true;
            }
            *flaw = CM_FLAW("legacy-grade", "an older 5x5x5 grade: give --legacy-grades to translate it by the fixed table");
            return false;
        }
    }
    *flaw = CM_FLAW("bad-grade", "the grade must be three signs such as 2BP: source 1-3, information A-E, handling P or C");
    return false;
}

bool cm_persons(const char *text, size_t length, int64_t *out, cm_flaw *flaw)
{
    trim(&text, &length);
    *out = -1;
    if (length == 0)
        return true;
    if (cm_decimal_parse_i64(text, length, out) && *out >= 0 && *out <= 10000)
        return true;
    *flaw = CM_FLAW("bad-persons", "the number of persons must be a whole number from 0 to 10000");
    return false;
}
