/* Memory whose size is a product, checked for overflow. */
#ifndef SES_BASE_ALLOC_H
#define SES_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* count * size bytes, zeroed; NULL on overflow or when there is no memory.
 * A count of 0 gives a valid pointer. Caller frees with free(). */
void *ses_calloc(size_t count, size_t size);

/* Resize to count * size bytes; NULL (block untouched) on failure. */
void *ses_realloc(void *block, size_t count, size_t size);

/* Make room for one more element in a growing array of *capacity elements
 * holding count. Returns the (moved) array, or NULL with the old one intact. */
void *ses_grow(void *array, size_t count, size_t *capacity, size_t size);

/* 64-byte aligned floats, zeroed; caller frees with free(). Large blocks lie
 * in large pages where the system has them. */
float *ses_calloc_floats(size_t count);

/* The same for floats that are kept more than worked on: no memory is spent on
 * making the last page a large one. */
float *ses_calloc_kept_floats(size_t count);

/* Bytes that this process may fill: most of the machine's memory. Filling
 * more than there is ends processes without a word. */
size_t ses_memory_bytes(void);

/* a * b into *out; false on overflow. */
bool ses_multiply(size_t a, size_t b, size_t *out);

#endif
