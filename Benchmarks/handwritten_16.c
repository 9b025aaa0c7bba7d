/* SPDX-License-Identifier: MIT
 * The variants with sixteen floats in a vector, for x86-64 with AVX-512. */
#define HANDWRITTEN_16
#define VARIANT_SET    handwritten_16
#define VARIANT_PREFIX "16 "

#define VARIANTS(V)                                                            \
    V(singles, ONE_GROUP, 1, 0, "singles")                                     \
    V(singles_alternating, ONE_GROUP, 1, 1, "singles, alternating")            \
    V(two_singles, TWO_GROUPS, 1, 0, "two singles")                            \
    V(singles_interleaved, INTERLEAVED, 1, 0, "singles interleaved")           \
    V(singles_interleaved_alternating, INTERLEAVED, 1, 1,                      \
      "singles interleaved, alternating")                                      \
    V(pairs, ONE_GROUP, 2, 0, "pairs")                                         \
    V(pairs_prefetch, PREFETCH, 2, 0, "pairs, prefetch")                       \
    V(pairs_alternating, ONE_GROUP, 2, 1, "pairs, alternating")                \
    V(triples, ONE_GROUP, 3, 0, "triples")                                     \
    V(triples_alternating, ONE_GROUP, 3, 1, "triples, alternating")            \
    V(interleaved, INTERLEAVED, 2, 0, "pairs interleaved")                     \
    V(interleaved_alternating, INTERLEAVED, 2, 1,                              \
      "pairs interleaved, alternating")                                        \
    V(interleaved_twice, INTERLEAVED_TWICE, 2, 0, "pairs interleaved twice")   \
    V(interleaved_twice_alternating, INTERLEAVED_TWICE, 2, 1,                  \
      "pairs interleaved twice, alternating")

#include "handwritten_variants.h"
