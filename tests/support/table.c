#include "support/table.h"

#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static double field_value(const char *text)
{
    char *end;

    text += *text == '"';
    double value = strtod(text, &end);
    return end == text ? (double)NAN : value;
}

table table_read(const char *path)
{
    table t = {0, 1, NULL};
    gzFile file = gzopen(path, "rb");
    char line[1000];
    size_t room = 0;

    if (!file || !gzgets(file, line, sizeof line))
        fail_msg("cannot read %s", path);
    for (const char *at = line; *at; at++)
        t.columns += *at == ',';
    while (gzgets(file, line, sizeof line)) {
        if ((t.rows + 1) * t.columns > room) {
            room = room ? 2 * room : 1024 * t.columns;
            t.value = realloc(t.value, room * sizeof *t.value);
            assert_non_null(t.value);
        }
        char *rest = line;
        for (size_t c = 0; c < t.columns; c++) {
            const char *field = rest ? strsep(&rest, ",\r\n") : "";
            t.value[t.rows * t.columns + c] = field_value(field);
        }
        t.rows++;
    }
    gzclose(file);
    return t;
}

double table_at(const table *t, size_t row, size_t column)
{
    return t->value[row * t->columns + column];
}

void table_clear(table *t)
{
    free(t->value);
    *t = (table){0};
}
