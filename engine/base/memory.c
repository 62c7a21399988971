/*
 * base/memory.c - arrays with checked sizes.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)1 << 21)
#define LARGE (4 * LARGE_PAGE)

/* A large array in large pages, where the system gives them on request: it is entered 512 times less often. */
static void *alloc_large(size_t bytes)
{
    void *array = NULL;

    if (posix_memalign(&array, LARGE_PAGE, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    madvise(array, bytes & ~(LARGE_PAGE - 1), MADV_HUGEPAGE); /* advice only: a refusal does no harm */
#endif
    return array;
}

void *cm_alloc(size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    if (bytes >= LARGE)
        return alloc_large(bytes);
    return malloc(bytes ? bytes : 1);
}

void *cm_alloc_zero(size_t n, size_t size)
{
    return n && size ? calloc(n, size) : calloc(1, 1);
}

int cm_grow(void *array_pointer, size_t *capacity, size_t need, size_t size)
{
    void *array;
    size_t bytes, room = *capacity ? *capacity : 16;

    if (need <= *capacity)
        return 0;
    while (room < need) {
        if (room > SIZE_MAX / 2)
            return -1;
        room *= 2;
    }
    if (__builtin_mul_overflow(room, size, &bytes))
        return -1;
    /* The caller's variable may have any pointer type, so it is copied rather than cast. */
    memcpy(&array, array_pointer, sizeof array);
    array = realloc(array, bytes);
    if (!array)
        return -1;
    memcpy(array_pointer, &array, sizeof array);
    *capacity = room;
    return 0;
}

char *cm_copy_bytes(const char *text, size_t length)
{
    char *copy = cm_alloc(length + 1, 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *cm_copy_text(const char *text)
{
    return text ? cm_copy_bytes(text, strlen(text)) : NULL;
}
