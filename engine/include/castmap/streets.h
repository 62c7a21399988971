/**
 * @file castmap/streets.h
 * @brief Streets: read, joined to a network, kept in the project.
 */
#ifndef CASTMAP_STREETS_H
#define CASTMAP_STREETS_H

#include "castmap/boundaries.h"
#include "castmap/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who uses the streets: which ways of OpenStreetMap are taken. Files without its classes are taken whole. */
typedef enum castmap_street_use {
    CASTMAP_STREETS_ALL = 0, /**< streets and paths, but no pavements drawn beside a street, driveways and lanes of car parks */
    CASTMAP_STREETS_FOOT,    /**< the same without motorways */
    CASTMAP_STREETS_CAR      /**< without footpaths, cycleways, steps, tracks */
} castmap_street_use;

/** Start from CASTMAP_STREETS_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_streets_options {
    uint32_t    version;
    const char *path;          /**< OpenStreetMap extract (.osm.pbf), GeoJSON, GeoPackage, Shapefile or a zip of one */
    const char *layer;         /**< NULL: the one with lines */
    const char *crs;           /**< for files that declare none and are not GeoJSON */
    const char *name_column, *class_column; /**< NULL: recognised */
    castmap_street_use use;
    bool        at_crossings;  /**< as castmap_network_options */
    double      join_m;
    const char *source, *licence; /**< printed on every product; NULL: the file's name, "not stated"; of an OpenStreetMap extract what OpenStreetMap asks for */
    bool        dry_run;
} castmap_streets_options;

#define CASTMAP_STREETS_OPTIONS_VERSION 1u
#define CASTMAP_STREETS_OPTIONS_INIT \
    {CASTMAP_STREETS_OPTIONS_VERSION, NULL, NULL, NULL, NULL, NULL, CASTMAP_STREETS_ALL, false, 0.0, NULL, NULL, false}

typedef struct castmap_streets_summary {
    int64_t set_id, run_number;
    char   *format, *name_column, *class_column; /**< columns: NULL where there is none */
    size_t  features;          /**< in the layer: used + left_out + n_refused */
    size_t  used, left_out;    /**< left out: of a class that nobody walks or drives on, or closed to all */
    size_t  n_refused;         castmap_area_note *refused; /**< without a usable line; code: "", name: the street */
    size_t  nodes, edges, vertices, named, names; /**< named: edges with a name; names: different ones */
    castmap_network_report report;
    char   *crs, *crs_name, *crs_reason; /**< the working CRS, if these streets decided it; else NULL */
    double  crs_scale_error_ppm;
} castmap_streets_summary;

#define CASTMAP_STREETS_SUMMARY_INIT {0}

/**
 * @brief Add a street network. The newest one is used.
 *
 * @retval CASTMAP_E_INPUT  not a file of lines, damaged, in a coordinate system that is not known, or no street is left
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_streets_add(castmap_context *ctx, castmap_project *project,
                                                                 const castmap_streets_options *options,
                                                                 castmap_streets_summary *summary);
CASTMAP_API void castmap_streets_summary_clear(castmap_streets_summary *summary);

/** Text of an edge that has none. */
#define CASTMAP_NO_TEXT UINT32_MAX

/** A street network of the project. Owned by the caller, release with castmap_streets_clear(). */
typedef struct castmap_streets {
    int64_t   set_id, run_number;
    char     *name, *source, *licence, *crs; /**< name: of the file; crs: of the coordinates, the project's working CRS */
    castmap_network network;
    size_t    n_names, n_classes;
    char    **names, **classes;
    uint32_t *name_of, *class_of; /**< [n_edges] into names, classes; CASTMAP_NO_TEXT: none */
    uint32_t *street;             /**< [n_edges] edges with equal numbers are one street: of one name, or without one and in one piece between junctions */
} castmap_streets;

#define CASTMAP_STREETS_INIT {0}

/** @param set_id  0: the newest. @retval CASTMAP_E_NOT_FOUND no streets were added */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_streets_load(castmap_context *ctx, castmap_project *project, int64_t set_id,
                                                                  castmap_streets *out);
CASTMAP_API void castmap_streets_clear(castmap_streets *streets);

/** One set as listed. */
typedef struct castmap_street_set_info {
    int64_t id, run_number;
    char   *name, *source, *licence, *format;
    size_t  edges, nodes, parts;
    double  total_m;
} castmap_street_set_info;

/** Newest last. Release with castmap_street_sets_clear(). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_streets_list(castmap_context *ctx, castmap_project *project,
                                                                  castmap_street_set_info **sets, size_t *count);
CASTMAP_API void castmap_street_sets_clear(castmap_street_set_info *sets, size_t count);

#ifdef __cplusplus
}
#endif
#endif
