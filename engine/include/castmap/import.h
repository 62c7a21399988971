/**
 * @file castmap/import.h
 * @brief Bring observations in: recognise, check, store, and account for every row.
 */
#ifndef CASTMAP_IMPORT_H
#define CASTMAP_IMPORT_H

#include "castmap/project.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an import is told. Start from CASTMAP_IMPORT_OPTIONS_INIT. NULL or 0 everywhere: recognise. Strings are borrowed. */
typedef struct castmap_import_options {
    uint32_t           version;
    const char        *path;        /**< one file; "-" is standard input */
    const char        *profile;     /**< "kobo", "odk", "epicollect", "ushahidi", "open311", "comapeo", "police", "generic", ... */
    const char        *encoding;    /**< "utf-8", "latin1", "windows-1252", "utf-16"; NULL: by the byte-order mark, else UTF-8, else Windows-1252
                                         where the text is plainly that and `strict` is not set */
    char               delimiter;   /**< ',' ';' '\t'; 0: recognise */
    const char        *crs;         /**< of easting/northing columns: "EPSG:27700" */
    const char        *time_zone;   /**< overrides the project's for local times */
    const char        *date_order;  /**< "dmy", "mdy", "ymd": how to read 03/04/2025 */
    const char *const *map;         /**< "field=Column name" pairs: lat, lon, x, y, position, time, category, text, ...;
                                         "keep=Column" keeps a column as it is, "id=" says that there is no unique id */
    size_t             n_map;
    bool               strict;      /**< one bad row refuses the whole file */
    bool               dry_run;     /**< store nothing; the summary says what would happen */
    bool               follow_links;/**< accept a symbolic link as input */
    bool               comments;    /**< lines that start with # are comments */
    const char        *categories;  /**< CSV code,label,aliases: only these categories are accepted; NULL: any */
    bool               legacy_grades;  /**< translate older 5x5x5 grades by the fixed table */
    bool               keep_odd_dates; /**< dates in the future or before 1990 are noted, not refused */
    bool               keep_far;       /**< records far from all others of the file are noted, not refused */
    int64_t            today_s;        /**< the day against which "future" is told, UTC seconds; 0: the clock */
    const char        *layer;          /**< of a file with several: which layer or sheet; NULL: the only one, or the first sheet */
    bool               no_names;       /**< chats: people are not told apart at all, rather than by pseudonyms */
    const char        *pictures;       /**< photos: folder for a copy without its hidden data; NULL: no picture is kept */
    const char        *recipe;         /**< name of the recipe that filled these options, kept with the batch; NULL: none (castmap/recipe.h) */
    const char        *save_recipe;    /**< keep how the file was read as a recipe of this name; not on a dry run; NULL: do not */
    size_t             preview;        /**< give so many of the first accepted rows back in the summary */
    unsigned           year;           /**< of dates that do not say theirs ("March", "1st May"); 0: such rows are set aside */
    const char        *member;         /**< the path is a zip: only this member, by its whole name (castmap/zip_members.h); NULL: the zip as one thing */
} castmap_import_options;

#define CASTMAP_IMPORT_OPTIONS_VERSION 1u
#define CASTMAP_IMPORT_OPTIONS_INIT {CASTMAP_IMPORT_OPTIONS_VERSION, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, \
                                     false, false, false, false, NULL, false, false, false, 0, NULL, false, NULL, NULL, NULL, 0, 0, NULL}

/** How many rows met one reason. */
typedef struct castmap_reason_count {
    char   code[32];  /**< stable: "no-position", "bad-date", ... */
    char  *reason;    /**< plain words, no private value */
    size_t count;
    int64_t first_row;
} castmap_reason_count;

/** One guess: what was recognised and why. Printed before it is used, stored with the batch. */
typedef struct castmap_guess {
    char *what;   /**< "separator", "encoding", "latitude", "time zone", ... */
    char *value;  /**< "comma", "column 'Latitude'", ... */
    char *why;    /**< "header name", "given", "default", ... */
} castmap_guess;

/** One accepted row as it was understood. Texts are owned by the summary. */
typedef struct castmap_import_row {
    int64_t row;
    double  lon, lat, accuracy_m; /**< degrees, WGS 84; metres, NaN: not known */
    char   *time;                 /**< "2024-05-01 09:30 to ...", in UTC, as wide as it is known; "" none */
    char   *category;             /**< "" none */
    size_t  text_length, source_length; /**< characters of what is private */
    bool    duplicate;
} castmap_import_row;

/** The account of one file; owned, release with castmap_import_summary_clear(). */
typedef struct castmap_import_summary {
    size_t  read, accepted, duplicate, quarantined; /**< read == accepted + duplicate + quarantined */
    size_t  n_reasons;
    castmap_reason_count *reasons;   /**< of the quarantined, most frequent first, then by code */
    size_t  n_notes;
    castmap_reason_count *notes;     /**< warnings about accepted rows and the file */
    size_t  n_guesses;
    castmap_guess *guesses;
    int64_t batch_id, run_number;    /**< 0 on a dry run or when nothing was kept */
    char   *format;
    char    sha256[65];
    double  seconds_read, seconds_store, seconds_index;
    size_t  n_rows;                  /**< at most `preview` */
    castmap_import_row *rows;
    char   *picture;                 /**< the copy that was made of a photo, its path; NULL: none */
    bool    no_records;              /**< also after CASTMAP_E_INPUT: the file was refused because it is no table of observations, not because it is damaged */
} castmap_import_summary;

#define CASTMAP_IMPORT_SUMMARY_INIT {0}

/** Called once per file when the guesses are made and before the first row is read. */
typedef void castmap_guesses_fn(const castmap_guess *guesses, size_t n, void *payload);

/**
 * @brief Import one file of observations as one batch.
 *
 * Quarantined rows keep their text and their reason. A record's stable id is made of its own unique id, or of its
 * content and its ordinal among equal rows of the file, so importing a file again brings nothing new.
 *
 * @param shown  called with the guesses; may be NULL
 * @retval CASTMAP_OK        also when rows were quarantined (see the summary)
 * @retval CASTMAP_E_INPUT   the file is refused as a whole; CASTMAP_E_LIMIT likewise; the project is as before
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_import(castmap_context *ctx, castmap_project *project,
                                                            const castmap_import_options *options,
                                                            castmap_guesses_fn *shown, void *payload,
                                                            castmap_import_summary *summary);
CASTMAP_API void castmap_import_summary_clear(castmap_import_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
