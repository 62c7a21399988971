/*
 * runs/cluster_options.c - which options a method takes, what is chosen from the data where none was given, and which records are
 * known exactly enough to take part.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/crowding.h"
#include "runs/remarks.h"
#include "runs/study_area.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_MIN_POINTS 10u
#define MOST_MIN_POINTS 1e9
#define SHARE_OF_A_PLACE 0.001 /* of all observations: what makes a place grows with how much there is */
#define CROWDED_SHARE 0.25
#define LEAST_EPS_M 50.0
#define MOST_EPS_M 5000.0
#define USUAL_XI 0.1
#define FAR_SCALES 3.0         /* optics: neighbours are looked for this many times as far as the data crowd */
#define POSTCODE_M 100.0       /* a postcode is a handful of doors in one street */

static castmap_status refuse(castmap_context *ctx, castmap_cluster_method method, const char *option, const char *hint)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "the method %s takes no %s", castmap_cluster_method_name(method), option);

    cm_fail_where(ctx, "%s", option);
    cm_fail_hint(ctx, "%s", hint);
    return status;
}

castmap_status cm_cluster_check(castmap_context *ctx, const castmap_cluster_run_options *options)
{
    const castmap_cluster_method method = options->method;

    if (!castmap_cluster_method_name(method))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no such method of finding places");
    if (options->eps_m < 0.0 || !isfinite(options->eps_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    if (options->eps_m > 0.0 && method == CASTMAP_CLUSTER_HDBSCAN)
        return refuse(ctx, method, "radius", "hdbscan looks at all radii; leave it out, or take the method dbscan");
    if (options->window_s != 0 && method != CASTMAP_CLUSTER_ST_DBSCAN)
        return refuse(ctx, method, "time radius", "take the method st-dbscan for places in space and time");
    if (options->xi != 0.0 && method != CASTMAP_CLUSTER_OPTICS)
        return refuse(ctx, method, "xi", "xi belongs to the method optics");
    if (options->study_level && method != CASTMAP_CLUSTER_NNH)
        return refuse(ctx, method, "study area", "the study area belongs to the method nnh");
    if (options->weight && method == CASTMAP_CLUSTER_NNH)
        return refuse(ctx, method, "weight", "chance is that of points strewn at random, each as good as the other; take the method dbscan");
    if (options->selection != CASTMAP_HDBSCAN_EXCESS_OF_MASS && method != CASTMAP_CLUSTER_HDBSCAN)
        return refuse(ctx, method, "selection", "the selection belongs to the method hdbscan");
    if (method == CASTMAP_CLUSTER_ST_DBSCAN && options->window_s <= 0) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "the method st-dbscan needs a time radius");
        cm_fail_hint(ctx, "say how many days or hours apart two observations may be and still belong together");
        return status;
    }
    if (options->xi < 0.0 || options->xi >= 1.0 || isnan(options->xi))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "xi must lie between 0 and 1");
    return CASTMAP_OK;
}

double cm_place_known_to(double accuracy_m, int precision)
{
    if (!isnan(accuracy_m))
        return accuracy_m;
    if (precision == CM_PLACE_AREA || precision == CM_PLACE_UNKNOWN)
        return INFINITY;
    return precision == CM_PLACE_POSTCODE ? POSTCODE_M : 0.0;
}

castmap_status cm_cluster_keep_exact(castmap_context *ctx, cm_run_points *points, double limit_m, size_t *left_out)
{
    const size_t n = points->set.count;
    bool *keep = cm_alloc(n, sizeof *keep);
    castmap_status status = CASTMAP_OK;

    if (!keep)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        keep[i] = cm_place_known_to(points->set.accuracy_m[i], points->set.precision[i]) <= limit_m;
        *left_out += !keep[i];
    }
    cm_run_points_keep(points, keep);
    free(keep);
    if (points->set.count == 0) {
        char length[32];
        cm_length_words(limit_m, length);
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no observation is known as exactly as %s", length);
        cm_fail_hint(ctx, "look for larger places with a larger radius");
    }
    return status;
}

/* The same with weights: a quarter of all the weight sees min_points within it. */
static castmap_status weighted_scale(castmap_context *ctx, const castmap_points *points, uint32_t min_points, double *distance)
{
    enum { READINGS = 65 };
    double share[READINGS], distance_m[READINGS];
    size_t n = 0;
    castmap_status status = castmap_k_distance_curve(ctx, points, min_points, READINGS, share, distance_m, &n);

    for (size_t i = 0; i < n && !status; i++) {
        if (share[i] >= CROWDED_SHARE || i + 1 == n) {
            *distance = distance_m[i];
            break;
        }
    }
    return status;
}

castmap_status cm_cluster_scale(castmap_context *ctx, const cm_run_points *points, uint32_t min_points, double *out)
{
    const castmap_points view = cm_run_points_view(points);
    double distance = LEAST_EPS_M;
    castmap_status status = CASTMAP_OK;

    if (view.weight && cm_run_points_total(points) >= min_points)
        status = weighted_scale(ctx, &view, min_points, &distance);
    else if (!view.weight && view.count >= min_points)
        status = cm_crowding_distance(ctx, &view, min_points, CROWDED_SHARE, &distance);
    if (!status)
        *out = cm_sayable(fmin(fmax(distance, LEAST_EPS_M), MOST_EPS_M));
    return status;
}

uint32_t cm_cluster_number(double total)
{
    const double share = fmin(ceil(cm_sayable(SHARE_OF_A_PLACE * total)), MOST_MIN_POINTS);

    return share > LEAST_MIN_POINTS ? (uint32_t)share : LEAST_MIN_POINTS;
}

static castmap_status choose_number(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;

    s->min_points = run->options->min_points;
    if (s->min_points > 0)
        return CASTMAP_OK;
    s->min_points = cm_cluster_number(cm_run_points_total(&run->points));
    if (cm_remark_add(&s->remarks, &s->n_remarks, "number-chosen",
                      run->points.weight ? "A place needs a weight of %u%s: about a thousandth of all there is, and never less than %u. Set it with --min."
                                         : "A place needs %u observations%s: about one in a thousand of all there are, and never fewer than %u. Set it "
                                           "with --min.",
                      s->min_points, run->options->method == CASTMAP_CLUSTER_HDBSCAN ? "" : " within the radius", LEAST_MIN_POINTS))
        return cm_fail_memory(run->ctx);
    return CASTMAP_OK;
}

/* A radius is chosen from the data only where the method cannot do without one. */
static bool needs_radius(const castmap_cluster_run_options *options)
{
    return options->method <= CASTMAP_CLUSTER_ST_DBSCAN;
}

static castmap_status choose_radius(cm_cluster_run *run, double *limit_m)
{
    castmap_cluster_summary *s = &run->summary;
    char length[32];
    castmap_status status;

    if (run->options->eps_m > 0.0) {
        s->eps_m = *limit_m = run->options->eps_m;
        return CASTMAP_OK;
    }
    status = cm_cluster_keep_exact(run->ctx, &run->points, MOST_EPS_M, &s->imprecise);
    if (!status)
        status = cm_cluster_scale(run->ctx, &run->points, s->min_points, limit_m);
    if (status || !needs_radius(run->options))
        return status;
    s->eps_m = *limit_m;
    if (cm_run_points_total(&run->points) < s->min_points)
        return CASTMAP_OK;
    cm_length_words(s->eps_m, length);
    /* At the upper end the share is not known: few may have that many so near. */
    if (cm_remark_add(&s->remarks, &s->n_remarks, "radius-chosen",
                      s->eps_m < MOST_EPS_M
                          ? "The radius of %s was chosen from the data: about a quarter of the observations have %u or more within that distance. "
                            "Set it with --radius; castmap tune cluster compares others."
                          : "The observations lie far apart: %s is the longest radius that is taken unasked, and fewer than a quarter may have %u "
                            "or more within it. Set it with --radius; castmap tune cluster compares others.",
                      length, s->min_points))
        return cm_fail_memory(run->ctx);
    return CASTMAP_OK;
}

/* st-dbscan: a time that is not known, or known to a span longer than the window, is near to nothing. */
static castmap_status keep_timed(cm_cluster_run *run)
{
    cm_observation_set *set = &run->points.set;
    const int64_t window = run->options->window_s;
    bool *keep = cm_alloc(set->count, sizeof *keep);

    if (!keep)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < set->count; i++) {
        keep[i] = set->when[i] != CM_WHEN_UNKNOWN && set->to_s[i] - set->from_s[i] <= window;
        run->summary.untimed += !keep[i];
    }
    cm_run_points_keep(&run->points, keep);
    free(keep);
    if (set->count > 0)
        return CASTMAP_OK;
    castmap_status status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no observation is known as exactly in time as the time radius");
    cm_fail_hint(run->ctx, "records that tell only the month need a time radius of 31 days or more");
    return status;
}

/* nnh: the distance at which observations are nearer than chance would have it, over the study area. */
static castmap_status choose_threshold(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    char length[32];
    size_t outside = 0;
    int failed = 0;
    castmap_status status;

    status = cm_study_area(run->ctx, run->project, run->options->study_level, &run->points, &s->study_km2, &outside);
    if (status)
        return status;
    if (outside > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-study-area",
                                "%zu observations lie outside the study area and were left out.", outside);
    if (run->options->eps_m > 0.0)
        return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
    const castmap_nnh_options nnh = CASTMAP_NNH_OPTIONS_INIT;
    s->eps_m = castmap_nnh_threshold(s->study_km2 * 1e6, run->points.set.count, nnh.t);
    cm_length_words(s->eps_m, length);
    failed |= cm_remark_add(&s->remarks, &s->n_remarks, "threshold-from-area",
                            "%zu observations strewn at random over the %.0f km2 of the study area would lie more than %s from their nearest; "
                            "nearer is together (one chance in twenty).",
                            run->points.set.count, s->study_km2, length);
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

/* optics: a radius alone is where the order is cut; else valleys are looked for, and the radius only bounds how far a neighbour may be. */
static castmap_status choose_valleys(cm_cluster_run *run, double scale_m)
{
    castmap_cluster_summary *s = &run->summary;
    char length[32];

    if (run->options->eps_m > 0.0 && run->options->xi == 0.0)
        return CASTMAP_OK;
    s->xi = run->options->xi > 0.0 ? run->options->xi : USUAL_XI;
    s->eps_m = run->options->eps_m > 0.0 ? run->options->eps_m : cm_sayable(FAR_SCALES * scale_m);
    cm_length_words(s->eps_m, length);
    return cm_remark_add(&s->remarks, &s->n_remarks, "valleys",
                         "A place begins and ends where the distance to the next observation changes by %.0f %% or more; nobody was looked for "
                         "beyond %s. Set them with --xi and --radius; --radius alone cuts at that distance.",
                         100.0 * s->xi, length)
               ? cm_fail_memory(run->ctx)
               : CASTMAP_OK;
}

static castmap_status say_left_out(cm_cluster_run *run, double limit_m)
{
    castmap_cluster_summary *s = &run->summary;
    char length[32];
    int failed = 0;

    cm_length_words(limit_m, length);
    if (s->imprecise > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "imprecise-left-out",
                                "%zu observations are known less exactly than %s, so nobody can tell who is near them. They were left out.",
                                s->imprecise, length);
    if (s->untimed > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "untimed-left-out",
                                "%zu observations have no time, or one known less exactly than the time radius. They were left out.",
                                s->untimed);
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

castmap_status cm_cluster_choose(cm_cluster_run *run)
{
    double limit_m = 0.0;
    castmap_status status;

    run->summary.method = run->options->method;
    run->summary.outline = run->options->outline;
    run->summary.crimestat_ellipse = run->options->crimestat_ellipse;
    run->summary.window_s = run->options->window_s;
    run->summary.xi = run->options->xi;
    run->summary.weighted = run->points.weight != NULL;
    if (run->options->window_s > 0) {
        status = keep_timed(run);
        if (status)
            return status;
    }
    status = choose_number(run);
    if (status)
        return status;
    status = choose_radius(run, &limit_m);
    if (!status && run->options->method == CASTMAP_CLUSTER_OPTICS)
        status = choose_valleys(run, limit_m);
    if (status)
        return status;
    if (run->options->method == CASTMAP_CLUSTER_NNH && (run->options->study_level || run->options->eps_m == 0.0)) {
        status = choose_threshold(run);
        if (status)
            return status;
        limit_m = run->summary.eps_m;
    }
    status = cm_cluster_keep_exact(run->ctx, &run->points, limit_m, &run->summary.imprecise);
    if (status)
        return status;
    return say_left_out(run, limit_m);
}
