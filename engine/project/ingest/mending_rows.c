/*
 * project/ingest/mending_rows.c - fields of one row, without the strictness that set the row aside.
 */
#include "project/ingest/mending_rows.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* One field from *at on into `out`; *at goes past its separator. True while there is another. */
static bool take_field(const char **at, const char *end, char separator, bool last, cm_text *out)
{
    const char *c = *at;
    const char *closing = c < end && *c == '"' ? c + 1 : NULL;

    /* Well quoted only if the quote closes right before a separator or the end. */
    while (closing && closing < end && !(*closing == '"' && (closing + 1 == end || closing[1] == separator)))
        closing += *closing == '"' && closing + 1 < end && closing[1] == '"' ? 2 : 1;
    if (closing && closing < end) {
        for (c++; c < closing; c += *c == '"' ? 2 : 1)
            cm_text_add_char(out, *c);
        c = closing + 1;
    } else {
        while (c < end && (last || *c != separator))
            cm_text_add_char(out, *c++);
    }
    const bool more = c < end && *c == separator;
    if (last && c < end) /* what is too much */
        cm_text_add_bytes(out, c, (size_t)(end - c));
    *at = more ? c + 1 : end;
    return more && !last;
}

int cm_row_split(const char *text, size_t length, char separator, size_t n, char **cell)
{
    const char *at = text, *end = text + length;
    bool more = n > 0;

    for (size_t i = 0; i < n; i++)
        cell[i] = NULL;
    for (size_t i = 0; i < n; i++) {
        cm_text field = CM_TEXT_INIT;
        if (more)
            more = take_field(&at, end, separator, i + 1 == n, &field);
        cell[i] = cm_text_take(&field);
        cm_text_clear(&field);
        if (!cell[i]) {
            for (size_t k = 0; k < i; k++)
                free(cell[k]);
            return -1;
        }
    }
    return 0;
}

void cm_row_join(cm_text *row, const char *cell, char separator, bool first)
{
    const char special[] = {separator, '"', '\r', '\n', '\0'};
    const bool quoted = strpbrk(cell, special) != NULL;

    if (!first)
        cm_text_add_char(row, separator);
    if (quoted)
        cm_text_add_char(row, '"');
    for (; *cell; cell++) {
        if (*cell == '"')
            cm_text_add_char(row, '"');
        cm_text_add_char(row, *cell);
    }
    if (quoted)
        cm_text_add_char(row, '"');
}

const char *cm_row_unguarded(const char *cell)
{
    return cell[0] == '\'' && cell[1] && strchr("=+-@\t\r", cell[1]) ? cell + 1 : cell;
}
