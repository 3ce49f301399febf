/* Hot loops: compiled once a vector width, and an exp() that vectorises.
 *
 * Loops are plain C that gcc vectorises at -O3; nothing here depends on a
 * processor, and without FMA contraction every clone gives the same bits. */
#ifndef SES_ENGINE_VECTOR_H
#define SES_ENGINE_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* In front of a function with a hot loop: the widest clone the processor can
 * run is chosen when the program starts. Sanitizers and ifunc do not mix. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SES_VECTOR \
    __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SES_VECTOR
#endif

/* x and y of an element-wise loop may be one array, never overlap otherwise:
 * without this, gcc tests for overlap and goes one by one when in place. */
#define SES_VECTOR_LOOP _Pragma("GCC ivdep")

/* e^x within 2 ulp for x in [-87.3, 88]; 0 below, e^88 above; NaN stays NaN.
 * 2^n by the exponent bits, the rest by Cody-Waite reduction and a minimax
 * polynomial on [-ln 2 / 2, ln 2 / 2]. */
static inline float ses_exp(float x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: rounds to an integer */
    x = x < -88.0f ? -88.0f : x; /* n = -127: the exponent of 0 */
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * 1.442695041f + magic;
    float n = shifted - magic;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4b400000u + 127u) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

/* 1 / (1 + e^-x) without overflow; 0 and 1 far out. */
static inline float ses_sigmoid(float x)
{
    float e = ses_exp(-fabsf(x));
    return (x < 0 ? e : 1.0f) / (1.0f + e);
}

static inline float ses_tanh(float x)
{
    float square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    p = p * square * x + x; /* near 0 */
    float e = ses_exp(-2.0f * fabsf(x));
    float far = copysignf((1.0f - e) / (1.0f + e), x);
    return fabsf(x) < 0.625f ? p : far;
}

#endif
