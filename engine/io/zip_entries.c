/*
 * io/zip_entries.c - the central directory of a zip, checked entry by entry, and zlib for the bytes.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
 */
#include "io/zip_entries.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAX_ENTRIES 10000u
#define MAX_TOTAL ((uint64_t)1 << 30)
#define MAX_RATIO 100u
#define RATIO_FREE ((uint64_t)16 << 20)
#define END_SIZE 22u
#define CENTRAL_SIZE 46u
#define LOCAL_SIZE 30u

static uint32_t u16(const unsigned char *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t u32(const unsigned char *b)
{
    return u16(b) | u16(b + 2) << 16;
}

static castmap_status fail(cm_zip *zip, castmap_status status, const char *what, const char *name)
{
    char shown[120] = "";

    if (name) {
        cm_escape_display(name, strlen(name), shown, sizeof shown);
        snprintf(zip->fault, sizeof zip->fault, "the zip's entry \"%s\" %s", shown, what);
    } else {
        snprintf(zip->fault, sizeof zip->fault, "the zip %s", what);
    }
    return status;
}

/* Where the end record begins: the last one whose comment reaches the end of the file. */
static const unsigned char *find_end(const unsigned char *bytes, size_t length)
{
    const size_t reach = length < END_SIZE + 65535 ? length : END_SIZE + 65535;

    for (size_t back = END_SIZE; back <= reach; back++) {
        const unsigned char *at = bytes + (length - back);
        if (memcmp(at, "PK\5\6", 4) == 0 && u16(at + 20) == back - END_SIZE)
            return at;
    }
    return NULL;
}

static const char *bad_name(const char *name, size_t length)
{
    if (length == 0 || strlen(name) != length)
        return "has a name that cannot be";
    if (name[0] == '/' || (length > 1 && name[1] == ':' && isalpha((unsigned char)name[0])))
        return "has an absolute path";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 32 || *c == '\\')
            return "has a control character or backslash in its name";
    for (const char *c = name; c; c = strchr(c, '/')) {
        c += *c == '/';
        if (c[0] == '.' && c[1] == '.' && (c[2] == '/' || c[2] == '\0'))
            return "climbs out of its folder";
    }
    return NULL;
}

static castmap_status check_entry(cm_zip *zip, const unsigned char *central, cm_zip_entry *entry, size_t name_length,
                                  uint64_t *total)
{
    const uint32_t flags = u16(central + 8), system = central[5], attributes = u32(central + 38) >> 16;
    const char *wrong = bad_name(entry->name, name_length);

    if (wrong)
        return fail(zip, CASTMAP_E_INPUT, wrong, entry->name);
    if (system == 3 && (attributes & 0170000u) == 0120000u)
        return fail(zip, CASTMAP_E_INPUT, "is a symbolic link", entry->name);
    if (flags & 0x2041u)
        return fail(zip, CASTMAP_E_INPUT, "is encrypted", entry->name);
    if (entry->method != 0 && entry->method != 8)
        return fail(zip, CASTMAP_E_INPUT, "is packed by a method that is not read", entry->name);
    if (entry->packed == 0xffffffffu || entry->unpacked == 0xffffffffu || entry->offset == 0xffffffffu)
        return fail(zip, CASTMAP_E_INPUT, "claims the size of a zip64", entry->name);
    if (entry->unpacked > RATIO_FREE && entry->unpacked / MAX_RATIO > entry->packed)
        return fail(zip, CASTMAP_E_LIMIT, "unpacks to more than 100 times its size", entry->name);
    *total += entry->unpacked;
    if (*total > MAX_TOTAL)
        return fail(zip, CASTMAP_E_LIMIT, "unpacks to more than 1 GB in all", NULL);
    return CASTMAP_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

static castmap_status check_unique(cm_zip *zip)
{
    char **names = cm_alloc(zip->count, sizeof *names);
    castmap_status status = CASTMAP_OK;

    if (!names)
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < zip->count; i++)
        names[i] = zip->entry[i].name;
    qsort(names, zip->count, sizeof *names, by_name);
    for (size_t i = 1; i < zip->count && !status; i++)
        if (strcasecmp(names[i], names[i - 1]) == 0)
            status = fail(zip, CASTMAP_E_INPUT, "stands twice", names[i]);
    free(names);
    return status;
}

castmap_status cm_zip_open(const unsigned char *bytes, size_t length, cm_zip *out)
{
    const unsigned char *end = find_end(bytes, length);
    uint64_t total = 0;
    castmap_status status = CASTMAP_OK;

    *out = (cm_zip){.bytes = bytes, .length = length};
    if (!end)
        return fail(out, CASTMAP_E_INPUT, "has no directory at its end: it is cut off", NULL);
    const size_t count = u16(end + 10), size = u32(end + 12), offset = u32(end + 16);
    if (count == 0xffffu || size == 0xffffffffu || offset == 0xffffffffu)
        return fail(out, CASTMAP_E_INPUT, "is a zip64, which boundaries never need", NULL);
    if (count > MAX_ENTRIES)
        return fail(out, CASTMAP_E_LIMIT, "holds more than 10,000 entries", NULL);
    if (offset > (size_t)(end - bytes) || size > (size_t)(end - bytes) - offset || u16(end + 8) != count)
        return fail(out, CASTMAP_E_INPUT, "has a directory that does not fit the file", NULL);
    out->entry = cm_alloc_zero(count, sizeof *out->entry);
    if (!out->entry)
        return CASTMAP_E_NOMEM;

    const unsigned char *at = bytes + offset, *stop = at + size;
    for (size_t i = 0; i < count && !status; i++) {
        cm_zip_entry *entry = &out->entry[i];
        if ((size_t)(stop - at) < CENTRAL_SIZE || memcmp(at, "PK\1\2", 4) != 0)
            return fail(out, CASTMAP_E_INPUT, "has a damaged directory", NULL);
        const size_t name = u16(at + 28), whole = CENTRAL_SIZE + name + u16(at + 30) + u16(at + 32);
        if ((size_t)(stop - at) < whole)
            return fail(out, CASTMAP_E_INPUT, "has a damaged directory", NULL);
        entry->name = cm_copy_bytes((const char *)at + CENTRAL_SIZE, name);
        if (!entry->name)
            return CASTMAP_E_NOMEM;
        out->count++;
        entry->method = u16(at + 10);
        entry->crc = u32(at + 16);
        entry->packed = u32(at + 20);
        entry->unpacked = u32(at + 24);
        entry->offset = u32(at + 42);
        status = check_entry(out, at, entry, name, &total);
        at += whole;
    }
    return status ? status : check_unique(out);
}

void cm_zip_close(cm_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++)
        free(zip->entry[i].name);
    free(zip->entry);
    zip->entry = NULL;
    zip->count = 0;
}

/* Where the packed bytes of an entry begin; NULL: nowhere, with `fault` set. */
static const unsigned char *packed_bytes(cm_zip *zip, const cm_zip_entry *entry)
{
    if (entry->offset > zip->length || zip->length - entry->offset < LOCAL_SIZE) {
        (void)!fail(zip, CASTMAP_E_INPUT, "lies outside the file", entry->name);
        return NULL;
    }
    const unsigned char *local = zip->bytes + entry->offset;
    const size_t name = u16(local + 26), head = LOCAL_SIZE + name + u16(local + 28), left = zip->length - (size_t)entry->offset;
    if (memcmp(local, "PK\3\4", 4) != 0 || head > left || entry->packed > left - head || name != strlen(entry->name) ||
        memcmp(local + LOCAL_SIZE, entry->name, name) != 0 || u16(local + 8) != entry->method) {
        (void)!fail(zip, CASTMAP_E_INPUT, "does not agree with the zip's directory", entry->name);
        return NULL;
    }
    return local + head;
}

castmap_status cm_zip_unpack_by(cm_zip *zip, size_t index, size_t piece_bytes, cm_zip_piece_fn *take, void *payload)
{
    const cm_zip_entry *entry = &zip->entry[index];
    const unsigned char *packed = packed_bytes(zip, entry);
    unsigned char *piece = packed ? cm_alloc(piece_bytes, 1) : NULL;
    z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)packed, .avail_in = (uInt)entry->packed};
    uLong crc = 0;
    uint64_t total = 0;
    int result = Z_OK;
    castmap_status status = CASTMAP_OK;

    if (!packed)
        return CASTMAP_E_INPUT;
    if (!piece || (entry->method != 0 && inflateInit2(&stream, -MAX_WBITS) != Z_OK)) {
        free(piece);
        return CASTMAP_E_NOMEM;
    }
    while (!status && result == Z_OK && total <= entry->unpacked) {
        size_t got;
        if (entry->method == 0) {
            got = entry->packed - total < piece_bytes ? (size_t)(entry->packed - total) : piece_bytes;
            memcpy(piece, packed + total, got);
            result = total + got == entry->packed ? Z_STREAM_END : Z_OK;
        } else {
            stream.next_out = piece;
            stream.avail_out = (uInt)piece_bytes;
            result = inflate(&stream, Z_NO_FLUSH);
            got = piece_bytes - stream.avail_out;
        }
        crc = crc32_z(crc, piece, got);
        total += got;
        if (got > 0 && total <= entry->unpacked)
            status = take(piece, got, payload);
    }
    if (entry->method != 0)
        inflateEnd(&stream);
    free(piece);
    if (!status && (result != Z_STREAM_END || total != entry->unpacked || crc != entry->crc))
        status = fail(zip, CASTMAP_E_INPUT, "is damaged: size or check sum disagree", entry->name);
    return status;
}

static bool inflate_all(const unsigned char *packed, size_t packed_length, unsigned char *out, size_t length)
{
    z_stream stream = {0};
    int result;

    stream.next_in = (z_const Bytef *)(uintptr_t)packed;
    stream.avail_in = (uInt)packed_length;
    stream.next_out = out;
    stream.avail_out = (uInt)length;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END && stream.total_out == length;
}

castmap_status cm_zip_unpack(cm_zip *zip, size_t index, unsigned char **bytes, size_t *length)
{
    const cm_zip_entry *entry = &zip->entry[index];
    unsigned char *unpacked;
    bool good;

    const unsigned char *packed = packed_bytes(zip, entry);
    if (!packed)
        return CASTMAP_E_INPUT;
    unpacked = cm_alloc((size_t)entry->unpacked, 1);
    if (!unpacked)
        return CASTMAP_E_NOMEM;
    if (entry->method == 0) {
        good = entry->packed == entry->unpacked;
        if (good)
            memcpy(unpacked, packed, (size_t)entry->unpacked);
    } else {
        good = inflate_all(packed, (size_t)entry->packed, unpacked, (size_t)entry->unpacked);
    }
    if (!good || crc32_z(0, unpacked, (size_t)entry->unpacked) != entry->crc) {
        free(unpacked);
        return fail(zip, CASTMAP_E_INPUT, "is damaged: size or check sum disagree", entry->name);
    }
    *bytes = unpacked;
    *length = (size_t)entry->unpacked;
    return CASTMAP_OK;
}
