/*
 * io/zip_members.c - the child looks at every name, and at the first bytes of texts; the parent is told which to read and which to leave.
 */
#include "castmap/zip_members.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/chat_reader.h"
#include "io/input_parts.h"
#include "io/worker.h"
#include "io/zip_entries.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAME_READ CM_WORKER_ITEM
#define FRAME_LEFT (CM_WORKER_ITEM + 1u) /* one byte: why; then the name */
#define FRAME_ONE (CM_WORKER_ITEM + 2u)
#define FIRST_BYTES ((size_t)1 << 12)
#define MOST_MEMBERS 10000u

/* What a member is taken for by its name; the content decides when it is read. */
typedef enum kind { KIND_SKIP, KIND_TEXT, KIND_NOTE, KIND_CHAT, KIND_SHAPEFILE, KIND_KML, KIND_PICTURE, KIND_OTHER, KIND_LEFT } kind;

typedef enum why { WHY_FORM, WHY_ZIP, WHY_NOTE, WHY_CHAT_PICTURE, WHY_KML_PICTURE, WHYS } why;

static const char *const WORDS[WHYS] = {
    [WHY_FORM] = "of no form that holds records",
    [WHY_ZIP] = "a zip inside the zip: unpack it to bring it in",
    [WHY_NOTE] = "a text beside the records",
    [WHY_CHAT_PICTURE] = "a picture of the chat beside it",
    [WHY_KML_PICTURE] = "a picture of the map beside it",
};

typedef struct job {
    int    fd;
    size_t size;
} job;

static bool ends_in(const char *name, const char *const *ends)
{
    for (; *ends; ends++)
        if (cm_has_ending(name, *ends))
            return true;
    return false;
}

/* A part of a Shapefile that is in the zip belongs to it. */
static bool is_part(const cm_zip *zip, const char *name)
{
    static const char *const PARTS[] = {".shx", ".dbf", ".prj", ".cpg", ".qix", ".qpj", ".sbn", ".sbx", ".shp.xml", NULL};
    const char *dot = strrchr(name, '.');
    size_t stem = dot ? (size_t)(dot - name) : 0;

    if (!ends_in(name, PARTS))
        return false;
    if (stem > 4 && strcasecmp(dot, ".xml") == 0)
        stem -= 4; /* name.shp.xml */
    for (size_t i = 0; i < zip->count; i++)
        if (strlen(zip->entry[i].name) == stem + 4 && strncmp(zip->entry[i].name, name, stem) == 0 && strcasecmp(zip->entry[i].name + stem, ".shp") == 0)
            return true;
    return false;
}

typedef struct first_bytes {
    unsigned char bytes[FIRST_BYTES];
    size_t        n;
} first_bytes;

static castmap_status take_first(const unsigned char *bytes, size_t length, void *payload)
{
    first_bytes *first = payload;

    first->n = length < FIRST_BYTES ? length : FIRST_BYTES;
    memcpy(first->bytes, bytes, first->n);
    return CASTMAP_E_CANCELLED; /* no more than these */
}

static bool is_chat(cm_zip *zip, size_t entry)
{
    first_bytes first = {.n = 0};

    (void)!cm_zip_unpack_by(zip, entry, FIRST_BYTES, take_first, &first);
    return first.n > 0 && cm_chat_looks(first.bytes, first.n);
}

static kind kind_of(cm_zip *zip, size_t entry)
{
    static const char *const TEXTS[] = {".csv", ".tsv", ".tab", ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl", NULL};
    static const char *const OTHERS[] = {".csv.gz", ".tsv.gz", ".xlsx", ".ods", ".gpkg", ".fgb", ".gpx", ".kmz", NULL};
    static const char *const PICTURES[] = {".jpg", ".jpeg", NULL};
    static const char *const NOTES[] = {".txt", NULL}, *const SHAPES[] = {".shp", NULL}, *const KMLS[] = {".kml", NULL};
    static const char *const LITTER[] = {".ini", ".db", NULL};
    const char *name = zip->entry[entry].name;

    if (!*name || name[strlen(name) - 1] == '/' || strncmp(name, "__MACOSX/", 9) == 0 || cm_base_name(name)[0] == '.' || ends_in(name, LITTER) ||
        is_part(zip, name))
        return KIND_SKIP;
    if (ends_in(name, NOTES))
        return is_chat(zip, entry) ? KIND_CHAT : KIND_NOTE;
    return ends_in(name, TEXTS)      ? KIND_TEXT
           : ends_in(name, SHAPES)   ? KIND_SHAPEFILE
           : ends_in(name, KMLS)     ? KIND_KML
           : ends_in(name, OTHERS)   ? KIND_OTHER
           : ends_in(name, PICTURES) ? KIND_PICTURE
                                     : KIND_LEFT;
}

static int send_left(cm_worker_pipe *pipe, const char *name, why reason)
{
    char frame[4096];
    const size_t n = strlen(name) < sizeof frame - 1 ? strlen(name) : sizeof frame - 1;

    frame[0] = (char)reason;
    memcpy(frame + 1, name, n);
    return cm_worker_send(pipe, FRAME_LEFT, frame, n + 1);
}

static int tell(cm_worker_pipe *pipe, const cm_zip *zip, const kind *of, const size_t *count)
{
    static const char *const ZIPS[] = {".zip", NULL};
    const size_t places = count[KIND_TEXT] + count[KIND_CHAT] + count[KIND_SHAPEFILE] + count[KIND_KML] + count[KIND_OTHER];
    const bool notes = places == 0 && count[KIND_PICTURE] == 0; /* texts are all there is */
    bool kmz = false;
    int result = 0;

    for (size_t i = 0; i < zip->count; i++)
        kmz = kmz || strcmp(zip->entry[i].name, "doc.kml") == 0;
    const bool pictures = count[KIND_CHAT] == 0 && !kmz;
    for (size_t i = 0; i < zip->count && result == 0; i++) {
        const char *name = zip->entry[i].name;
        if (of[i] == KIND_LEFT)
            result = send_left(pipe, name, ends_in(name, ZIPS) ? WHY_ZIP : WHY_FORM);
        else if (of[i] == KIND_NOTE && !notes)
            result = send_left(pipe, name, WHY_NOTE);
        else if (of[i] == KIND_PICTURE && !pictures)
            result = send_left(pipe, name, count[KIND_CHAT] ? WHY_CHAT_PICTURE : WHY_KML_PICTURE);
        else if (of[i] != KIND_SKIP)
            result = cm_worker_send(pipe, FRAME_READ, name, strlen(name));
    }
    const size_t others = count[KIND_OTHER] + (pictures ? count[KIND_PICTURE] : 0);
    if (result == 0 && others == 0 && (notes ? count[KIND_NOTE] : places) == 1)
        result = cm_worker_send(pipe, FRAME_ONE, "", 0);
    return result;
}

static int members_child(cm_worker_pipe *pipe, void *payload)
{
    const job *j = payload;
    const unsigned char *bytes = mmap(NULL, j->size, PROT_READ, MAP_PRIVATE, j->fd, 0);
    size_t count[KIND_LEFT + 1] = {0};
    cm_zip zip;

    if (bytes == MAP_FAILED)
        return cm_worker_fail(pipe, CASTMAP_E_NOMEM, "", "out of memory");
    if (cm_zip_open(bytes, j->size, &zip) != CASTMAP_OK)
        return 0; /* told when it is read */
    kind *of = cm_alloc(zip.count + 1, sizeof *of);
    if (!of)
        return cm_worker_fail(pipe, CASTMAP_E_NOMEM, "", "out of memory");
    for (size_t i = 0; i < zip.count; i++) {
        if (strcmp(zip.entry[i].name, "xl/workbook.xml") == 0 || strcmp(zip.entry[i].name, "content.xml") == 0)
            return 0; /* a workbook is one thing */
        of[i] = kind_of(&zip, i);
        count[of[i]]++;
    }
    return tell(pipe, &zip, of, count);
}

static castmap_status receive(castmap_context *ctx, uint32_t frame, const unsigned char *bytes, size_t length, void *payload)
{
    castmap_zip_members *out = payload;
    const size_t skip = frame == FRAME_LEFT;

    if (frame == FRAME_ONE) {
        out->one = true;
        return CASTMAP_OK;
    }
    if ((frame != FRAME_READ && frame != FRAME_LEFT) || length <= skip || out->n + out->n_left >= MOST_MEMBERS || (skip && bytes[0] >= WHYS) ||
        memchr(bytes + skip, 0, length - skip))
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "the parsing process answered with a malformed message");
    char *name = cm_copy_bytes((const char *)bytes + skip, length - skip);
    if (!name)
        return cm_fail_memory(ctx);
    /* Both lists have room for all; see the caller. */
    if (skip)
        out->left[out->n_left++] = (castmap_member_left){name, WORDS[bytes[0]]};
    else
        out->name[out->n++] = name;
    return CASTMAP_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_zip(int fd)
{
    unsigned char head[4];

    return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && cm_content_of(head, sizeof head) == CM_CONTENT_ZIP;
}

castmap_status castmap_zip_members_list(castmap_context *ctx, const char *path, bool follow_links, castmap_zip_members *out)
{
    const cm_worker_limits limits = CM_WORKER_LIMITS_INIT;
    castmap_zip_members members = CASTMAP_ZIP_MEMBERS_INIT;
    uint64_t size = 0;
    int fd = -1;
    castmap_status status = CASTMAP_OK;

    *out = members;
    cm_fail_clear(ctx);
    if (cm_input_is_standard(path))
        return CASTMAP_OK;
    if (cm_input_open(ctx, path, follow_links, &fd, &size) != CASTMAP_OK || !is_zip(fd))
        goto done;
    members.name = cm_alloc_zero(MOST_MEMBERS, sizeof *members.name);
    members.left = cm_alloc_zero(MOST_MEMBERS, sizeof *members.left);
    job j = {.fd = fd, .size = (size_t)size};
    status = members.name && members.left ? cm_worker_run(ctx, cm_input_name(path), &limits, &fd, 1, members_child, &j, receive, &members)
                                          : cm_fail_memory(ctx);
    if (status) {
        castmap_zip_members_clear(&members);
        if (status != CASTMAP_E_NOMEM && status != CASTMAP_E_CANCELLED)
            status = CASTMAP_OK; /* whoever reads the zip tells what is wrong with it */
        goto done;
    }
    if (members.n)
        qsort(members.name, members.n, sizeof *members.name, by_name);
    *out = members;
done:
    if (fd >= 0)
        close(fd);
    if (!status)
        cm_fail_clear(ctx);
    return status;
}

void castmap_zip_members_clear(castmap_zip_members *members)
{
    for (size_t i = 0; i < members->n; i++)
        free(members->name[i]);
    for (size_t i = 0; i < members->n_left; i++)
        free(members->left[i].name);
    free(members->name);
    free(members->left);
    *members = (castmap_zip_members)CASTMAP_ZIP_MEMBERS_INIT;
}
