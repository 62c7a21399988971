/* make_sample OUTDIR - writes the sample: a river town that does not exist, and what was noticed there. */
#include "generator/publish.h"
#include "generator/streets.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct product {
    const char *name;
    void (*write)(const sample *s, const char *file);
} product;

static void publish_observations(const sample *s, const char *file)
{
    rows_write(&s->rows, file);
}

static const product PRODUCTS[] = {
    {"wards.geojson", publish_wards},           {"councils.geojson", publish_councils},
    {"population.csv", publish_population},     {"streets.geojson", publish_streets},
    {"backdrop.geojson", publish_backdrop},     {"places.geojson", publish_places},
    {"buildings.csv", publish_buildings},       {"categories.csv", publish_categories},
    {"observations.csv", publish_observations}, {"expected.json", publish_expected},
    {"movements.csv", publish_movements},
};

int main(int argc, char **argv)
{
    sample s = {0};

    if (argc != 2) {
        fputs("usage: make_sample OUTDIR\n", stderr);
        return 2;
    }
    s.plan = plan_draw();
    s.net = streets_grow(&s.plan);
    s.wards = wards_draw(&s.plan);
    s.houses = houses_build(&s.plan, &s.net, &s.wards);
    houses_count_people(&s.houses, &s.wards);
    s.observations = observations_draw(&s.plan, &s.net, &s.wards, &s.houses);
    s.rows = rows_make(&s.observations);
    for (size_t i = 0; i < sizeof PRODUCTS / sizeof PRODUCTS[0]; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", argv[1], PRODUCTS[i].name);
        PRODUCTS[i].write(&s, file);
    }
    rows_free(&s.rows);
    free(s.observations.list);
    free(s.houses.list);
    wards_free(&s.wards);
    network_free(&s.net);
    plan_free(&s.plan);
    return 0;
}
