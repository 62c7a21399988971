/* Tests of the index of known content ids: the same answers in memory and when nearly all of it lies on disk. */
#include "project/content_index.h"

#include "base/fail.h"
#include "base/random.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS 20000u
#define TURNS 120000u

static void id_of(uint64_t number, unsigned char id[CM_CONTENT_ID_BYTES])
{
    const uint64_t part[2] = {cm_random_u64(3, 1, number), cm_random_u64(3, 2, number)};

    memcpy(id, part, sizeof part);
}

/* Asks for ids in no order, again and again, and counts the visits of each beside the index. */
static void visit(void **state, size_t most, size_t *runs)
{
    castmap_context *ctx = *state;
    cm_content_index index = {.most = most};
    uint32_t *visits = calloc(IDS, sizeof *visits);
    char folder[64], beside[96];

    assert_non_null(visits);
    folder_make(folder);
    snprintf(beside, sizeof beside, "%s/town", folder);
    index.beside = beside;
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        const uint64_t number = cm_random_u64(9, 1, turn) % IDS;
        unsigned char id[CM_CONTENT_ID_BYTES];
        cm_content_entry *entry = NULL;
        bool added;
        id_of(number, id);
        cm_content_index_expect(&index, id);
        assert_status(cm_content_index_get(ctx, &index, id, &entry, &added), CASTMAP_OK);
        assert_int_equal(added, visits[number] == 0);
        assert_int_equal(entry->seen, visits[number]);
        assert_int_equal(entry->check, visits[number] ? (uint32_t)number + 1 : 0);
        entry->check = (uint32_t)number + 1;
        entry->seen = ++visits[number];
        if (most)
            assert_true(index.capacity <= most);
    }
    *runs = index.n_runs;
    for (size_t i = 0; i + 1 < index.n_runs; i++)
        assert_true(index.run[i].n >= 2 * index.run[i + 1].n); /* so there are few */
    cm_content_index_clear(&index);
    free(visits);
    folder_remove(folder);
}

static void remembers_every_id_in_memory(void **state)
{
    size_t runs;

    visit(state, 0, &runs);
    assert_int_equal(runs, 0);
}

static void remembers_every_id_when_most_lie_on_disk(void **state)
{
    size_t runs;

    visit(state, 1024, &runs);
    assert_true(runs >= 1 && runs <= 6);
}

static void takes_ids_that_begin_alike(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], beside[96];
    cm_content_index index = {.most = 4096};
    cm_content_entry *entry;
    bool added;

    folder_make(folder);
    snprintf(beside, sizeof beside, "%s/town", folder);
    index.beside = beside;
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < 30000; i++) {
            const uint64_t part[2] = {i % 2 ? UINT64_MAX : 0, i}; /* all want the first place or the last */
            unsigned char id[CM_CONTENT_ID_BYTES];
            memcpy(id, part, sizeof part);
            assert_status(cm_content_index_get(ctx, &index, id, &entry, &added), CASTMAP_OK);
            /* Zeros and 0,1 would be the same id; the second has the odd beginning. */
            assert_int_equal(added, round == 0);
            if (round)
                assert_int_equal(entry->check, (uint32_t)i);
            entry->check = (uint32_t)i;
        }
    }
    cm_content_index_clear(&index);
    folder_remove(folder);
}

static void a_folder_that_is_gone_is_said(void **state)
{
    castmap_context *ctx = *state;
    cm_content_index index = {.most = 1024, .beside = "/nowhere/at/all/town"};
    cm_content_entry *entry;
    castmap_status status = CASTMAP_OK;
    bool added;

    for (uint64_t i = 0; i < 2000 && !status; i++) {
        unsigned char id[CM_CONTENT_ID_BYTES];
        id_of(i, id);
        status = cm_content_index_get(ctx, &index, id, &entry, &added);
    }
    assert_status(status, CASTMAP_E_IO);
    cm_fail_clear(ctx);
    cm_content_index_clear(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_every_id_in_memory),
        cmocka_unit_test(remembers_every_id_when_most_lie_on_disk),
        cmocka_unit_test(takes_ids_that_begin_alike),
        cmocka_unit_test(a_folder_that_is_gone_is_said),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
