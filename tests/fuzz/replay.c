/*
 * What stands in for a fuzzer where the compiler has none: every seed as it is, every cut of it, and a number of damaged copies, always the same ones.
 * Usage: replay FOLDER
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define LONGEST 16384
#define COPIES 4000

static uint64_t next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* One to four changes: a byte set, a stretch doubled, a stretch left out. */
static size_t damage(uint8_t *bytes, size_t length, uint64_t *state)
{
    for (uint64_t changes = 1 + next(state) % 4; changes && length; changes--) {
        const size_t at = next(state) % length, span = 1 + next(state) % 16;
        switch (next(state) % 3) {
        case 0:
            bytes[at] = (uint8_t)next(state);
            break;
        case 1:
            if (at + span < length && length + span < LONGEST) {
                memmove(bytes + at + span, bytes + at, length - at);
                length += span;
            }
            break;
        default:
            if (at + span < length) {
                memmove(bytes + at, bytes + at + span, length - at - span);
                length -= span;
            }
            break;
        }
    }
    return length;
}

static size_t feed(const uint8_t *seed, size_t length, uint64_t *state)
{
    uint8_t *copy = malloc(LONGEST);
    size_t fed = 0;

    if (!copy)
        abort();
    for (size_t cut = 0; cut <= length; cut += length > 512 ? 7 : 1, fed++)
        (void)LLVMFuzzerTestOneInput(seed, cut);
    for (int i = 0; i < COPIES; i++, fed++) {
        memcpy(copy, seed, length);
        (void)LLVMFuzzerTestOneInput(copy, damage(copy, length, state));
    }
    free(copy);
    return fed;
}

int main(int argc, char **argv)
{
    static uint8_t seed[LONGEST];
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15);
    size_t seeds = 0, fed = 0;
    struct dirent **entry = NULL;
    const int n = argc == 2 ? scandir(argv[1], &entry, NULL, alphasort) : -1;

    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry[i]->d_name);
        FILE *file = entry[i]->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (file) {
            fed += feed(seed, fread(seed, 1, sizeof seed, file), &state);
            seeds++;
            fclose(file);
        }
        free(entry[i]);
    }
    free(entry);
    printf("%zu inputs from %zu seeds\n", fed, seeds);
    return seeds == 0;
}
