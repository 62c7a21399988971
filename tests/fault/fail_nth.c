/*
 * Laid before a program (LD_PRELOAD): its CASTMAP_FAIL_NTH-th allocation fails, and all after it when CASTMAP_FAIL_REST is set. Children of it (the parsing processes) count anew.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

#define SHOWN __attribute__((visibility("default")))
SHOWN void *malloc(size_t size);
SHOWN void *calloc(size_t n, size_t size);
SHOWN void *realloc(void *old, size_t size);

static atomic_long count;
static long nth;
static bool rest;

static __attribute__((constructor)) void begin(void)
{
    const char *text = getenv("CASTMAP_FAIL_NTH");

    nth = text ? strtol(text, NULL, 10) : 0;
    rest = getenv("CASTMAP_FAIL_REST") != NULL;
    atomic_store(&count, 0);
}

static bool fails(void)
{
    const long at = nth ? atomic_fetch_add(&count, 1) + 1 : 0;

    if (nth == 0 || (rest ? at < nth : at != nth))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return size && fails() ? NULL : __libc_realloc(old, size);
}
