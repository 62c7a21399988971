/*
 * io/xml_screen.c - no document type definitions. One can only stand before the first element, so no more than that is looked at.
 */
#include "io/xml_screen.h"

#include <string.h>

static const unsigned char *after(const unsigned char *at, const unsigned char *end, const char *mark)
{
    const unsigned char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));

    return found ? found + strlen(mark) : end;
}

const char *cm_xml_screen(const unsigned char *bytes, size_t length)
{
    const unsigned char *at = bytes, *end = bytes + length;

    if (memchr(bytes, '\0', length < 256 ? length : 256) || (length >= 2 && bytes[0] >= 0xfe && bytes[1] >= 0xfe))
        return "is XML in UTF-16 or UTF-32, or holds zero bytes";
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const size_t left = (size_t)(end - at);
        if (left >= 2 && at[1] == '?') {
            at = after(at, end, "?>");
        } else if (left >= 4 && memcmp(at, "<!--", 4) == 0) {
            at = after(at + 4, end, "-->");
        } else if (left >= 2 && at[1] == '!') {
            return "holds a document type definition, which could multiply texts or pull in other files";
        } else {
            break;
        }
    }
    return NULL;
}
