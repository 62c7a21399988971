/*
 * release/web/page_data.h - a release as the JSON that the page's script reads.
 */
#ifndef CM_RELEASE_WEB_PAGE_DATA_H
#define CM_RELEASE_WEB_PAGE_DATA_H

#include "base/text.h"
#include "release/disclosure/release_view.h"

/* Layers with their styles, values and shapes in degrees (6 decimals). Safe inside <script type="application/json">. */
void cm_page_data_add(cm_text *json, const castmap_release *release, const char *main_layer);

#endif
