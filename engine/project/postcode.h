/*
 * project/postcode.h - British postcodes as numbers that sort like their parts: unit within sector within district.
 */
#ifndef CM_PROJECT_POSTCODE_H
#define CM_PROJECT_POSTCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cm_postcode_part { CM_POSTCODE_UNIT, CM_POSTCODE_SECTOR, CM_POSTCODE_DISTRICT } cm_postcode_part;

/* The keys of all units in it: from <= key < to. */
typedef struct cm_postcode {
    cm_postcode_part part;
    uint64_t         from, to;
} cm_postcode;

/*
 * "SO16 0AS", "so160as", "SO16 0" (sector), "SO16" (district); spaces anywhere. False: not of that form. Without a space "SO160" is a sector, because
 * no district has three digits, and "S10" a district.
 */
bool cm_postcode_parse(const char *text, size_t length, cm_postcode *out);

#endif
