/**
 * @file castmap/network_paths.h
 * @brief Ways along streets: distances between places, the shortest path, and what lies within reach of a place or a path.
 *
 * Everything is measured along the streets, in metres. Streets are passable in both directions unless `one_way` asks for the directions of
 * castmap_network.way. The network is a multigraph; edges are told by index. A place at an end of an edge is the node there.
 */
#ifndef CASTMAP_NETWORK_PATHS_H
#define CASTMAP_NETWORK_PATHS_H

#include "castmap/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One place on a network. */
typedef struct castmap_network_place {
    uint32_t edge;
    double   along_m; /**< 0..length_m[edge], from the edge's first vertex */
} castmap_network_place;

/** Part of an edge. In a path it is travelled from from_m to to_m, so from_m > to_m runs against the edge. */
typedef struct castmap_network_piece {
    uint32_t edge;
    double   from_m, to_m;
} castmap_network_piece;

/**
 * @brief Distances from places to places along the network.
 *
 * @param one_way   true: as the edges may be travelled, away from each `from`; false: both ways, and then the distances are symmetric
 * @param limit_m   > 0; what is farther is INFINITY, as is what cannot be reached. INFINITY: no limit
 * @param distance  out [from->count][to->count]; places on no edge are INFINITY from everything
 *
 * @retval CASTMAP_E_ARGUMENT   limit_m is not above 0
 * @retval CASTMAP_E_DATA       a place outside its edge, a broken network
 * @retval CASTMAP_E_CANCELLED  castmap_cancel() was called
 *
 * Cost: a search within the limit for each `from`, in parallel. Memory: 24 bytes a node for each thread.
 * Source: E. W. Dijkstra (1959), "A note on two problems in connexion with graphs", Numerische Mathematik 1.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_distances(castmap_context *ctx, const castmap_network *network,
                                                                       const castmap_network_events *from,
                                                                       const castmap_network_events *to, bool one_way,
                                                                       double limit_m, double *distance);

/** A way through the network. Owned by the caller, release with castmap_network_path_clear(). */
typedef struct castmap_network_path {
    double                 length_m;
    size_t                 count;      /**< pieces, in the order of travel; at least 1 */
    castmap_network_piece *piece;      /**< [count] none of length 0 unless both ends are one place */
    size_t                 n_vertices; /**< 0 where the network has no vertices */
    double                *x, *y;      /**< [n_vertices] its line, metres */
} castmap_network_path;

#define CASTMAP_NETWORK_PATH_INIT {0.0, 0, NULL, 0, NULL, NULL}

/**
 * @brief The shortest path from a place to a place. Of equally long ways the same one is always given.
 *
 * @retval CASTMAP_E_NOT_FOUND  no way leads there
 * @retval CASTMAP_E_DATA       as castmap_network_distances()
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_path_find(castmap_context *ctx, const castmap_network *network,
                                                                       castmap_network_place from, castmap_network_place to,
                                                                       bool one_way, castmap_network_path *out);
CASTMAP_API void castmap_network_path_clear(castmap_network_path *path);

/** The streets within reach of something. Owned by the caller, release with castmap_network_buffer_clear(). */
typedef struct castmap_network_buffer {
    double                 length_m; /**< of all pieces */
    size_t                 count;
    castmap_network_piece *piece;    /**< [count] from_m < to_m, ascending by edge, then from_m; no two touch within an edge */
} castmap_network_buffer;

#define CASTMAP_NETWORK_BUFFER_INIT {0.0, 0, NULL}

/**
 * @brief Everything within radius_m, along the streets, of pieces of edges: of a place (one piece, from_m == to_m), or of a path (its corridor).
 *
 * @param pieces    [n_pieces] in either direction; borrowed
 * @param one_way   true: what can be come to within radius_m from the pieces, as the edges may be travelled
 * @param radius_m  > 0, finite; what is exactly so far is within
 * @param events    may be NULL
 * @param distance  out [events->count] metres to the nearest piece, 0 on one, INFINITY beyond radius_m or on no edge; NULL when events is
 * @param out       may be NULL
 *
 * @retval CASTMAP_E_ARGUMENT  radius_m not finite and positive; no pieces
 * @retval CASTMAP_E_DATA      a piece or an event outside its edge, a broken network
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_buffer_make(castmap_context *ctx, const castmap_network *network,
                                                                         const castmap_network_piece *pieces, size_t n_pieces,
                                                                         bool one_way, double radius_m,
                                                                         const castmap_network_events *events, double *distance,
                                                                         castmap_network_buffer *out);
CASTMAP_API void castmap_network_buffer_clear(castmap_network_buffer *buffer);

/** Vertices that castmap_network_piece_line() needs at most for this piece. */
CASTMAP_API size_t castmap_network_piece_vertices(const castmap_network *network, castmap_network_piece piece);

/**
 * @brief The line of a piece in its direction. A place along an edge divides its line in proportion, should length_m differ from the line's own length.
 * @param x, y  out [castmap_network_piece_vertices()]
 * @return vertices written, 1 for a piece without length, else at least 2
 */
CASTMAP_API size_t castmap_network_piece_line(const castmap_network *network, castmap_network_piece piece, double *x, double *y);

#ifdef __cplusplus
}
#endif
#endif
