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

enum { LINE = 64, PAGE = 2 << 20, LARGE = 2 * PAGE };

/* Bytes of so many floats, with room to round them up to pages. */
static bool float_bytes(size_t count, size_t *out)
{
    return ses_multiply(count ? count : 1, sizeof(float), out) &&
           *out <= (size_t)-1 - PAGE;
}

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) & ~(unit - 1);
}

/* Those of its pages that are large ones lie in such: a wish. */
static float *calloc_lines(size_t bytes)
{
    bool large = bytes >= LARGE;
    void *block;
    if (posix_memalign(&block, large ? PAGE : LINE, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (large)
        madvise(block, bytes & ~((size_t)PAGE - 1), MADV_HUGEPAGE);
#endif
    return memset(block, 0, bytes);
}

float *ses_calloc_floats(size_t count)
{
    size_t bytes;
    if (!float_bytes(count, &bytes))
        return NULL;
    return calloc_lines(round_up(bytes, bytes < LARGE ? LINE : PAGE));
}

float *ses_calloc_kept_floats(size_t count)
{
    size_t bytes;
    if (!float_bytes(count, &bytes))
        return NULL;
    return calloc_lines(round_up(bytes, LINE));
}
