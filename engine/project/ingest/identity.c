/*
 * project/ingest/identity.c - hashes of content and of ids.
 */
#include "project/ingest/identity.h"

#include "base/digest.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INLINE_CONTENT 1024

typedef struct content {
    unsigned char small[INLINE_CONTENT];
    unsigned char *bytes; /* small, or owned */
    size_t used, capacity;
    bool failed;
} content;

static void add(content *c, const void *bytes, size_t n)
{
    if (c->capacity - c->used < n) {
        const size_t capacity = (c->used + n) * 2;
        unsigned char *grown = cm_alloc(capacity, 1);
        if (!grown) {
            c->failed = true;
            return;
        }
        memcpy(grown, c->bytes, c->used);
        if (c->bytes != c->small)
            free(c->bytes);
        c->bytes = grown;
        c->capacity = capacity;
    }
    memcpy(c->bytes + c->used, bytes, n);
    c->used += n;
}

static void add_integer(content *c, int64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    add(c, bytes, sizeof bytes);
}

static bool ascii(const char *text, size_t length)
{
    unsigned char all = 0;

    for (size_t i = 0; i < length; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

static void add_text(content *c, const char *text)
{
    const size_t length = text ? strlen(text) : 0;

    if (ascii(text, length)) {
        add_integer(c, text ? (int64_t)length : -1);
        add(c, text ? text : "", length);
        return;
    }
    char *nfc = cm_utf8_nfc(text, length);
    if (!nfc) {
        c->failed = true;
        return;
    }
    add_integer(c, (int64_t)strlen(nfc));
    add(c, nfc, strlen(nfc));
    free(nfc);
}

int cm_content_hash(cm_observation *o)
{
    content c = {.capacity = INLINE_CONTENT};

    c.bytes = c.small;
    add(&c, "castmap content 1", 17);
    add_integer(&c, llround(o->lon * 1e7));
    add_integer(&c, llround(o->lat * 1e7));
    add_integer(&c, o->from_s);
    add_integer(&c, o->to_s);
    add_integer(&c, (int64_t)o->source_grade << 32 | (int64_t)o->information_grade << 16 | (int64_t)o->handling);
    add_integer(&c, o->persons);
    add_text(&c, o->category);
    add_text(&c, o->text);
    add_text(&c, o->source);
    add_text(&c, o->conditions);
    add_text(&c, o->extra);
    if (!c.failed)
        cm_blake2b(c.bytes, c.used, NULL, 0, o->content_hash, CM_CONTENT_ID_BYTES);
    if (c.bytes != c.small)
        free(c.bytes);
    return c.failed ? -1 : 0;
}

void cm_content_identify(cm_observation *o)
{
    cm_blake2b_stream hash;

    if (!o->record_id) {
        memcpy(o->content_id, o->content_hash, CM_CONTENT_ID_BYTES);
        return;
    }
    cm_blake2b_init(&hash, CM_CONTENT_ID_BYTES);
    cm_blake2b_add(&hash, "castmap record id 1", 19);
    cm_blake2b_add(&hash, o->record_id, strlen(o->record_id));
    cm_blake2b_final(&hash, o->content_id);
}
