#include "support/jpeg_maker.h"

#include <string.h>

/* An 8 x 8 grey picture: tables and one scan, as small as a baseline JPEG can be. */
static const unsigned char TABLES[] = {
    0xFF, 0xDB, 0, 67, 0, 16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87,
    80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0,
    0xFF, 0xC4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x3F};

typedef struct maker {
    unsigned char tiff[2048];
    size_t        n;
    bool          little;
} maker;

static void put16(maker *m, size_t at, unsigned v)
{
    m->tiff[at] = (unsigned char)(m->little ? v & 255 : v >> 8);
    m->tiff[at + 1] = (unsigned char)(m->little ? v >> 8 : v & 255);
}

static void put32(maker *m, size_t at, unsigned v)
{
    put16(m, at, m->little ? v & 65535 : v >> 16);
    put16(m, at + 2, m->little ? v >> 16 : v & 65535);
}

/* An entry of the IFD at `ifd`; data of more than four bytes goes behind everything. */
static void entry(maker *m, size_t ifd, unsigned tag, unsigned type, unsigned count, const void *bytes, size_t size)
{
    const unsigned n = m->little ? m->tiff[ifd] : m->tiff[ifd + 1];
    const size_t at = ifd + 2 + (size_t)n * 12;

    put16(m, ifd, n + 1);
    put16(m, at, tag);
    put16(m, at + 2, type);
    put32(m, at + 4, count);
    if (size <= 4) {
        memcpy(m->tiff + at + 8, bytes, size);
        return;
    }
    put32(m, at + 8, (unsigned)m->n);
    memcpy(m->tiff + m->n, bytes, size);
    m->n += size + (size & 1);
}

static void short_entry(maker *m, size_t ifd, unsigned tag, unsigned value)
{
    const unsigned char bytes[2] = {(unsigned char)(m->little ? value & 255 : value >> 8), (unsigned char)(m->little ? value >> 8 : value & 255)};
    entry(m, ifd, tag, 3, 1, bytes, 2);
}

static void long_entry(maker *m, size_t ifd, unsigned tag, unsigned value)
{
    entry(m, ifd, tag, 4, 1, "\0\0\0\0", 4);
    const unsigned n = m->little ? m->tiff[ifd] : m->tiff[ifd + 1];
    put32(m, ifd + 2 + (size_t)(n - 1) * 12 + 8, value);
}

static void rationals(maker *m, size_t ifd, unsigned tag, const unsigned (*v)[2], unsigned n)
{
    const size_t at = m->n;
    entry(m, ifd, tag, 5, n, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 8 * n);
    for (unsigned i = 0; i < n; i++) {
        put32(m, at + 8 * i, v[i][0]);
        put32(m, at + 8 * i + 4, v[i][1]);
    }
}

static void make_tiff(maker *m, const jpeg_wish *w)
{
    enum { IFD0 = 8, EXIF = 120, GPS = 240, DATA = 400 };

    memset(m, 0, sizeof *m);
    m->little = w->little;
    memcpy(m->tiff, w->little ? "II" : "MM", 2);
    put16(m, 2, 42);
    put32(m, 4, IFD0);
    m->n = DATA;
    entry(m, IFD0, 0x010F, 2, 14, "secret-camera", 14);
    if (w->orientation)
        short_entry(m, IFD0, 0x0112, w->orientation);
    if (w->taken) {
        long_entry(m, IFD0, 0x8769, EXIF);
        entry(m, EXIF, 0x9003, 2, (unsigned)strlen(w->taken) + 1, w->taken, strlen(w->taken) + 1);
        if (w->offset)
            entry(m, EXIF, 0x9011, 2, (unsigned)strlen(w->offset) + 1, w->offset, strlen(w->offset) + 1);
    }
    if (!w->gps)
        return;
    long_entry(m, IFD0, 0x8825, GPS);
    if (w->lat_ref)
        entry(m, GPS, 1, 2, 2, (const char[2]){w->lat_ref, 0}, 2);
    rationals(m, GPS, 2, w->lat, 3);
    if (w->lon_ref)
        entry(m, GPS, 3, 2, 2, (const char[2]){w->lon_ref, 0}, 2);
    rationals(m, GPS, 4, w->lon, 3);
    if (w->error[1])
        rationals(m, GPS, 0x1F, &w->error, 1);
}

static size_t segment(unsigned char *out, unsigned marker, const void *bytes, size_t length)
{
    out[0] = 0xFF;
    out[1] = (unsigned char)marker;
    out[2] = (unsigned char)((length + 2) >> 8);
    out[3] = (unsigned char)((length + 2) & 255);
    memcpy(out + 4, bytes, length);
    return length + 4;
}

size_t jpeg_make(const jpeg_wish *w, unsigned char *out)
{
    unsigned char exif[2100];
    maker m;
    size_t n = 0;

    memcpy(out, "\xFF\xD8", 2);
    n = 2;
    n += segment(out + n, 0xE0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
    if (w->exif) {
        make_tiff(&m, w);
        memcpy(exif, "Exif\0\0", 6);
        memcpy(exif + 6, m.tiff, m.n);
        n += segment(out + n, 0xE1, exif, m.n + 6);
    }
    n += segment(out + n, 0xE1, "http://ns.adobe.com/xap/1.0/\0secret-xmp", 39);
    n += segment(out + n, 0xFE, "secret-comment", 14);
    memcpy(out + n, TABLES, sizeof TABLES);
    n += sizeof TABLES;
    memcpy(out + n, "\xFF\xD9secret-trailer", 16);
    return n + 16;
}
