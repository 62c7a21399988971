/**
 * @file castmap/remark.h
 * @brief A sentence about a result: a red flag, a choice with its reason.
 */
#ifndef CASTMAP_REMARK_H
#define CASTMAP_REMARK_H

#include "castmap/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A remark about a result: a red flag, a chosen default with its reason. */
typedef struct castmap_remark {
    char  code[32];
    char *text;       /**< one sentence in plain words */
} castmap_remark;

#ifdef __cplusplus
}
#endif
#endif
