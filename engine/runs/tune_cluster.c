/*
 * runs/tune_cluster.c - what other radii would give, and which one to take.
 *
 *   1. measure_curve   the distance within which each observation has min_points; its knee
 *   2. choose_radii    figures that people can say, round the knee
 *   3. try_radius      for each: places, shares, stability under a radius 10 % off and under redrawn positions
 *   4. recommend       the most stable radius near the knee that raises no red flag
 *
 * Each row is what castmap cluster would give with that radius: the same records take part.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/random.h"
#include "runs/pair_stability.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define MOST_RADIUS_M 5000.0
#define MOST_RADII 18u
#define CHOSEN_RADII 12u
#define CURVE_POINTS 240u
#define NEAR_KNEE 1.6          /* the recommended radius is within this factor of it */
#define MOST_OF_WORK 4.0e6     /* observations times redraws, where the number of redraws is left to us */
#define REDRAWS 20u
#define LEAST_REDRAWS 3u
#define GIANT 0.5              /* red flags: share of the largest place; share of strays */
#define STRAY 0.1
#define RADII_STREAM UINT64_C(0x72656472617773)
/* An accuracy is taken as the circle that holds 68 % of a round normal distribution: sigma = a / sqrt(-2 ln 0.32). */
#define SIGMA_OF_ACCURACY 0.66243

typedef struct tuning_run {
    castmap_context *ctx;
    const castmap_cluster_tuning_options *options; /* borrowed */
    cm_run_points points;        /* owned */
    double  *known_m;            /* owned [n] */
    castmap_cluster_tuning out;  /* owned */
    double   scale_m;            /* where the data crowd */
    /* Of the radius at hand: the observations that take part. */
    size_t   n;
    double  *x, *y, *moved_x, *moved_y, *accuracy, *weight; /* owned [n] */
    int64_t *id;                 /* owned [n] */
    int32_t *label, *other;      /* owned [n] */
} tuning_run;

void castmap_cluster_tuning_clear(castmap_cluster_tuning *tuning)
{
    if (!tuning)
        return;
    free(tuning->curve_share);
    free(tuning->curve_m);
    free(tuning->rows);
    free(tuning->reason);
    cm_remarks_clear(tuning->remarks, tuning->n_remarks);
    memset(tuning, 0, sizeof *tuning);
}

static void run_clear(tuning_run *run)
{
    free(run->known_m);
    free(run->x);
    free(run->y);
    free(run->moved_x);
    free(run->moved_y);
    free(run->accuracy);
    free(run->weight);
    free(run->id);
    free(run->label);
    free(run->other);
    cm_run_points_clear(&run->points);
    castmap_cluster_tuning_clear(&run->out);
}

static castmap_status prepare(tuning_run *run)
{
    const size_t n = run->points.set.count;
    double **const reals[] = {&run->known_m, &run->x, &run->y, &run->moved_x, &run->moved_y, &run->accuracy, &run->weight};

    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        *reals[i] = cm_alloc(n, sizeof **reals[i]);
        if (!*reals[i])
            return cm_fail_memory(run->ctx);
    }
    run->id = cm_alloc(n, sizeof *run->id);
    run->label = cm_alloc(n, sizeof *run->label);
    run->other = cm_alloc(n, sizeof *run->other);
    if (!run->id || !run->label || !run->other)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < n; i++)
        run->known_m[i] = cm_place_known_to(run->points.set.accuracy_m[i], run->points.set.precision[i]);
    run->out.observations = n;
    run->out.seed = castmap_seed(run->ctx);
    run->out.redraws = run->options->redraws;
    if (run->options->redraws == CASTMAP_REDRAWS_CHOSEN) {
        const double room = MOST_OF_WORK / (double)n;
        run->out.redraws = room >= REDRAWS ? REDRAWS : room < LEAST_REDRAWS ? LEAST_REDRAWS : (size_t)room;
    }
    return CASTMAP_OK;
}

/* ---- the curve ------------------------------------------------------------------------------------------------------ */

static castmap_status measure_curve(tuning_run *run)
{
    const castmap_points view = cm_run_points_view(&run->points);
    castmap_cluster_tuning *t = &run->out;

    t->curve_share = cm_alloc(CURVE_POINTS, sizeof *t->curve_share);
    t->curve_m = cm_alloc(CURVE_POINTS, sizeof *t->curve_m);
    if (!t->curve_share || !t->curve_m)
        return cm_fail_memory(run->ctx);
    castmap_status status = castmap_k_distance_curve(run->ctx, &view, t->min_points, CURVE_POINTS, t->curve_share, t->curve_m, &t->n_curve);
    if (!status)
        t->knee_m = castmap_curve_knee(t->curve_share, t->curve_m, t->n_curve);
    return status;
}

/* ---- the radii ------------------------------------------------------------------------------------------------------ */

static castmap_status take_given_radii(tuning_run *run)
{
    const castmap_cluster_tuning_options *o = run->options;

    if (o->n_radii > MOST_RADII)
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "at most %u radii can be compared", MOST_RADII);
    for (size_t i = 0; i < o->n_radii; i++) {
        if (!(o->radii_m[i] > 0.0) || !isfinite(o->radii_m[i]) || (i > 0 && o->radii_m[i] <= o->radii_m[i - 1]))
            return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "radii must be above 0 and each larger than the one before");
        run->out.rows[i].radius_m = o->radii_m[i];
    }
    run->out.n_rows = o->n_radii;
    return CASTMAP_OK;
}

/* Figures that people can say, from a third of the middle on, as many as make a table. */
static void choose_radii(tuning_run *run)
{
    const double middle = fmin(fmax(isfinite(run->out.knee_m) ? run->out.knee_m : run->scale_m, 5.0), MOST_RADIUS_M);
    double last = 0.0;

    for (double at = middle / 3.5; run->out.n_rows < CHOSEN_RADII; at *= 1.04) {
        const double radius = cm_sayable(at);
        if (radius > last)
            run->out.rows[run->out.n_rows++].radius_m = radius;
        last = radius;
    }
}

static castmap_status prepare_rows(tuning_run *run)
{
    run->out.rows = cm_alloc_zero(MOST_RADII, sizeof *run->out.rows);
    if (!run->out.rows)
        return cm_fail_memory(run->ctx);
    if (run->options->n_radii > 0)
        return take_given_radii(run);
    choose_radii(run);
    return CASTMAP_OK;
}

/* ---- one radius ------------------------------------------------------------------------------------------------------ */

static void take_part(tuning_run *run, double radius_m)
{
    run->n = 0;
    for (size_t i = 0; i < run->points.set.count; i++) {
        if (run->known_m[i] > radius_m)
            continue;
        run->x[run->n] = run->points.x[i];
        run->y[run->n] = run->points.y[i];
        run->accuracy[run->n] = run->known_m[i];
        run->weight[run->n] = run->points.weight ? run->points.weight[i] : 1.0;
        run->id[run->n] = run->points.set.id[i];
        run->n++;
    }
}

static castmap_status group(tuning_run *run, const double *x, const double *y, double radius_m, int32_t *label, size_t *places)
{
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    const castmap_points view = {.count = run->n, .x = x, .y = y, .weight = run->points.weight ? run->weight : NULL, .id = run->id};

    options.eps_m = radius_m;
    options.min_points = run->out.min_points;
    return castmap_dbscan(run->ctx, &view, &options, label, NULL, places);
}

static castmap_status stay_at_other_radius(tuning_run *run, castmap_cluster_tuning_row *row)
{
    static const double FACTOR[] = {0.9, 1.1};
    castmap_status status = CASTMAP_OK;

    row->stability = (double)NAN;
    for (int i = 0; i < 2 && !status; i++) {
        double share = (double)NAN;
        status = group(run, run->x, run->y, row->radius_m * FACTOR[i], run->other, NULL);
        if (!status)
            status = cm_pair_stability(run->ctx, run->label, run->other, run->n, &share);
        row->stability = fmin(row->stability, share); /* fmin takes the number where the other is none */
    }
    return status;
}

/* By the number of the observation, so that neither the order of rows nor who else takes part changes a draw. */
static void redraw(tuning_run *run, size_t draw)
{
    for (size_t i = 0; i < run->n; i++) {
        const uint64_t stream = RADII_STREAM + draw, id = (uint64_t)run->id[i];
        const double u = cm_random_unit(run->out.seed, stream, 2 * id), angle = 2.0 * PI * cm_random_unit(run->out.seed, stream, 2 * id + 1);
        const double far = run->accuracy[i] * SIGMA_OF_ACCURACY * sqrt(-2.0 * log(1.0 - u));
        run->moved_x[i] = run->x[i] + far * cos(angle);
        run->moved_y[i] = run->y[i] + far * sin(angle);
    }
}

static castmap_status stay_when_redrawn(tuning_run *run, castmap_cluster_tuning_row *row)
{
    size_t known = 0, counted = 0;
    double sum = 0.0;
    castmap_status status = CASTMAP_OK;

    row->redraw = (double)NAN;
    for (size_t i = 0; i < run->n; i++)
        known += run->accuracy[i] > 0.0;
    for (size_t draw = 0; known > 0 && draw < run->out.redraws && !status; draw++) {
        double share = (double)NAN;
        redraw(run, draw);
        status = group(run, run->moved_x, run->moved_y, row->radius_m, run->other, NULL);
        if (!status)
            status = cm_pair_stability(run->ctx, run->label, run->other, run->n, &share);
        if (!isnan(share)) {
            sum += share;
            counted++;
        }
    }
    if (!status && counted > 0)
        row->redraw = sum / (double)counted;
    return status;
}

static castmap_status largest_of(tuning_run *run, castmap_cluster_tuning_row *row)
{
    size_t *size = cm_alloc_zero(row->places + 1, sizeof *size);

    if (!size)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < run->n; i++) {
        if (run->label[i] == CASTMAP_NOISE)
            continue;
        row->in_places++;
        const size_t now = ++size[run->label[i]];
        row->largest = now > row->largest ? now : row->largest;
    }
    free(size);
    return CASTMAP_OK;
}

static castmap_status try_radius(tuning_run *run, castmap_cluster_tuning_row *row)
{
    take_part(run, row->radius_m);
    row->observations = run->n;
    row->stability = row->redraw = (double)NAN;
    if (run->n == 0)
        return CASTMAP_OK;
    castmap_status status = group(run, run->x, run->y, row->radius_m, run->label, &row->places);
    if (!status)
        status = largest_of(run, row);
    if (!status)
        status = stay_at_other_radius(run, row);
    if (!status)
        status = stay_when_redrawn(run, row);
    return status;
}

static castmap_status try_all(tuning_run *run)
{
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < run->out.n_rows && !status; i++) {
        const double step = 0.8 / (double)run->out.n_rows;
        const cm_span span = cm_progress_span(run->ctx, 0.2 + step * (double)i, 0.2 + step * (double)(i + 1));
        status = try_radius(run, &run->out.rows[i]);
        cm_progress_restore(run->ctx, span);
    }
    return status;
}

/* ---- the recommendation ---------------------------------------------------------------------------------------------- */

static bool giant(const castmap_cluster_tuning_row *row)
{
    return (double)row->largest > GIANT * (double)row->observations;
}

static bool few_strays(const castmap_cluster_tuning_row *row)
{
    return (double)(row->observations - row->in_places) < STRAY * (double)row->observations;
}

static bool sound(const castmap_cluster_tuning_row *row)
{
    return row->places > 0 && !giant(row) && !few_strays(row);
}

/* The lower of the two stabilities. */
static double holds(const castmap_cluster_tuning_row *row)
{
    return fmin(row->stability, row->redraw);
}

static bool near_knee(const castmap_cluster_tuning *t, const castmap_cluster_tuning_row *row)
{
    return isfinite(t->knee_m) && row->radius_m <= t->knee_m * NEAR_KNEE && row->radius_m >= t->knee_m / NEAR_KNEE;
}

/* The best row that is sound (and near the knee); n_rows: none. The first of equals: the smaller radius. */
static size_t best_row(const castmap_cluster_tuning *t, bool need_sound, bool need_knee)
{
    size_t best = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++) {
        const castmap_cluster_tuning_row *row = &t->rows[i];
        if ((need_sound && !sound(row)) || (need_knee && !near_knee(t, row)) || isnan(holds(row)))
            continue;
        if (best == t->n_rows || holds(row) > holds(&t->rows[best]))
            best = i;
    }
    return best;
}

static castmap_status give_reason(tuning_run *run, const char *why)
{
    castmap_cluster_tuning *t = &run->out;
    const castmap_cluster_tuning_row *row = &t->rows[t->recommended];
    char words[512], radius[32];

    cm_length_words(row->radius_m, radius);
    if (isnan(holds(row)))
        snprintf(words, sizeof words, "%s", why);
    else if (isnan(row->redraw))
        snprintf(words, sizeof words, "%s With %s, %.0f %% of the pairs in one place stay together when the radius is a tenth off.", why,
                 radius, 100.0 * row->stability);
    else
        snprintf(words, sizeof words, "%s With %s, %.0f %% of the pairs in one place stay together when the radius is a tenth off, and %.0f %% when "
                 "every position is redrawn within its accuracy.", why, radius, 100.0 * row->stability, 100.0 * row->redraw);
    t->reason = cm_copy_text(words);
    return t->reason ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static castmap_status recommend(tuning_run *run)
{
    castmap_cluster_tuning *t = &run->out;
    char words[256], knee[32];

    cm_length_words(t->knee_m, knee);
    t->recommended = best_row(t, true, true);
    if (t->recommended < t->n_rows) {
        snprintf(words, sizeof words, "The curve turns up at %s. Of the radii near it that raise no red flag, this is the one at which places change "
                 "least.", knee);
        return give_reason(run, words);
    }
    t->recommended = best_row(t, true, false);
    if (t->recommended < t->n_rows)
        return give_reason(run, "No radius near the turn of the curve is free of red flags. Of all radii tried that are, this is the one at which "
                                "places change least.");
    t->recommended = best_row(t, false, false);
    if (t->recommended < t->n_rows)
        return give_reason(run, "Every radius raises a red flag; this is the one at which places change least. Try another number with --min, or "
                                "hdbscan, which needs no radius.");
    t->recommended = 0;
    return give_reason(run, "No radius that was tried makes a place. Try larger ones with --radii, or a smaller number with --min.");
}

static int flag_accuracy(castmap_cluster_tuning *t, const castmap_cluster_tuning_row *row)
{
    const size_t rough = t->observations - row->observations;
    char radius[32];

    if (rough * 20 <= t->observations)
        return 0;
    cm_length_words(row->radius_m, radius);
    return cm_remark_add(&t->remarks, &t->n_remarks, "imprecise-left-out",
                         "%.0f %% of the observations are known less exactly than %s and would take no part with that radius.",
                         100.0 * (double)rough / (double)t->observations, radius);
}

/* Red flags after E. Schubert et al. (2017), section 4, of the recommended radius. */
static castmap_status raise_flags(tuning_run *run)
{
    castmap_cluster_tuning *t = &run->out;
    const castmap_cluster_tuning_row *row = &t->rows[t->recommended];
    size_t snapped = 0;
    int failed = 0;

    for (size_t i = 0; i < run->points.set.count; i++)
        snapped += run->points.set.precision[i] == CM_PLACE_SNAPPED;
    if (row->places > 0 && giant(row))
        failed |= cm_remark_add(&t->remarks, &t->n_remarks, "one-giant-place", "One place would hold %.0f %% of all observations.",
                                100.0 * (double)row->largest / (double)row->observations);
    if (row->places > 0 && few_strays(row))
        failed |= cm_remark_add(&t->remarks, &t->n_remarks, "hardly-any-stray", "Hardly any observation would belong to no place; usually it is "
                                "more than a tenth.");
    if (row->places == 0)
        failed |= cm_remark_add(&t->remarks, &t->n_remarks, "nothing-gathers", "Nowhere do %u observations lie within that radius.", t->min_points);
    failed |= flag_accuracy(t, row) | cm_run_points_remark(&run->points, &t->remarks, &t->n_remarks);
    if (!isnan(row->stability) && row->stability < 0.6)
        failed |= cm_remark_add(&t->remarks, &t->n_remarks, "unstable",
                                "Places change a lot with the radius: do not read much into their borders. Where places differ in density, hdbscan "
                                "suits better.");
    if (snapped * 2 > run->points.set.count)
        failed |= cm_remark_add(&t->remarks, &t->n_remarks, "snapped-places",
                                "%.0f %% of the observations were moved to shared map points by their publisher: distances under the spacing of those "
                                "points mean nothing.",
                                100.0 * (double)snapped / (double)run->points.set.count);
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

static castmap_status choose_number(tuning_run *run)
{
    run->out.min_points = run->options->min_points;
    if (run->out.min_points > 0)
        return CASTMAP_OK;
    run->out.min_points = cm_cluster_number(cm_run_points_total(&run->points));
    if (cm_remark_add(&run->out.remarks, &run->out.n_remarks, "number-chosen", "A place needs %s%u%s: about one in a thousand of all there "
                      "are, and never fewer than 10. Set it with --min.", run->points.weight ? "a weight of " : "", run->out.min_points,
                      run->points.weight ? "" : " observations"))
        return cm_fail_memory(run->ctx);
    return CASTMAP_OK;
}

castmap_status castmap_tune_cluster(castmap_context *ctx, castmap_project *project, const castmap_cluster_tuning_options *options,
                                    castmap_cluster_tuning *out)
{
    tuning_run run = {.ctx = ctx, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (!status)
        status = cm_run_points_weigh(ctx, project, options->weight, false, &run.points);
    if (status)
        goto done;
    status = cm_cluster_keep_exact(ctx, &run.points, MOST_RADIUS_M, &run.out.imprecise);
    if (status)
        goto done;
    status = choose_number(&run);
    if (status)
        goto done;
    if (cm_run_points_total(&run.points) < run.out.min_points) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "%.6g %s are fewer than the %u that make a place", cm_run_points_total(&run.points),
                         run.points.weight ? "by weight" : "observations", run.out.min_points);
        cm_fail_hint(ctx, "set a smaller number with --min");
        goto done;
    }
    status = prepare(&run);
    if (status)
        goto done;
    status = cm_cluster_scale(ctx, &run.points, run.out.min_points, &run.scale_m);
    if (status)
        goto done;
    status = measure_curve(&run);
    if (status)
        goto done;
    status = prepare_rows(&run);
    if (status)
        goto done;
    status = try_all(&run);
    if (status)
        goto done;
    status = recommend(&run);
    if (status)
        goto done;
    status = raise_flags(&run);
    if (status)
        goto done;
    *out = run.out;
    memset(&run.out, 0, sizeof run.out);

done:
    run_clear(&run);
    return status;
}
