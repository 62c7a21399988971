/* Tests of the floors and the quadtree; each case can be checked by eye. Policies are those of partner and public unless a rule is turned off on
 * purpose, to show that the case would fail without it. */
#include "release/disclosure/lattice.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 256

typedef struct town {
    cm_incident incident[MOST];
    size_t      n;
} town;

/* n groups in the 500 m cell (column, row) by `sources` sources in turn, on `days` days in turn. */
static void put(town *t, int column, int row, size_t n, int sources, int days)
{
    for (size_t i = 0; i < n; i++) {
        t->incident[t->n++] = (cm_incident){500.0 * column + 10.0 + (double)i, 500.0 * row + 10.0,
                                            cm_when_key_day(1000 + (int64_t)i % days),
                                            sources > 0 ? (int32_t)i % sources : -1, -1};
    }
}

static cm_policy policy_of(void **state, castmap_audience audience)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    cm_policy policy;

    options.audience = audience;
    assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_OK);
    return policy;
}

static cm_lattice lattice_of(void **state, const town *t, const cm_policy *policy)
{
    cm_lattice lattice = {0};

    assert_status(cm_lattice_make(*state, policy, t->incident, t->n, true, NULL, NULL, 0, &lattice), CASTMAP_OK);
    return lattice;
}

/* The number of shown cells with this side, and the sum of their counts. */
static size_t cells_of_side(const cm_lattice *lattice, double side_m, int64_t *sum)
{
    size_t n = 0;

    *sum = 0;
    for (size_t i = 0; i < lattice->count; i++) {
        if (lattice->cell[i].side_m == side_m) {
            n++;
            *sum += lattice->cell[i].published;
        }
    }
    return n;
}

static void shows_a_cell(void **state, const town *t, const cm_policy *policy, bool shown)
{
    cm_lattice lattice = lattice_of(state, t, policy);

    assert_int_equal(lattice.count > 0, shown);
    cm_lattice_clear(&lattice);
}

static void one_group_under_the_floor_is_not_shown(void **state)
{
    cm_policy public = policy_of(state, CASTMAP_PUBLIC);
    town t = {.n = 0};

    put(&t, 0, 0, 9, 9, 9);
    shows_a_cell(state, &t, &public, false);
    public.min_groups = 9; /* broken variant: the floor off by one */
    shows_a_cell(state, &t, &public, true);
    public.min_groups = 10;
    put(&t, 0, 0, 1, 9, 9);
    shows_a_cell(state, &t, &public, true);
}

static void ten_groups_of_one_source_are_not_shown(void **state)
{
    cm_policy public = policy_of(state, CASTMAP_PUBLIC);
    town t = {.n = 0};

    put(&t, 0, 0, 50, 1, 9);
    shows_a_cell(state, &t, &public, false);
    public.min_sources = 1; /* broken variants: the rules on sources off, one by one */
    shows_a_cell(state, &t, &public, false);
    public.share_over = public.share_of;
    shows_a_cell(state, &t, &public, true);
}

static void a_source_with_more_than_its_share_hides_the_cell(void **state)
{
    const cm_policy public = policy_of(state, CASTMAP_PUBLIC), partner = policy_of(state, CASTMAP_PARTNER);
    town t = {.n = 0};

    put(&t, 0, 0, 6, 6, 6); /* source 0 once */
    put(&t, 0, 0, 5, 1, 5); /* source 0 now has 6 of 11: over half, under two thirds */
    shows_a_cell(state, &t, &public, false);
    shows_a_cell(state, &t, &partner, true);
    put(&t, 0, 0, 5, 1, 5); /* 11 of 16: over two thirds */
    shows_a_cell(state, &t, &partner, false);
}

static void too_few_days_hide_the_cell(void **state)
{
    const cm_policy public = policy_of(state, CASTMAP_PUBLIC), partner = policy_of(state, CASTMAP_PARTNER);
    town t = {.n = 0};

    put(&t, 0, 0, 20, 7, 4);
    shows_a_cell(state, &t, &public, false);
    shows_a_cell(state, &t, &partner, true);
    t.n = 0;
    put(&t, 0, 0, 20, 7, 2);
    shows_a_cell(state, &t, &partner, false);
}

static void months_count_as_one_day_or_need_twice_the_groups(void **state)
{
    const cm_policy public = policy_of(state, CASTMAP_PUBLIC);
    town t = {.n = 0};

    put(&t, 0, 0, 19, 7, 1);
    for (size_t i = 0; i < t.n; i++)
        t.incident[i].when = cm_when_key_month(24000);
    shows_a_cell(state, &t, &public, false);
    put(&t, 0, 0, 1, 7, 1);
    t.incident[19].when = cm_when_key_month(24000);
    shows_a_cell(state, &t, &public, true);
    t.n = 12; /* 12 groups, but in five months */
    for (size_t i = 0; i < t.n; i++)
        t.incident[i].when = cm_when_key_month(24000 + (int64_t)i % 5);
    shows_a_cell(state, &t, &public, true);
}

static void one_weak_sibling_shows_the_parent_only(void **state)
{
    cm_policy policy = policy_of(state, CASTMAP_PARTNER);
    town t = {.n = 0};
    int64_t sum;

    put(&t, 0, 0, 10, 5, 5);
    put(&t, 1, 0, 10, 5, 5);
    put(&t, 0, 1, 10, 5, 5);
    put(&t, 1, 1, 4, 4, 4);
    cm_lattice lattice = lattice_of(state, &t, &policy);
    assert_int_equal(cells_of_side(&lattice, 500.0, &sum), 0);
    assert_int_equal(lattice.count, 1); /* no sibling of the 1 km cell passes either, and so on up */
    assert_int_equal(lattice.cell[0].published, 35);
    cm_lattice_clear(&lattice);

    /* Broken variant: quarters beside their parent. 34 - 10 - 10 - 10 = 4 comes out, to within the rounding. */
    policy.all_four_children = false;
    policy.rounding = 1;
    lattice = lattice_of(state, &t, &policy);
    assert_int_equal(cells_of_side(&lattice, 500.0, &sum), 3);
    int64_t parent = 0;
    for (size_t i = 0; i < lattice.count; i++)
        parent = lattice.cell[i].side_m == 1000.0 ? lattice.cell[i].published : parent;
    assert_int_equal(parent - sum, 4);
    cm_lattice_clear(&lattice);
}

static void four_strong_siblings_at_every_size_are_all_shown(void **state)
{
    cm_policy policy = policy_of(state, CASTMAP_PARTNER);
    town t = {.n = 0};
    int64_t sum;

    policy.base_cell_m = 4000.0; /* one division: 8 km to 4 km */
    for (int q = 0; q < 4; q++)
        put(&t, q % 2 * 8 - 16, q / 2 * 8, 7, 5, 5); /* west of the origin: columns below zero */
    cm_lattice lattice = lattice_of(state, &t, &policy);
    assert_int_equal(cells_of_side(&lattice, 4000.0, &sum), 4);
    assert_int_equal(sum, 4 * 5); /* 7 is shown as 5 */
    assert_int_equal(lattice.cell[0].column, -2);
    assert_int_equal(lattice.cell[3].column, -1);
    assert_int_equal(lattice.cell[3].row, 1);
    assert_int_equal(lattice.shown_groups, 28);
    for (size_t i = 0; i < t.n; i++)
        assert_int_equal(lattice.incident_cell[i], (int)(i / 7));
    cm_lattice_clear(&lattice);
}

static void too_few_houses_hide_or_merge(void **state)
{
    cm_policy public = policy_of(state, CASTMAP_PUBLIC);
    double x[40], y[40];
    town t = {.n = 0};
    cm_lattice lattice = {0};

    put(&t, 0, 0, 30, 7, 7);
    for (size_t i = 0; i < 40; i++) {
        x[i] = i < 3 ? 20.0 : 3000.0 + (double)i; /* three houses there, the others elsewhere in the 4 km cell */
        y[i] = 30.0;
    }
    public.base_cell_m = 500.0;
    public.min_buildings = 40;
    assert_status(cm_lattice_make(*state, &public, t.incident, t.n, true, x, y, 40, &lattice), CASTMAP_OK);
    assert_int_equal(lattice.count, 1);
    assert_true(lattice.cell[0].side_m > 500.0);
    cm_lattice_clear(&lattice);
    assert_status(cm_lattice_make(*state, &public, t.incident, t.n, true, x, y, 39, &lattice), CASTMAP_OK);
    assert_int_equal(lattice.count, 0);
    assert_int_equal(lattice.withheld, 1);
    cm_lattice_clear(&lattice);
}

static void counts_are_rounded_to_five(void **state)
{
    cm_policy policy = policy_of(state, CASTMAP_PARTNER);

    assert_int_equal(cm_policy_round(&policy, 5), 5);
    assert_int_equal(cm_policy_round(&policy, 7), 5);
    assert_int_equal(cm_policy_round(&policy, 8), 10);
    assert_int_equal(cm_policy_round(&policy, 12), 10);
}

static void nothing_and_too_little_look_the_same(void **state)
{
    const cm_policy policy = policy_of(state, CASTMAP_PUBLIC);
    town t = {.n = 0};

    cm_lattice empty = lattice_of(state, &t, &policy);
    put(&t, 3, 3, 4, 4, 4);
    cm_lattice few = lattice_of(state, &t, &policy);
    assert_int_equal(empty.count, 0);
    assert_int_equal(few.count, 0);
    assert_int_equal(few.withheld, 1);
    cm_lattice_clear(&empty);
    cm_lattice_clear(&few);
}

static void floors_can_be_raised_and_never_lowered(void **state)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    cm_policy policy;

    options.audience = CASTMAP_PUBLIC;
    options.min_groups = 20;
    assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_OK);
    assert_int_equal(policy.min_groups, 20);
    options.min_groups = 9;
    assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_E_RELEASE);
    assert_int_equal(policy.min_groups, 20);
    options.min_groups = 0;
    const double refused[] = {250.0, 500.0, 750.0, 1500.0, 16000.0, NAN};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        options.base_cell_m = refused[i]; /* 500 m: without a file of buildings */
        assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_E_RELEASE);
    }
    options.base_cell_m = 2000.0;
    assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_OK);
    assert_near(policy.base_cell_m, 2000.0, 0.0);
    options.audience = CASTMAP_AUDIENCE_NONE;
    assert_status(cm_policy_make(*state, &options, &policy), CASTMAP_E_ARGUMENT);
}

/* Over many small random towns: shown cells are disjoint, hold what they say, pass every floor, and nothing shown minus anything shown
 * leaves a remainder. */
static void random_towns_show_disjoint_cells_that_pass(void **state)
{
    const cm_policy policy = policy_of(state, CASTMAP_PARTNER);
    unsigned seed = 12345;

    for (int round_number = 0; round_number < 200; round_number++) {
        town t = {.n = 0};
        int64_t scratch[2 * MOST];
        for (size_t i = 0; i < MOST; i++) {
            seed = seed * 1103515245u + 12345u;
            const double x = (double)(seed >> 16 & 0x7fff) / 8.0;
            seed = seed * 1103515245u + 12345u;
            const double y = (double)(seed >> 16 & 0x7fff) / (i % 2 ? 8.0 : 40.0);
            t.incident[t.n++] = (cm_incident){x, y, cm_when_key_day((int64_t)(seed % 50)), (int32_t)(seed % 9), -1};
        }
        cm_lattice lattice = lattice_of(state, &t, &policy);
        for (size_t c = 0; c < lattice.count; c++) {
            uint32_t member[MOST];
            size_t n = 0;
            const cm_ledger_cell *cell = &lattice.cell[c];
            for (size_t i = 0; i < t.n; i++) {
                const bool inside = floor(t.incident[i].x / cell->side_m) == (double)cell->column &&
                                    floor(t.incident[i].y / cell->side_m) == (double)cell->row;
                assert_int_equal(inside, lattice.incident_cell[i] == (int32_t)c);
                if (inside)
                    member[n++] = (uint32_t)i;
            }
            assert_true(cm_floors_pass(&policy, t.incident, member, n, true, scratch));
            assert_int_equal(cell->published, cm_policy_round(&policy, n));
        }
        cm_lattice_clear(&lattice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_group_under_the_floor_is_not_shown),
        cmocka_unit_test(ten_groups_of_one_source_are_not_shown),
        cmocka_unit_test(a_source_with_more_than_its_share_hides_the_cell),
        cmocka_unit_test(too_few_days_hide_the_cell),
        cmocka_unit_test(months_count_as_one_day_or_need_twice_the_groups),
        cmocka_unit_test(one_weak_sibling_shows_the_parent_only),
        cmocka_unit_test(four_strong_siblings_at_every_size_are_all_shown),
        cmocka_unit_test(too_few_houses_hide_or_merge),
        cmocka_unit_test(counts_are_rounded_to_five),
        cmocka_unit_test(nothing_and_too_little_look_the_same),
        cmocka_unit_test(floors_can_be_raised_and_never_lowered),
        cmocka_unit_test(random_towns_show_disjoint_cells_that_pass),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
