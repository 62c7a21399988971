/*
 * io/gdal_errors.c - GDAL's error handler and settings, for one thread and one piece of work.
 */
#include "io/gdal_errors.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/text.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void CPL_STDCALL keep_first(CPLErr kind, CPLErrorNum number, const char *text)
{
    cm_gdal_errors *errors = CPLGetErrorHandlerUserData();

    (void)number;
    if (kind >= CE_Failure && errors->text[0] == '\0')
        snprintf(errors->text, sizeof errors->text, "%s", text);
}

static void settle(const char *changed_at)
{
    const bool on = changed_at != NULL;

    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", on && changed_at[0] ? changed_at : NULL);
}

void cm_gdal_errors_begin(cm_gdal_errors *errors, const char *changed_at)
{
    errors->text[0] = '\0';
    CPLPushErrorHandlerEx(keep_first, errors);
    CPLSetThreadLocalConfigOption("GDAL_CONFIG_FILE", "/dev/null"); /* what a machine's or a user's file of settings says would change the bytes */
    CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "NO");
    CPLSetThreadLocalConfigOption("GDAL_NUM_THREADS", "1");
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", "DELETE");
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", "OFF"); /* the file is new; whoever commits it syncs it */
    settle(changed_at);
}

void cm_gdal_errors_end(cm_gdal_errors *errors)
{
    (void)errors;
    CPLPopErrorHandler();
    CPLSetThreadLocalConfigOption("GDAL_CONFIG_FILE", NULL);
    CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", NULL);
    CPLSetThreadLocalConfigOption("GDAL_NUM_THREADS", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", NULL);
    settle(NULL);
}

castmap_status cm_gdal_errors_fail(castmap_context *ctx, const cm_gdal_errors *errors, castmap_status status,
                                   const char *what, const char *path)
{
    char reason[200], shown[200];

    cm_escape_display(errors->text, strlen(errors->text), reason, sizeof reason);
    cm_escape_display(cm_base_name(path), strlen(cm_base_name(path)), shown, sizeof shown);
    status = cm_fail(ctx, status, "%s%s%s", what, reason[0] ? ": " : "", reason);
    cm_fail_where(ctx, "%s", shown);
    return status;
}
