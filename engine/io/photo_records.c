/*
 * io/photo_records.c - a photo as one record: where and when it was taken. In the parsing process.
 */
#include "base/decimal.h"
#include "base/digest.h"
#include "io/exif.h"
#include "io/record_frames.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *metres(double value, char text[CM_DECIMAL_SIZE])
{
    if (!isfinite(value) || fabs(value) > 1e6)
        return NULL;
    cm_decimal_trimmed(value, 1, text);
    return text;
}

int cm_photo_record_child(cm_record_sender *sender, cm_stream_job *job)
{
    static const cm_csv_field COLUMNS[] = {{"taken", 5}, {"accuracy", 8}, {"altitude", 8}, {"id", 2}};
    const cm_stream_table table = {.format = "JPEG photo", .layer = "", .crs = "", .crs_name = "", .placed = true, .column = COLUMNS, .n_columns = 4};
    const cm_input_part *part = &job->parts->part[CM_PART_MAIN];
    cm_child_record record = {.row = 1, .decimals = 9};
    char taken[32], accuracy[CM_DECIMAL_SIZE], altitude[CM_DECIMAL_SIZE], id[CM_SHA256_HEX + 8], hex[CM_SHA256_HEX];
    cm_sha256 hash;
    cm_exif exif;

    if (!cm_exif_read(part->bytes, (size_t)part->size, &exif))
        return cm_worker_fail(sender->pipe, CASTMAP_E_INPUT, "copy it again from the phone", "the picture is damaged or cut off");
    if (cm_send_table(sender, &table) != 0)
        return -1;
    if (exif.located) {
        record.place = CM_RECORD_DEGREES;
        record.x = exif.lon;
        record.y = exif.lat;
    } else {
        record.fault = CM_RECORD_NO_PLACE;
        record.detail = exif.fault    ? exif.fault
                        : exif.found ? "the photo does not say where it was taken"
                                     : "the photo says neither where nor when it was taken: messengers take that out";
    }
    /* The camera's clock is the person's own; that of the satellites may be older than the photo, and serves where there is no other. */
    snprintf(taken, sizeof taken, "%s%s", exif.taken[0] ? exif.taken : exif.gps_time, exif.taken[0] ? exif.offset : "");
    cm_sha256_init(&hash);
    cm_sha256_add(&hash, part->bytes, (size_t)part->size);
    cm_sha256_final(&hash, hex);
    snprintf(id, sizeof id, "photo-%.32s", hex);
    const char *const values[] = {taken[0] ? taken : NULL, metres(exif.accuracy_m, accuracy), metres(exif.altitude_m, altitude), id};
    return cm_send_record(sender, &record, values);
}
