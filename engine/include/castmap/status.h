/**
 * @file castmap/status.h
 * @brief What a call of the engine can answer, and how symbols are marked.
 */
#ifndef CASTMAP_STATUS_H
#define CASTMAP_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(CASTMAP_STATIC) || !defined(__GNUC__)
#define CASTMAP_API
#else
#define CASTMAP_API __attribute__((visibility("default")))
#endif

#if defined(__GNUC__)
#define CASTMAP_NODISCARD __attribute__((warn_unused_result))
#define CASTMAP_PRINTF(format_at, values_at) __attribute__((format(printf, format_at, values_at)))
#else
#define CASTMAP_NODISCARD
#define CASTMAP_PRINTF(format_at, values_at)
#endif

/** Every function that can fail returns one of these; 0 is success, so `if (status)` reads "if it failed". */
typedef enum castmap_status {
    CASTMAP_OK = 0,
    CASTMAP_E_ARGUMENT,    /**< the caller asked for something meaningless or contradictory      exit 2 */
    CASTMAP_E_DATA,        /**< values inside the data cannot be used (NaN, no rows, ...)         exit 1 */
    CASTMAP_E_NOMEM,       /**< memory ran out                                                    exit 1 */
    CASTMAP_E_CANCELLED,   /**< castmap_cancel() was called                                     exit 130 */
    CASTMAP_E_NOT_FOUND,   /**< the named run, layer, area, file column ... does not exist        exit 1 */
    CASTMAP_E_UNSUPPORTED, /**< a library or driver that was left out of this build               exit 1 */
    CASTMAP_E_INPUT,       /**< an input file is refused as a whole; nothing was stored           exit 4 */
    CASTMAP_E_LIMIT,       /**< an input exceeds a stated limit; nothing was stored               exit 4 */
    CASTMAP_E_IO,          /**< open, read, write, permission, disk                               exit 5 */
    CASTMAP_E_EXISTS,      /**< the target exists and overwriting was not asked for               exit 5 */
    CASTMAP_E_BUSY,        /**< another process holds the project                                 exit 5 */
    CASTMAP_E_PROJECT,     /**< the project file is damaged, foreign or newer                     exit 6 */
    CASTMAP_E_RELEASE,     /**< the release rules forbid it                                       exit 7 */
    CASTMAP_E_CRYPTO,      /**< a signature or a decryption failed                                exit 8 */
    CASTMAP_E_INTERNAL     /**< a promise inside the engine was broken                            exit 1 */
} castmap_status;

/** Short English name of a status, "ok", "argument", ...; never NULL; static. */
CASTMAP_API const char *castmap_status_name(castmap_status status);

/** The exit code (design: "command line") that a program ends with for this status. */
CASTMAP_API int castmap_status_exit_code(castmap_status status);

/** Version of the library, "0.1.0"; static. */
CASTMAP_API const char *castmap_version(void);

#ifdef __cplusplus
}
#endif
#endif
