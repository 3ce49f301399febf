/* See alloc.h. */
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool ses_multiply(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

void *ses_calloc(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

void *ses_realloc(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (!ses_multiply(count, size, &bytes))
        return NULL;
    return realloc(block, bytes ? bytes : 1);
}

void *ses_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    void *grown = ses_realloc(array, wanted, size);
    if (grown)
        *capacity = wanted;
    return grown;
}

size_t ses_memory_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t bytes;
    if (pages < 1 || page < 1 ||
        !ses_multiply((size_t)pages, (size_t)page, &bytes))
        return (size_t)-1;
    return bytes / 8 * 7;
}

float *ses_calloc_floats(size_t count)
{
    enum { LINE = 64, PAGE = 2 << 20, LARGE = 2 * PAGE };
    size_t bytes;
    if (!ses_multiply(count ? count : 1, sizeof(float), &bytes) ||
        bytes > (size_t)-1 - PAGE)
        return NULL;
    size_t unit = bytes < LARGE ? LINE : PAGE;
    bytes = (bytes + unit - 1) & ~(unit - 1);
    float *block = aligned_alloc(unit, bytes);
    if (!block)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (unit == PAGE)
        madvise(block, bytes, MADV_HUGEPAGE); /* a wish */
#endif
    memset(block, 0, bytes);
    return block;
}
