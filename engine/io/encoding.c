/*
 * io/encoding.c - Windows-1252 and UTF-16 to UTF-8, block by block.
 */
#include "io/encoding.h"

#include <string.h>
#include <strings.h>

/* Bytes 0x80..0x9F of Windows-1252; 0 where the code page has a hole. */
static const uint16_t HIGH_CONTROLS[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static const struct {
    const char *name;
    cm_encoding encoding;
} NAMES[] = {
    {"utf-8", CM_ENCODING_UTF8},          {"utf8", CM_ENCODING_UTF8},
    {"latin1", CM_ENCODING_WINDOWS_1252}, {"latin-1", CM_ENCODING_WINDOWS_1252},
    {"iso-8859-1", CM_ENCODING_WINDOWS_1252},
    {"windows-1252", CM_ENCODING_WINDOWS_1252},
    {"cp1252", CM_ENCODING_WINDOWS_1252}, {"utf-16", CM_ENCODING_UTF16},
    {"utf16", CM_ENCODING_UTF16},         {"utf-16le", CM_ENCODING_UTF16LE},
    {"utf-16be", CM_ENCODING_UTF16BE},
};

bool cm_encoding_named(const char *name, cm_encoding *out)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcasecmp(name, NAMES[i].name) == 0) {
            *out = NAMES[i].encoding;
            return true;
        }
    }
    return false;
}

const char *cm_encoding_name(cm_encoding encoding)
{
    switch (encoding) {
    case CM_ENCODING_UTF8:
        return "UTF-8";
    case CM_ENCODING_WINDOWS_1252:
        return "Windows-1252";
    case CM_ENCODING_UTF16LE:
        return "UTF-16LE";
    case CM_ENCODING_UTF16BE:
        return "UTF-16BE";
    case CM_ENCODING_UTF16:
        break;
    }
    return "UTF-16";
}

size_t cm_encoding_mark(const unsigned char *bytes, size_t length, cm_encoding *out)
{
    if (length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF) {
        *out = CM_ENCODING_UTF8;
        return 3;
    }
    if (length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
        *out = CM_ENCODING_UTF16LE;
        return 2;
    }
    if (length >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF) {
        *out = CM_ENCODING_UTF16BE;
        return 2;
    }
    return 0;
}

static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static bool convert_1252(const unsigned char *in, size_t length, char *out, size_t *written, size_t *used)
{
    size_t w = 0;

    for (size_t i = 0; i < length; i++) {
        uint32_t c = in[i];
        if (c >= 0x80 && c < 0xA0) {
            c = HIGH_CONTROLS[c - 0x80];
            if (c == 0) {
                *used = i;
                *written = w;
                return false;
            }
        }
        w += put_utf8(c, out + w);
    }
    *used = length;
    *written = w;
    return true;
}

static bool convert_utf16(bool little, const unsigned char *in, size_t length, char *out, size_t *written,
                          size_t *used)
{
    const size_t low = little ? 0 : 1;
    const size_t high = 1 - low;
    size_t w = 0;
    size_t i = 0;

    while (i + 2 <= length) {
        uint32_t c = (uint32_t)in[i + low] | (uint32_t)in[i + high] << 8;
        size_t step = 2;
        if (c >= 0xD800 && c < 0xDC00) {
            if (i + 4 > length)
                break;
            const uint32_t second = (uint32_t)in[i + 2 + low] | (uint32_t)in[i + 2 + high] << 8;
            if (second < 0xDC00 || second > 0xDFFF)
                goto bad;
            c = 0x10000 + ((c - 0xD800) << 10) + (second - 0xDC00);
            step = 4;
        } else if (c >= 0xDC00 && c < 0xE000) {
            goto bad;
        }
        w += put_utf8(c, out + w);
        i += step;
    }
    *used = i;
    *written = w;
    return true;
bad:
    *used = i;
    *written = w;
    return false;
}

bool cm_encoding_convert(cm_encoding encoding, const unsigned char *in, size_t length, char *out, size_t *written,
                         size_t *used)
{
    if (encoding == CM_ENCODING_WINDOWS_1252)
        return convert_1252(in, length, out, written, used);
    return convert_utf16(encoding == CM_ENCODING_UTF16LE, in, length, out, written, used);
}

/* Bytes of the sequence that begins here by its first byte; 1: it begins none. */
static size_t sequence_length(unsigned char first)
{
    return first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC0 && first < 0xE0 ? 2 : 1;
}

static bool is_forbidden(const unsigned char *b, size_t n)
{
    return b[0] == 0xC0 || b[0] == 0xC1 || (n == 3 && b[0] == 0xE0 && b[1] < 0xA0) || (n == 3 && b[0] == 0xED && b[1] >= 0xA0) ||
           (n == 3 && b[0] == 0xEF && b[1] == 0xBF && b[2] >= 0xBE) || (n == 4 && b[0] == 0xF0 && b[1] < 0x90) ||
           (n == 4 && (b[0] > 0xF4 || (b[0] == 0xF4 && b[1] >= 0x90)));
}

/* A byte above ASCII that stands alone. */
static void survey_single(cm_encoding_survey *survey, unsigned char byte)
{
    survey->single++;
    survey->forbidden += byte >= 0x80 && byte < 0xA0 && HIGH_CONTROLS[byte - 0x80] == 0;
}

/* One sequence or byte; gives how many bytes it is, or 0 when more of them are needed. */
static size_t survey_one(cm_encoding_survey *survey, const unsigned char *b, size_t left, bool last)
{
    const size_t n = sequence_length(b[0]);

    for (size_t i = 1; i < n; i++) {
        if (i == left && !last)
            return 0;
        if (i == left || (b[i] & 0xC0) != 0x80) {
            survey_single(survey, b[0]);
            return 1;
        }
    }
    if (n == 1)
        survey_single(survey, b[0]);
    else if (is_forbidden(b, n))
        survey->forbidden++;
    else
        survey->good++;
    return n;
}

static void survey_bytes(cm_encoding_survey *survey, const unsigned char *b, size_t length, bool last)
{
    for (size_t i = 0; i < length;) {
        if (b[i] < 0x80) {
            i++;
            continue;
        }
        const size_t step = survey_one(survey, b + i, length - i, last);
        if (step == 0) {
            survey->n_held = length - i;
            memcpy(survey->held, b + i, survey->n_held);
            return;
        }
        i += step;
    }
}

void cm_encoding_survey_add(cm_encoding_survey *survey, const unsigned char *bytes, size_t length)
{
    /* What was held back is finished byte by byte: at most three more. */
    while (survey->n_held && length) {
        unsigned char joined[4];
        const size_t n = survey->n_held;
        memcpy(joined, survey->held, n);
        joined[n] = *bytes++;
        length--;
        survey->n_held = 0;
        survey_bytes(survey, joined, n + 1, false);
    }
    survey_bytes(survey, bytes, length, false);
}

bool cm_encoding_survey_1252(cm_encoding_survey *survey)
{
    unsigned char held[4];
    const size_t n = survey->n_held;

    memcpy(held, survey->held, sizeof held);
    survey->n_held = 0;
    survey_bytes(survey, held, n, true);
    return survey->forbidden == 0 && survey->single > survey->good;
}
