/* Any bytes as a photo: a place is finite or there is none, and what was stripped once has nothing left to strip. */
#include "io/exif.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    cm_text once = CM_TEXT_INIT, twice = CM_TEXT_INIT;
    cm_exif exif;

    (void)cm_exif_read(bytes, length, &exif);
    if (exif.located && (!isfinite(exif.lon) || !isfinite(exif.lat)))
        abort();
    if (cm_jpeg_strip(bytes, length, &once)) {
        if (!cm_exif_read((const unsigned char *)once.bytes, once.length, &exif) || exif.located || exif.taken[0])
            abort();
        if (!cm_jpeg_strip((const unsigned char *)once.bytes, once.length, &twice) || twice.length != once.length ||
            memcmp(twice.bytes, once.bytes, once.length) != 0)
            abort();
    }
    cm_text_clear(&once);
    cm_text_clear(&twice);
    return 0;
}
