/*
 * base/memory.h - arrays with checked sizes.
 */
#ifndef CM_BASE_MEMORY_H
#define CM_BASE_MEMORY_H

#include <stddef.h>

/* n * size bytes, NULL when out of memory or when the product overflows. n == 0 gives a unique pointer. Release with free(). */
void *cm_alloc(size_t n, size_t size);
void *cm_alloc_zero(size_t n, size_t size);

/* Make room for at least `need` items in *array (capacity *capacity, doubled as needed). 0 on success, else -1 and nothing changed. */
int cm_grow(void *array_pointer, size_t *capacity, size_t need, size_t size);

/* Copy of a text; NULL when out of memory or when text is NULL. */
char *cm_copy_text(const char *text);
char *cm_copy_bytes(const char *text, size_t length);

#endif
