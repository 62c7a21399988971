/* Numbers out of a small CSV file of test data, plain or gzipped: fields parted by commas, maybe in quotes. */
#ifndef CM_TESTS_SUPPORT_TABLE_H
#define CM_TESTS_SUPPORT_TABLE_H

#include <stddef.h>

typedef struct table {
    size_t  rows, columns;
    double *value; /* owned [rows * columns]; text that is no number is NaN */
} table;

/* Skips the header line. Fails the test when the file cannot be read. */
table table_read(const char *path);
double table_at(const table *t, size_t row, size_t column);
void table_clear(table *t);

#endif
