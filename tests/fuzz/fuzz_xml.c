/* Any bytes as KML, GPX or TCX, for records and for fixes of tracks, through the child's own readers; what they would send goes nowhere. */
#include "io/record_frames.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The child's end of a pipe, as io/worker.c has it. */
struct cm_worker_pipe {
    int      fd;
    uint64_t frame_bytes;
};

static void read_as(const cm_stream_options *options, const uint8_t *bytes, size_t length)
{
    struct cm_worker_pipe pipe = {open("/dev/null", O_WRONLY), (uint64_t)4 << 20};
    cm_record_sender sender = {.pipe = &pipe};
    cm_stream_job job = {NULL, options};

    if (pipe.fd < 0)
        return;
    (void)cm_xml_record_child(&sender, &job, bytes, length, NULL);
    for (size_t i = 0; i < sender.n; i++)
        free(sender.column[i]);
    free(sender.column);
    cm_text_clear(&sender.frame);
    cm_text_clear(&sender.json);
    close(pipe.fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const cm_stream_options records = {0}, fixes = {.fixes = true};

    read_as(&records, bytes, length);
    read_as(&fixes, bytes, length);
    return 0;
}
