/*
 * io/record_frames.h - what the parsing process and its parent say to one another about records.
 *
 * Texts are 4 bytes length (CM_NO_TEXT: absent), then the bytes; numbers are in the machine's order.
 *   CM_FRAME_TABLE   flags, number of layers (8 bytes each); format, layer, crs, crs name; then the names of the columns
 *   CM_FRAME_RECORD  row (8 bytes), place kind, fault, decimals and 1 for a line (4 bytes each), x, y, end x, end y (8 bytes each); detail, text; then the values in order of the columns
 *   CM_FRAME_NOTE    count (8 bytes); code, words
 */
#ifndef CM_IO_RECORD_FRAMES_H
#define CM_IO_RECORD_FRAMES_H

#include "base/text.h"
#include "io/record_stream.h"
#include "io/worker.h"

#define CM_FRAME_RECORD CM_WORKER_ITEM
#define CM_FRAME_TABLE (CM_WORKER_ITEM + 1u)
#define CM_FRAME_NOTE (CM_WORKER_ITEM + 2u)
#define CM_FRAME_ABSENT UINT32_MAX
#define CM_TABLE_PLACED 1
#define CM_TABLE_SHEET 2

typedef enum cm_record_fault {
    CM_RECORD_FINE,
    CM_RECORD_NO_PLACE,
    CM_RECORD_NOT_A_POINT,
    CM_RECORD_SEVERAL_POINTS,
    CM_RECORD_SEVERAL_LINES,
    CM_RECORD_BAD_NUMBER,
    CM_RECORD_BAD_TEXT,
    CM_RECORD_UNREADABLE,
    CM_RECORD_BLANK,
    CM_RECORD_FAULTS
} cm_record_fault;

/* A record as the child fills it. values: [n_columns] of the table that was sent, NULL where absent. */
typedef struct cm_child_record {
    int64_t         row;
    cm_record_place place;
    cm_record_fault fault;
    double          x, y;
    uint32_t        decimals; /* of the finer coordinate as written; 9 where that says nothing */
    bool            line;     /* it ends at: */
    double          end_x, end_y;
    const char     *detail; /* NULL: none */
    const char     *text;   /* NULL: JSON is made of the values */
    size_t          text_length;
} cm_child_record;

/* One side of the pipe, in the child. */
typedef struct cm_record_sender {
    cm_worker_pipe *pipe;
    cm_text         frame, json; /* scratch, owned */
    char          **column;      /* owned [n] */
    char            crs[64];     /* of the layer */
    size_t          n;
} cm_record_sender;

/* 0, or -1 after a failure was sent. */
int cm_send_table(cm_record_sender *sender, const cm_stream_table *table);
int cm_send_record(cm_record_sender *sender, const cm_child_record *record, const char *const *values);
int cm_send_note(cm_record_sender *sender, const char *code, const char *words, size_t count);

/* The child's job. */
typedef struct cm_stream_job {
    cm_input_parts          *parts;
    const cm_stream_options *options;
} cm_stream_job;

/* Bodies of cm_worker_run(), by content; io/record_child.c chooses. */
int cm_record_child(cm_worker_pipe *pipe, void *job);
int cm_gdal_record_child(cm_record_sender *sender, cm_stream_job *job);
int cm_xml_record_child(cm_record_sender *sender, cm_stream_job *job, const unsigned char *bytes, size_t length, const char *format);
/* Fixes of KML and TCX. 0; -1 after a failure was sent; 1: the document is neither, and nothing was sent. name: of the format, NULL: by content. */
int cm_xml_fix_child(cm_record_sender *sender, const unsigned char *bytes, size_t length, const char *name);
/* How many decimals a number has in its shortest form. */
uint32_t cm_decimals_of(double value);
/* The folder says what kind of place a placemark is: the record's text is kept with it, and can then be read by itself. `wrapped` may have failed. */
void cm_wrap_in_folder(cm_text *wrapped, const char *folder, cm_child_record *record);
int cm_photo_record_child(cm_record_sender *sender, cm_stream_job *job);

#endif
