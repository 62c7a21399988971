/* Any bytes as a chat: it is read or refused, and every record is text in memory it owns. The first byte chooses order and names. */
#include "base/utf8.h"
#include "io/chat_reader.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const unsigned char KEY[32] = {1};
    castmap_context *ctx = castmap_context_new();
    cm_text_input *input = NULL;
    cm_chat_reader *reader = NULL;
    cm_chat_record record;
    int64_t line = 0;
    char path[64];
    bool more = true;
    const int fd = memfd_create("fuzz", 0);

    if (length < 1 || fd < 0 || !ctx || write(fd, bytes + 1, length - 1) != (ssize_t)(length - 1))
        goto done;
    (void)cm_chat_looks(bytes + 1, length - 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (cm_text_input_open(ctx, path, true, NULL, &input) ||
        cm_chat_open(ctx, input, "fuzz", (cm_chat_order)(bytes[0] & 3), bytes[0] & 4 ? NULL : KEY, bytes[0] & 4 ? 0 : sizeof KEY, &reader))
        goto done;
    while (!cm_chat_next(ctx, reader, &record, &more) && more) {
        if (record.line <= line)
            abort();
        line = record.line;
        for (int i = 0; i < CM_CHAT_COLUMNS; i++)
            if (cm_utf8_valid(record.field[i].bytes, record.field[i].length) < record.field[i].length)
                abort();
        if (cm_utf8_valid(record.text, record.length) < record.length)
            abort();
    }
done:
    cm_chat_close(reader);
    cm_text_input_close(input);
    castmap_context_free(ctx);
    if (fd >= 0)
        close(fd);
    return 0;
}
