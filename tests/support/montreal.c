#include "support/montreal.h"

#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "montreal: %s\n", #condition); \
            exit(1); \
        } \
    } while (0)

/* x and y of a GeoPackage line or point (ISO WKB behind the header). */
static size_t vertices(const unsigned char *blob, double *out)
{
    static const size_t ENVELOPE[] = {0, 32, 48, 48, 64};
    const unsigned char *wkb = blob + 8 + ENVELOPE[blob[3] >> 1 & 7];
    uint32_t kind, n = 1;

    MUST(wkb[0] == 1); /* little-endian */
    memcpy(&kind, wkb + 1, sizeof kind);
    wkb += 5;
    if (kind == 2) {
        memcpy(&n, wkb, sizeof n);
        wkb += 4;
    }
    MUST(kind == 1 || kind == 2);
    memcpy(out, wkb, n * 2 * sizeof *out);
    return n;
}

static uint32_t node_at(montreal *m, double x, double y)
{
    const double rx = round(x * 10.0) / 10.0, ry = round(y * 10.0) / 10.0;

    for (uint32_t v = 0; v < m->network.n_nodes; v++) {
        if (m->node_x[v] == rx && m->node_y[v] == ry)
            return v;
    }
    m->node_x[m->network.n_nodes] = rx;
    m->node_y[m->network.n_nodes] = ry;
    return (uint32_t)m->network.n_nodes++;
}

static sqlite3_stmt *rows(sqlite3 **db, const char *path, const char *select)
{
    sqlite3_stmt *statement = NULL;

    MUST(sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    MUST(sqlite3_prepare_v2(*db, select, -1, &statement, NULL) == SQLITE_OK);
    return statement;
}

static void read_lines(montreal *m, const char *path)
{
    static double buffer[20000];
    sqlite3 *db;
    sqlite3_stmt *row = rows(&db, path, "SELECT geom FROM network ORDER BY line_id");
    size_t room = 0, n = 0;

    for (size_t e = 0; sqlite3_step(row) == SQLITE_ROW; e++) {
        const size_t count = vertices(sqlite3_column_blob(row, 0), buffer);
        MUST(e < MONTREAL_LINES);
        if (n + count > room) {
            room = 2 * (n + count);
            m->x = realloc(m->x, room * sizeof *m->x);
            m->y = realloc(m->y, room * sizeof *m->y);
            MUST(m->x && m->y);
        }
        m->starts[e] = n;
        for (size_t k = 0; k < count; k++, n++) {
            m->x[n] = buffer[2 * k];
            m->y[n] = buffer[2 * k + 1];
            if (k > 0)
                m->length[e] += hypot(m->x[n] - m->x[n - 1], m->y[n] - m->y[n - 1]);
        }
        m->from[e] = node_at(m, m->x[m->starts[e]], m->y[m->starts[e]]);
        m->to[e] = node_at(m, m->x[n - 1], m->y[n - 1]);
        m->starts[e + 1] = n;
        m->network.n_edges = e + 1;
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    MUST(m->network.n_edges == MONTREAL_LINES);
    m->network.from = m->from;
    m->network.to = m->to;
    m->network.length_m = m->length;
}

static void snap(montreal *m, size_t i, double px, double py)
{
    double best = (double)INFINITY;

    for (uint32_t e = 0; e < MONTREAL_LINES; e++) {
        double along = 0.0;
        for (size_t k = m->starts[e] + 1; k < m->starts[e + 1]; k++) {
            const double ax = m->x[k - 1], ay = m->y[k - 1], dx = m->x[k] - ax, dy = m->y[k] - ay, length = hypot(dx, dy);
            const double t = length > 0.0 ? fmin(fmax(((px - ax) * dx + (py - ay) * dy) / (length * length), 0.0), 1.0) : 0.0;
            const double d = hypot(px - ax - t * dx, py - ay - t * dy);
            if (d < best) {
                best = d;
                m->edge[i] = e;
                m->at[i] = fmin(along + t * length, m->length[e]);
            }
            along += length;
        }
    }
}

/* Events within 5 m of one another, and what is within 5 m of those, become one at their mean. */
static size_t join(double (*xy)[2], double *weight, size_t n)
{
    size_t group[MONTREAL_EVENTS], groups = 0;

    for (size_t i = 0; i < n; i++)
        group[i] = i;
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < i; j++) {
                if (group[i] != group[j] && hypot(xy[i][0] - xy[j][0], xy[i][1] - xy[j][1]) <= 5.0) {
                    group[i] = group[j] = group[i] < group[j] ? group[i] : group[j];
                    moved = true;
                }
            }
        }
    }
    for (size_t g = 0; g < n; g++) {
        double x = 0.0, y = 0.0, members = 0.0;
        for (size_t i = g; i < n; i++) {
            if (group[i] != g)
                continue;
            x += xy[i][0];
            y += xy[i][1];
            members += 1.0;
        }
        if (members == 0.0)
            continue;
        xy[groups][0] = x / members; /* groups <= g: nobody needs that row any more */
        xy[groups][1] = y / members;
        weight[groups++] = members;
    }
    return groups;
}

static void read_events(montreal *m, const char *path)
{
    static double xy[MONTREAL_EVENTS][2];
    sqlite3 *db;
    sqlite3_stmt *row = rows(&db, path, "SELECT geom FROM events ORDER BY event_id");
    size_t n = 0;

    for (; sqlite3_step(row) == SQLITE_ROW; n++) {
        MUST(n < MONTREAL_EVENTS);
        vertices(sqlite3_column_blob(row, 0), xy[n]);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    MUST(n == MONTREAL_EVENTS);
    n = join(xy, m->weight, n);
    for (size_t i = 0; i < n; i++)
        snap(m, i, xy[i][0], xy[i][1]);
    m->events = (castmap_network_events){.count = n, .edge = m->edge, .along_m = m->at, .weight = m->weight};
}

void montreal_read(montreal *m, const char *lines_path, const char *points_path)
{
    read_lines(m, lines_path);
    read_events(m, points_path);
}

void montreal_free(montreal *m)
{
    free(m->x);
    free(m->y);
    free(m);
}
