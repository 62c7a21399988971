/*
 * runs/place_collect.h - entries of a table of places on their way into a cm_place_set.
 */
#ifndef CM_RUNS_PLACE_COLLECT_H
#define CM_RUNS_PLACE_COLLECT_H

#include "base/text.h"
#include "project/place_table.h"
#include "space/geodesy/projection.h"

typedef enum cm_left_out {
    CM_LEFT_NO_POSITION, /* the publisher knows none */
    CM_LEFT_BAD_POSITION,
    CM_LEFT_BAD_NAME,    /* not a postcode; not a name */
    CM_LEFT_TOO_FEW,     /* fields */
    CM_LEFT_TWICE,       /* the same postcode again */
    CM_LEFT_KIND,        /* features that are no places */
    CM_LEFT_COUNT
} cm_left_out;

/* One entry as a format reads it. */
typedef struct cm_place_entry {
    double   lon, lat;     /* degrees; NaN where x and y are given instead */
    double   x, y;         /* of the system of the table */
    double   accuracy_m;
    uint64_t key;          /* of a postcode */
    uint32_t ended;        /* year * 100 + month, or 0 */
} cm_place_entry;

typedef struct cm_place_name {
    size_t   at;    /* in names.bytes */
    uint32_t entry;
} cm_place_name;

typedef struct cm_admin {
    size_t code, name; /* in codes.bytes, areas.bytes of its entry's kind */
} cm_admin;

typedef struct cm_place_collect {
    cm_place_set_kind kind;
    cm_place_entry   *entry;  /* owned */
    size_t            count, capacity;
    cm_place_name    *name;   /* owned; other names too */
    size_t            n_names, name_capacity;
    cm_text           names;  /* keys, each with its NUL */
    cm_text           areas;  /* of each entry: words, or codes of administration to be resolved, each with its NUL */
    cm_text           admins; /* "code\0name\0" of each administrative area */
    cm_admin         *admin;  /* owned */
    size_t            n_admins, admin_capacity;
    size_t            left[CM_LEFT_COUNT];
    int64_t           left_row[CM_LEFT_COUNT]; /* first */
} cm_place_collect;

void cm_place_collect_clear(cm_place_collect *collect);
void cm_place_collect_leave(cm_place_collect *collect, cm_left_out why, int64_t row);
/* -1 when out of memory. */
int cm_place_collect_entry(cm_place_collect *collect, const cm_place_entry *entry);
/* A name of the newest entry. 0; 1: it is none (invalid, or one character); -1. */
int cm_place_collect_name(cm_place_collect *collect, const char *name, size_t length);
int cm_place_collect_area(cm_place_collect *collect, const char *area, size_t length); /* of the newest entry, once */
/* "GB.ENG" is called "England". */
int cm_place_collect_admin(cm_place_collect *collect, const char *code, const char *name, size_t length);

/* x and y to degrees by the system of the table; entries that it cannot place are left out. */
CASTMAP_NODISCARD castmap_status cm_place_collect_project(castmap_context *ctx, cm_place_collect *collect, const char *crs);
/* Sort, drop what stands twice, and hand over. The texts of the set are the caller's to fill. */
CASTMAP_NODISCARD castmap_status cm_place_collect_finish(castmap_context *ctx, cm_place_collect *collect, cm_place_set *out);

#endif
