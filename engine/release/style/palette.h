/*
 * release/style/palette.h - colours, looks and legend words that every product shares.
 *
 * The ramps grow darker from class to class, so that they can be told apart without colour vision and on a grey printer. Four looks are kept
 * apart everywhere: a class, zero, "not shown" (hatched: held back, or nothing there; a reader cannot tell which), and "no data" (hatched the other way:
 * there is nothing to compute from, such as no population).
 */
#ifndef CM_RELEASE_STYLE_PALETTE_H
#define CM_RELEASE_STYLE_PALETTE_H

#include <stddef.h>
#include <stdint.h>

#define CM_RAMP_MAXIMUM 5
#define CM_LABEL_SIZE 96

typedef enum cm_ramp {
    CM_RAMP_DUSK = 0, /* heat: straw to dark red */
    CM_RAMP_TIDE,     /* areas and cells: mist to deep blue */
    CM_RAMP_MOOR      /* a second area map: pale green to dark green-black */
} cm_ramp;

/* Colour of class `i` of `n` (1..CM_RAMP_MAXIMUM), lightest first, 0xRRGGBBAA; opaque. Fewer classes keep both ends of the ramp. */
uint32_t cm_ramp_colour(cm_ramp ramp, size_t i, size_t n);
/* Colour of class `i` of seven, from much less (blue) over about the same (pale) to much more (red). */
uint32_t cm_two_sided_colour(size_t i);
/* The same colour with another opacity, 0..255. */
uint32_t cm_with_alpha(uint32_t rgba, unsigned alpha);
/* Relative luminance of WCAG 2, 0 black .. 1 white. */
double cm_luminance(uint32_t rgba);

#define CM_COLOUR_ZERO       0xFBFAF5FFu
#define CM_COLOUR_NOT_SHOWN  0xB9B6ADFFu /* of the hatching */
#define CM_COLOUR_NO_DATA    0xD7D3C8FFu
#define CM_COLOUR_BORDER     0x6B6A66FFu /* area outlines */
#define CM_COLOUR_PLACE      0x4A1486FFu /* outlines of clusters */
#define CM_COLOUR_POINT      0x30303080u
#define CM_COLOUR_WATER      0xC9DEE8FFu
#define CM_COLOUR_GREEN      0xDDE8D2FFu
#define CM_COLOUR_STREET     0xCFCABFFFu
#define CM_COLOUR_RAIL       0x9C978CFFu
#define CM_COLOUR_LABEL      0x2B2B2BFFu

#define CM_WORDS_NOT_SHOWN "not shown"
#define CM_WORDS_NO_DATA   "no data"

/* Legend words of a class of whole counts lower..upper, both counted: "0", "7", "1 to 4", "50 or more" (upper INFINITY). Thousands are grouped. */
void cm_label_counts(double lower, double upper, char out[CM_LABEL_SIZE]);
/* Legend words of a class lower <= v < upper of a measure: "2.5 to 5"; "under 2.5" (lower 0 or less); "40 or more" (upper INFINITY). */
void cm_label_range(double lower, double upper, int digits, char out[CM_LABEL_SIZE]);

#endif
