/*
 * io/exif.c - the segments of a JPEG, and the little TIFF inside one of them.
 *
 * Source: CIPA DC-008-2019 (Exif 2.32), sections 4.5.4 and 4.6; ITU-T T.81, annex B. Every offset is checked against its block before it is followed; an
 * entry of more values than it needs is read as far as it is needed.
 */
#include "io/exif.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MAX_ENTRIES 1000
enum { TAG_ORIENTATION = 0x0112, TAG_DATE_TIME = 0x0132, TAG_EXIF = 0x8769, TAG_GPS = 0x8825, TAG_ORIGINAL = 0x9003, TAG_OFFSET = 0x9011 };
enum { GPS_LAT_REF = 1, GPS_LAT, GPS_LON_REF, GPS_LON, GPS_ALT_REF, GPS_ALT, GPS_TIME, GPS_DATE = 0x1D, GPS_ERROR = 0x1F };
enum { TYPE_BYTE = 1, TYPE_ASCII, TYPE_SHORT, TYPE_LONG, TYPE_RATIONAL };

typedef struct block {
    const unsigned char *bytes;
    size_t               length;
    bool                 little;
} block;

static uint32_t u16(const block *b, size_t at)
{
    if (at > b->length || b->length - at < 2)
        return 0;
    const unsigned char *p = b->bytes + at;
    return b->little ? (uint32_t)p[0] | (uint32_t)p[1] << 8 : (uint32_t)p[1] | (uint32_t)p[0] << 8;
}

static uint32_t u32(const block *b, size_t at)
{
    const uint32_t first = u16(b, at), second = at < b->length ? u16(b, at + 2) : 0;

    return b->little ? first | second << 16 : second | first << 16;
}

/* Where the values of an entry lie; false when that is outside the block, or the entry is of another type. */
static bool find(const block *b, size_t ifd, uint32_t tag, uint32_t type, uint32_t least, size_t *at, uint32_t *count)
{
    static const uint32_t SIZE[] = {0, 1, 1, 2, 4, 8};
    const uint32_t entries = u16(b, ifd);

    for (uint32_t i = 0; i < entries && i < MAX_ENTRIES; i++) {
        const size_t entry = ifd + 2 + (size_t)i * 12;
        if (entry > b->length || b->length - entry < 12)
            return false;
        if (u16(b, entry) != tag)
            continue;
        *count = u32(b, entry + 4);
        if (u16(b, entry + 2) != type || *count < least || *count > b->length)
            return false;
        const uint64_t size = (uint64_t)*count * SIZE[type];
        *at = size <= 4 ? entry + 8 : u32(b, entry + 8);
        return *at <= b->length && b->length - *at >= size;
    }
    return false;
}

static bool ascii(const block *b, size_t ifd, uint32_t tag, char *out, size_t size)
{
    size_t at;
    uint32_t count;

    out[0] = '\0';
    if (!find(b, ifd, tag, TYPE_ASCII, 1, &at, &count) || count >= size + 1)
        return false;
    size_t n = count < size ? count : size - 1;
    memcpy(out, b->bytes + at, n);
    out[n] = '\0';
    return true;
}

static double rational(const block *b, size_t at)
{
    const uint32_t over = u32(b, at), under = u32(b, at + 4);

    return under ? (double)over / (double)under : (double)NAN;
}

static double one_rational(const block *b, size_t ifd, uint32_t tag)
{
    size_t at;
    uint32_t count;

    return find(b, ifd, tag, TYPE_RATIONAL, 1, &at, &count) ? rational(b, at) : (double)NAN;
}

/* Degrees, minutes and seconds with a letter that says which way. NaN: there is no such thing. */
static double angle(const block *b, size_t gps, uint32_t tag, uint32_t ref_tag, const char *letters, const char **fault)
{
    size_t at;
    uint32_t count;
    char letter[4];

    if (!find(b, gps, tag, TYPE_RATIONAL, 2, &at, &count))
        return NAN;
    const double degrees = rational(b, at), minutes = rational(b, at + 8), seconds = count > 2 ? rational(b, at + 16) : 0;
    const double value = degrees + minutes / 60 + (isnan(seconds) ? 0 : seconds) / 3600;
    if (!ascii(b, gps, ref_tag, letter, sizeof letter) || !letter[0] || !strchr(letters, letter[0])) {
        *fault = "the photo's place does not say north or south, east or west";
        return NAN;
    }
    if (isnan(value) || minutes >= 60 || (count > 2 && seconds >= 60)) {
        *fault = "the photo's place is not a number of degrees, minutes and seconds";
        return NAN;
    }
    return letter[0] == letters[1] ? -value : value;
}

static bool matches(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '9' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return true;
}

static void take_times(const block *b, size_t ifd0, size_t exif, size_t gps, cm_exif *out)
{
    char text[24];
    size_t at;
    uint32_t count;

    if (((exif && ascii(b, exif, TAG_ORIGINAL, text, sizeof text)) || ascii(b, ifd0, TAG_DATE_TIME, text, sizeof text)) &&
        matches(text, "9999:99:99 99:99:99") && strncmp(text, "0000", 4) != 0)
        snprintf(out->taken, sizeof out->taken, "%.4s-%.2s-%.11s", text, text + 5, text + 8);
    if (exif && out->taken[0] && ascii(b, exif, TAG_OFFSET, text, sizeof text) && (text[0] == '+' || text[0] == '-') && matches(text + 1, "99:99"))
        snprintf(out->offset, sizeof out->offset, "%.6s", text);
    if (!gps || !ascii(b, gps, GPS_DATE, text, sizeof text) || !matches(text, "9999:99:99") ||
        !find(b, gps, GPS_TIME, TYPE_RATIONAL, 3, &at, &count))
        return;
    const double hour = rational(b, at), minute = rational(b, at + 8), second = rational(b, at + 16);
    if (hour < 24 && minute < 60 && second < 61) {
        const unsigned whole = second < 60 ? (unsigned)second : 59;
        snprintf(out->gps_time, sizeof out->gps_time, "%.4s-%.2s-%.2sT%02u:%02u:%02uZ", text, text + 5, text + 8, (unsigned)hour % 24,
                 (unsigned)minute % 60, whole % 60);
    }
}

static void read_tiff(const block *whole, cm_exif *out)
{
    block b = *whole;
    size_t at, ifd0, exif = 0, gps = 0;
    uint32_t count;

    if (b.length < 8 || (memcmp(b.bytes, "II", 2) != 0 && memcmp(b.bytes, "MM", 2) != 0))
        return;
    b.little = b.bytes[0] == 'I';
    if (u16(&b, 2) != 42)
        return;
    out->found = true;
    ifd0 = u32(&b, 4);
    if (find(&b, ifd0, TAG_ORIENTATION, TYPE_SHORT, 1, &at, &count) && u16(&b, at) >= 1 && u16(&b, at) <= 8)
        out->orientation = u16(&b, at);
    if (find(&b, ifd0, TAG_EXIF, TYPE_LONG, 1, &at, &count))
        exif = u32(&b, at);
    if (find(&b, ifd0, TAG_GPS, TYPE_LONG, 1, &at, &count))
        gps = u32(&b, at);
    take_times(&b, ifd0, exif, gps, out);
    if (!gps)
        return;
    out->lat = angle(&b, gps, GPS_LAT, GPS_LAT_REF, "NS", &out->fault);
    out->lon = angle(&b, gps, GPS_LON, GPS_LON_REF, "EW", &out->fault);
    out->located = !isnan(out->lat) && !isnan(out->lon);
    out->accuracy_m = one_rational(&b, gps, GPS_ERROR);
    out->altitude_m = one_rational(&b, gps, GPS_ALT);
    if (find(&b, gps, GPS_ALT_REF, TYPE_BYTE, 1, &at, &count) && at < b.length && b.bytes[at] == 1)
        out->altitude_m = -out->altitude_m;
}

/* One segment of the header of a JPEG. */
typedef struct segment {
    unsigned             marker;
    const unsigned char *bytes; /* after its length */
    size_t               length, next;
} segment;

/* The segment at `at`; false when there is none. The end of the picture has length 0. */
static bool segment_at(const unsigned char *jpeg, size_t length, size_t at, segment *out)
{
    if (at + 2 > length || jpeg[at] != 0xFF)
        return false;
    while (at + 2 < length && jpeg[at + 1] == 0xFF) /* fill bytes */
        at++;
    out->marker = jpeg[at + 1];
    if (out->marker == 0xD9) {
        *out = (segment){out->marker, jpeg + at + 2, 0, at + 2};
        return true;
    }
    if (out->marker < 0xC0 || (out->marker >= 0xD0 && out->marker <= 0xD8)) /* restarts belong into a scan, the others nowhere */
        return false;
    if (at + 4 > length)
        return false;
    const size_t size = (size_t)jpeg[at + 2] << 8 | jpeg[at + 3];
    if (size < 2 || size > length - at - 2)
        return false;
    *out = (segment){out->marker, jpeg + at + 4, size - 2, at + 2 + size};
    return true;
}

bool cm_exif_read(const unsigned char *jpeg, size_t length, cm_exif *out)
{
    segment s;

    *out = (cm_exif){.lon = NAN, .lat = NAN, .accuracy_m = NAN, .altitude_m = NAN, .orientation = 1};
    if (length < 4 || jpeg[0] != 0xFF || jpeg[1] != 0xD8)
        return false;
    for (size_t at = 2; segment_at(jpeg, length, at, &s); at = s.next) {
        if (s.marker == 0xDA || s.marker == 0xD9)
            return true;
        if (s.marker == 0xE1 && s.length > 6 && memcmp(s.bytes, "Exif\0\0", 6) == 0 && !out->found) {
            const block tiff = {s.bytes + 6, s.length - 6, false};
            read_tiff(&tiff, out);
        }
    }
    return false;
}

/* Where the picture data after a scan's header end: at the next marker that is neither a stuffed zero nor a restart. */
static size_t scan_end(const unsigned char *jpeg, size_t length, size_t at)
{
    for (; at + 1 < length; at++)
        if (jpeg[at] == 0xFF && jpeg[at + 1] != 0 && jpeg[at + 1] != 0xFF && !(jpeg[at + 1] >= 0xD0 && jpeg[at + 1] <= 0xD7))
            return at;
    return length;
}

static void add_orientation(cm_text *out, unsigned orientation)
{
    const unsigned char exif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                                  0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (unsigned char)orientation, 0, 0, 0, 0, 0, 0};

    if (orientation > 1)
        cm_text_add_bytes(out, exif, sizeof exif);
}

bool cm_jpeg_strip(const unsigned char *jpeg, size_t length, cm_text *out)
{
    static const unsigned char BEGIN[] = {0xFF, 0xD8}, END[] = {0xFF, 0xD9};
    segment s;
    cm_exif exif;

    if (!cm_exif_read(jpeg, length, &exif))
        return false;
    cm_text_reset(out);
    cm_text_add_bytes(out, BEGIN, 2);
    add_orientation(out, exif.orientation);
    for (size_t at = 2; segment_at(jpeg, length, at, &s); at = s.next) {
        if (s.marker == 0xD9) {
            cm_text_add_bytes(out, END, 2);
            return !out->failed;
        }
        /* Of what a program may add only Adobe's word on the colours is kept: without it some pictures turn green. */
        const bool adobe = s.marker == 0xEE && s.length >= 12 && memcmp(s.bytes, "Adobe", 5) == 0;
        if ((s.marker >= 0xE0 && s.marker <= 0xEF && !adobe) || s.marker == 0xFE)
            continue;
        if (adobe) {
            const unsigned char head[4] = {0xFF, 0xEE, 0, 14};
            cm_text_add_bytes(out, head, 4);
            cm_text_add_bytes(out, s.bytes, 12);
            continue;
        }
        if (s.marker == 0xDA)
            s.next = scan_end(jpeg, length, s.next);
        cm_text_add_bytes(out, jpeg + at, s.next - at);
    }
    return false;
}
