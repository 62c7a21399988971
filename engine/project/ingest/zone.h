/*
 * project/ingest/zone.h - time zones from the system's database, read directly: nothing of the process's own zone is touched.
 */
#ifndef CM_PROJECT_INGEST_ZONE_H
#define CM_PROJECT_INGEST_ZONE_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cm_zone cm_zone;

/* name: IANA, "Europe/London"; "UTC" needs no database. E_ARGUMENT: unknown or not a name. */
CASTMAP_NODISCARD castmap_status cm_zone_open(castmap_context *ctx, const char *name, cm_zone **out);
void cm_zone_free(cm_zone *zone); /* NULL is fine */
const char *cm_zone_name(const cm_zone *zone);

/* Seconds east of UTC in force at a UTC instant. */
int32_t cm_zone_offset(const cm_zone *zone, int64_t utc_s);

typedef enum cm_local_kind { CM_LOCAL_PLAIN, CM_LOCAL_GAP, CM_LOCAL_OVERLAP } cm_local_kind;

/* A wall-clock time (as if it were UTC seconds) to UTC. In an overlap the earlier instant; in a gap the offset before it is kept, so
 * that 01:30 in a gap from 01:00 to 02:00 means half an hour after the change. */
int64_t cm_zone_to_utc(const cm_zone *zone, int64_t local_s, cm_local_kind *kind);

#endif
