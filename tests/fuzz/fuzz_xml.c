/* Any bytes as KML or GPX, through the child's own reader; what it would send goes nowhere. */
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const cm_stream_options options = {0};
    struct cm_worker_pipe pipe = {open("/dev/null", O_WRONLY), (uint64_t)4 << 20};
    cm_record_sender sender = {.pipe = &pipe};
    cm_stream_job job = {NULL, &options};

    if (pipe.fd < 0)
        return 0;
    (void)cm_xml_record_child(&sender, &job, bytes, length, NULL);
    for (size_t i = 0; i < sender.n; i++)
        free(sender.column[i]);
    free(sender.column);
    cm_text_clear(&sender.frame);
    cm_text_clear(&sender.json);
    close(pipe.fd);
    return 0;
}
