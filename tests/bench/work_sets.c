#include "bench/work_sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

static void *need(size_t n, size_t size)
{
    void *array = calloc(n ? n : 1, size);

    if (!array) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return array;
}

double work_unit(uint64_t seed, uint64_t channel, uint64_t index)
{
    uint64_t z = (seed << 56) + (channel << 48) + index + 1;

    z *= UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

static double reflect(double value)
{
    value = fabs(value);
    return value > WORK_SIDE_M ? 2 * WORK_SIDE_M - value : value;
}

static double to_digits(double value, double scale)
{
    return rint(value * scale) / scale;
}

void work_points_fill(uint64_t seed, size_t n, double *x, double *y)
{
    enum { CLUSTERS = 200, LINES = 400 };
    double cx[CLUSTERS], cy[CLUSTERS], sd[CLUSTERS], lx[LINES], ly[LINES], length[LINES], across[LINES], up[LINES];

    for (size_t c = 0; c < CLUSTERS; c++) {
        cx[c] = 2000 + 46000 * work_unit(seed, 100, c);
        cy[c] = 2000 + 46000 * work_unit(seed, 101, c);
        sd[c] = 150 + 450 * work_unit(seed, 102, c);
    }
    for (size_t l = 0; l < LINES; l++) {
        lx[l] = WORK_SIDE_M * work_unit(seed, 110, l);
        ly[l] = WORK_SIDE_M * work_unit(seed, 111, l);
        length[l] = 1000 + 7000 * work_unit(seed, 112, l);
        across[l] = cos(PI * work_unit(seed, 113, l));
        up[l] = sin(PI * work_unit(seed, 113, l));
    }
    for (size_t i = 0; i < n; i++) {
        const double kind = work_unit(seed, 0, i), which = work_unit(seed, 1, i);
        const double r = sqrt(-2 * log(1 - work_unit(seed, 2, i))), th = 2 * PI * work_unit(seed, 3, i);
        const double gx = r * cos(th), gy = r * sin(th);
        double px, py;
        if (kind < .60) {
            size_t c = (size_t)(CLUSTERS * which);
            px = cx[c] + sd[c] * gx;
            py = cy[c] + sd[c] * gy;
        } else if (kind < .85) {
            size_t l = (size_t)(LINES * which);
            double t = (work_unit(seed, 4, i) - 0.5) * length[l];
            px = lx[l] + t * across[l] + 20 * gx;
            py = ly[l] + t * up[l] + 20 * gy;
        } else {
            px = WORK_SIDE_M * work_unit(seed, 5, i);
            py = WORK_SIDE_M * work_unit(seed, 6, i);
        }
        x[i] = to_digits(reflect(px), 100);
        y[i] = to_digits(reflect(py), 100);
    }
}

work_points work_points_new(size_t n)
{
    work_points set = {.x = need(n, sizeof(double)), .y = need(n, sizeof(double))};

    work_points_fill(1, n, set.x, set.y);
    set.points = (castmap_points){.count = n, .x = set.x, .y = set.y};
    return set;
}

void work_points_free(work_points *set)
{
    free(set->x);
    free(set->y);
}

size_t work_observation_line(const work_points *set, size_t index, char line[WORK_LINE])
{
    static const char *const CATEGORY[12] = {"fly_tipping", "graffiti", "pothole", "litter", "street_light", "abandoned_vehicle",
                                             "dog_fouling", "noise", "drainage", "vegetation", "road_sign", "other"};
    static const unsigned short MONTH_ENDS[12] = {31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}; /* of 2024 */
    const double lon = -0.1 + (set->x[index] - 25000) / (111320 * cos(51.5 * (PI / 180)));
    const double lat = 51.5 + (set->y[index] - 25000) / 111320;
    const unsigned second = (unsigned)(31536000 * work_unit(1, 20, index));
    const unsigned day = second / 86400;
    unsigned month = 0;

    while (day >= MONTH_ENDS[month])
        month++;
    const unsigned day_of_month = day - (month ? MONTH_ENDS[month - 1] : 0) + 1;
    return (size_t)snprintf(line, WORK_LINE, "%zu,%.7f,%.7f,2024-%02u-%02uT%02u:%02u:%02uZ,%s\n", index + 1, lon, lat, month + 1,
                            day_of_month, second / 3600 % 24, second / 60 % 60, second % 60,
                            CATEGORY[(size_t)(12 * work_unit(1, 21, index))]);
}

void work_observation_file(const char *path, size_t n)
{
    work_points set = work_points_new(n);
    char line[WORK_LINE];
    FILE *file = fopen(path, "wb");

    if (!file)
        abort();
    fputs(WORK_HEADER, file);
    for (size_t i = 0; i < n; i++)
        fwrite(line, work_observation_line(&set, i, line), 1, file);
    if (fclose(file) != 0)
        abort();
    work_points_free(&set);
}

/* Midpoint displacement between two corners: 2^levels pieces into x, y [2^levels + 1]. */
static void fractal(const double p[2], const double q[2], uint64_t line, unsigned levels, double rough, double *x,
                    double *y)
{
    const size_t pieces = (size_t)1 << levels;

    x[0] = p[0];
    y[0] = p[1];
    x[pieces] = q[0];
    y[pieces] = q[1];
    for (unsigned k = 0; k < levels; k++) {
        const size_t step = pieces >> k;
        for (size_t i = 0; i < (size_t)1 << k; i++) {
            const size_t a = i * step, b = a + step, m = a + step / 2;
            const double dx = x[b] - x[a], dy = y[b] - y[a];
            const double angle = 8 * (PI / 180) * pow(0.62, k) * (2 * work_unit(7, 30 + k, line * 65536 + i) - 1) * rough;
            const double h = tan(angle) / 2;
            x[m] = (x[a] + x[b]) / 2 + -dy * h;
            y[m] = (y[a] + y[b]) / 2 + dx * h;
        }
    }
    for (size_t i = 0; i <= pieces; i++) {
        x[i] = to_digits(x[i], 1000);
        y[i] = to_digits(y[i], 1000);
    }
}

/* One side of an area into its ring, forwards or backwards, without its last vertex. */
static size_t lay(const work_areas *set, size_t ring, size_t at, const double *x, const double *y, size_t pieces, int back)
{
    for (size_t i = 0; i < pieces; i++) {
        set->x[ring * set->vertices + at] = x[back ? pieces - i : i];
        set->y[ring * set->vertices + at] = y[back ? pieces - i : i];
        at++;
    }
    return at;
}

work_areas work_areas_new(size_t nx, size_t ny, unsigned levels)
{
    const size_t pieces = (size_t)1 << levels, width = pieces + 1, level = (ny + 1) * nx, upright = ny * (nx + 1);
    const double w = WORK_SIDE_M / (double)nx, h = WORK_SIDE_M / (double)ny;
    work_areas set = {nx, ny, 4 * pieces + 1, NULL, NULL};
    double(*corner)[2] = need((nx + 1) * (ny + 1), sizeof *corner);
    double *x = need((level + upright) * width, sizeof *x), *y = need((level + upright) * width, sizeof *y);
    uint64_t line = 0;

    for (size_t k = 0; k < (nx + 1) * (ny + 1); k++) {
        const size_t i = k % (nx + 1), j = k / (nx + 1);
        const double dx = .15 * w * (2 * work_unit(7, 50, k) - 1), dy = .15 * h * (2 * work_unit(7, 51, k) - 1);
        corner[k][0] = (double)i * w + (i == 0 || i == nx ? 0 : dx);
        corner[k][1] = (double)j * h + (j == 0 || j == ny ? 0 : dy);
    }
    for (size_t j = 0; j <= ny; j++) {
        for (size_t i = 0; i < nx; i++, line++)
            fractal(corner[j * (nx + 1) + i], corner[j * (nx + 1) + i + 1], line, levels, j == 0 || j == ny ? 0 : 1,
                    x + line * width, y + line * width);
    }
    for (size_t j = 0; j < ny; j++) {
        for (size_t i = 0; i <= nx; i++, line++)
            fractal(corner[j * (nx + 1) + i], corner[(j + 1) * (nx + 1) + i], line, levels, i == 0 || i == nx ? 0 : 1,
                    x + line * width, y + line * width);
    }
    set.x = need(nx * ny * set.vertices, sizeof *set.x);
    set.y = need(nx * ny * set.vertices, sizeof *set.y);
    for (size_t j = 0; j < ny; j++) {
        for (size_t i = 0; i < nx; i++) {
            const size_t ring = j * nx + i, south = j * nx + i, north = (j + 1) * nx + i;
            const size_t west = level + j * (nx + 1) + i, east = west + 1;
            size_t at = lay(&set, ring, 0, x + south * width, y + south * width, pieces, 0);
            at = lay(&set, ring, at, x + east * width, y + east * width, pieces, 0);
            at = lay(&set, ring, at, x + north * width, y + north * width, pieces, 1);
            at = lay(&set, ring, at, x + west * width, y + west * width, pieces, 1);
            set.x[ring * set.vertices + at] = set.x[ring * set.vertices];
            set.y[ring * set.vertices + at] = set.y[ring * set.vertices];
        }
    }
    free(corner);
    free(x);
    free(y);
    return set;
}

void work_areas_free(work_areas *set)
{
    free(set->x);
    free(set->y);
}

typedef struct ranked {
    double   value;
    uint32_t edge;
} ranked;

static int by_value(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    return (a->value > b->value) - (a->value < b->value);
}

static void add_edge(work_network *set, size_t a, size_t b)
{
    set->from[set->edges] = (uint32_t)a;
    set->to[set->edges] = (uint32_t)b;
    set->length_m[set->edges++] = hypot(set->x[b] - set->x[a], set->y[b] - set->y[a]);
}

work_network work_network_new(size_t nx, size_t ny, size_t events)
{
    const size_t nodes = nx * ny, edges = (nx - 1) * ny + nx * (ny - 1), hot = edges / 10;
    work_network set = {.nodes = nodes, .events = events};
    ranked *rank = need(edges, sizeof *rank);

    set.x = need(nodes, sizeof *set.x);
    set.y = need(nodes, sizeof *set.y);
    set.from = need(edges, sizeof *set.from);
    set.to = need(edges, sizeof *set.to);
    set.length_m = need(edges, sizeof *set.length_m);
    set.event_edge = need(events, sizeof *set.event_edge);
    set.event_offset_m = need(events, sizeof *set.event_offset_m);
    set.event_x = need(events, sizeof *set.event_x);
    set.event_y = need(events, sizeof *set.event_y);
    for (size_t k = 0; k < nodes; k++) {
        set.x[k] = 500.0 * (double)(k % nx) + 100 * (2 * work_unit(11, 60, k) - 1);
        set.y[k] = 500.0 * (double)(k / nx) + 100 * (2 * work_unit(11, 61, k) - 1);
    }
    for (size_t j = 0; j < ny; j++) {
        for (size_t i = 0; i + 1 < nx; i++)
            add_edge(&set, j * nx + i, j * nx + i + 1);
    }
    for (size_t j = 0; j + 1 < ny; j++) {
        for (size_t i = 0; i < nx; i++)
            add_edge(&set, j * nx + i, (j + 1) * nx + i);
    }
    for (size_t e = 0; e < edges; e++)
        rank[e] = (ranked){work_unit(11, 63, e), (uint32_t)e};
    qsort(rank, edges, sizeof *rank, by_value);
    for (size_t i = 0; i < events; i++) {
        const uint32_t e = work_unit(11, 62, i) < .5 ? rank[(size_t)(work_unit(11, 64, i) * (double)hot)].edge
                                                     : (uint32_t)(work_unit(11, 65, i) * (double)edges);
        const double part = work_unit(11, 66, i);
        set.event_edge[i] = e;
        set.event_offset_m[i] = part * set.length_m[e];
        set.event_x[i] = set.x[set.from[e]] + part * (set.x[set.to[e]] - set.x[set.from[e]]);
        set.event_y[i] = set.y[set.from[e]] + part * (set.y[set.to[e]] - set.y[set.from[e]]);
    }
    free(rank);
    return set;
}

void work_network_free(work_network *set)
{
    free(set->x);
    free(set->y);
    free(set->from);
    free(set->to);
    free(set->length_m);
    free(set->event_edge);
    free(set->event_offset_m);
    free(set->event_x);
    free(set->event_y);
}

int64_t *work_lattice_new(size_t nx, size_t ny)
{
    int64_t *value = need(nx * ny, sizeof *value);
    double bx[3], by[3];

    for (size_t b = 0; b < 3; b++) {
        bx[b] = (double)nx * work_unit(13, 70, b);
        by[b] = (double)ny * work_unit(13, 71, b);
    }
    for (size_t k = 0; k < nx * ny; k++) {
        const double i = (double)(k % nx), j = (double)(k / nx);
        double mu = 2.0;
        for (size_t b = 0; b < 3; b++)
            mu += 6.0 * exp(-((i - bx[b]) * (i - bx[b]) + (j - by[b]) * (j - by[b])) / (2 * 20.0 * 20.0));
        const double z = sqrt(-2 * log(1 - work_unit(13, 72, k))) * cos(2 * PI * work_unit(13, 73, k));
        value[k] = (int64_t)floor(fmax(0, mu + sqrt(mu) * z) + .5);
    }
    return value;
}

size_t work_postcode_line(size_t i, char line[WORK_LINE])
{
    static const char INWARD[] = "ABDEFGHJLNPQRSTUWXYZ"; /* letters of the second half of a code */
    static const char *const AREA[] = {"AB", "BS", "CF", "DE", "EH", "GL", "HU", "IP", "LE", "MK", "NR", "OX", "PE", "RG", "SO", "TA", "YO"};
    const size_t letters = sizeof INWARD - 1, areas = sizeof AREA / sizeof *AREA;
    const char last = INWARD[i % letters], middle = INWARD[i / letters % letters];
    const size_t rest = i / (letters * letters);
    const unsigned sector = (unsigned)(rest % 10), district = (unsigned)(rest / 10 / areas % 99) + 1;
    const char *area = AREA[rest / 10 % areas];
    const unsigned x = 250000 + (unsigned)(i * 7919 % 350003), y = 100000 + (unsigned)(i * 104729 % 400009);

    return (size_t)snprintf(line, WORK_LINE, "\"%s%u %u%c%c\",10,%u,%u,\"E92000001\",\"E19000003\",\"E18000009\",\"\",\"E07000093\",\"E05004481\"\n", area, district,
                            sector, middle, last, x, y);
}
