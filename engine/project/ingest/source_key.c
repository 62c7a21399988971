/*
 * project/ingest/source_key.c - 32 random bytes, kept among the settings.
 */
#include "project/ingest/source_key.h"

#include "base/digest.h"
#include "base/fail.h"
#include "project/run_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool from_hex(const char *text, unsigned char key[CM_SOURCE_KEY])
{
    if (strlen(text) != 2 * (size_t)CM_SOURCE_KEY)
        return false;
    for (size_t i = 0; i < CM_SOURCE_KEY; i++) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        key[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

castmap_status cm_source_key(castmap_context *ctx, castmap_project *project, unsigned char key[CM_SOURCE_KEY])
{
    char *kept = NULL, hex[2 * CM_SOURCE_KEY + 1];
    castmap_status status = cm_setting_get(ctx, project, "source_key", &kept);
    const bool known = !status && kept && from_hex(kept, key);

    free(kept);
    if (status || known)
        return status;
    if (getrandom(key, CM_SOURCE_KEY, 0) != CM_SOURCE_KEY)
        return cm_fail_errno(ctx, "cannot get randomness from", "the system", errno);
    cm_hex(key, CM_SOURCE_KEY, hex);
    return cm_setting_set(ctx, project, "source_key", hex);
}
