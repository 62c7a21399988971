#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <ftw.h>

int context_setup(void **state)
{
    *state = castmap_context_new();
    return *state ? 0 : -1;
}

int context_teardown(void **state)
{
    castmap_context_free(*state);
    return 0;
}

void check_status(castmap_status got, castmap_status want, const char *call, castmap_context *ctx, const char *file,
                  int line)
{
    if (got == want)
        return;
    print_error("%s:%d: %s\n  gave %s, expected %s\n  %s\n  %s\n  %s\n", file, line, call, castmap_status_name(got),
                castmap_status_name(want), castmap_message(ctx), castmap_message_where(ctx),
                castmap_message_hint(ctx));
    _fail(file, line);
}

void check_ints(const int32_t *got, const int32_t *want, size_t n, const char *file, int line)
{
    for (size_t i = 0; i < n; i++) {
        if (got[i] != want[i]) {
            print_error("%s:%d: item %zu is %d, expected %d\n", file, line, i, got[i], want[i]);
            _fail(file, line);
        }
    }
}

void check_near(double got, double want, double tolerance, const char *what, const char *file, int line)
{
    if (fabs(got - want) <= tolerance)
        return;
    print_error("%s:%d: %s is %.17g, expected %.17g within %g\n", file, line, what, got, want, tolerance);
    _fail(file, line);
}

const char *shared_data(const char *name, char *out, size_t size)
{
    const char *folder = getenv("CASTMAP_SHARED_DATA");

    if (folder)
        snprintf(out, size, "%s/%s", folder, name);
    else
        snprintf(out, size, "%s/../shared/data/%s", CASTMAP_SOURCE_DIR, name);
    return access(out, R_OK) == 0 ? out : NULL;
}

void folder_make(char out[64])
{
    snprintf(out, 64, "/tmp/castmap-test-XXXXXX");
    if (!mkdtemp(out))
        fail_msg("no folder for test files");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

void folder_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void folder_write(const char *folder, const char *name, const void *bytes, size_t length, char out[256])
{
    snprintf(out, 256, "%s/%s", folder, name);
    FILE *file = fopen(out, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        fail_msg("cannot write %s", out);
}
