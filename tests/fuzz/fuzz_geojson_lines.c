/* Any bytes as GeoJSON lines: refused or read, and what is read lies in memory. */
#include "io/geojson_lines.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static castmap_status add_up(castmap_context *ctx, const cm_line_point *point, void *payload)
{
    const cm_csv_field *const fields[] = {&point->lon, &point->lat, &point->time, &point->person, &point->track};
    unsigned *sum = payload;

    (void)ctx;
    for (int i = 0; i < 5; i++)
        for (size_t k = 0; k < fields[i]->length; k++)
            *sum += (unsigned char)fields[i]->bytes[k];
    return CASTMAP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    castmap_context *ctx = castmap_context_new();
    cm_text_input *input = NULL;
    char path[64];
    size_t others = 0;
    unsigned sum = 0;
    const int fd = memfd_create("fuzz", 0);

    if (fd < 0 || !ctx || write(fd, bytes, length) != (ssize_t)length)
        goto done;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (cm_text_input_open(ctx, path, true, NULL, &input))
        goto done;
    if (!cm_geojson_lines(ctx, input, "fuzz", add_up, &sum, &others) && sum == 1) /* so that the reading is not left out */
        puts("1");
done:
    cm_text_input_close(input);
    castmap_context_free(ctx);
    if (fd >= 0)
        close(fd);
    return 0;
}
