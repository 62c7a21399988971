/*
 * release/web/page_assets.h - the bytes of page_assets.S.
 *
 * The three of maplibre-gl are empty where the library was built without npm.
 */
#ifndef CM_RELEASE_WEB_PAGE_ASSETS_H
#define CM_RELEASE_WEB_PAGE_ASSETS_H

#include <stddef.h>

#define CM_ASSET(name) extern const char name##_begin[], name##_end[]
#define CM_ASSET_LENGTH(name) ((size_t)(name##_end - name##_begin))

CM_ASSET(cm_page_html);
CM_ASSET(cm_page_css);
CM_ASSET(cm_page_map_js);
CM_ASSET(cm_page_table_js);
CM_ASSET(cm_report_html);
CM_ASSET(cm_report_css);
CM_ASSET(cm_maplibre_js);
CM_ASSET(cm_maplibre_worker_js);
CM_ASSET(cm_maplibre_css);

#endif
