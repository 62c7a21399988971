/*
 * release/web/page_assets.S - templates, styles and scripts of the page as bytes between two hidden symbols.
 *
 * An assembler includes a file of a megabyte at once; a C array of it would take the compiler seconds.
 */
#define ASSET(name, file)               \
    .global name##_begin;               \
    .hidden name##_begin;               \
    .global name##_end;                 \
    .hidden name##_end;                 \
    name##_begin: .incbin file;         \
    name##_end: .byte 0;

    .section .rodata
ASSET(cm_page_html, "page.html")
ASSET(cm_page_css, "page.css")
ASSET(cm_page_map_js, "page_map.js")
ASSET(cm_page_table_js, "page_table.js")
ASSET(cm_report_html, "report.html")
ASSET(cm_report_css, "report.css")
ASSET(cm_maplibre_js, "maplibre.js")
ASSET(cm_maplibre_worker_js, "maplibre-worker.js")
ASSET(cm_maplibre_css, "maplibre.css")

    .section .note.GNU-stack, "", %progbits
