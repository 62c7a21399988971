/*
 * io/chat_line.h - one line of an exported chat: date, time, who, what.
 *
 * WhatsApp writes "12/03/2024, 14:05 - Name: text" on Android and "[12/03/2024, 14:05:33] Name: text" on iOS; the date follows the phone's region, the clock has
 * 12 or 24 hours, and invisible marks and narrow spaces stand between. A line without such a beginning goes on with the message before it.
 */
#ifndef CM_IO_CHAT_LINE_H
#define CM_IO_CHAT_LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cm_chat_order { CM_CHAT_ORDER_UNKNOWN, CM_CHAT_DAY_FIRST, CM_CHAT_MONTH_FIRST, CM_CHAT_YEAR_FIRST } cm_chat_order;

typedef struct cm_chat_line {
    unsigned    date[3];      /* as written, from left to right */
    bool        year_first;   /* the first has four digits */
    unsigned    hour, minute, second; /* of 24 hours */
    const char *name;         /* who; NULL: a message of the program itself */
    size_t      name_length;
    const char *text;         /* what; to the end of the line */
    size_t      text_length;
} cm_chat_line;

/* False: the line begins no message. Pointers lie in `line`. */
bool cm_chat_line_read(const char *line, size_t length, cm_chat_line *out);

/* "2024-03-12 14:05:33"; false: no order, or no such day in it. Years of two digits are of this century. */
bool cm_chat_time(const cm_chat_line *line, cm_chat_order order, char out[20]);

/* A place in a text: coordinates of a map link or a geo: link. *begin, *end: where the link stands. Digits only; the rest is for a reader of places. */
bool cm_chat_place(const char *text, size_t length, size_t *begin, size_t *end, char *out, size_t size);

/* Words that stand for a picture, film or file which the export left out. */
bool cm_chat_is_media(const char *text, size_t length);

#endif
