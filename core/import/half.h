/* 16-bit floating-point numbers, as files hold them. */
#ifndef SES_IMPORT_HALF_H
#define SES_IMPORT_HALF_H

#include <stdint.h>
#include <string.h>

static inline float ses_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 31, fraction = half & 0x3ff;
    float value;
    if (exponent == 0) { /* zero and subnormals: exact in float */
        value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    exponent = exponent == 31 ? 255 : exponent + 127 - 15;
    uint32_t bits = sign | exponent << 23 | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float ses_bfloat_to_float(uint16_t bfloat)
{
    uint32_t bits = (uint32_t)bfloat << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
