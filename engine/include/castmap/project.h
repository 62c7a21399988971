/**
 * @file castmap/project.h
 * @brief The project file: one SpatiaLite file that holds records, areas, results and their history.
 */
#ifndef CASTMAP_PROJECT_H
#define CASTMAP_PROJECT_H

#include "castmap/context.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Suffix of project files; QGIS and ArcGIS Pro open them by it. */
#define CASTMAP_PROJECT_SUFFIX ".castmap.sqlite"

typedef struct castmap_project castmap_project;

/** What a new project is told. Start from CASTMAP_PROJECT_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_project_options {
    uint32_t    version;
    const char *title;     /**< as printed on maps; NULL: the file's name */
    const char *crs;       /**< "EPSG:27700" fixes the working CRS; NULL: chosen at the first boundaries or batch */
    const char *time_zone; /**< IANA name for local times without offset; NULL: "UTC" */
    bool        overwrite; /**< replace an existing file (only one that is a castmap project) */
} castmap_project_options;

#define CASTMAP_PROJECT_OPTIONS_VERSION 1u
#define CASTMAP_PROJECT_OPTIONS_INIT {CASTMAP_PROJECT_OPTIONS_VERSION, NULL, NULL, NULL, false}

/** Create NAME.castmap.sqlite with mode 0600. `*out` is closed with castmap_project_close(). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_create(castmap_context *ctx, const char *path,
                                                                    const castmap_project_options *options,
                                                                    castmap_project **out);

typedef enum castmap_access { CASTMAP_READ, CASTMAP_WRITE } castmap_access;

/**
 * @brief Open a project after checking that it is one: magic, application id, schema fingerprint.
 * @retval CASTMAP_E_PROJECT  damaged, foreign, newer, or its schema was altered
 * @retval CASTMAP_E_BUSY     CASTMAP_WRITE and another process is writing
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_open(castmap_context *ctx, const char *path,
                                                                  castmap_access access,
                                                                  castmap_project **out);
CASTMAP_API void castmap_project_close(castmap_project *project); /**< NULL is fine; rolls back what was not committed */

/**
 * @brief Find the project like git finds a repository: the one *.castmap.sqlite in `directory` or above.
 * @param path  out [size], its path
 * @retval CASTMAP_E_NOT_FOUND  none
 * @retval CASTMAP_E_ARGUMENT   several in the nearest directory that has any; the message names them
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_find(castmap_context *ctx, const char *directory,
                                                                  char *path, size_t size);

CASTMAP_API const char *castmap_project_path(const castmap_project *project);

/*
 * Several changes as one command: everything between begin and commit becomes visible together or not at all.
 * Import, boundaries and runs nest inside it; on their own each opens and commits one.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_begin(castmap_context *ctx, castmap_project *project);
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_commit(castmap_context *ctx, castmap_project *project);
CASTMAP_API void castmap_project_rollback(castmap_project *project);

/** Text owned by a struct of this header is released by its _clear function. */
typedef struct castmap_boundary_info {
    int64_t id;
    char   *level;    /**< "ward", "council", ... */
    char   *name, *vintage, *source, *licence;
    size_t  areas, repaired, with_population;
} castmap_boundary_info;

typedef struct castmap_batch_info {
    int64_t id, run_id;
    char   *file;     /**< base name */
    char   *format;   /**< "KoboToolbox CSV", ... */
    char   *sha256;   /**< of the file, hexadecimal */
    size_t  read, accepted, duplicate, quarantined;
    bool    movements;      /**< its rows are movements; what was accepted of them is in a layer of flows */
} castmap_batch_info;

typedef struct castmap_project_info {
    char   *path, *title, *crs, *crs_name, *crs_reason, *time_zone;
    double  crs_scale_error_ppm;    /**< largest over the extent; NaN while there is no CRS */
    int     schema_version;
    size_t  observations, quarantined, runs, releases;
    size_t  repeats;                /**< of the observations: marked as repeating another, and counted in no result */
    int64_t first_s, last_s;        /**< span of the observations; INT64_MIN if none */
    double  west, south, east, north; /**< of the observations, degrees; NaN if none */
    size_t  n_boundaries;
    castmap_boundary_info *boundaries;
    size_t  n_batches;
    castmap_batch_info *batches;
    size_t n_street_sets, n_track_sets, n_flow_layers;
    size_t movements;               /**< of the newest layer of flows */
} castmap_project_info;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_describe(castmap_context *ctx,
                                                                      castmap_project *project,
                                                                      castmap_project_info *out);
CASTMAP_API void castmap_project_info_clear(castmap_project_info *info);

/** One numbered step of the project's history. */
typedef struct castmap_run_info {
    int64_t number;      /**< 1, 2, ...; never used again */
    char   *kind;        /**< "import", "boundaries", "cluster", "areas", "heat", "release", ... */
    char   *summary;     /**< one line in plain words */
    char   *parameters;  /**< JSON object */
    char   *provenance;  /**< JSON object: input digests, versions, seed, PROJ operation */
    int64_t time_s;      /**< when it was made, UTC; $SOURCE_DATE_EPOCH where that is set */
    bool    undone;
} castmap_run_info;

typedef struct castmap_run_list {
    size_t            count;
    castmap_run_info *run;
} castmap_run_list;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_history(castmap_context *ctx,
                                                                     castmap_project *project,
                                                                     castmap_run_list *out);
CASTMAP_API void castmap_run_list_clear(castmap_run_list *list);

/**
 * @brief Undo the newest run that still stands, or `number` and everything after it that depends on it.
 * @param number  0: the newest
 * @param undone  out, how many runs were undone; may be NULL
 * @retval CASTMAP_E_NOT_FOUND  nothing to undo
 * @retval CASTMAP_E_RELEASE    a release cannot be undone: what left has left
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_undo(castmap_context *ctx, castmap_project *project,
                                                                  int64_t number, size_t *undone);

/** Refused rows of all batches, or of one. */
typedef struct castmap_quarantine_row {
    int64_t batch_id, row;  /**< physical line of the file, or feature number */
    char   *file, *field, *code, *reason, *text; /**< text: the row verbatim; code: short and stable, "no-position" */
} castmap_quarantine_row;

typedef struct castmap_quarantine {
    size_t                  count;
    castmap_quarantine_row *row;
} castmap_quarantine;

/** batch_id 0: all. At most `limit` rows (0: no limit), in order of batch and row. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_quarantine(castmap_context *ctx,
                                                                        castmap_project *project,
                                                                        int64_t batch_id, size_t limit,
                                                                        castmap_quarantine *out);
CASTMAP_API void castmap_quarantine_clear(castmap_quarantine *quarantine);

/** Consistent copy by VACUUM INTO; refuses an existing target. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_backup(castmap_context *ctx, castmap_project *project,
                                                                    const char *path);

/** What castmap_project_migrate() did. */
typedef struct castmap_migration {
    int  from, to;       /**< schema versions; equal: nothing was to do, and no backup was made */
    char backup[4096];   /**< path of the backup; "" if none was made */
} castmap_migration;

/**
 * @brief Bring a project that an older castmap made forward to this version's schema.
 *
 * A consistent backup is written beside it first, under the name FILE.schema-N.backup. Then all steps are made in one transaction, so
 * that a kill leaves the old project or the new one. Forward only: an older castmap will refuse the file afterwards.
 *
 * @retval CASTMAP_E_PROJECT  not a sound project, a newer one, or its schema was altered
 * @retval CASTMAP_E_EXISTS   the backup's file exists already
 * @retval CASTMAP_E_BUSY     another process is writing
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_migrate(castmap_context *ctx, const char *path,
                                                                     castmap_migration *out);

#ifdef __cplusplus
}
#endif
#endif
