/* Tests of sorting and keeping data that do not fit in memory. */
#include "base/fail.h"
#include "base/random.h"
#include "base/scratch.h"
#include "base/sorter.h"
#include "support/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct record {
    uint64_t key;
    uint64_t number; /* in the order they came */
} record;

/* Sorts n records with keys below `keys` and checks order, stability and that none is lost. */
static void sort_and_check(void **state, const char *beside, size_t n, uint64_t keys)
{
    castmap_context *ctx = *state;
    cm_sorter *sorter = NULL;
    const void *got = NULL;
    uint64_t sum = 0, last_key = 0, last_number = 0;
    size_t count = 0;

    assert_status(cm_sorter_new(ctx, beside, sizeof(record), &sorter), CASTMAP_OK);
    for (size_t i = 0; i < n; i++) {
        const record item = {cm_random_u64(7, 1, i) % keys, i};
        sum += item.key;
        assert_status(cm_sorter_add(ctx, sorter, &item), CASTMAP_OK);
    }
    assert_int_equal(cm_sorter_count(sorter), n);
    assert_status(cm_sorter_sort(ctx, sorter), CASTMAP_OK);
    for (;;) {
        assert_status(cm_sorter_next(ctx, sorter, &got), CASTMAP_OK);
        if (!got)
            break;
        const record *item = got;
        assert_true(count == 0 || item->key > last_key || (item->key == last_key && item->number > last_number));
        assert_true(item->key == cm_random_u64(7, 1, item->number) % keys);
        last_key = item->key;
        last_number = item->number;
        sum -= item->key;
        count++;
    }
    assert_int_equal(count, n);
    assert_int_equal(sum, 0);
    assert_status(cm_sorter_next(ctx, sorter, &got), CASTMAP_OK); /* the end stays the end */
    assert_null(got);
    cm_sorter_free(sorter);
}

static void sorts_stably_in_memory_and_through_runs_on_disk(void **state)
{
    char folder[64], beside[96];

    folder_make(folder);
    snprintf(beside, sizeof beside, "%s/town", folder);
    sort_and_check(state, beside, 0, 10);
    sort_and_check(state, beside, 1, 10);
    sort_and_check(state, beside, 5000, 40);
    sort_and_check(state, beside, (size_t)1 << 20, 1000); /* exactly one run of 16 MiB */
    sort_and_check(state, beside, ((size_t)1 << 20) + 1, UINT64_MAX);
    sort_and_check(state, beside, 2500000, 1000);
    folder_remove(folder);
}

static void scratch_has_no_name_and_gives_back_what_it_took(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], beside[96], block[1000], back[1000];
    cm_scratch scratch = CM_SCRATCH_INIT;
    struct stat info;
    size_t names = 0;

    folder_make(folder);
    snprintf(beside, sizeof beside, "%s/town", folder);
    assert_status(cm_scratch_open(ctx, beside, &scratch), CASTMAP_OK);
    for (int i = 0; i < 300; i++) {
        memset(block, i % 251, sizeof block);
        assert_status(cm_scratch_add(ctx, &scratch, block, sizeof block), CASTMAP_OK);
    }
    assert_status(cm_scratch_flush(ctx, &scratch), CASTMAP_OK);
    for (int i = 299; i >= 0; i -= 7) {
        memset(block, i % 251, sizeof block);
        assert_status(cm_scratch_read(ctx, &scratch, (uint64_t)i * sizeof block, back, sizeof back), CASTMAP_OK);
        assert_memory_equal(back, block, sizeof block);
    }
    assert_status(cm_scratch_read(ctx, &scratch, scratch.size - 10, back, 11), CASTMAP_E_IO); /* behind the end */
    cm_fail_clear(ctx);
    assert_int_equal(fstat(scratch.fd, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(info.st_nlink, 0);
    DIR *list = opendir(folder);
    assert_non_null(list);
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list))
        names += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(list);
    assert_int_equal(names, 0);
    cm_scratch_close(&scratch);
    folder_remove(folder);
    assert_status(cm_scratch_open(ctx, beside, &scratch), CASTMAP_E_IO); /* the folder is gone */
    cm_fail_clear(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_stably_in_memory_and_through_runs_on_disk),
        cmocka_unit_test(scratch_has_no_name_and_gives_back_what_it_took),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
