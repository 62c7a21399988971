/*
 * io/xml_screen.h - whether an XML document may be read at all.
 */
#ifndef CM_IO_XML_SCREEN_H
#define CM_IO_XML_SCREEN_H

#include <stddef.h>

/*
 * NULL, or what is wrong in words that follow "the file": a document type definition, through which entities multiply and other files are pulled in and which no format read
 * here needs; or an encoding in which that could hide (UTF-16, UTF-32).
 */
const char *cm_xml_screen(const unsigned char *bytes, size_t length);

#endif
