/* Memory that is given back all at once: what is parsed and folded of a file
 * lives as long as its import. */
#ifndef SES_IMPORT_ONNX_ARENA_H
#define SES_IMPORT_ONNX_ARENA_H

#include <stddef.h>

struct ses_arena_block;

/* Zeroed means empty, without a limit. */
struct ses_arena {
    struct ses_arena_block *blocks;
    size_t total, limit; /* bytes; a file cannot ask for more than limit */
};

/* count * size bytes, zeroed and aligned for anything; NULL on overflow, above
 * the limit, or when there is no memory. A count of 0 gives a valid pointer. */
void *ses_arena_alloc(struct ses_arena *arena, size_t count, size_t size);

/* A copy of bytes and a NUL, or NULL. */
char *ses_arena_text(struct ses_arena *arena, const void *bytes, size_t size);

void ses_arena_release(struct ses_arena *arena);

#endif
