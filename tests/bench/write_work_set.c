/* Writes a work set to a file, for peers that read files: write_work_set points N OUT | police OUT | areas OUT.geojson | csv N OUT.csv | obs N OUT.csv | postcodes N OUT.csv |
 * network SIDE EVENTS OUT.csv (lines node,x,y; edge,from,to; event,edge,share of its length) */
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_points(work_points set, FILE *out)
{
    for (size_t i = 0; i < set.points.count; i++) {
        const double pair[2] = {set.x[i], set.y[i]};
        fwrite(pair, sizeof pair, 1, out);
    }
    work_points_free(&set);
    return ferror(out);
}

static int write_csv(size_t n, FILE *out)
{
    work_points set = work_points_new(n);

    fputs("x,y\n", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%.2f,%.2f\n", set.x[i], set.y[i]);
    work_points_free(&set);
    return ferror(out);
}

static int write_observations(size_t n, FILE *out)
{
    work_points set = work_points_new(n);
    char line[WORK_LINE];

    fputs(WORK_HEADER, out);
    for (size_t i = 0; i < n; i++)
        fwrite(line, work_observation_line(&set, i, line), 1, out);
    work_points_free(&set);
    return ferror(out);
}

static int write_postcodes(size_t n, FILE *out)
{
    char line[WORK_LINE];

    for (size_t i = 0; i < n; i++)
        fwrite(line, work_postcode_line(i, line), 1, out);
    return ferror(out);
}

static int write_areas(FILE *out)
{
    work_areas set = work_areas_new(20, 20, 9);

    fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", out);
    for (size_t a = 0; a < set.nx * set.ny; a++) {
        fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"pid\":%zu},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[",
                a ? ",\n" : "", a);
        for (size_t v = 0; v < set.vertices; v++)
            fprintf(out, "%s[%.3f,%.3f]", v ? "," : "", set.x[a * set.vertices + v], set.y[a * set.vertices + v]);
        fputs("]]}}", out);
    }
    fputs("\n]}\n", out);
    work_areas_free(&set);
    return ferror(out);
}

static int write_network(size_t side, size_t events, FILE *out)
{
    work_network set = work_network_new(side, side, events);

    for (size_t v = 0; v < set.nodes; v++)
        fprintf(out, "node,%.6f,%.6f\n", set.x[v], set.y[v]);
    for (size_t e = 0; e < set.edges; e++)
        fprintf(out, "edge,%u,%u\n", set.from[e], set.to[e]);
    for (size_t i = 0; i < set.events; i++)
        fprintf(out, "event,%u,%.12f\n", set.event_edge[i], set.event_offset_m[i] / set.length_m[set.event_edge[i]]);
    work_network_free(&set);
    return ferror(out);
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[argc - 1], "wb") : NULL;
    int failed = 1;

    if (out && argc == 4 && strcmp(argv[1], "points") == 0)
        failed = write_points(work_points_new(strtoul(argv[2], NULL, 10)), out);
    else if (out && argc == 4 && strcmp(argv[1], "postcodes") == 0)
        failed = write_postcodes(strtoul(argv[2], NULL, 10), out);
    else if (out && argc == 3 && strcmp(argv[1], "police") == 0)
        failed = write_points(work_police_new(), out);
    else if (out && argc == 4 && strcmp(argv[1], "csv") == 0)
        failed = write_csv(strtoul(argv[2], NULL, 10), out);
    else if (out && argc == 4 && strcmp(argv[1], "obs") == 0)
        failed = write_observations(strtoul(argv[2], NULL, 10), out);
    else if (out && argc == 3 && strcmp(argv[1], "areas") == 0)
        failed = write_areas(out);
    else if (out && argc == 5 && strcmp(argv[1], "network") == 0)
        failed = write_network(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), out);
    else
        fputs("usage: write_work_set points N OUT | police OUT | csv N OUT.csv | obs N OUT.csv | postcodes N OUT.csv | areas OUT.geojson | network SIDE EVENTS OUT.csv\n", stderr);
    if (out && fclose(out) != 0)
        failed = 1;
    return failed ? 1 : 0;
}
