/*
 * io/record_child.c - which reader a content gets, in the parsing process.
 */
#include "io/record_frames.h"

#include <sys/mman.h>

/* GDAL maps its inputs itself; the others get the one file. */
static int map_main(cm_worker_pipe *pipe, cm_input_part *part)
{
    part->bytes = part->size ? mmap(NULL, (size_t)part->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, part->fd, 0) : MAP_FAILED;
    return part->bytes == MAP_FAILED ? cm_worker_fail(pipe, CASTMAP_E_NOMEM, "", "out of memory") : 0;
}

int cm_record_child(cm_worker_pipe *pipe, void *payload)
{
    cm_stream_job *job = payload;
    cm_record_sender sender = {.pipe = pipe};
    cm_input_part *part = &job->parts->part[CM_PART_MAIN];

    switch (job->parts->content) {
    case CM_CONTENT_XML:
        if (map_main(pipe, part) != 0)
            return -1;
        return cm_xml_record_child(&sender, job, part->bytes, (size_t)part->size, NULL);
    case CM_CONTENT_JPEG:
        if (map_main(pipe, part) != 0)
            return -1;
        return cm_photo_record_child(&sender, job);
    default:
        return cm_gdal_record_child(&sender, job);
    }
}
