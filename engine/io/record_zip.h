/*
 * io/record_zip.h - what kind of thing a zip is: a workbook, a KMZ, a Shapefile. In the child.
 */
#ifndef CM_IO_RECORD_ZIP_H
#define CM_IO_RECORD_ZIP_H

#include "io/input_parts.h"
#include "io/worker.h"

typedef enum cm_zip_kind { CM_ZIP_XLSX, CM_ZIP_ODS, CM_ZIP_KML, CM_ZIP_SHAPEFILE } cm_zip_kind;

typedef struct cm_record_zip {
    cm_zip_kind    kind;
    unsigned char *bytes; /* KML: the document; lives as long as the process */
    size_t         length;
} cm_record_zip;

/*
 * Every entry that will be read is unpacked once and checked against its stated size, so that whoever reads it next cannot be made to unpack more. Parts of a
 * Shapefile take the place of the zip in `parts`; of several the one named `member`, which else is NULL. 0, or -1 after a failure was sent.
 */
int cm_record_zip_open(cm_worker_pipe *pipe, cm_input_parts *parts, const char *member, cm_record_zip *out);

#endif
