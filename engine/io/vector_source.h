/*
 * io/vector_source.h - between the two halves of reading a vector file: what the parent opened, and the frames the child sends back.
 *
 * Frames: CM_FRAME_FEATURE (an item) and CM_FRAME_LAYER. Both are lists of texts: 4 bytes length (CM_NO_TEXT: absent), then the bytes.
 *   layer:    format, layer, crs, crs name, then the field names
 *   feature:  problem, WKB, then the values in order of the fields
 */
#ifndef CM_IO_VECTOR_SOURCE_H
#define CM_IO_VECTOR_SOURCE_H

#include "io/gdal_vector.h"
#include "io/input_parts.h"
#include "io/worker.h"

#define CM_FRAME_FEATURE CM_WORKER_ITEM
#define CM_FRAME_LAYER (CM_WORKER_ITEM + 1u)
#define CM_NO_TEXT UINT32_MAX
#define CM_MAX_FIELDS 500u

typedef struct cm_vector_source {
    cm_input_parts           parts;
    const cm_vector_options *options;
    size_t                   max_vertices;
} cm_vector_source;

/* The child's work: a cm_worker_body over a cm_vector_source. In io/gdal_vector_child.c. */
int cm_vector_child(cm_worker_pipe *pipe, void *source);

#endif
