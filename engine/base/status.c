/*
 * base/status.c - names and exit codes of the statuses, and the version.
 */
#include "castmap/status.h"

#include <stddef.h>

typedef struct status_row {
    const char *name;
    int         exit_code;
} status_row;

static const status_row ROWS[] = {
    [CASTMAP_OK] = {"ok", 0},
    [CASTMAP_E_ARGUMENT] = {"argument", 2},
    [CASTMAP_E_DATA] = {"data", 1},
    [CASTMAP_E_NOMEM] = {"out of memory", 1},
    [CASTMAP_E_CANCELLED] = {"interrupted", 130},
    [CASTMAP_E_NOT_FOUND] = {"not found", 1},
    [CASTMAP_E_UNSUPPORTED] = {"unsupported", 1},
    [CASTMAP_E_INPUT] = {"input refused", 4},
    [CASTMAP_E_LIMIT] = {"limit exceeded", 4},
    [CASTMAP_E_IO] = {"input or output failed", 5},
    [CASTMAP_E_EXISTS] = {"exists", 5},
    [CASTMAP_E_BUSY] = {"busy", 5},
    [CASTMAP_E_PROJECT] = {"project refused", 6},
    [CASTMAP_E_RELEASE] = {"release refused", 7},
    [CASTMAP_E_CRYPTO] = {"signature or decryption failed", 8},
    [CASTMAP_E_INTERNAL] = {"internal error", 1},
};

const char *castmap_status_name(castmap_status status)
{
    size_t i = (size_t)status;

    return i < sizeof ROWS / sizeof ROWS[0] ? ROWS[i].name : "unknown status";
}

int castmap_status_exit_code(castmap_status status)
{
    size_t i = (size_t)status;

    return i < sizeof ROWS / sizeof ROWS[0] ? ROWS[i].exit_code : 1;
}

const char *castmap_version(void)
{
    return CASTMAP_VERSION_TEXT;
}
