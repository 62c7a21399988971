/*
 * io/chat_reader.h - an exported chat, read for the places that people shared in it. Streaming.
 *
 * A record is a message with a map link that holds coordinates. What the same person writes within ten minutes after it, with nobody in between, is its text. Names are dropped: a person
 * is the same pseudonym in every chat that is read with the same key. Other messages are counted and not kept.
 */
#ifndef CM_IO_CHAT_READER_H
#define CM_IO_CHAT_READER_H

#include "io/chat_line.h"
#include "io/csv_reader.h"

enum { CM_CHAT_TIME, CM_CHAT_POSITION, CM_CHAT_TEXT, CM_CHAT_SOURCE, CM_CHAT_COLUMNS };

typedef struct cm_chat_record {
    int64_t             line;    /* of the message with the place */
    const cm_csv_field *field;   /* [CM_CHAT_COLUMNS]; valid until the next record */
    const char         *text;    /* the messages as written, the name replaced */
    size_t              length;
    bool                bad_date; /* no such day in the order that was given */
} cm_chat_record;

typedef struct cm_chat_counts {
    size_t messages, without_place, media, joined, live; /* joined: messages that became text of a place; live: shared as they moved, without coordinates */
} cm_chat_counts;

typedef struct cm_chat_reader cm_chat_reader;

/* Do these first bytes begin a chat? */
bool cm_chat_looks(const unsigned char *bytes, size_t length);

/*
 * input and name are borrowed. key: for pseudonyms, copied; NULL: no sources at all, and no text after the message itself. The first _next() gives CASTMAP_E_INPUT where the dates
 * do not say their order and none is given: which comes first is asked for.
 */
CASTMAP_NODISCARD castmap_status cm_chat_open(castmap_context *ctx, cm_text_input *input, const char *name, cm_chat_order order,
                                              const unsigned char *key, size_t key_length, cm_chat_reader **out);
/* The chat was read before and its people are pseudonyms already: they are kept as they stand, as with a key. Before the first _next(). */
void cm_chat_keep_names(cm_chat_reader *reader);
void cm_chat_close(cm_chat_reader *reader); /* NULL is fine */
const cm_csv_field *cm_chat_columns(size_t *n);
CASTMAP_NODISCARD castmap_status cm_chat_next(castmap_context *ctx, cm_chat_reader *reader, cm_chat_record *record, bool *more);
cm_chat_counts cm_chat_count(const cm_chat_reader *reader); /* so far */
bool cm_chat_bad_text(const cm_chat_reader *reader); /* a failure came from bytes that are not valid UTF-8 */

#endif
