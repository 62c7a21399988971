#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const FIRSTS[] = {
    "Alder",   "Almond",   "Anchor",  "Apple",    "Ash",      "Aspen",   "Baker",    "Barley",  "Basket",
    "Beacon",  "Beech",    "Bell",    "Birch",    "Bishop",   "Blossom", "Bracken",  "Bramble", "Briar",
    "Broom",   "Butter",   "Canal",   "Candle",   "Cedar",    "Chandler", "Chapel",  "Cherry",  "Chestnut",
    "Clover",  "Cobbler",  "Cooper",  "Copper",   "Coppice",  "Cornmill", "Cowslip", "Crabtree", "Croft",
    "Curlew",  "Cygnet",   "Dairy",   "Damson",   "Dove",     "Drover",  "Elder",    "Elm",     "Fallow",
    "Farrier", "Fennel",   "Fern",    "Ferry",    "Field",    "Finch",   "Flax",     "Fletcher", "Forge",
    "Foundry", "Fuller",   "Furlong", "Garden",   "Garland",  "Glebe",   "Glover",   "Goldfinch", "Gorse",
    "Granary", "Grange",   "Harbour", "Harvest",  "Hawthorn", "Hazel",   "Heather",  "Heron",   "Hill",
    "Holly",   "Honey",    "Hop",     "Hornbeam", "Iris",     "Ivy",     "Jasmine",  "Juniper", "Kestrel",
    "Kiln",    "Kingcup",  "Lapwing", "Larch",    "Laurel",   "Lavender", "Lilac",   "Lime",    "Linden",
    "Linnet",  "Lock",     "Mallow",  "Malt",     "Maple",    "Martin",  "Mason",    "Meadow",  "Medlar",
    "Mercer",  "Millrace", "Mulberry", "Myrtle",  "Nightingale", "Nutmeg", "Oak",    "Oat",     "Orchid",
    "Osprey",  "Otter",    "Paper",   "Parsley",  "Pear",     "Pepper",  "Pine",     "Plane",   "Plover",
    "Plum",    "Poplar",   "Poppy",   "Potter",   "Primrose", "Priory",  "Quarry",   "Quince",  "Raven",
    "Redwing", "Reed",     "Ribbon",  "Robin",    "Rook",     "Ropewalk", "Rose",    "Rowan",   "Rushes",
    "Saddler", "Saffron",  "Sage",    "Salter",   "School",   "Sedge",   "Shearwater", "Silver", "Skylark",
    "Sorrel",  "Spindle",  "Spring",  "Starling", "Stonemason", "Swallow", "Swan",   "Sycamore", "Tailor",
    "Teasel",  "Thatch",   "Thistle", "Thrush",   "Thyme",    "Tinker",  "Turner",   "Vetch",   "Vine",
    "Violet",  "Wagtail",  "Walnut",  "Warbler",  "Warden",   "Water",   "Weaver",   "Well",    "Wharf",
    "Wheat",   "Willow",   "Windmill", "Wren",    "Yarrow",   "Yew",
};

static const char *const INNER[] = {"Street", "Street", "Terrace", "Place", "Row", "Road"};
static const char *const SUBURB[] = {"Road", "Avenue", "Drive", "Grove", "Way", "Gardens"};
static const char *const VILLAGE[] = {"Lane", "Road", "Hill", "End", "Croft", "Green"};
static const char *const SHORT[] = {"Close", "Court", "Mews", "Walk"};
static const char *const BENT[] = {"Crescent", "Rise", "Circle", "Bank"};
static const char *const WORKS[] = {"Works Road", "Industrial Way", "Trading Road", "Park Road"};

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

void name_book_open(name_book *book)
{
    memset(book->used, 0, sizeof book->used);
    book->dice = stream_of(22);
}

static const char *last_word(name_book *book, const path *street, zone z)
{
    const double length = path_length(street);
    const double straight = vec_length(vec_minus(street->at[street->count - 1], street->at[0]));

    if (z == ZONE_WORKS)
        return WORKS[draw_below(&book->dice, COUNT(WORKS))];
    if (straight < 0.9 * length)
        return BENT[draw_below(&book->dice, COUNT(BENT))];
    if (length < 130.0)
        return SHORT[draw_below(&book->dice, COUNT(SHORT))];
    if (z == ZONE_INNER)
        return INNER[draw_below(&book->dice, COUNT(INNER))];
    if (z == ZONE_VILLAGE)
        return VILLAGE[draw_below(&book->dice, COUNT(VILLAGE))];
    return SUBURB[draw_below(&book->dice, COUNT(SUBURB))];
}

char *name_next(name_book *book, const path *street, zone z)
{
    const char *last = last_word(book, street, z);
    uint32_t hash = 0;
    int first = 0;

    for (const char *c = last; *c; c++)
        hash = hash * 31u + (uint32_t)(unsigned char)*c;
    for (int turn = 0; turn < 500; turn++) {
        first = draw_below(&book->dice, COUNT(FIRSTS));
        const uint32_t slot = (hash + (uint32_t)first * 101u) % (uint32_t)COUNT(book->used);
        if (!book->used[slot]) {
            book->used[slot] = true;
            break;
        }
    }
    const size_t room = strlen(FIRSTS[first]) + strlen(last) + 2;
    int block = 0;
    char *name = grow(NULL, &block, (int)room, 1);
    snprintf(name, room, "%s %s", FIRSTS[first], last);
    return name;
}
