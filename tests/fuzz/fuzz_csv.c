/* Any bytes as a CSV file: the reader must refuse or read them, and every field must lie in memory it owns. */
#include "base/fail.h"
#include "io/csv_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static unsigned touch(const cm_csv_row *row)
{
    unsigned sum = 0;

    for (size_t i = 0; i < row->n_fields && i < CM_CSV_COLUMN_LIMIT; i++)
        for (size_t k = 0; k < row->field[i].length; k++)
            sum += (unsigned char)row->field[i].bytes[k];
    for (size_t k = 0; k < row->length; k++)
        sum += (unsigned char)row->text[k];
    return sum;
}

/* The first byte chooses separator and comments; the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    castmap_context *ctx = castmap_context_new();
    cm_text_input *input = NULL;
    cm_csv_reader *reader = NULL;
    cm_csv_row row;
    char path[64];
    bool more = true;
    unsigned sum = 0;
    const int fd = memfd_create("fuzz", 0);

    if (length < 1 || fd < 0 || !ctx || write(fd, bytes + 1, length - 1) != (ssize_t)(length - 1))
        goto done;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char separator = ",;\t|"[bytes[0] & 3];
    if (cm_text_input_open(ctx, path, true, bytes[0] & 8 ? "latin1" : NULL, &input) ||
        cm_csv_open(ctx, input, "fuzz", bytes[0] & 4, &reader) || cm_csv_header(ctx, reader, separator, &row))
        goto done;
    if (cm_csv_begin(ctx, reader, separator, row.n_fields))
        goto done;
    while (!cm_csv_next(ctx, reader, &row, &more) && more)
        sum += touch(&row);
    if (sum == 1) /* so that the reading is not left out */
        puts("1");
done:
    cm_csv_close(reader);
    cm_text_input_close(input);
    castmap_context_free(ctx);
    if (fd >= 0)
        close(fd);
    return 0;
}
