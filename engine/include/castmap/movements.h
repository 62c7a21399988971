/**
 * @file castmap/movements.h
 * @brief Movements of a project: a table of journeys from A to B becomes flows between areas.
 */
#ifndef CASTMAP_MOVEMENTS_H
#define CASTMAP_MOVEMENTS_H

#include "castmap/flows.h"
#include "castmap/import.h"
#include "castmap/project.h"
#include "castmap/remark.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the time is cut up. */
typedef enum castmap_flow_periods { CASTMAP_FLOWS_WHOLE = 0, CASTMAP_FLOWS_BY_MONTH, CASTMAP_FLOWS_BY_QUARTER, CASTMAP_FLOWS_BY_YEAR } castmap_flow_periods;

/** Start from CASTMAP_FLOWS_RUN_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_flows_run_options {
    uint32_t    version;
    const char *path;        /**< a table of movements, one a row, or lines: what castmap_import() reads but chats and photos; "-": standard input */
    const char *name;        /**< of the layer; NULL: "flows" */
    const char *level;       /**< boundary level of the areas; NULL: the newest set, or the words themselves where there is none */
    bool        labels;      /**< the words of the table are the areas (countries), boundaries or not */
    const char *const *map;  /**< [n_map] FIELD=COLUMN */
    size_t      n_map;
    const char *date_order;  /**< "dmy", "mdy", "ymd"; NULL: only dates that can be read in one way */
    char        delimiter;   /**< 0: recognised */
    bool        follow_links;
    castmap_flow_periods by;
    bool        symmetric;   /**< from A to B and from B to A are one flow */
    castmap_flow_null null;
    bool        keep_within; /**< independence: movements within an area are part of the table */
    double      alpha;       /**< share of false discoveries at which a flow is called larger than expected */
    uint32_t    least_journeys; /**< of a corridor, >= 2 */
    bool        dry_run;     /**< read, place and count; keep nothing */
    const char *crs;         /**< of easting and northing columns, or of a layer that does not say it: "EPSG:27700"; NULL: of the project */
    const char *layer;       /**< of a file with several: which layer or sheet; NULL: the only one, or the first sheet */
    const char *encoding;    /**< as of castmap_import() */
    bool        strict;      /**< one refused row refuses the whole table */
} castmap_flows_run_options;

#define CASTMAP_FLOWS_RUN_OPTIONS_VERSION 1u
#define CASTMAP_FLOWS_RUN_OPTIONS_INIT \
    {CASTMAP_FLOWS_RUN_OPTIONS_VERSION, NULL, NULL, NULL, false, NULL, 0, NULL, 0, false, CASTMAP_FLOWS_WHOLE, false, CASTMAP_FLOW_INDEPENDENCE, false, \
     0.05, 3u, false, NULL, NULL, NULL, false}

/** One flow with its names. */
typedef struct castmap_flow_row {
    uint32_t from, to;       /**< areas of the summary */
    uint64_t moves;
    double   persons;        /**< where the table says how many, else the movements */
    double   expected, p, q; /**< NaN: not tested */
    bool     more;           /**< q <= alpha */
} castmap_flow_row;

/** A part of a flow. */
typedef struct castmap_flow_part {
    size_t   period;         /**< of the summary */
    uint32_t from, to;
    uint64_t moves;
    double   persons;
} castmap_flow_part;

typedef struct castmap_flows_summary {
    int64_t run_number;      /**< 0 on a dry run */
    char   *level;           /**< "" where the words are the areas */
    size_t  read, taken, duplicate, quarantined; /**< rows; read == taken + duplicate + quarantined */
    size_t  used, within;    /**< movements from one area to another, and within one; more than rows where rows have several stops */
    int64_t batch_id;        /**< whose quarantine has the refused rows; 0 on a dry run */
    size_t  undated;
    bool    symmetric, counts_persons;
    castmap_flow_null null;
    castmap_flow_fit  fit;
    double  alpha;
    size_t  n_areas;
    char  **code, **area;    /**< [n_areas] code and name */
    uint64_t *outgoing, *incoming; /**< [n_areas] */
    size_t  n_rows;
    castmap_flow_row *rows;  /**< between different areas; most movements first, then by code */
    size_t  n_periods;
    char  **period;          /**< [n_periods] "2025-03", "2025-Q1", "2025", "no date" last */
    size_t  n_parts;
    castmap_flow_part *parts; /**< by period, then as rows */
    castmap_corridors corridors; /**< stops are areas of the summary */
    size_t  n_journeys;
    size_t  n_reasons;
    castmap_reason_count *reasons; /**< of rows in quarantine, most first */
    size_t  n_guesses;
    castmap_guess *guesses;
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_flows_summary;

#define CASTMAP_FLOWS_SUMMARY_INIT {0}

/**
 * @brief Read movements, place both ends in areas, add up, test, find corridors, and keep the layer.
 *
 * An end is a word (the code of an area, its name, a postcode or a name of a gazetteer of the project, or a country) or coordinates in degrees. A row whose
 * end has no area, whose date cannot be read or whose grade is none goes to quarantine, word for word and with its reason,
 * as castmap_project_quarantine() gives it. A row that repeats the id and the content of another is a duplicate.
 *
 * @retval CASTMAP_OK           also when rows were refused (see the summary)
 * @retval CASTMAP_E_INPUT      not a table of movements, or one whose rows cannot be told apart; nothing is kept
 * @retval CASTMAP_E_NOT_FOUND  no such boundary level or column; no row goes from one area to another
 * @retval CASTMAP_E_ARGUMENT   an option out of range; gravity without boundaries
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_flows(castmap_context *ctx, castmap_project *project,
                                                               const castmap_flows_run_options *options, castmap_flows_summary *out);
CASTMAP_API void castmap_flows_summary_clear(castmap_flows_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
