/*
 * project/ingest/identity.c - hashes of content, and counting of equal rows.
 *
 * Equal rows are told by a 64-bit fingerprint of the content hash. Two different rows of one file that share a fingerprint (one chance in
 * a million at ten million rows) still get different ids, because the whole hash goes into the id.
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

void cm_occurrences_clear(cm_occurrences *table)
{
    free(table->key);
    free(table->value);
    *table = (cm_occurrences){0};
}

/* Keys are hashes already: their low bits are the place. */
static size_t place_of(const cm_occurrences *table, uint64_t key)
{
    size_t at = (size_t)key & (table->capacity - 1);

    while (table->key[at] && table->key[at] != key)
        at = (at + 1) & (table->capacity - 1);
    return at;
}

static int grow(cm_occurrences *table, bool with_value)
{
    cm_occurrences larger = {.count = table->count, .capacity = table->capacity ? table->capacity * 2 : 1024};

    larger.key = cm_alloc_zero(larger.capacity, sizeof *larger.key);
    with_value = with_value || table->value;
    if (with_value)
        larger.value = cm_alloc_zero(larger.capacity, sizeof *larger.value);
    if (!larger.key || (with_value && !larger.value)) {
        cm_occurrences_clear(&larger);
        return -1;
    }
    for (size_t i = 0; i < table->capacity; i++) {
        if (!table->key[i])
            continue;
        const size_t at = place_of(&larger, table->key[i]);
        larger.key[at] = table->key[i];
        if (table->value)
            larger.value[at] = table->value[i];
    }
    cm_occurrences_clear(table);
    *table = larger;
    return 0;
}

size_t cm_occurrences_put(cm_occurrences *table, uint64_t key, bool with_value, bool *added)
{
    if (key == 0)
        key = 1;
    if (table->count * 5 >= table->capacity * 4 && grow(table, with_value) != 0)
        return SIZE_MAX;
    if (with_value && !table->value) {
        table->value = cm_alloc_zero(table->capacity, sizeof *table->value);
        if (!table->value)
            return SIZE_MAX;
    }
    const size_t at = place_of(table, key);
    *added = table->key[at] == 0;
    if (*added) {
        table->key[at] = key;
        table->count++;
    }
    return at;
}

void cm_identity_clear(cm_identity *identity)
{
    cm_occurrences_clear(&identity->seen);
    cm_occurrences_clear(&identity->repeated);
}

static uint64_t fingerprint(const unsigned char *hash)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)hash[i] << (8 * i);
    return value;
}

static int assign_own_id(cm_identity *identity, cm_observation *o, int64_t *earlier)
{
    cm_blake2b_stream hash;
    bool added;

    cm_blake2b_init(&hash, CM_CONTENT_ID_BYTES);
    cm_blake2b_add(&hash, "castmap record id 1", 19);
    cm_blake2b_add(&hash, o->record_id, strlen(o->record_id));
    cm_blake2b_final(&hash, o->content_id);
    const size_t at = cm_occurrences_put(&identity->seen, fingerprint(o->content_id), true, &added);
    if (at == SIZE_MAX)
        return -1;
    *earlier = added ? 0 : identity->seen.value[at];
    if (added)
        identity->seen.value[at] = o->row;
    return 0;
}

int cm_identity_assign(cm_identity *identity, cm_observation *o, int64_t *earlier)
{
    unsigned char numbered[CM_CONTENT_ID_BYTES + 8];
    bool added;

    *earlier = 0;
    if (o->record_id)
        return assign_own_id(identity, o, earlier);
    const uint64_t key = fingerprint(o->content_hash);
    size_t at = cm_occurrences_put(&identity->seen, key, false, &added);
    if (at == SIZE_MAX)
        return -1;
    memcpy(o->content_id, o->content_hash, CM_CONTENT_ID_BYTES);
    if (added)
        return 0;
    at = cm_occurrences_put(&identity->repeated, key, true, &added);
    if (at == SIZE_MAX)
        return -1;
    const int64_t ordinal = added ? 2 : identity->repeated.value[at] + 1;
    identity->repeated.value[at] = ordinal;
    memcpy(numbered, o->content_hash, CM_CONTENT_ID_BYTES);
    for (int i = 0; i < 8; i++)
        numbered[CM_CONTENT_ID_BYTES + i] = (unsigned char)((uint64_t)ordinal >> (8 * i));
    cm_blake2b(numbered, sizeof numbered, NULL, 0, o->content_id, CM_CONTENT_ID_BYTES);
    return 0;
}
