/*
 * project/ingest/when_words.c - lists of words, compared without case.
 */
#include "project/ingest/when_words.h"

#include <string.h>

/* Names of a month in several languages, separated by spaces. Octal where a hexadecimal escape would go on into the word. */
static const char *const MONTHS[12] = {
    "january jan ionawr janvier enero janeiro gennaio januar j\xC3\xA4nner januari stycznia stycze\xC5\x84 ianuarie",
    "february feb chwefror f\xC3\xA9vrier febrero fevereiro febbraio februar februari lutego luty februarie",
    "march mar mawrth mars marzo mar\xC3\xA7o m\xC3\xA4rz maart marca marzec martie",
    "april apr ebrill avril abril aprile kwietnia kwiecie\xC5\x84 aprilie",
    "may mai mayo maio maggio mei maja maj",
    "june jun mehefin juin junio junho giugno juni czerwca czerwiec iunie",
    "july jul gorffennaf juillet julio julho luglio juli lipca lipiec iulie",
    "august aug awst ao\xC3\xBBt agosto augustus sierpnia sierpie\xC5\x84",
    "september sep sept medi septembre septiembre setembro settembre wrze\xC5\x9Bnia wrzesie\xC5\x84 septembrie",
    "october oct hydref octobre octubre outubro ottobre oktober pa\305\272dziernika pa\305\272dziernik octombrie",
    "november nov tachwedd novembre noviembre novembro listopada listopad noiembrie",
    "december dec rhagfyr d\303\251cembre diciembre dezembro dicembre dezember grudnia grudzie\xC5\x84 decembrie",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ASCII and the Latin-1 letters of UTF-8 (C3 80..9E) without case. */
static bool same(const char *word, const char *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool accented = i > 0 && word[i - 1] == '\xC3' && (unsigned char)word[i] >= 0x80 && (unsigned char)word[i] <= 0x9E;
        const char c = accented ? (char)((unsigned char)word[i] + 0x20) : lower(word[i]);
        if (c != want[i])
            return false;
    }
    return true;
}

static bool listed(const char *list, const char *word, size_t n)
{
    for (const char *p = list; *p;) {
        const size_t length = strcspn(p, " ");
        if (length == n && same(word, p, n))
            return true;
        p += length;
        p += *p == ' ';
    }
    return false;
}

unsigned cm_month_named(const char *word, size_t n)
{
    for (unsigned m = 0; n >= 3 && m < 12; m++)
        if (listed(MONTHS[m], word, n))
            return m + 1;
    return 0;
}

unsigned cm_weekday_named(const char *word, size_t n)
{
    static const char *const DAYS[7] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

    for (unsigned d = 0; n >= 3 && d < 7; d++)
        if (n <= strlen(DAYS[d]) && same(word, DAYS[d], n))
            return d + 1;
    return 0;
}

bool cm_part_of_day(const char *text, size_t n, unsigned *from_hour, unsigned *to_hour)
{
    static const char *const BEFORE[] = {"during the ", "in the ", "at "};
    static const struct {
        const char *words;
        unsigned    from, to;
    } PARTS[] = {
        {"early morning", 0, 6}, {"early hours", 0, 6}, {"small hours", 0, 6}, {"morning", 6, 12},  {"am", 0, 12},    {"midday", 11, 13},
        {"noon", 11, 13},        {"afternoon", 12, 18}, {"pm", 12, 24},        {"evening", 18, 22}, {"night", 22, 30}, {"overnight", 22, 30},
    };

    for (size_t i = 0; i < sizeof BEFORE / sizeof BEFORE[0]; i++) {
        const size_t length = strlen(BEFORE[i]);
        if (n > length && same(text, BEFORE[i], length)) {
            text += length;
            n -= length;
            break;
        }
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (strlen(PARTS[i].words) == n && same(text, PARTS[i].words, n)) {
            *from_hour = PARTS[i].from;
            *to_hour = PARTS[i].to;
            return true;
        }
    }
    return false;
}

bool cm_says_unknown(const char *text, size_t n)
{
    static const char *const WORDS[] = {"unknown", "not known", "don't know", "dont know", "not sure", "n/k", "?", "??", "-", "unsure"};

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strlen(WORDS[i]) == n && same(text, WORDS[i], n))
            return true;
    return false;
}
