/*
 * io/text_map.c - input -> nameless file -> mapping.
 */
#include "io/text_map.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 18)
#define LETTER 4                     /* bytes of the longest */
#define GIVEN_BACK ((size_t)8 << 20) /* at a time; a multiple of any page */
#define SEPARATOR 0x1E

static castmap_status put(castmap_context *ctx, int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return cm_fail_errno(ctx, "cannot write", "working data", written < 0 ? errno : ENOSPC);
        bytes += written;
        length -= (size_t)written;
    }
    return CASTMAP_OK;
}

static void blank(char *bytes, size_t length)
{
    char *end = bytes + length;

    for (char *mark = bytes; mark < end && (mark = memchr(mark, SEPARATOR, (size_t)(end - mark))); mark++)
        *mark = ' ';
}

/* All of the text into the file. A letter that a block cuts waits for the next one. */
static castmap_status copy(castmap_context *ctx, cm_text_input *input, uint64_t limit, bool separators, int fd, char *block, size_t *length,
                           size_t *bad)
{
    size_t held = 0;
    bool sequence = false;

    for (*length = 0;;) {
        size_t got = 0;
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        castmap_status status = cm_text_input_read(ctx, input, block + held, BLOCK, &got);
        if (status)
            return status;
        const size_t n = held + got, valid = cm_utf8_valid(block, n);
        if (valid < n && (got == 0 || n - valid >= LETTER)) {
            *bad = *length + valid;
            return CASTMAP_E_DATA;
        }
        if (got == 0)
            return put(ctx, fd, "", 1);
        if (*length + n > limit)
            return CASTMAP_E_LIMIT;
        sequence = sequence || (separators && *length == 0 && block[0] == SEPARATOR);
        if (sequence)
            blank(block, valid);
        status = put(ctx, fd, block, valid);
        if (status)
            return status;
        *length += valid;
        held = n - valid;
        memmove(block, block + valid, held);
    }
}

castmap_status cm_text_map_make(castmap_context *ctx, cm_text_input *input, uint64_t limit, bool separators, cm_text_map *out, size_t *bad)
{
    char *block = cm_alloc(BLOCK + LETTER, 1);
    size_t length = 0;
    int fd = -1;
    castmap_status status = block ? cm_scratch_file(ctx, "working data", &fd) : cm_fail_memory(ctx);

    if (!status)
        status = copy(ctx, input, limit, separators, fd, block, &length, bad);
    if (!status) {
        void *text = mmap(NULL, length + 1, PROT_READ, MAP_SHARED, fd, 0);
        if (text == MAP_FAILED)
            status = cm_fail_memory(ctx);
        else
            *out = (cm_text_map){.text = text, .length = length, .mapped = length + 1};
    }
    if (fd >= 0)
        close(fd);
    free(block);
    return status;
}

void cm_text_map_give_back(cm_text_map *map, size_t to)
{
    if (to < map->given_back)
        map->given_back = 0; /* read once more from the beginning */
    if (!map->mapped || to - map->given_back < GIVEN_BACK)
        return;
    const size_t whole = (to - map->given_back) / GIVEN_BACK * GIVEN_BACK;
    (void)madvise((char *)(uintptr_t)map->text + map->given_back, whole, MADV_DONTNEED);
    map->given_back += whole;
}

void cm_text_map_free(cm_text_map *map)
{
    if (map->mapped)
        (void)munmap((char *)(uintptr_t)map->text, map->mapped);
    *map = (cm_text_map)CM_TEXT_MAP_INIT;
}
