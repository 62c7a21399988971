/*
 * io/gdal_pdf.h - telling a GIS where the map on a page of PDF lies.
 */
#ifndef CM_IO_GDAL_PDF_H
#define CM_IO_GDAL_PDF_H

#include "castmap/context.h"

/* A map's frame on the page and the part of the country in it. Millimetres from the page's top left corner; metres of the CRS. */
typedef struct cm_pdf_frame {
    double      x_mm, y_mm, width_mm, height_mm;
    double      west, north; /* of the frame's top left corner */
    double      metres_per_mm;
    const char *wkt;         /* borrowed; "" or NULL: nothing is registered */
} cm_pdf_frame;

/*
 * Add the frame to a PDF of one page as ISO 32000 writes it (a viewport with a measure), so that GIS programs place the page and readers can
 * measure on it. The page itself is not changed. The same file gives the same bytes.
 * CASTMAP_E_IO: the file cannot be read or written. A GDAL without its PDF driver leaves the file as it is.
 */
CASTMAP_NODISCARD castmap_status cm_pdf_register(castmap_context *ctx, const char *path, const cm_pdf_frame *frame);

#endif
