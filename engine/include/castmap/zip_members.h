/**
 * @file castmap/zip_members.h
 * @brief A zip of several files of observations, looked over before it is read like a folder.
 */
#ifndef CASTMAP_ZIP_MEMBERS_H
#define CASTMAP_ZIP_MEMBERS_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One member that is left out, and why. */
typedef struct castmap_member_left {
    char       *name; /**< as the zip has it */
    const char *why;  /**< constant words: "a picture of the chat beside it" */
} castmap_member_left;

/** What a zip holds. Owned; release with castmap_zip_members_clear(). */
typedef struct castmap_zip_members {
    size_t  n;    /**< members that may hold observations; 0: the file is no zip, is one thing (a workbook), or is refused when it is read */
    char  **name; /**< by name; each may be castmap_import_options.member */
    bool    one;  /**< there is a single one, of a kind that is read without naming it */
    size_t  n_left;
    castmap_member_left *left; /**< what is no record: pictures of a chat, notes, documents. Parts of a Shapefile belong to it and are not listed */
} castmap_zip_members;

#define CASTMAP_ZIP_MEMBERS_INIT {0}

/**
 * @brief Which members of a zip may hold observations.
 *
 * A file that is no zip costs one look at its first bytes. The zip itself is read by a process without rights; limits and forbidden names are those of an import, which tells
 * what is wrong: a zip that cannot be read gives n = 0 here and no error.
 *
 * @param path  one file; "-" (standard input) is never looked into, n = 0
 * @retval CASTMAP_OK, CASTMAP_E_NOMEM, CASTMAP_E_CANCELLED
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_zip_members_list(castmap_context *ctx, const char *path, bool follow_links, castmap_zip_members *out);
CASTMAP_API void castmap_zip_members_clear(castmap_zip_members *members);

#ifdef __cplusplus
}
#endif
#endif
