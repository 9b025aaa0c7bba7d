/* SPDX-License-Identifier: MIT
 * The variants with eight floats in a vector. Compiled twice for x86-64: with
 * AVX-512 there are 32 registers instead of 16. */
#if defined(__AVX512VL__)
#define VARIANT_SET    handwritten_8_v4
#define VARIANT_PREFIX "v4 "
#else
#define VARIANT_SET    handwritten_8
#define VARIANT_PREFIX ""
#endif

#define VARIANTS(V)                                                            \
    V(pairs, ONE_GROUP, 2, 0, "pairs")                                         \
    V(triples, ONE_GROUP, 3, 0, "triples")                                     \
    V(pairs_prefetch, PREFETCH, 2, 0, "pairs, prefetch")                       \
    V(pairs_alternating, ONE_GROUP, 2, 1, "pairs, alternating")                \
    V(two_pairs, TWO_GROUPS, 2, 0, "two pairs")                                \
    V(interleaved, INTERLEAVED, 2, 0, "pairs interleaved")                     \
    V(interleaved_alternating, INTERLEAVED, 2, 1,                              \
      "pairs interleaved, alternating")                                        \
    V(interleaved_twice, INTERLEAVED_TWICE, 2, 0, "pairs interleaved twice")   \
    V(interleaved_twice_alternating, INTERLEAVED_TWICE, 2, 1,                  \
      "pairs interleaved twice, alternating")

#include "handwritten_variants.h"
