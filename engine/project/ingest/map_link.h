/*
 * project/ingest/map_link.h - positions inside links of maps, wherever they stand in a text. Nothing is ever fetched.
 */
#ifndef CM_PROJECT_INGEST_MAP_LINK_H
#define CM_PROJECT_INGEST_MAP_LINK_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cm_map_link_kind {
    CM_MAP_LINK_NONE,
    CM_MAP_LINK_PIN,     /* the position that the link marks */
    CM_MAP_LINK_VIEW,    /* the middle of the map that it shows */
    CM_MAP_LINK_OFFLINE, /* a link that only its own service can follow: a shortened one, or three words */
    CM_MAP_LINK_SEVERAL  /* two places that differ */
} cm_map_link_kind;

typedef struct cm_map_link {
    double lon, lat;   /* as written; not checked for range */
    int    decimals;   /* of the finer of the two */
    double accuracy_m; /* of a view by its zoom, of a geo: link by its u=; NaN: not said */
} cm_map_link;

/*
 * Google Maps (!3d!4d, q=, query=, ll=, @lat,lon,zoom), OpenStreetMap (mlat/mlon, #map=), Apple Maps, Bing Maps, Waze, and geo: links of
 * RFC 5870. A pin counts before a view. *out is set by a pin and a view.
 */
cm_map_link_kind cm_map_link_find(const char *text, size_t length, cm_map_link *out);

#endif
