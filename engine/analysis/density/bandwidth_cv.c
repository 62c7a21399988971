/*
 * analysis/density/bandwidth_cv.c - cross-validation, Cronie and van Lieshout's rule, and Diggle's.
 *
 * With P_i = sum over j != i of exp(-d_ij^2 / 2 sigma^2) the criteria are
 *
 *   least squares  (n + sum_i P_i at sigma sqrt 2) / (n^2 4 pi sigma^2) - 2/n sum_i P_i / ((n - 1) 2 pi sigma^2)
 *   likelihood     -sum_i log( P_i / (2 pi sigma^2 e_i) ), e_i the mass inside the study area (without one: 1)
 *   Cronie         ( sum_i 2 pi sigma^2 / (1 + P_i) - |W| )^2
 *
 * tried at values in equal ratio, then refined about the best. They may have several valleys; of equal ones the larger sigma is taken.
 * The likelihood leaves out the integral of the surface: without a study area it is n, with one the correction brings it near n.
 *
 * Diggle's rule estimates K with the border correction, which holds for any polygon, and minimises
 * M(r) = (1/lambda - 2 K(r)) / (pi r^2) + int lens(x, r) dK(x) / (pi r^2)^2, lens the common area of two discs of radius r whose centres are x
 * apart; sigma = r / 2 (P. J. Diggle 2003, "Statistical analysis of spatial point patterns", 5.3).
 */
#include "analysis/density/bandwidth_cv.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define STEPS 40       /* values in equal ratio */
#define REFINEMENTS 20 /* golden sections: about the best by a factor of 1e-4 of the step */
#define CUT 8.5        /* deviations: a pair farther apart adds less than 1e-15 */
#define TURN 64u       /* points worked on at once */
#define K_STEPS 512

typedef struct pair_job {
    const cm_bandwidth_sample *s;
    double  sigma_m;
    bool    edges;
    double *sum, *wide, *mass; /* [n] P_i, P_i at sigma sqrt 2, e_i */
} pair_job;

static castmap_status sum_pairs(size_t begin, size_t end, void *payload)
{
    const pair_job *job = payload;
    const cm_bandwidth_sample *s = job->s;
    const double reach = CUT * job->sigma_m * sqrt(2.0), factor = -0.25 / (job->sigma_m * job->sigma_m);

    for (size_t i = begin; i < end; i++) {
        double wide = 0.0, sum = 0.0;
        for (int way = -1; way <= 1; way += 2) {
            for (size_t j = i; way < 0 ? j-- > 0 : ++j < s->n;) {
                const double dx = s->x[j] - s->x[i], dy = s->y[j] - s->y[i];
                if (fabs(dx) > reach)
                    break;
                const double g = exp((dx * dx + dy * dy) * factor);
                wide += g;
                sum += g * g;
            }
        }
        job->wide[i] = wide;
        job->sum[i] = sum;
        if (job->edges)
            job->mass[i] = cm_kernel_mass_at(s->study, CASTMAP_KERNEL_GAUSSIAN,
                                             castmap_kernel_radius_m(CASTMAP_KERNEL_GAUSSIAN, job->sigma_m), s->x[i],
                                             s->y[i], true);
    }
    return CASTMAP_OK;
}

static double score_of(const pair_job *job, castmap_bandwidth_rule rule)
{
    const size_t n = job->s->n;
    const double count = (double)n, unit = 2.0 * PI * job->sigma_m * job->sigma_m;
    double total = 0.0, wide = 0.0;

    switch (rule) {
    case CASTMAP_BANDWIDTH_LEAST_SQUARES_CV:
        for (size_t i = 0; i < n; i++) {
            total += job->sum[i];
            wide += job->wide[i];
        }
        return (count + wide) / (count * count * 2.0 * unit) - 2.0 / count * total / ((count - 1.0) * unit);
    case CASTMAP_BANDWIDTH_LIKELIHOOD_CV:
        for (size_t i = 0; i < n; i++) {
            if (!(job->sum[i] > 0.0))
                return INFINITY;
            total -= log(job->sum[i] / (unit * (job->edges ? job->mass[i] : 1.0)));
        }
        return total;
    default:
        for (size_t i = 0; i < n; i++)
            total += unit / (1.0 + job->sum[i]);
        return (total - job->s->area_m2) * (total - job->s->area_m2);
    }
}

castmap_status cm_bandwidth_score(castmap_context *ctx, const cm_bandwidth_sample *sample, castmap_bandwidth_rule rule,
                                  double sigma_m, double *score)
{
    pair_job job = {.s = sample, .sigma_m = sigma_m,
                    .edges = rule == CASTMAP_BANDWIDTH_LIKELIHOOD_CV && sample->study != NULL};
    double *space = cm_alloc(3 * sample->n, sizeof *space);

    if (!space)
        return cm_fail_memory(ctx);
    job.sum = space;
    job.wide = space + sample->n;
    job.mass = space + 2 * sample->n;
    castmap_status status = cm_parallel_chunks(ctx, "trying bandwidths", sample->n, TURN, sum_pairs, &job);
    if (!status)
        *score = score_of(&job, rule);
    free(space);
    return status;
}

static castmap_status search_score(castmap_context *ctx, const cm_bandwidth_sample *s, castmap_bandwidth_rule rule,
                                   double *sigma_m, bool *at_limit)
{
    const double ratio = log(s->high_m / s->low_m) / (STEPS - 1), golden = 0.6180339887498949;
    double best = (double)INFINITY, score;
    int best_step = -1;

    for (int k = 0; k < STEPS; k++) {
        castmap_status status = cm_bandwidth_score(ctx, s, rule, s->low_m * exp(ratio * k), &score);
        if (status)
            return status;
        if (score <= best && score < (double)INFINITY) {
            best = score;
            best_step = k;
        }
    }
    if (best_step < 0)
        return cm_fail(ctx, CASTMAP_E_DATA, "no bandwidth fits: the points are too far apart");
    *at_limit = best_step == 0 || best_step == STEPS - 1;
    *sigma_m = s->low_m * exp(ratio * best_step);
    if (*at_limit)
        return CASTMAP_OK;
    double low = best_step - 1, high = best_step + 1;
    double a = high - golden * (high - low), b = low + golden * (high - low), at_a, at_b;
    castmap_status status = cm_bandwidth_score(ctx, s, rule, s->low_m * exp(ratio * a), &at_a);
    if (!status)
        status = cm_bandwidth_score(ctx, s, rule, s->low_m * exp(ratio * b), &at_b);
    for (int k = 0; k < REFINEMENTS && !status; k++) {
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - golden * (high - low);
            status = cm_bandwidth_score(ctx, s, rule, s->low_m * exp(ratio * a), &at_a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + golden * (high - low);
            status = cm_bandwidth_score(ctx, s, rule, s->low_m * exp(ratio * b), &at_b);
        }
    }
    if (!status)
        *sigma_m = s->low_m * exp(ratio * 0.5 * (low + high));
    return status;
}

/* K with the border correction at r_k = k * step: only points farther from the border than r count as centres. */
static void estimate_k(const cm_bandwidth_sample *s, const double *border, double step, double *k_of_r)
{
    double near[K_STEPS] = {0.0}, centres[K_STEPS] = {0.0};
    const double reach = step * (K_STEPS - 1);

    for (size_t i = 0; i < s->n; i++) {
        const size_t safe = (size_t)fmin(floor(border[i] / step), K_STEPS - 1);
        for (size_t k = 0; k <= safe; k++)
            centres[k] += 1.0;
        for (int way = -1; way <= 1; way += 2) {
            for (size_t j = i; way < 0 ? j-- > 0 : ++j < s->n;) {
                const double dx = s->x[j] - s->x[i], dy = s->y[j] - s->y[i];
                if (fabs(dx) > reach)
                    break;
                const size_t k = (size_t)ceil(sqrt(dx * dx + dy * dy) / step);
                if (k > safe)
                    continue;
                near[k] += 1.0; /* counts at r_k and beyond, as long as the centre is safe */
                if (safe + 1 < K_STEPS)
                    near[safe + 1] -= 1.0;
            }
        }
    }
    double running = 0.0;
    for (size_t k = 0; k < K_STEPS; k++) {
        running += near[k];
        k_of_r[k] = centres[k] > 0.0 ? running / (centres[k] * (double)s->n / s->area_m2) : (double)NAN;
    }
}

static double lens(double x, double r)
{
    const double y = x / (2.0 * r);

    return y >= 1.0 ? 0.0 : 2.0 * r * r * (acos(y) - y * sqrt(1.0 - y * y));
}

static castmap_status search_diggle(castmap_context *ctx, const cm_bandwidth_sample *s, double *sigma_m, bool *at_limit)
{
    double extent[4], k_of_r[K_STEPS], best = INFINITY;
    double *border = cm_alloc(s->n, sizeof *border);
    size_t last = K_STEPS - 1, best_step = 0;

    if (!border)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < s->n; i++)
        border[i] = cm_kernel_mass_border_m(s->study, s->x[i], s->y[i]);
    cm_kernel_mass_extent(s->study, extent);
    /* As far as K is worth estimating: a quarter of the shorter side, or where a circle holds 1,000 points. */
    const double lambda = (double)s->n / s->area_m2;
    const double reach = fmin(fmin(extent[2] - extent[0], extent[3] - extent[1]) / 4.0, sqrt(1000.0 / (PI * lambda)));
    const double step = reach / (K_STEPS - 1);
    estimate_k(s, border, step, k_of_r);
    free(border);
    while (last > 0 && !isfinite(k_of_r[last]))
        last--;
    for (size_t k = 1; 2 * k <= last; k++) {
        const double r = (double)k * step, disc = PI * r * r;
        double overlap = 0.0;
        for (size_t j = 0; j < 2 * k; j++) /* over [r_j, r_j+1], the lens at the middle */
            overlap += lens(((double)j + 0.5) * step, r) * (k_of_r[j + 1] - k_of_r[j]);
        const double m = (1.0 / lambda - 2.0 * k_of_r[k]) / disc + overlap / (disc * disc);
        if (m < best) {
            best = m;
            best_step = k;
        }
    }
    if (best_step == 0)
        return cm_fail(ctx, CASTMAP_E_DATA, "the study area is too narrow for Diggle's rule");
    *sigma_m = 0.5 * (double)best_step * step;
    *at_limit = best_step == 1 || 2 * (best_step + 1) > last;
    return CASTMAP_OK;
}

castmap_status cm_bandwidth_search(castmap_context *ctx, const cm_bandwidth_sample *sample, castmap_bandwidth_rule rule,
                                   double *sigma_m, bool *at_limit)
{
    if (rule == CASTMAP_BANDWIDTH_DIGGLE)
        return search_diggle(ctx, sample, sigma_m, at_limit);
    return search_score(ctx, sample, rule, sigma_m, at_limit);
}
