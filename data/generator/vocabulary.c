/* The words of the form: categories, what people write, on what conditions it may be passed on. */
#include "observations.h"

const char *const CATEGORY_CODES[CATEGORY_COUNT] = {
    "overcrowded_house", "late_night_visitors", "minibus_early",     "car_wash_concern", "nail_bar_concern",
    "young_person_alone", "job_offer_flyer",    "no_breaks_at_work", "street_light_out", "other",
};

const char *const CATEGORY_LABELS[CATEGORY_COUNT] = {
    "Many people seem to live in one house", "Visitors late at night",       "Minibus collecting people early",
    "Worry about people at a car wash",      "Worry about people at a nail bar", "Young person alone and unsure",
    "Flyer with a job offer that seems odd", "People at work without breaks", "Street light out",
    "Something else",
};

const char *const CATEGORY_ALIASES[CATEGORY_COUNT] = {
    "crowded house|overcrowding", "late visitors",        "early minibus|minibus", "car wash",    "nail bar",
    "young person",               "job flyer|job advert", "no breaks",             "street light|lamp out",
    "something else",
};

const char *const PATTERN_NAMES[PATTERN_COUNT] = {
    "background", "route", "night", "rising", "border", "riverside", "terraces", "market", "repeated",
};

static const char *const NOTES[CATEGORY_COUNT][6] = {
    {"Curtains closed all day, many pairs of shoes by the door.", "More bins out than the other houses, all full.",
     "Mattresses leaning in the front window.", "A new group of people seems to arrive every few weeks.",
     "Lights in every room, people resting in turns.", "The letter box is always full; many names on the bell."},
    {"Cars stop for a few minutes and leave again.", "The door opens to different people, all after eleven.",
     "Taxis wait with the engine running.", "Quiet by day, busy after midnight.",
     "Somebody stands outside and seems to count who goes in.", "Heard the door many times during the night."},
    {"White minibus, people get in without talking.", "Seen again before six, about the same place.",
     "People waited in the rain with no coats.", "The driver collected phones before they set off.",
     "Brought back after dark, everyone very tired.", "Stops only for a moment by the bus shelter."},
    {"No gloves although it was cold.", "Same people every day of the week, no days off.",
     "One person speaks for all the others.", "They seem to sleep in the room at the back.",
     "Very low prices, nobody takes a break.", "Offered to help with a hose, they looked worried."},
    {"Staff looked to the manager before answering.", "Very young staff, did not want to chat.",
     "Collected together by car at closing time.", "Only cash, and the money is handed over at once.",
     "Blinds down in the afternoon, still open.", "Long hours, the same faces at nine and at nine."},
    {"Waited a long time, said a friend would come.", "New clothes and two phones, did not know the street name.",
     "Sat in the shelter during school hours.", "Asked if all was well; a car came and they left.",
     "Looked cold. I stayed until the bus came.", "Seen with older people who answered for them."},
    {"Promises a room and good pay, no company name.", "On lamp posts all along the street.",
     "Asks people to hand in papers on the first day.", "The same flyer in three languages.",
     "Says no experience needed, transport arranged.", "Number to text only, no address given."},
    {"Working through the heat without water.", "No break seen between eight and four.",
     "Eating while standing, told to hurry.", "The same shift in the evening as in the morning.",
     "No gloves or boots for the work.", "Sent away when we asked for the manager."},
    {"The lamp by the footpath does not work.", "Dark corner near the steps.", "Light flickers all night.",
     "Two lamps out, the stop is hard to see.", "Reported twice before.", "Lamp broken since the storm."},
    {"Not sure what I saw, but it felt wrong.", "A worried neighbour asked me to write this down.",
     "Empty shop, people carry bedding in at the back.", "Someone asked the way to a house they had never seen.",
     "Goods carried out of a closed unit in the evening.", "Please talk to the library staff, they noticed too."},
};

const char *note_for(int category, int draw)
{
    return NOTES[category][draw % 6];
}
