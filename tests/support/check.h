/* cmocka and a few assertions of our own. A test's state is a castmap_context. */
#ifndef CM_TESTS_SUPPORT_CHECK_H
#define CM_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "castmap/context.h"

int context_setup(void **state);    /* *state: a new castmap_context */
int context_teardown(void **state);

/* Prints the context's message when the status differs. */
#define assert_status(call, want) check_status((call), (want), #call, *state, __FILE__, __LINE__)
void check_status(castmap_status got, castmap_status want, const char *call, castmap_context *ctx, const char *file,
                  int line);

#define assert_ints(got, want, n) check_ints((got), (want), (n), __FILE__, __LINE__)
void check_ints(const int32_t *got, const int32_t *want, size_t n, const char *file, int line);

#define assert_near(got, want, tolerance) check_near((got), (want), (tolerance), #got, __FILE__, __LINE__)
void check_near(double got, double want, double tolerance, const char *what, const char *file, int line);

/* Path of a file of the shared data folder beside the source tree ($CASTMAP_SHARED_DATA, else ../shared/data), or NULL where the folder is
 * absent: then the test prints "skipped: ..." once and calls skip(). out [size]. */
const char *shared_data(const char *name, char *out, size_t size);
#define need_shared_data(name, out) \
    do { \
        if (!shared_data((name), (out), sizeof(out))) { \
            print_message("skipped: %s is not here\n", (name)); \
            skip(); \
        } \
    } while (0)

/* A fresh folder for files of this test; removed by folder_remove(). */
void folder_make(char out[64]);
void folder_remove(const char *folder);
/* Write text to folder/name; path out [size 256]. */
void folder_write(const char *folder, const char *name, const void *bytes, size_t length, char out[256]);

#endif
