/* Hot loops: compiled once a vector width, and functions that vectorise.
 *
 * Loops are plain C that gcc vectorises at -O3; nothing here depends on a
 * processor, and without FMA contraction every clone gives the same bits. */
#ifndef SES_ENGINE_VECTOR_H
#define SES_ENGINE_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* In front of a function with a hot loop: the widest clone the processor can
 * run is chosen when the program starts. Sanitizers and ifunc do not mix. Of
 * levels 4 and 3, unlike of "avx512f", the ends of loops have FMA where their
 * bodies do: under contraction, too, an element's bits do not depend on its
 * place. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#if __GNUC__ >= 12
#define SES_VECTOR \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", \
                                 "default")))
#else
#define SES_VECTOR __attribute__((target_clones("avx2", "default")))
#endif
#else
#define SES_VECTOR
#endif

/* x and y of an element-wise loop may be one array, never overlap otherwise:
 * without this, gcc tests for overlap and goes one by one when in place. */
#define SES_VECTOR_LOOP _Pragma("GCC ivdep")

/* x within low .. high, which differ in sign; NaN goes to one of them. Bits of
 * floats order as integers do, those of negative floats by magnitude: two
 * instructions, where comparisons of floats make five. */
static inline float ses_limit(float x, float low, float high)
{
    int32_t bits, most;
    uint32_t pattern, least;
    memcpy(&bits, &x, sizeof bits);
    memcpy(&most, &high, sizeof most);
    memcpy(&least, &low, sizeof least);
    pattern = (uint32_t)(bits < most ? bits : most);
    pattern = pattern < least ? pattern : least;
    memcpy(&x, &pattern, sizeof x);
    return x;
}

/* e^x = power * (1 + r * p). */
struct ses_exponential {
    float power, r, p;
};

/* x in [-88, 89]; power is 0 below -87.7, infinite from 88.4 on. 2^n by the
 * exponent bits, the rest by Cody-Waite reduction and a minimax polynomial for
 * (e^r - 1) / r on [-ln 2 / 2, ln 2 / 2], good to 1.4e-8. */
static inline struct ses_exponential ses_exponential(float x)
{
    /* 1.5 * 2^23 rounds to an integer; 127 is the exponent of 1 */
    const float magic = 12582912.0f + 127.0f;
    float shifted = x * 1.442695041f + magic;
    float n = shifted - magic;
    struct ses_exponential out;
    out.r = x - n * 0.693359375f;
    out.r = out.r + n * 2.12194440e-4f;
    out.p = 1.38825222e-3f;
    out.p = out.p * out.r + 8.36651517e-3f;
    out.p = out.p * out.r + 4.16671997e-2f;
    out.p = out.p * out.r + 1.66665437e-1f;
    out.p = out.p * out.r + 4.99999982e-1f;
    out.p = out.p * out.r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits <<= 23;
    memcpy(&out.power, &bits, sizeof bits);
    return out;
}

/* e^x within 2 ulp, x in [-88, 89]; 0 and infinite as power is. */
static inline float ses_exp_within(float x)
{
    struct ses_exponential e = ses_exponential(x);
    return (e.r * e.p + 1.0f) * e.power;
}

/* e^x within 2 ulp for x in [-87.3, 88]; 0 below, e^88 above; NaN stays NaN.
 */
static inline float ses_exp(float x)
{
    float y = ses_exp_within(ses_limit(x, -88.0f, 88.0f));
    return x != x ? x : y;
}

/* e^x - 1 within 3 ulp, x in [-88, 88]. */
static inline float ses_expm1_within(float x)
{
    struct ses_exponential e = ses_exponential(x);
    return e.r * e.p * e.power + (e.power - 1.0f);
}

/* 1 + e^-x within 2 ulp; infinite below -88.4; of NaN, some number. */
static inline float ses_sigmoid_divisor(float x)
{
    return 1.0f + ses_exp_within(-ses_limit(x, -89.0f, 88.0f));
}

/* 1 / (1 + e^-x) within 3 ulp from -87.3 on; 0 and 1 far out. */
static inline float ses_sigmoid(float x)
{
    float y = 1.0f / ses_sigmoid_divisor(x);
    return x != x ? x : y;
}

/* (e^2x - 1) / (e^2x + 1), within 4 ulp. */
static inline float ses_tanh(float x)
{
    float m = ses_expm1_within(ses_limit(2.0f * x, -20.0f, 20.0f));
    float y = m / (m + 2.0f);
    return x != x ? x : y;
}

/* Within 2 ulp: minimax polynomials for erf(x) / x, and for -ln(1 - erf(x)) / x
 * from 0.92 on, good to 1.5e-8 and 3e-9 of erf. */
static inline float ses_erf(float x)
{
    float size = ses_limit(fabsf(x), -4.0f, 4.0f), square = x * x;
    float near = -5.99940657e-4f;
    near = near * square + 4.99483045e-3f;
    near = near * square - 2.67677200e-2f;
    near = near * square + 1.12818460e-1f;
    near = near * square - 3.76124965e-1f;
    near = near * square + 1.28379150e-1f;
    near = near * x + x;
    float far = -2.13984914e-4f;
    far = far * size + 3.21495532e-3f;
    far = far * size - 2.28899633e-2f;
    far = far * size + 1.05261842e-1f;
    far = far * size + 6.35718316e-1f;
    far = far * size + 1.28514361e-1f;
    far = far * size + size;
    far = 1.0f - ses_exp_within(-far);
    return fabsf(x) >= 0.92f ? copysignf(far, x) : near;
}

#endif
