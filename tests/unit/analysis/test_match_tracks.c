/* Tests of castmap_match_tracks() and castmap_track_passes(). */
#include "castmap/tracks.h"

#include "base/random.h"
#include "support/check.h"
#include "support/drive_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cross: node 0 in the middle, arms of 100 m to the west (1), east (2), north (3) and south (4); edges 0 to 3 from the middle out. */
static void build_cross(drive_network *n)
{
    const double x[] = {0, -100, 100, 0, 0}, y[] = {0, 0, 0, 100, -100};

    drive_network_start(n, 5, x, y);
    for (uint32_t arm = 1; arm < 5; arm++)
        drive_network_edge(n, 0, arm, CASTMAP_WAY_BOTH);
}

static castmap_match_options fixed(double sigma_m, double beta_m)
{
    castmap_match_options o = CASTMAP_MATCH_OPTIONS_INIT;

    o.sigma_m = sigma_m;
    o.beta_m = beta_m;
    return o;
}

static void a_way_round_the_corner_is_found_with_its_times(void **state)
{
    const double x[] = {-80, -50, -20, 4, -3, 2}, y[] = {4, -5, 3, 20, 50, 80};
    const int64_t time_s[] = {100, 110, 120, 130, 140, 150};
    const size_t start[] = {0, 6};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    const castmap_match_options o = fixed(5.0, 5.0);
    castmap_matches got = CASTMAP_MATCHES_INIT;
    drive_network n;

    build_cross(&n);
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.counts[CASTMAP_MATCHED], 6);
    assert_int_equal(got.n_chains, 1);
    assert_int_equal(got.n_steps, 6); /* the third way has a piece of either arm */
    for (int i = 0; i < 6; i++) {
        assert_int_equal(got.edge[i], i < 3 ? 0 : 2);
        assert_near(got.along_m[i], i < 3 ? -x[i] : y[i], 1e-9);
        assert_near(got.distance_m[i], i < 3 ? fabs(y[i]) : fabs(x[i]), 1e-9);
    }
    assert_near(got.step_from_m[2], 20.0, 1e-9);
    assert_near(got.step_to_m[2], 0.0, 1e-9);
    assert_near(got.step_leave_s[2], 125.0, 1e-9);
    assert_near(got.step_enter_s[3], 125.0, 1e-9);
    assert_near(got.step_leave_s[5], 150.0, 1e-9);
    castmap_matches_clear(&got);
    drive_network_clear(&n);
}

static void directions_are_obeyed_where_asked(void **state)
{
    /* Two ways from 0 to 2: straight, one way against us; round by 1, a little off. */
    const double nx[] = {0, 50, 100}, ny[] = {0, 30, 0}, x[] = {2, 35, 65, 98}, y[] = {-3, 8, 8, -3};
    const int64_t time_s[] = {0, 10, 20, 30};
    const size_t start[] = {0, 4};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    castmap_match_options o = fixed(5.0, 5.0);
    castmap_matches got = CASTMAP_MATCHES_INIT;
    drive_network n;

    drive_network_start(&n, 3, nx, ny);
    drive_network_edge(&n, 0, 2, CASTMAP_WAY_BACKWARD);
    drive_network_edge(&n, 0, 1, CASTMAP_WAY_BOTH);
    drive_network_edge(&n, 1, 2, CASTMAP_WAY_BOTH);
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.edge[1], 1);
    assert_int_equal(got.edge[2], 2);
    castmap_matches_clear(&got);
    o.one_way = false;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.edge[1], 0);
    assert_int_equal(got.edge[2], 0);
    castmap_matches_clear(&got);
    drive_network_clear(&n);
}

static void every_fix_has_a_fate_and_broken_chains_are_told(void **state)
{
    /* Two streets that do not meet. A fix far from all; a fix on the other street that a way leads past; then the track changes over. */
    const double nx[] = {0, 1000, 0, 1000}, ny[] = {0, 0, 60, 60};
    const double x[] = {0, 100, 105, 200, 300, 400, 500, 600, 700}, y[] = {0, 0, 1, 500, 0, 60, 0, 60, 60};
    const int64_t time_s[] = {0, 10, 20, 30, 40, 50, 60, 70, 80};
    const size_t start[] = {0, 9};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    castmap_match_options o = fixed(5.0, 5.0);
    castmap_matches got = CASTMAP_MATCHES_INIT;
    const uint8_t want[] = {CASTMAP_MATCHED, CASTMAP_MATCHED, CASTMAP_MATCH_NEAR, CASTMAP_MATCH_OFF, CASTMAP_MATCHED, CASTMAP_MATCH_NO_ROUTE,
                            CASTMAP_MATCHED, CASTMAP_MATCHED, CASTMAP_MATCHED};
    drive_network n;

    drive_network_start(&n, 4, nx, ny);
    drive_network_edge(&n, 0, 1, CASTMAP_WAY_BOTH);
    drive_network_edge(&n, 2, 3, CASTMAP_WAY_BOTH);
    o.radius_m = 30.0;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
    assert_memory_equal(got.state, want, sizeof want);
    assert_int_equal(got.breaks, 1);
    assert_int_equal(got.n_chains, 2);
    assert_int_equal(got.step_edge[0], 0);
    assert_int_equal(got.step_edge[got.n_steps - 1], 1);
    assert_near(got.step_to_m[got.chain_start[1] - 1], 500.0, 1e-9);
    assert_near(got.step_from_m[got.chain_start[1]], 600.0, 1e-9);
    castmap_matches_clear(&got);
    drive_network_clear(&n);
}

static void a_long_silence_ends_a_chain_but_a_long_stay_does_not(void **state)
{
    const double x[] = {-90, -60, -60, -60, -30, 30, 60}, y[7] = {0};
    const int64_t time_s[] = {0, 10, 250, 500, 510, 2000, 2010};
    const size_t start[] = {0, 7};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    const castmap_match_options o = fixed(5.0, 5.0);
    castmap_matches got = CASTMAP_MATCHES_INIT;
    drive_network n;

    build_cross(&n);
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.n_chains, 2);
    assert_int_equal(got.counts[CASTMAP_MATCH_NEAR], 2);
    assert_near(got.step_leave_s[got.chain_start[1] - 1], 510.0, 0.0);
    castmap_matches_clear(&got);
    drive_network_clear(&n);
}

/* Straight distance to every edge, in the plainest way. */
static double foot(const castmap_network *w, size_t e, double x, double y, double *along)
{
    const double ax = w->x[2 * e], ay = w->y[2 * e], dx = w->x[2 * e + 1] - ax, dy = w->y[2 * e + 1] - ay;
    const double part = fmin(1.0, fmax(0.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));

    *along = part * w->length_m[e];
    return hypot(x - ax - part * dx, y - ay - part * dy);
}

static double way_between(const castmap_network *w, const double *pairs, bool one_way, double back_m, size_t a, double s, size_t b, double t)
{
    const bool ahead = !one_way || w->way[a] != CASTMAP_WAY_BACKWARD, astern = !one_way || w->way[a] != CASTMAP_WAY_FORWARD;
    const bool in_first = !one_way || w->way[b] != CASTMAP_WAY_BACKWARD, in_last = !one_way || w->way[b] != CASTMAP_WAY_FORWARD;
    double best = a == b && ((t >= s ? ahead : astern) || fabs(t - s) <= back_m) ? fabs(t - s) : (double)INFINITY;

    for (int from = 0; from < 2; from++) {
        for (int to = 0; to < 2; to++) {
            if ((from ? !ahead : !astern) || (to ? !in_last : !in_first))
                continue;
            const size_t u = from ? w->to[a] : w->from[a], v = to ? w->to[b] : w->from[b];
            best = fmin(best, (from ? w->length_m[a] - s : s) + pairs[u * w->n_nodes + v] + (to ? w->length_m[b] - t : t));
        }
    }
    return best;
}

#define TINY_FIXES 5
#define TINY_EDGES 12

typedef struct tiny {
    const castmap_network *w;
    const double *x, *y, *pairs;
    const castmap_match_options *o;
    double best;
} tiny;

static double score_of(const tiny *t, const size_t *edge)
{
    double sum = 0.0, s = 0.0, before = 0.0;

    for (size_t i = 0; i < TINY_FIXES; i++) {
        const double d = foot(t->w, edge[i], t->x[i], t->y[i], &s);
        if (d > t->o->radius_m)
            return -(double)INFINITY;
        sum -= 0.5 * d * d / (t->o->sigma_m * t->o->sigma_m);
        if (i > 0) {
            const double straight = hypot(t->x[i] - t->x[i - 1], t->y[i] - t->y[i - 1]);
            const double way = way_between(t->w, t->pairs, t->o->one_way, 2.0 * t->o->sigma_m, edge[i - 1], before, edge[i], s);
            if (way >= straight + t->o->detour_m)
                return -(double)INFINITY;
            sum -= fabs(way - straight) / t->o->beta_m;
        }
        before = s;
    }
    return sum;
}

static void try_all(tiny *t, size_t *edge, size_t depth)
{
    if (depth == TINY_FIXES) {
        t->best = fmax(t->best, score_of(t, edge));
        return;
    }
    for (edge[depth] = 0; edge[depth] < t->w->n_edges; edge[depth]++)
        try_all(t, edge, depth + 1);
}

static void the_chain_is_the_best_of_all_there_are(void **state)
{
    size_t compared = 0;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        castmap_match_options o = fixed(10.0, 15.0);
        castmap_matches got = CASTMAP_MATCHES_INIT;
        double x[TINY_FIXES], y[TINY_FIXES];
        const size_t start[] = {0, TINY_FIXES};
        const castmap_tracks tracks = {1, start, x, y, NULL, NULL};
        drive_network n;

        drive_network_grid(&n, 3, 60.0, 0.15, 0.4, seed);
        assert_true(n.network.n_edges <= TINY_EDGES);
        for (uint64_t i = 0; i < TINY_FIXES; i++) {
            x[i] = 120.0 * cm_random_unit(seed, 5, i);
            y[i] = 120.0 * cm_random_unit(seed, 6, i);
        }
        o.candidates = 64;
        o.radius_m = 80.0;
        o.thin_m = 0.0;
        o.one_way = seed % 2;
        double *pairs = drive_all_pairs(&n.network, o.one_way);
        size_t edge[TINY_FIXES];
        tiny t = {&n.network, x, y, pairs, &o, -(double)INFINITY};
        try_all(&t, edge, 0);
        assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK);
        if (isfinite(t.best)) {
            assert_int_equal(got.counts[CASTMAP_MATCHED], TINY_FIXES);
            for (size_t i = 0; i < TINY_FIXES; i++)
                edge[i] = got.edge[i];
            assert_near(score_of(&t, edge), t.best, 1e-9);
            double way = 0.0, want = 0.0, s = 0.0, before = 0.0;
            for (size_t k = 0; k < got.n_steps; k++) {
                way += fabs(got.step_to_m[k] - got.step_from_m[k]);
                if (k > 0 && got.step_edge[k] == got.step_edge[k - 1])
                    continue;
                if (k > 0) { /* steps follow one another at a node */
                    const uint32_t a = got.step_edge[k - 1], b = got.step_edge[k];
                    const uint32_t leaves = got.step_to_m[k - 1] > 0.0 ? n.network.to[a] : n.network.from[a];
                    const uint32_t enters = got.step_from_m[k] > 0.0 ? n.network.to[b] : n.network.from[b];
                    if ((got.step_to_m[k - 1] == 0.0 || got.step_to_m[k - 1] == n.network.length_m[a]) &&
                        (got.step_from_m[k] == 0.0 || got.step_from_m[k] == n.network.length_m[b]))
                        assert_int_equal(leaves, enters);
                }
            }
            for (size_t i = 0; i < TINY_FIXES; i++) {
                foot(&n.network, edge[i], x[i], y[i], &s);
                if (i > 0)
                    want += way_between(&n.network, pairs, o.one_way, 20.0, edge[i - 1], before, edge[i], s);
                before = s;
            }
            assert_near(way, want, 1e-6);
            compared++;
        }
        castmap_matches_clear(&got);
        free(pairs);
        drive_network_clear(&n);
    }
    assert_true(compared >= 40);
}

/* Shares of the way that were driven and not found, and found and not driven, by length, together (Newson and Krumm 2009, section 5). */
static double way_error(const castmap_network *w, const drives *d, const castmap_matches *m)
{
    double wrong = 0.0, driven = 0.0;
    size_t chain = 0;

    for (uint32_t t = 0; t < d->view.count; t++) {
        double *balance = calloc(w->n_edges, sizeof *balance);
        assert_non_null(balance);
        /* The first and the last edge are driven in part: left out of both. */
        for (size_t k = d->way_start[t] + 1; k + 1 < d->way_start[t + 1]; k++) {
            balance[d->way[k]] += w->length_m[d->way[k]];
            driven += w->length_m[d->way[k]];
        }
        const uint32_t first = d->way[d->way_start[t]], last = d->way[d->way_start[t + 1] - 1];
        for (; chain < m->n_chains && m->chain_track[chain] == t; chain++) {
            for (size_t s = m->chain_start[chain]; s < m->chain_start[chain + 1]; s++)
                balance[m->step_edge[s]] -= fabs(m->step_to_m[s] - m->step_from_m[s]);
        }
        for (uint32_t e = 0; e < w->n_edges; e++)
            wrong += e == first || e == last ? 0.0 : fabs(balance[e]);
        free(balance);
    }
    return wrong / driven;
}

static void simulated_drives_are_found_again(void **state)
{
    static const struct {
        double  sigma_m;
        int64_t every_s;
        double  least_right, most_wrong; /* of fixes; of way */
    } CASES[] = {{5.0, 2, 0.93, 0.02}, {5.0, 10, 0.93, 0.02}, {10.0, 10, 0.88, 0.04}, {10.0, 30, 0.85, 0.25}};
    /* Drives turn at random: between fixes 300 m apart, two or three blocks, the way driven is often not the shortest, and nothing tells. */

    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        castmap_match_options o = CASTMAP_MATCH_OPTIONS_INIT;
        castmap_matches got = CASTMAP_MATCHES_INIT;
        drive_network n;
        drives d;
        size_t right = 0, matched = 0;

        drive_network_grid(&n, 20, 120.0, 0.15, 0.2, 7 + k);
        drives_make(&d, &n.network, 40, 120, CASES[k].every_s, CASES[k].sigma_m, 21 + k);
        assert_status(castmap_match_tracks(*state, &n.network, &d.view, &o, &got), CASTMAP_OK);
        for (size_t i = 0; i < got.n_fixes; i++) {
            matched += got.state[i] == CASTMAP_MATCHED;
            right += got.state[i] == CASTMAP_MATCHED && got.edge[i] == d.edge[i];
        }
        const double share = (double)right / (double)matched, wrong = way_error(&n.network, &d, &got);
        print_message("noise %g m, every %d s: %.1f %% of fixes on their street, %.1f %% of the way wrong; sigma %.2f, beta %.2f, breaks %zu\n",
                      CASES[k].sigma_m, (int)CASES[k].every_s, 100.0 * share, 100.0 * wrong, got.sigma_m, got.beta_m, got.breaks);
        assert_true(share >= CASES[k].least_right);
        assert_true(wrong <= CASES[k].most_wrong);
        castmap_matches_clear(&got);
        drives_clear(&d);
        drive_network_clear(&n);
    }
}

static void matching_refuses_nonsense(void **state)
{
    const double x[] = {0}, y[] = {0};
    const size_t start[] = {0, 1};
    const castmap_tracks tracks = {1, start, x, y, NULL, NULL};
    castmap_match_options o = CASTMAP_MATCH_OPTIONS_INIT;
    castmap_matches got = {.n_steps = 77};
    drive_network n;

    build_cross(&n);
    o.radius_m = 0.0;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_E_ARGUMENT);
    o.radius_m = 50.0;
    o.candidates = 65;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_E_ARGUMENT);
    o.candidates = 8;
    o.sigma_m = -1.0;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_E_ARGUMENT);
    o.sigma_m = 0.0;
    n.network.from[0] = 99;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_E_DATA);
    assert_int_equal(got.n_steps, 77);
    n.network.from[0] = 0;
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &got), CASTMAP_OK); /* one fix: matched, no way */
    assert_int_equal(got.counts[CASTMAP_MATCHED], 1);
    assert_int_equal(got.n_chains, 0);
    castmap_matches_clear(&got);
    drive_network_clear(&n);
}

static void passes_people_and_time_are_counted(void **state)
{
    /* Track 0: west to north. 1, of the same person: west arm in to 30 m from the middle and back out. 2, another: a touch of the west arm's tip. */
    const double x[] = {-95, -50, 0, 0, -95, -30, -95, -100, -90}, y[] = {0, 0, 45, 95, 0, 0, 0, 0, 0};
    const int64_t time_s[] = {0, 45, 140, 190, 1000, 1065, 1130, 0, 10};
    const size_t start[] = {0, 4, 7, 9};
    const uint32_t person[] = {5, 5, 9};
    const castmap_tracks tracks = {3, start, x, y, time_s, person};
    castmap_match_options o = fixed(2.0, 5.0);
    castmap_passes_options po = CASTMAP_PASSES_OPTIONS_INIT;
    castmap_matches m = CASTMAP_MATCHES_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    castmap_passes got = CASTMAP_PASSES_INIT;
    drive_network n;

    build_cross(&n);
    assert_status(castmap_lixels_cut(*state, &n.network, 50.0, 0.0, &lixels), CASTMAP_OK);
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &m), CASTMAP_OK);
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    /* West arm: pieces 0 (to 50 m from the middle) and 1; north arm: 4 and 5. */
    assert_int_equal(got.passes[0], 1);
    assert_int_equal(got.passes[1], 3);
    assert_int_equal(got.tracks[1], 2);
    assert_int_equal(got.people[1], 1);
    assert_int_equal(got.passes[2] + got.passes[3] + got.passes[6] + got.passes[7], 0);
    assert_int_equal(got.passes[4], 1);
    assert_int_equal(got.passes[5], 1);
    assert_near(got.seconds[1], 45.0 + 90.0 + 10.0, 1e-6);
    assert_near(got.seconds[0], 50.0 + 40.0, 1e-6);
    double sum = 0.0;
    for (size_t i = 0; i < got.count; i++)
        sum += got.seconds[i];
    assert_near(sum, 190.0 + 130.0 + 10.0, 1e-5);
    castmap_passes_clear(&got);
    po.round_trip = CASTMAP_REPEAT_ONCE;
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    assert_int_equal(got.passes[1], 2);
    castmap_passes_clear(&got);
    const uint32_t same[] = {0, 0, 2}, recording[] = {3, 3, 4};
    po.same = same;
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    assert_int_equal(got.passes[1], 1);
    castmap_passes_clear(&got);
    po.same = NULL;
    po.recording = recording; /* two pieces of one recording: passed once */
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    assert_int_equal(got.passes[1], 1);
    assert_int_equal(got.tracks[1], 1);
    castmap_passes_clear(&got);
    m.step_edge[0] = 1000;
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_E_DATA);
    castmap_lixels_clear(&lixels);
    castmap_matches_clear(&m);
    drive_network_clear(&n);
}

static void trembling_about_a_middle_is_one_pass(void **state)
{
    double x[41], y[41];
    int64_t time_s[41];
    const size_t start[] = {0, 41};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    castmap_match_options o = fixed(2.0, 5.0);
    castmap_passes_options po = CASTMAP_PASSES_OPTIONS_INIT;
    castmap_matches m = CASTMAP_MATCHES_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    castmap_passes got = CASTMAP_PASSES_INIT;
    drive_network n;

    build_cross(&n);
    for (int i = 0; i < 41; i++) { /* in, twenty times to and fro over 50 m, on */
        x[i] = i == 0 ? -95.0 : i == 40 ? -2.0 : -50.0 + (i % 2 ? 12.0 : -12.0);
        y[i] = 0.0;
        time_s[i] = 10 * i;
    }
    o.thin_m = 0.0;
    assert_status(castmap_lixels_cut(*state, &n.network, 100.0, 0.0, &lixels), CASTMAP_OK);
    assert_status(castmap_match_tracks(*state, &n.network, &tracks, &o, &m), CASTMAP_OK);
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    assert_int_equal(got.passes[0], 1);
    castmap_passes_clear(&got);
    po.turn_m = 5.0;
    assert_status(castmap_track_passes(*state, &tracks, &m, &lixels, &po, &got), CASTMAP_OK);
    assert_true(got.passes[0] > 30);
    castmap_passes_clear(&got);
    castmap_lixels_clear(&lixels);
    castmap_matches_clear(&m);
    drive_network_clear(&n);
}

static void busy_pieces_of_one_street_are_one_stretch(void **state)
{
    /* Arms west and east are one street, 8 pieces of 25 m; north another. */
    const uint32_t street[] = {0, 0, 1, 2};
    double value[16] = {0};
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    castmap_busy_stretches got = CASTMAP_BUSY_STRETCHES_INIT;
    drive_network n;

    build_cross(&n);
    assert_status(castmap_lixels_cut(*state, &n.network, 25.0, 0.0, &lixels), CASTMAP_OK);
    assert_int_equal(lixels.count, 16);
    value[0] = 9.0; /* west arm, next to the middle */
    value[1] = 7.0;
    value[4] = 8.0; /* east arm, next to the middle */
    value[7] = 2.0;
    value[8] = 7.0; /* north arm, next to the middle */
    value[11] = 1.0;
    assert_status(castmap_busy_stretches_find(*state, &n.network, &lixels, street, value, 0.5, &got), CASTMAP_OK);
    assert_near(got.used_m, 150.0, 1e-9);
    assert_near(got.threshold, 7.0, 0.0);
    assert_near(got.busy_m, 100.0, 1e-9); /* both pieces of 7 */
    assert_int_equal(got.count, 2);
    assert_near(got.stretch[0].length_m, 75.0, 1e-9);
    assert_near(got.stretch[0].mean, 8.0, 1e-12);
    assert_near(got.stretch[0].most, 9.0, 0.0);
    assert_int_equal(got.order[got.stretch[0].first + 1], 0); /* between the other two */
    assert_int_equal(got.order[got.stretch[1].first], 8);
    castmap_busy_stretches_clear(&got);
    assert_status(castmap_busy_stretches_find(*state, &n.network, &lixels, street, value, 1.0, &got), CASTMAP_OK);
    assert_int_equal(got.count, 4);
    assert_near(got.busy_m, 150.0, 1e-9);
    castmap_busy_stretches_clear(&got);
    assert_status(castmap_busy_stretches_find(*state, &n.network, &lixels, street, value, 0.0, &got), CASTMAP_E_ARGUMENT);
    value[2] = -1.0;
    assert_status(castmap_busy_stretches_find(*state, &n.network, &lixels, street, value, 0.5, &got), CASTMAP_E_DATA);
    memset(value, 0, sizeof value);
    assert_status(castmap_busy_stretches_find(*state, &n.network, &lixels, street, value, 0.5, &got), CASTMAP_E_NOT_FOUND);
    assert_int_equal(got.count, 0);
    castmap_lixels_clear(&lixels);
    drive_network_clear(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_round_the_corner_is_found_with_its_times),
        cmocka_unit_test(directions_are_obeyed_where_asked),
        cmocka_unit_test(every_fix_has_a_fate_and_broken_chains_are_told),
        cmocka_unit_test(a_long_silence_ends_a_chain_but_a_long_stay_does_not),
        cmocka_unit_test(the_chain_is_the_best_of_all_there_are),
        cmocka_unit_test(simulated_drives_are_found_again),
        cmocka_unit_test(matching_refuses_nonsense),
        cmocka_unit_test(passes_people_and_time_are_counted),
        cmocka_unit_test(trembling_about_a_middle_is_one_pass),
        cmocka_unit_test(busy_pieces_of_one_street_are_one_stretch),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
