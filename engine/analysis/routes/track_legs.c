/* analysis/routes/track_legs.c */
#include "analysis/routes/track_legs.h"

#include "base/fail.h"

/* The steps [begin, end) follow one another on one edge. */
static int run_legs(const castmap_matches *m, size_t begin, size_t end, double turn_m, cm_track_leg_fn *take, void *payload)
{
    const double start = m->step_from_m[begin];
    cm_track_leg leg = {m->step_edge[begin], start, start, true, begin, begin};
    size_t turned = begin; /* step that reached farthest in the present direction */
    int direction = 0;

    for (size_t s = begin; s < end; s++) {
        const double at = m->step_to_m[s];
        const bool back = (direction > 0 && leg.high - at > turn_m) || (direction < 0 && at - leg.low > turn_m);
        if (direction >= 0 && at > leg.high) {
            leg.high = at;
            turned = s;
            direction = direction == 0 && leg.high - leg.low > turn_m ? 1 : direction;
        } else if (direction <= 0 && at < leg.low) {
            leg.low = at;
            turned = s;
            direction = direction == 0 && leg.high - leg.low > turn_m ? -1 : direction;
        } else if (back) {
            leg.forward = direction > 0;
            leg.last = turned;
            const int stop = take(&leg, payload);
            if (stop)
                return stop;
            leg = direction > 0 ? (cm_track_leg){leg.edge, at, leg.high, false, turned + 1, s} : (cm_track_leg){leg.edge, leg.low, at, true, turned + 1, s};
            turned = s;
            direction = -direction;
        }
    }
    leg.forward = direction != 0 ? direction > 0 : m->step_to_m[end - 1] >= start;
    leg.last = end - 1;
    return take(&leg, payload);
}

int cm_track_legs(const castmap_matches *m, size_t chain, double turn_m, cm_track_leg_fn *take, void *payload)
{
    const size_t end = m->chain_start[chain + 1];
    int stop = 0;

    for (size_t s = m->chain_start[chain], next = s; s < end && !stop; s = next) {
        for (next = s + 1; next < end && m->step_edge[next] == m->step_edge[s] && m->step_from_m[next] == m->step_to_m[next - 1];)
            next++;
        stop = run_legs(m, s, next, turn_m, take, payload);
    }
    return stop;
}

/* The first piece of the leg's edge whose middle is not before `at`. */
static size_t first_middle(const castmap_lixels *lixels, uint32_t edge, double at)
{
    size_t low = lixels->edge_start[edge], high = lixels->edge_start[edge + 1];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lixels->middle_m[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void cm_leg_pieces(const castmap_lixels *lixels, const cm_track_leg *leg, size_t *begin, size_t *end)
{
    const size_t last = lixels->edge_start[leg->edge + 1];
    size_t i = first_middle(lixels, leg->edge, leg->low);

    *begin = i;
    while (i < last && lixels->middle_m[i] <= leg->high)
        i++;
    *end = i;
}

castmap_status cm_track_legs_check(castmap_context *ctx, const castmap_tracks *tracks, const castmap_matches *m, const castmap_lixels *lixels)
{
    for (size_t k = 0; k < m->n_chains; k++) {
        if (m->chain_track[k] >= tracks->count || m->chain_start[k + 1] > m->n_steps || m->chain_start[k] > m->chain_start[k + 1])
            return cm_fail(ctx, CASTMAP_E_DATA, "the matches are not of these tracks");
    }
    /* Pieces of an edge reach from 0 to its length, so they tell whether a step lies on it. */
    for (size_t s = 0; s < m->n_steps; s++) {
        const uint32_t edge = m->step_edge[s];
        bool fits = lixels->count > 0 && edge <= lixels->edge[lixels->count - 1];
        if (fits) {
            const double most = lixels->to_m[lixels->edge_start[edge + 1] - 1] * (1.0 + 1e-9);
            fits = m->step_from_m[s] >= 0.0 && m->step_to_m[s] >= 0.0 && m->step_from_m[s] <= most && m->step_to_m[s] <= most;
        }
        if (!fits)
            return cm_fail(ctx, CASTMAP_E_DATA, "the pieces of streets are not of the network that was matched");
    }
    return CASTMAP_OK;
}
