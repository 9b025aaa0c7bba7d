/* SPDX-License-Identifier: MIT
 * The operations of vectors.h that vectors of every width have. vectors.h
 * and wide_vectors.h, which defines LEAT_WIDE, include this with LEAT_FLOATS and
 * LEAT_INTS, the types of a vector, and LEAT_OF(name), the name of an operation. */

/* Return `x`, computed before the operations that follow. Otherwise compilers
 * reorder interleaved chains to save registers, and the processor can't look
 * far enough ahead to interleave them itself. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(in_order)(LEAT_FLOATS x)
{
#if defined(__AVX512VL__)
    __asm__ volatile("" : "+v"(x));
#elif defined(__AVX__) && !defined(LEAT_WIDE)
    __asm__ volatile("" : "+x"(x));
#endif
    return x;
}

/* The maximum of each two, none a NaN. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(max)(LEAT_FLOATS a, LEAT_FLOATS b)
{
    return a > b ? a : b;
}

/* The minimum of each two, none a NaN. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(min)(LEAT_FLOATS a, LEAT_FLOATS b)
{
    return a < b ? a : b;
}

LEAT_VECTOR LEAT_FLOATS LEAT_OF(negated)(LEAT_FLOATS x) { return -x; }

LEAT_VECTOR LEAT_FLOATS LEAT_OF(magnitude)(LEAT_FLOATS x)
{
    return (LEAT_FLOATS)((LEAT_INTS)x & 0x7fffffff);
}

/* `magnitude`, which is not negative, with the sign of `x`. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(copysign)(LEAT_FLOATS magnitude, LEAT_FLOATS x)
{
    const int32_t sign = (int32_t)0x80000000;
    return (LEAT_FLOATS)((LEAT_INTS)magnitude | ((LEAT_INTS)x & sign));
}

/* 2^n for sums n + 127 + 1.5 * 2^23, whose low bits hold n + 127. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(power_of_two)(LEAT_FLOATS sum)
{
    return (LEAT_FLOATS)((LEAT_INTS)sum << 23);
}

/* `a` where x >= bound, else `b`. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(select)(LEAT_FLOATS x, LEAT_FLOATS bound,
                                        LEAT_FLOATS a, LEAT_FLOATS b)
{
    return x >= bound ? a : b;
}

/* `value` where x >= bound, else +0. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(flush)(LEAT_FLOATS value, LEAT_FLOATS x,
                                       LEAT_FLOATS bound)
{
    LEAT_INTS is_at_least = x >= bound;
    return (LEAT_FLOATS)((LEAT_INTS)value & is_at_least);
}

/* The sum of all, modulo 2^32. */
LEAT_VECTOR int32_t LEAT_OF(total)(LEAT_INTS values)
{
    return __builtin_reduce_add(values);
}

/* The greater of each two, and of all; none is negative or a NaN. Such floats
 * have the order of their bits. */
LEAT_VECTOR LEAT_FLOATS LEAT_OF(greater)(LEAT_FLOATS a, LEAT_FLOATS b)
{
    return (LEAT_FLOATS)__builtin_elementwise_max((LEAT_INTS)a, (LEAT_INTS)b);
}

LEAT_VECTOR float LEAT_OF(greatest)(LEAT_FLOATS values)
{
    int32_t bits = __builtin_reduce_max((LEAT_INTS)values);
    float greatest;
    __builtin_memcpy(&greatest, &bits, sizeof greatest);
    return greatest;
}

#undef LEAT_WIDE
#undef LEAT_FLOATS
#undef LEAT_INTS
#undef LEAT_OF
