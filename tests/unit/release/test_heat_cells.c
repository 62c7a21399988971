/* Tests of the heat map that is made of published cells. */
#include "release/disclosure/heat_cells.h"
#include "support/check.h"

#include <math.h>

static void classes_are_steps_of_the_ladder(void **state)
{
    static const struct {
        double top, least;
        int    stride;
        double edges[CM_CELL_CLASSES];
        size_t n;
    } cases[] = {
        {60.0, 2.5, 1, {2, 5, 10, 20, 50}, 5},
        {60.0, 0.3, 1, {0.2, 5, 10, 20, 50}, 5}, /* the lowest class is wide */
        {283.0, 0.12, 1, {0.1, 20, 50, 100, 200}, 5},
        {283.0, 0.12, 2, {0.1, 2, 10, 50, 200}, 5},
        {60.0, 2.5, 2, {2, 10, 50}, 3},
        {60.0, 1.0, 2, {1, 2, 10, 50}, 4},
        {9.0, 5.0, 1, {5}, 1},
        {1.0, 5.0, 1, {5}, 1},
        {5.0, 5.0, 2, {5}, 1},
        {1e-9, 1e-9, 1, {0.001}, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double edges[CM_CELL_CLASSES];
        const size_t n = cm_ladder(cases[i].top, cases[i].least, cases[i].stride, edges);
        assert_int_equal(n, cases[i].n);
        for (size_t k = 0; k < n; k++)
            assert_true(fabs(edges[k] - cases[i].edges[k]) <= 1e-12 * cases[i].edges[k]);
    }
}

/* A town of small cells, and a large cell far off with little a km2: both have a colour everywhere, and what lies far from both has none. */
static void every_published_cell_has_a_colour(void **state)
{
    static const cm_ledger_cell CELLS[] = {
        {.side_m = 1000, .column = 0, .row = 0, .published = 400},
        {.side_m = 1000, .column = 1, .row = 0, .published = 150},
        {.side_m = 8000, .column = 4, .row = 4, .published = 60},
    };
    const size_t n = sizeof CELLS / sizeof *CELLS;
    cm_heat_cells heat = {0};
    size_t inside = 0, blank = 0;

    assert_int_equal(cm_heat_cells_make(*state, CELLS, n, -20000.0, -20000.0, 60000.0, 60000.0, &heat), CASTMAP_OK);
    assert_int_equal(heat.n_breaks, CM_CELL_CLASSES);
    assert_true(heat.breaks[4] == 200.0 && heat.breaks[1] == 20.0); /* little is in the large cell: every step of the ladder */
    for (size_t r = 0; r < heat.grid.rows; r++) {
        for (size_t c = 0; c < heat.grid.columns; c++) {
            const double x = heat.grid.west + ((double)c + 0.5) * heat.grid.cell_m, y = heat.grid.north - ((double)r + 0.5) * heat.grid.cell_m;
            const double value = heat.values[r * heat.grid.columns + c];
            for (size_t i = 0; i < n; i++) {
                const double west = (double)CELLS[i].column * CELLS[i].side_m, south = (double)CELLS[i].row * CELLS[i].side_m;
                if (x > west && x < west + CELLS[i].side_m && y > south && y < south + CELLS[i].side_m) {
                    assert_true(value >= heat.breaks[0]);
                    inside++;
                }
            }
            blank += value < heat.breaks[0];
        }
    }
    assert_int_equal(inside, 2 * 64 + 4096); /* of the 125 m of the grid */
    assert_true(blank > heat.grid.columns * heat.grid.rows * 9 / 10);
    cm_heat_cells_clear(&heat);
}

static void much_in_large_cells_makes_wide_classes(void **state)
{
    const cm_ledger_cell cells[] = {
        {.side_m = 1000, .column = 0, .row = 0, .published = 400},
        {.side_m = 8000, .column = 4, .row = 4, .published = 300},
    };
    cm_heat_cells heat = {0};

    assert_int_equal(cm_heat_cells_make(*state, cells, 2, 0.0, 0.0, 50000.0, 50000.0, &heat), CASTMAP_OK);
    assert_true(heat.breaks[4] == 200.0 && heat.breaks[3] == 50.0 && heat.breaks[2] == 10.0 && heat.breaks[1] == 2.0 && heat.breaks[0] == 1.0);
    cm_heat_cells_clear(&heat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_steps_of_the_ladder),
        cmocka_unit_test(every_published_cell_has_a_colour),
        cmocka_unit_test(much_in_large_cells_makes_wide_classes),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
