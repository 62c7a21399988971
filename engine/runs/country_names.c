/*
 * runs/country_names.c - the countries of ISO 3166-1, and some names by which people call them.
 */
#include "runs/country_names.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char two[3], three[4];
    const char *name;
} COUNTRY[] = {
    {"AD", "AND", "Andorra"}, {"AE", "ARE", "United Arab Emirates"}, {"AF", "AFG", "Afghanistan"}, {"AG", "ATG", "Antigua and Barbuda"},
    {"AI", "AIA", "Anguilla"}, {"AL", "ALB", "Albania"}, {"AM", "ARM", "Armenia"}, {"AO", "AGO", "Angola"}, {"AQ", "ATA", "Antarctica"},
    {"AR", "ARG", "Argentina"}, {"AS", "ASM", "American Samoa"}, {"AT", "AUT", "Austria"}, {"AU", "AUS", "Australia"},
    {"AW", "ABW", "Aruba"}, {"AX", "ALA", "Åland Islands"}, {"AZ", "AZE", "Azerbaijan"}, {"BA", "BIH", "Bosnia and Herzegovina"},
    {"BB", "BRB", "Barbados"}, {"BD", "BGD", "Bangladesh"}, {"BE", "BEL", "Belgium"}, {"BF", "BFA", "Burkina Faso"},
    {"BG", "BGR", "Bulgaria"}, {"BH", "BHR", "Bahrain"}, {"BI", "BDI", "Burundi"}, {"BJ", "BEN", "Benin"},
    {"BL", "BLM", "Saint Barthélemy"}, {"BM", "BMU", "Bermuda"}, {"BN", "BRN", "Brunei"}, {"BO", "BOL", "Bolivia"},
    {"BQ", "BES", "Bonaire, Sint Eustatius and Saba"}, {"BR", "BRA", "Brazil"}, {"BS", "BHS", "Bahamas"}, {"BT", "BTN", "Bhutan"},
    {"BV", "BVT", "Bouvet Island"}, {"BW", "BWA", "Botswana"}, {"BY", "BLR", "Belarus"}, {"BZ", "BLZ", "Belize"}, {"CA", "CAN", "Canada"},
    {"CC", "CCK", "Cocos (Keeling) Islands"}, {"CD", "COD", "Democratic Republic of the Congo"},
    {"CF", "CAF", "Central African Republic"}, {"CG", "COG", "Congo"}, {"CH", "CHE", "Switzerland"}, {"CI", "CIV", "Côte d'Ivoire"},
    {"CK", "COK", "Cook Islands"}, {"CL", "CHL", "Chile"}, {"CM", "CMR", "Cameroon"}, {"CN", "CHN", "China"}, {"CO", "COL", "Colombia"},
    {"CR", "CRI", "Costa Rica"}, {"CU", "CUB", "Cuba"}, {"CV", "CPV", "Cabo Verde"}, {"CW", "CUW", "Curaçao"},
    {"CX", "CXR", "Christmas Island"}, {"CY", "CYP", "Cyprus"}, {"CZ", "CZE", "Czechia"}, {"DE", "DEU", "Germany"},
    {"DJ", "DJI", "Djibouti"}, {"DK", "DNK", "Denmark"}, {"DM", "DMA", "Dominica"}, {"DO", "DOM", "Dominican Republic"},
    {"DZ", "DZA", "Algeria"}, {"EC", "ECU", "Ecuador"}, {"EE", "EST", "Estonia"}, {"EG", "EGY", "Egypt"}, {"EH", "ESH", "Western Sahara"},
    {"ER", "ERI", "Eritrea"}, {"ES", "ESP", "Spain"}, {"ET", "ETH", "Ethiopia"}, {"FI", "FIN", "Finland"}, {"FJ", "FJI", "Fiji"},
    {"FK", "FLK", "Falkland Islands"}, {"FM", "FSM", "Micronesia"}, {"FO", "FRO", "Faroe Islands"}, {"FR", "FRA", "France"},
    {"GA", "GAB", "Gabon"}, {"GB", "GBR", "United Kingdom"}, {"GD", "GRD", "Grenada"}, {"GE", "GEO", "Georgia"},
    {"GF", "GUF", "French Guiana"}, {"GG", "GGY", "Guernsey"}, {"GH", "GHA", "Ghana"}, {"GI", "GIB", "Gibraltar"},
    {"GL", "GRL", "Greenland"}, {"GM", "GMB", "Gambia"}, {"GN", "GIN", "Guinea"}, {"GP", "GLP", "Guadeloupe"},
    {"GQ", "GNQ", "Equatorial Guinea"}, {"GR", "GRC", "Greece"}, {"GS", "SGS", "South Georgia and the South Sandwich Islands"},
    {"GT", "GTM", "Guatemala"}, {"GU", "GUM", "Guam"}, {"GW", "GNB", "Guinea-Bissau"}, {"GY", "GUY", "Guyana"},
    {"HK", "HKG", "Hong Kong"}, {"HM", "HMD", "Heard Island and McDonald Islands"}, {"HN", "HND", "Honduras"}, {"HR", "HRV", "Croatia"},
    {"HT", "HTI", "Haiti"}, {"HU", "HUN", "Hungary"}, {"ID", "IDN", "Indonesia"}, {"IE", "IRL", "Ireland"}, {"IL", "ISR", "Israel"},
    {"IM", "IMN", "Isle of Man"}, {"IN", "IND", "India"}, {"IO", "IOT", "British Indian Ocean Territory"}, {"IQ", "IRQ", "Iraq"},
    {"IR", "IRN", "Iran"}, {"IS", "ISL", "Iceland"}, {"IT", "ITA", "Italy"}, {"JE", "JEY", "Jersey"}, {"JM", "JAM", "Jamaica"},
    {"JO", "JOR", "Jordan"}, {"JP", "JPN", "Japan"}, {"KE", "KEN", "Kenya"}, {"KG", "KGZ", "Kyrgyzstan"}, {"KH", "KHM", "Cambodia"},
    {"KI", "KIR", "Kiribati"}, {"KM", "COM", "Comoros"}, {"KN", "KNA", "Saint Kitts and Nevis"}, {"KP", "PRK", "North Korea"},
    {"KR", "KOR", "South Korea"}, {"KW", "KWT", "Kuwait"}, {"KY", "CYM", "Cayman Islands"}, {"KZ", "KAZ", "Kazakhstan"},
    {"LA", "LAO", "Laos"}, {"LB", "LBN", "Lebanon"}, {"LC", "LCA", "Saint Lucia"}, {"LI", "LIE", "Liechtenstein"},
    {"LK", "LKA", "Sri Lanka"}, {"LR", "LBR", "Liberia"}, {"LS", "LSO", "Lesotho"}, {"LT", "LTU", "Lithuania"},
    {"LU", "LUX", "Luxembourg"}, {"LV", "LVA", "Latvia"}, {"LY", "LBY", "Libya"}, {"MA", "MAR", "Morocco"}, {"MC", "MCO", "Monaco"},
    {"MD", "MDA", "Moldova"}, {"ME", "MNE", "Montenegro"}, {"MF", "MAF", "Saint Martin"}, {"MG", "MDG", "Madagascar"},
    {"MH", "MHL", "Marshall Islands"}, {"MK", "MKD", "North Macedonia"}, {"ML", "MLI", "Mali"}, {"MM", "MMR", "Myanmar"},
    {"MN", "MNG", "Mongolia"}, {"MO", "MAC", "Macao"}, {"MP", "MNP", "Northern Mariana Islands"}, {"MQ", "MTQ", "Martinique"},
    {"MR", "MRT", "Mauritania"}, {"MS", "MSR", "Montserrat"}, {"MT", "MLT", "Malta"}, {"MU", "MUS", "Mauritius"},
    {"MV", "MDV", "Maldives"}, {"MW", "MWI", "Malawi"}, {"MX", "MEX", "Mexico"}, {"MY", "MYS", "Malaysia"}, {"MZ", "MOZ", "Mozambique"},
    {"NA", "NAM", "Namibia"}, {"NC", "NCL", "New Caledonia"}, {"NE", "NER", "Niger"}, {"NF", "NFK", "Norfolk Island"},
    {"NG", "NGA", "Nigeria"}, {"NI", "NIC", "Nicaragua"}, {"NL", "NLD", "Netherlands"}, {"NO", "NOR", "Norway"}, {"NP", "NPL", "Nepal"},
    {"NR", "NRU", "Nauru"}, {"NU", "NIU", "Niue"}, {"NZ", "NZL", "New Zealand"}, {"OM", "OMN", "Oman"}, {"PA", "PAN", "Panama"},
    {"PE", "PER", "Peru"}, {"PF", "PYF", "French Polynesia"}, {"PG", "PNG", "Papua New Guinea"}, {"PH", "PHL", "Philippines"},
    {"PK", "PAK", "Pakistan"}, {"PL", "POL", "Poland"}, {"PM", "SPM", "Saint Pierre and Miquelon"}, {"PN", "PCN", "Pitcairn"},
    {"PR", "PRI", "Puerto Rico"}, {"PS", "PSE", "Palestine"}, {"PT", "PRT", "Portugal"}, {"PW", "PLW", "Palau"},
    {"PY", "PRY", "Paraguay"}, {"QA", "QAT", "Qatar"}, {"RE", "REU", "Réunion"}, {"RO", "ROU", "Romania"}, {"RS", "SRB", "Serbia"},
    {"RU", "RUS", "Russia"}, {"RW", "RWA", "Rwanda"}, {"SA", "SAU", "Saudi Arabia"}, {"SB", "SLB", "Solomon Islands"},
    {"SC", "SYC", "Seychelles"}, {"SD", "SDN", "Sudan"}, {"SE", "SWE", "Sweden"}, {"SG", "SGP", "Singapore"},
    {"SH", "SHN", "Saint Helena, Ascension and Tristan da Cunha"}, {"SI", "SVN", "Slovenia"}, {"SJ", "SJM", "Svalbard and Jan Mayen"},
    {"SK", "SVK", "Slovakia"}, {"SL", "SLE", "Sierra Leone"}, {"SM", "SMR", "San Marino"}, {"SN", "SEN", "Senegal"},
    {"SO", "SOM", "Somalia"}, {"SR", "SUR", "Suriname"}, {"SS", "SSD", "South Sudan"}, {"ST", "STP", "Sao Tome and Principe"},
    {"SV", "SLV", "El Salvador"}, {"SX", "SXM", "Sint Maarten"}, {"SY", "SYR", "Syria"}, {"SZ", "SWZ", "Eswatini"},
    {"TC", "TCA", "Turks and Caicos Islands"}, {"TD", "TCD", "Chad"}, {"TF", "ATF", "French Southern Territories"}, {"TG", "TGO", "Togo"},
    {"TH", "THA", "Thailand"}, {"TJ", "TJK", "Tajikistan"}, {"TK", "TKL", "Tokelau"}, {"TL", "TLS", "Timor-Leste"},
    {"TM", "TKM", "Turkmenistan"}, {"TN", "TUN", "Tunisia"}, {"TO", "TON", "Tonga"}, {"TR", "TUR", "Türkiye"},
    {"TT", "TTO", "Trinidad and Tobago"}, {"TV", "TUV", "Tuvalu"}, {"TW", "TWN", "Taiwan"}, {"TZ", "TZA", "Tanzania"},
    {"UA", "UKR", "Ukraine"}, {"UG", "UGA", "Uganda"}, {"UM", "UMI", "United States Minor Outlying Islands"},
    {"US", "USA", "United States"}, {"UY", "URY", "Uruguay"}, {"UZ", "UZB", "Uzbekistan"}, {"VA", "VAT", "Vatican City"},
    {"VC", "VCT", "Saint Vincent and the Grenadines"}, {"VE", "VEN", "Venezuela"}, {"VG", "VGB", "British Virgin Islands"},
    {"VI", "VIR", "US Virgin Islands"}, {"VN", "VNM", "Vietnam"}, {"VU", "VUT", "Vanuatu"}, {"WF", "WLF", "Wallis and Futuna"},
    {"WS", "WSM", "Samoa"}, {"YE", "YEM", "Yemen"}, {"YT", "MYT", "Mayotte"}, {"ZA", "ZAF", "South Africa"}, {"ZM", "ZMB", "Zambia"},
    {"ZW", "ZWE", "Zimbabwe"},
};

static const struct {
    const char  two[3];
    const char *name;
} ALSO[] = {
    {"GB", "Britain"}, {"MM", "Burma"}, {"CV", "Cape Verde"}, {"CZ", "Czech Republic"}, {"CD", "DR Congo"}, {"CD", "DRC"}, {"GR", "EL"},
    {"TL", "East Timor"}, {"IE", "Eire"}, {"GB", "England"}, {"GB", "Great Britain"}, {"NL", "Holland"}, {"HK", "Hong Kong SAR"},
    {"CI", "Ivory Coast"}, {"MK", "Macedonia"}, {"GB", "Northern Ireland"}, {"IE", "Republic of Ireland"}, {"KR", "Republic of Korea"},
    {"MD", "Republic of Moldova"}, {"RU", "Russian Federation"}, {"GB", "Scotland"}, {"SZ", "Swaziland"}, {"SY", "Syrian Arab Republic"},
    {"GM", "The Gambia"}, {"NL", "The Netherlands"}, {"TR", "Turkey"}, {"GB", "UK"}, {"US", "USA"}, {"US", "United States of America"},
    {"VN", "Viet Nam"}, {"GB", "Wales"},
};

#define COUNTRIES (sizeof COUNTRY / sizeof *COUNTRY)

static int by_code(const char *two)
{
    for (size_t i = 0; i < COUNTRIES; i++) {
        if (strcasecmp(COUNTRY[i].two, two) == 0)
            return (int)i;
    }
    return CM_NO_COUNTRY;
}

static bool same_name(const char *key, const char *name)
{
    char *other = cm_utf8_key(name, strlen(name));
    const bool same = other && strcmp(other, key) == 0;

    free(other);
    return same;
}

int cm_country_find(const char *text, size_t length)
{
    char *key = cm_utf8_key(text, length);
    int found = CM_NO_COUNTRY;

    if (!key)
        return CM_NO_COUNTRY;
    const size_t letters = strlen(key);
    for (size_t i = 0; i < COUNTRIES && found < 0; i++) {
        if ((letters == 2 && strcasecmp(COUNTRY[i].two, key) == 0) || (letters == 3 && strcasecmp(COUNTRY[i].three, key) == 0) ||
            (letters > 3 && same_name(key, COUNTRY[i].name)))
            found = (int)i;
    }
    for (size_t i = 0; i < sizeof ALSO / sizeof *ALSO && found < 0; i++) {
        if (same_name(key, ALSO[i].name))
            found = by_code(ALSO[i].two);
    }
    free(key);
    return found;
}

const char *cm_country_code(int country)
{
    return COUNTRY[country].two;
}

const char *cm_country_long_code(int country)
{
    return COUNTRY[country].three;
}

const char *cm_country_name(int country)
{
    return COUNTRY[country].name;
}
