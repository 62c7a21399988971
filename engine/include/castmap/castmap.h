/**
 * @file castmap/castmap.h
 * @brief All of castmap.
 */
#ifndef CASTMAP_CASTMAP_H
#define CASTMAP_CASTMAP_H

#include "castmap/along.h"
#include "castmap/areas.h"
#include "castmap/boundaries.h"
#include "castmap/check.h"
#include "castmap/cluster.h"
#include "castmap/cluster_tuning.h"
#include "castmap/context.h"
#include "castmap/density.h"
#include "castmap/flows.h"
#include "castmap/heat_tuning.h"
#include "castmap/import.h"
#include "castmap/mending.h"
#include "castmap/movements.h"
#include "castmap/network.h"
#include "castmap/network_k.h"
#include "castmap/network_paths.h"
#include "castmap/places.h"
#include "castmap/points.h"
#include "castmap/polygons.h"
#include "castmap/products.h"
#include "castmap/project.h"
#include "castmap/recipe.h"
#include "castmap/zip_members.h"
#include "castmap/release.h"
#include "castmap/remark.h"
#include "castmap/route_runs.h"
#include "castmap/routes.h"
#include "castmap/runs.h"
#include "castmap/spread.h"
#include "castmap/status.h"
#include "castmap/streets.h"
#include "castmap/track_runs.h"
#include "castmap/track_sets.h"
#include "castmap/tracks.h"

#endif
