/*
 * analysis/routes/flow_test.c - flows against a null of independence or of gravity.
 *
 * Both nulls are a_i b_j f_ij with the row and column sums of the data, fitted by proportional adjustment (Deming and Stephan 1940): rows, then
 * columns, until the rows stay right. Independence has f = 1, so a round costs one pass over the areas; gravity has f = d^-beta, one over all pairs.
 * Beta solves "mean log distance of the null = that of the movements", which falls as beta grows, by bracketing and the Illinois rule.
 */
#include "castmap/flows.h"

#include "analysis/statistics/false_discovery.h"
#include "analysis/statistics/gamma.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_INDEPENDENCE 20000
#define ROUNDS_GRAVITY 500
#define MARGIN_TOLERANCE 1e-9   /* relative to the margin */
#define STEPS_BETA 100
#define MOST_BETA 32.0
#define LEAST_DISTANCE_M 1.0

typedef struct null_model {
    castmap_context     *ctx;
    const castmap_flows *flows;
    const castmap_flow_test_options *options;
    size_t    n;              /* areas with a movement that counts */
    uint32_t *area;           /* owned [n] */
    uint32_t *number;         /* owned [n_areas] of each area among them */
    double   *row, *column;   /* owned [n] sums of the data */
    double   *a, *b;          /* owned [n] */
    double   *log_distance;   /* owned [n * n], over the geometric mean; NULL: independence */
    double   *f;              /* owned [n * n] */
    double   *out;            /* owned [n] sums of the step at work */
    double    beta, total;
    bool      fitted;
    double    margin_error;
} null_model;

const char *castmap_flow_null_name(castmap_flow_null null)
{
    return null == CASTMAP_FLOW_GRAVITY ? "gravity" : null == CASTMAP_FLOW_INDEPENDENCE ? "independence" : NULL;
}

static void release(null_model *m)
{
    free(m->area);
    free(m->number);
    free(m->row);
    free(m->column);
    free(m->a);
    free(m->b);
    free(m->log_distance);
    free(m->f);
    free(m->out);
}

static castmap_status check(castmap_context *ctx, const castmap_flows *flows, const castmap_flow_test_options *o)
{
    if (o->version != CASTMAP_FLOW_TEST_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (o->null != CASTMAP_FLOW_INDEPENDENCE && o->null != CASTMAP_FLOW_GRAVITY)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no such null");
    if (o->null == CASTMAP_FLOW_GRAVITY && (!o->x || !o->y || o->keep_within))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "gravity needs a position for each area, and has no movements within one");
    for (size_t f = 1; f < flows->count; f++) {
        if (flows->flow[f].period != flows->flow[0].period)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "flows are tested one period at a time");
    }
    if (flows->moves == (o->keep_within ? 0 : flows->within))
        return cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no movement goes from one area to another");
    return CASTMAP_OK;
}

/* Row and column sums. A symmetric flow stands in the table twice, so one within an area counts twice on the diagonal too. */
static castmap_status add_margins(null_model *m)
{
    const castmap_flows *flows = m->flows;
    uint64_t *within = cm_alloc_zero(flows->n_areas, sizeof *within);

    m->area = cm_alloc(flows->n_areas, sizeof *m->area);
    m->number = cm_alloc(flows->n_areas, sizeof *m->number);
    m->row = cm_alloc(flows->n_areas, sizeof *m->row);
    m->column = cm_alloc(flows->n_areas, sizeof *m->column);
    m->a = cm_alloc(flows->n_areas, sizeof *m->a);
    m->b = cm_alloc(flows->n_areas, sizeof *m->b);
    m->out = cm_alloc(flows->n_areas, sizeof *m->out);
    if (!within || !m->area || !m->number || !m->row || !m->column || !m->a || !m->b || !m->out) {
        free(within);
        return cm_fail_memory(m->ctx);
    }
    for (size_t f = 0; m->options->keep_within && f < flows->count; f++) {
        if (flows->flow[f].from == flows->flow[f].to)
            within[flows->flow[f].from] += (flows->symmetric ? 2 : 1) * flows->flow[f].moves;
    }
    for (size_t i = 0; i < flows->n_areas; i++) {
        const uint64_t row = flows->outgoing[i] + within[i], column = flows->incoming[i] + within[i];
        if (row == 0 && column == 0)
            continue;
        m->number[i] = (uint32_t)m->n;
        m->area[m->n] = (uint32_t)i;
        m->row[m->n] = (double)row;
        m->column[m->n] = m->a[m->n] = m->b[m->n] = (double)column;
        m->total += (double)row;
        m->n++;
    }
    free(within);
    return CASTMAP_OK;
}

static castmap_status measure_row(size_t begin, size_t end, void *payload)
{
    const null_model *m = payload;
    const double *x = m->options->x, *y = m->options->y;

    for (size_t i = begin; i < end; i++) {
        for (size_t j = 0; j < m->n; j++) {
            const double d = hypot(x[m->area[i]] - x[m->area[j]], y[m->area[i]] - y[m->area[j]]);
            m->log_distance[i * m->n + j] = log(fmax(d, LEAST_DISTANCE_M));
        }
    }
    return CASTMAP_OK;
}

static castmap_status measure_distances(null_model *m)
{
    if (m->n > CASTMAP_GRAVITY_MOST_AREAS) {
        const castmap_status refused = cm_fail(m->ctx, CASTMAP_E_LIMIT, "gravity takes %d areas with a movement, and there are %zu",
                                               CASTMAP_GRAVITY_MOST_AREAS, m->n);
        cm_fail_hint(m->ctx, "use larger areas, or the null of independence");
        return refused;
    }
    for (size_t i = 0; i < m->n; i++) {
        if (!isfinite(m->options->x[m->area[i]]) || !isfinite(m->options->y[m->area[i]]))
            return cm_fail(m->ctx, CASTMAP_E_DATA, "area %u has no position", m->area[i]);
    }
    m->log_distance = cm_alloc(m->n * m->n, sizeof *m->log_distance);
    m->f = cm_alloc(m->n * m->n, sizeof *m->f);
    if (!m->log_distance || !m->f)
        return cm_fail_memory(m->ctx);
    return cm_parallel_for(m->ctx, "measuring distances", m->n, measure_row, m);
}

/* f of the present beta. The mean log distance of the movements is taken off, so that powers neither vanish nor overflow. */
static castmap_status weigh_row(size_t begin, size_t end, void *payload)
{
    const null_model *m = payload;

    for (size_t i = begin; i < end; i++) {
        for (size_t j = 0; j < m->n; j++)
            m->f[i * m->n + j] = i == j ? 0.0 : exp(-m->beta * m->log_distance[i * m->n + j]);
    }
    return CASTMAP_OK;
}

/* out_i = sum_j f_ij b_j; distances are symmetric, so rows serve for columns too. */
static castmap_status sum_row(size_t begin, size_t end, void *payload)
{
    const null_model *m = payload;

    for (size_t i = begin; i < end; i++) {
        const double *f = m->f + i * m->n;
        double sum = 0.0;
        for (size_t j = 0; j < m->n; j++)
            sum += f[j] * m->b[j];
        m->out[i] = sum;
    }
    return CASTMAP_OK;
}

static double sum_without(const double *value, size_t n, size_t without)
{
    double sum = 0.0;

    for (size_t j = 0; j < n; j++)
        sum += j == without ? 0.0 : value[j];
    return sum;
}

/* out_i = sum over j of f_ij value_j. */
static castmap_status sum_against(null_model *m, double *value)
{
    double *const kept = m->b;
    double sum = 0.0;

    if (m->f) {
        m->b = value;
        castmap_status status = m->n < 512 ? sum_row(0, m->n, m) : cm_parallel_for(m->ctx, "fitting gravity", m->n, sum_row, m);
        m->b = kept;
        return status;
    }
    for (size_t j = 0; j < m->n; j++)
        sum += value[j];
    for (size_t i = 0; i < m->n; i++) {
        const double rest = m->options->keep_within ? sum : sum - value[i];
        /* Where one area is nearly all, the difference is not to be trusted. */
        m->out[i] = rest > 1e-9 * sum ? rest : sum_without(value, m->n, i);
    }
    return CASTMAP_OK;
}

/* Proportional adjustment until the rows are right while the columns are. */
static castmap_status adjust(null_model *m)
{
    const size_t rounds = m->f ? ROUNDS_GRAVITY : ROUNDS_INDEPENDENCE;
    castmap_status status = CASTMAP_OK;

    m->fitted = false;
    for (size_t round = 0; round < rounds && !m->fitted; round++) {
        bool right = round > 0;
        status = sum_against(m, m->b);
        if (status)
            break;
        m->margin_error = 0.0;
        for (size_t i = 0; i < m->n; i++) {
            const double error = fabs(m->a[i] * m->out[i] - m->row[i]);
            m->margin_error = fmax(m->margin_error, error);
            right = right && error <= MARGIN_TOLERANCE * m->row[i];
        }
        m->fitted = right;
        if (right)
            break;
        for (size_t i = 0; i < m->n; i++)
            m->a[i] = m->row[i] > 0.0 && m->out[i] > 0.0 ? m->row[i] / m->out[i] : 0.0;
        status = sum_against(m, m->a);
        if (status)
            break;
        for (size_t j = 0; j < m->n; j++)
            m->b[j] = m->column[j] > 0.0 && m->out[j] > 0.0 ? m->column[j] / m->out[j] : 0.0;
        if (cm_cancelled(m->ctx))
            return cm_fail_cancelled(m->ctx);
    }
    return status;
}

/* Mean of the log distances under the null of this beta; they are relative to that of the movements, so 0 is the answer sought. */
static castmap_status mean_at(null_model *m, double beta, double *mean)
{
    double sum = 0.0;

    m->beta = beta;
    castmap_status status = m->n < 512 ? weigh_row(0, m->n, m) : cm_parallel_for(m->ctx, "fitting gravity", m->n, weigh_row, m);
    if (!status)
        status = adjust(m);
    for (size_t i = 0; i < m->n && !status; i++) {
        double part = 0.0;
        for (size_t j = 0; j < m->n; j++)
            part += m->f[i * m->n + j] * m->b[j] * m->log_distance[i * m->n + j];
        sum += part * m->a[i];
    }
    *mean = sum / m->total;
    return status;
}

static castmap_status fit_beta(null_model *m)
{
    double low = 0.0, high = 0.0, at_low = 0.0, at_high = 0.0, at = 0.0;
    int kept = 0;
    castmap_status status = mean_at(m, 0.0, &at);

    at_low = at_high = at;
    for (double reach = 1.0; at * at_high > 0.0 && reach <= MOST_BETA && !status; reach *= 2.0) {
        low = high;
        at_low = at_high;
        high = at > 0.0 ? reach : -reach; /* too far apart: a larger beta */
        status = mean_at(m, high, &at_high);
    }
    if (status)
        return status;
    if (at_low * at_high > 0.0) { /* no beta does it: all movements go to the nearest area, or to the farthest */
        m->fitted = false;
        return CASTMAP_OK;
    }
    for (int step = 0; step < STEPS_BETA && fabs(at_high) > 1e-11 && fabs(high - low) > 1e-12 && !status; step++) {
        const double slope = at_high - at_low;
        double next = slope != 0.0 ? high - at_high * (high - low) / slope : 0.5 * (low + high);
        if (!(next > fmin(low, high) && next < fmax(low, high)))
            next = 0.5 * (low + high);
        status = mean_at(m, next, &at);
        if (at * at_high < 0.0) {
            low = high;
            at_low = at_high;
            kept = 0;
        } else if (kept++ > 0) {
            at_low *= 0.5; /* Illinois: the end that stays loses weight */
        }
        high = next;
        at_high = at;
    }
    return status;
}

static castmap_status fit_gravity(null_model *m, double *mean_log)
{
    double sum = 0.0, moves = 0.0;
    castmap_status status = measure_distances(m);

    if (status)
        return status;
    for (size_t k = 0; k < m->flows->count; k++) {
        const castmap_flow *flow = &m->flows->flow[k];
        if (flow->from == flow->to)
            continue;
        sum += (double)flow->moves * m->log_distance[m->number[flow->from] * m->n + m->number[flow->to]];
        moves += (double)flow->moves;
    }
    *mean_log = sum / moves;
    for (size_t k = 0; k < m->n * m->n; k++)
        m->log_distance[k] -= *mean_log;
    return fit_beta(m);
}

static double expected_of(const null_model *m, uint32_t from, uint32_t to)
{
    const size_t i = m->number[from], j = m->number[to];
    double e = m->a[i] * m->b[j];

    if (m->flows->symmetric) /* the table holds the pair twice, and one within an area at double its number */
        e = i == j ? 0.5 * e : 0.5 * (e + m->a[j] * m->b[i]);
    return m->f ? e * m->f[i * m->n + j] : e;
}

static size_t count_pairs(const null_model *m)
{
    size_t rows = 0, columns = 0, both = 0;

    for (size_t i = 0; i < m->n; i++) {
        rows += m->row[i] > 0.0;
        columns += m->column[i] > 0.0;
        both += m->row[i] > 0.0 && m->column[i] > 0.0;
    }
    if (m->flows->symmetric)
        return m->options->keep_within ? rows * (rows + 1) / 2 : rows * (rows - 1) / 2;
    return rows * columns - (m->options->keep_within ? 0 : both);
}

/* Pairs without a movement have p = 1 and are tests too, so the others are adjusted for all of them. */
static castmap_status judge(const null_model *m, size_t pairs, double *expected, double *p, double *q)
{
    const castmap_flows *flows = m->flows;
    size_t tested = 0;

    for (size_t k = 0; k < flows->count; k++)
        tested += flows->flow[k].from != flows->flow[k].to || m->options->keep_within;
    const double others = (double)pairs / (double)tested;
    for (size_t k = 0; k < flows->count; k++) {
        const castmap_flow *flow = &flows->flow[k];
        if (flow->from == flow->to && !m->options->keep_within) {
            expected[k] = p[k] = q[k] = (double)NAN;
            continue;
        }
        expected[k] = expected_of(m, flow->from, flow->to);
        p[k] = expected[k] > 0.0 ? cm_gamma_p((double)flow->moves, expected[k]) : 0.0;
        q[k] = p[k] * others;
    }
    return cm_false_discovery(m->ctx, q, flows->count, false, q);
}

castmap_status castmap_flows_test(castmap_context *ctx, const castmap_flows *flows, const castmap_flow_test_options *options,
                                  double *expected, double *p, double *q, castmap_flow_fit *fit)
{
    null_model m = {.ctx = ctx, .flows = flows, .options = options};
    double mean_log = 0.0;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, flows, options);
    if (status)
        return status;
    status = add_margins(&m);
    if (status)
        goto done;
    status = options->null == CASTMAP_FLOW_GRAVITY ? fit_gravity(&m, &mean_log) : adjust(&m);
    if (status)
        goto done;
    const size_t pairs = count_pairs(&m);
    status = judge(&m, pairs, expected, p, q);
    if (status)
        goto done;
    *fit = (castmap_flow_fit){.beta = m.beta, .mean_log_distance = mean_log, .pairs = pairs,
                              .margin_error = m.margin_error, .converged = m.fitted};

done:
    release(&m);
    return status;
}
