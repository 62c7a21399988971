/*
 * io/text_input.h - the bytes of a text file as UTF-8: opened with suspicion, unpacked if gzip, decoded, byte-order mark removed.
 *
 * Validity of UTF-8 is for the reader to check, because it can name row and field.
 */
#ifndef CM_IO_TEXT_INPUT_H
#define CM_IO_TEXT_INPUT_H

#include "castmap/context.h"
#include "io/encoding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A packed file may not unpack to more than this, nor to more than CM_GZIP_RATIO times its size (looked at past the first megabyte). */
#define CM_UNPACKED_LIMIT ((uint64_t)4 << 30)
#define CM_GZIP_RATIO 100

typedef struct cm_text_input cm_text_input;

/*
 * path: "-" is standard input; borrowed until _close. encoding: NULL: by the byte-order mark, else UTF-8. CASTMAP_E_INPUT: "utf-8" was asked for, but the mark says
 * UTF-16.
 */
CASTMAP_NODISCARD castmap_status cm_text_input_open(castmap_context *ctx, const char *path, bool follow,
                                                    const char *encoding, cm_text_input **out);
/* The same of a file that is open already and stands at its beginning; fd is owned by the input from here on, also after a failure. */
CASTMAP_NODISCARD castmap_status cm_text_input_open_fd(castmap_context *ctx, const char *path, int fd, const char *encoding, cm_text_input **out);
/* The file behind a descriptor opened once more, with a place of its own; -1 with errno. */
int cm_text_input_again(int fd);
void cm_text_input_close(cm_text_input *input); /* NULL is fine */

/* Up to `room` bytes (at least 1024); *got 0: the end. */
CASTMAP_NODISCARD castmap_status cm_text_input_read(castmap_context *ctx, cm_text_input *input, char *out, size_t room,
                                                    size_t *got);

/*
 * Nothing was read yet, or a reader met bytes that are no UTF-8: go through all of it, and begin anew as Windows-1252 if that is what it is (*changed). Not for a
 * text whose encoding was asked for or marked.
 */
CASTMAP_NODISCARD castmap_status cm_text_input_settle(castmap_context *ctx, cm_text_input *input, bool *changed);
/* Are the first bytes (those of _peek) all UTF-8? */
bool cm_text_input_looks_utf8(const cm_text_input *input);
/* Close it but for its descriptor, which the caller then owns. */
int cm_text_input_detach(cm_text_input *input);

/* CASTMAP_E_IO if the file is no longer what it was when it was opened. */
CASTMAP_NODISCARD castmap_status cm_text_input_unchanged(castmap_context *ctx, cm_text_input *input);

/* The first bytes (up to 64 KiB, after the mark, not decoded), while nothing was read yet. */
const unsigned char *cm_text_input_peek(const cm_text_input *input, size_t *length);

int cm_text_input_fd(const cm_text_input *input); /* for a digest by pread() */
uint64_t cm_text_input_size(const cm_text_input *input);
double cm_text_input_fraction(const cm_text_input *input); /* of the file that was read */
bool cm_text_input_packed(const cm_text_input *input);
bool cm_text_input_marked(const cm_text_input *input); /* had a byte-order mark */
cm_encoding cm_text_input_encoding(const cm_text_input *input);

#endif
