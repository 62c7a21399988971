/*
 * io/zip_text.c - the child looks for the member and sends its bytes as it unpacks them; the parent keeps them where it keeps standard input.
 */
#include "io/zip_text.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/scratch.h"
#include "base/text.h"
#include "io/worker.h"
#include "io/zip_entries.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 20)
#define FRAME_PIECE CM_WORKER_ITEM
#define FRAME_NAME (CM_WORKER_ITEM + 1u)

typedef struct zip_job {
    int         fd;
    size_t      size;
    const char *wanted;
    bool        exact; /* `wanted` is a whole name, of a member of any kind */
} zip_job;

typedef struct text_taken {
    int   fd;
    bool  found;
    char *name; /* [128] */
} text_taken;

static bool is_text(const char *name)
{
    static const char *const ENDS[] = {".csv", ".tsv", ".tab", ".txt", ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl"};

    if (strncmp(name, "__MACOSX/", 9) == 0 || cm_base_name(name)[0] == '.')
        return false;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (cm_has_ending(name, ENDS[i]))
            return true;
    return false;
}

/* A workbook, a Shapefile or a KML document is read by others. */
static bool other_kind(const cm_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++) {
        const char *name = zip->entry[i].name;
        if (strcmp(name, "xl/workbook.xml") == 0 || strcmp(name, "content.xml") == 0 || cm_has_ending(name, ".shp") || cm_has_ending(name, ".kml"))
            return true;
    }
    return false;
}

/* Names of the members that hold text, as many as fit into a message. */
static void list_names(const cm_zip *zip, char *out, size_t size)
{
    size_t used = 0, n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < zip->count; i++) {
        char shown[48];
        if (!is_text(zip->entry[i].name))
            continue;
        cm_escape_display(zip->entry[i].name, strlen(zip->entry[i].name), shown, sizeof shown);
        if (used + strlen(shown) + 8 < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s", n ? ", " : "", shown);
        else if (used && out[used - 1] != '.')
            used += (size_t)snprintf(out + used, size - used, ", ...");
        n++;
    }
}

/* SIZE_MAX: none. *texts: how many there are to choose from. */
static size_t choose(const cm_zip *zip, const char *wanted, size_t *texts)
{
    size_t found = SIZE_MAX, notes = 0, note = SIZE_MAX;

    *texts = 0;
    for (size_t i = 0; i < zip->count; i++) {
        const char *name = zip->entry[i].name;
        if (!is_text(name))
            continue;
        if (wanted) {
            if (strcmp(name, wanted) == 0 || (found == SIZE_MAX && strcmp(cm_base_name(name), wanted) == 0))
                found = i;
            ++*texts;
        } else if (cm_has_ending(name, ".txt")) {
            note = i;
            notes++;
        } else {
            found = i;
            ++*texts;
        }
    }
    if (!wanted && *texts == 0) {
        found = note;
        *texts = notes;
    }
    return found;
}

static castmap_status send_piece(const unsigned char *bytes, size_t length, void *pipe)
{
    return cm_worker_send(pipe, FRAME_PIECE, bytes, length) != 0 ? CASTMAP_E_IO : CASTMAP_OK;
}

static int send_member(cm_worker_pipe *pipe, cm_zip *zip, size_t entry)
{
    if (cm_worker_send(pipe, FRAME_NAME, zip->entry[entry].name, strlen(zip->entry[entry].name)) != 0)
        return -1;
    const castmap_status status = cm_zip_unpack_by(zip, entry, PIECE, send_piece, pipe);
    if (status == CASTMAP_E_IO)
        return -1;
    return status ? cm_worker_fail(pipe, status, "pack it again, or send the file as it is", "%s", zip->fault[0] ? zip->fault : "out of memory") : 0;
}

static int zip_child(cm_worker_pipe *pipe, void *payload)
{
    const zip_job *job = payload;
    const unsigned char *bytes = mmap(NULL, job->size, PROT_READ, MAP_PRIVATE, job->fd, 0);
    char names[120];
    cm_zip zip;
    size_t texts;

    if (bytes == MAP_FAILED)
        return cm_worker_fail(pipe, CASTMAP_E_NOMEM, "", "out of memory");
    if (cm_zip_open(bytes, job->size, &zip) != CASTMAP_OK)
        return 0; /* told by record_zip.c */
    for (size_t i = 0; job->exact && i < zip.count; i++)
        if (strcmp(zip.entry[i].name, job->wanted) == 0)
            return send_member(pipe, &zip, i);
    const size_t entry = choose(&zip, job->wanted, &texts);
    if (job->exact)
        return cm_worker_fail(pipe, CASTMAP_E_NOT_FOUND, "", "the zip has no member of that name");
    if (texts == 0 || (other_kind(&zip) && !(job->wanted && entry != SIZE_MAX)))
        return 0;
    list_names(&zip, names, sizeof names);
    if (entry == SIZE_MAX)
        return cm_worker_fail(pipe, CASTMAP_E_NOT_FOUND, "choose one with --layer NAME", "the zip has no member of that name; it holds %s", names);
    if (!job->wanted && texts > 1)
        return cm_worker_fail(pipe, CASTMAP_E_INPUT, "choose one with --layer NAME; castmap import reads all of a zip that it is given by name",
                              "the zip holds %zu tables: %s", texts, names);
    return send_member(pipe, &zip, entry);
}

static castmap_status receive(castmap_context *ctx, uint32_t kind, const unsigned char *bytes, size_t length, void *payload)
{
    text_taken *taken = payload;

    if (kind == FRAME_NAME && !taken->found) {
        taken->found = true;
        cm_escape_display((const char *)bytes, length, taken->name, 128);
        return CASTMAP_OK;
    }
    if (kind != FRAME_PIECE || !taken->found)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "the parsing process answered with a malformed message");
    while (length > 0) {
        const ssize_t written = write(taken->fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return cm_fail_errno(ctx, "cannot keep", "the text of the zip", errno);
        bytes += written;
        length -= (size_t)written;
    }
    return CASTMAP_OK;
}

static castmap_status open_member(castmap_context *ctx, const char *path, int zip_fd, const char *wanted, bool exact, int *fd, char name[128])
{
    const cm_worker_limits limits = CM_WORKER_LIMITS_INIT;
    text_taken taken = {.fd = -1, .name = name};
    struct stat info;
    castmap_status status = cm_scratch_file(ctx, "member of a zip", &taken.fd);

    *fd = -1;
    if (!status && fstat(zip_fd, &info) != 0)
        status = cm_fail_errno(ctx, "cannot read", path, errno);
    zip_job job = {.fd = zip_fd, .size = status ? 0 : (size_t)info.st_size, .wanted = wanted, .exact = exact};
    if (!status)
        status = cm_worker_run(ctx, cm_input_name(path), &limits, &zip_fd, 1, zip_child, &job, receive, &taken);
    if (!status && taken.found && lseek(taken.fd, 0, SEEK_SET) != 0)
        status = cm_fail_errno(ctx, "cannot read", path, errno);
    if (!status && taken.found) {
        *fd = taken.fd;
        return CASTMAP_OK;
    }
    if (taken.fd >= 0)
        close(taken.fd);
    return status;
}

castmap_status cm_zip_text_open(castmap_context *ctx, const char *path, int zip_fd, const char *wanted, int *fd, char name[128])
{
    return open_member(ctx, path, zip_fd, wanted, false, fd, name);
}

castmap_status cm_zip_member_open(castmap_context *ctx, const char *path, int zip_fd, const char *member, int *fd, char name[128])
{
    return open_member(ctx, path, zip_fd, member, true, fd, name);
}
