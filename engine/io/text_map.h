/*
 * io/text_map.h - the whole text of an input at one address, without memory that grows with it.
 *
 * The text lies in a file without a name (base/scratch.h) that is mapped: readers that go through it twice see one array of bytes, and pages that lie
 * behind them are given back. It is a copy, so a file that changes or shrinks meanwhile cannot change what was checked.
 */
#ifndef CM_IO_TEXT_MAP_H
#define CM_IO_TEXT_MAP_H

#include "io/text_input.h"

typedef struct cm_text_map {
    const char *text;   /* UTF-8, with a NUL behind it */
    size_t      length;
    size_t      given_back;
    size_t      mapped; /* bytes; 0: nothing is */
} cm_text_map;

#define CM_TEXT_MAP_INIT {.text = ""}

/*
 * Everything that `input` still gives. separators: a text that begins with a record separator (RFC 8142) gets spaces for all of them. *bad: the place
 * of the first byte that is no UTF-8. CASTMAP_E_LIMIT: more than `limit` bytes, CASTMAP_E_DATA: no UTF-8; both are worded by the caller.
 */
CASTMAP_NODISCARD castmap_status cm_text_map_make(castmap_context *ctx, cm_text_input *input, uint64_t limit, bool separators, cm_text_map *out,
                                                  size_t *bad);
/* What lies before `to` will not be read soon; it can be, all the same. */
void cm_text_map_give_back(cm_text_map *map, size_t to);
void cm_text_map_free(cm_text_map *map);

#endif
