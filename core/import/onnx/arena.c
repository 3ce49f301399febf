/* See arena.h. */
#include "core/import/onnx/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

struct ses_arena_block {
    struct ses_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

enum { BLOCK = 1 << 16 };

static size_t aligned(size_t size)
{
    size_t unit = alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

void *ses_arena_alloc(struct ses_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!ses_multiply(count, size, &bytes) || bytes > (size_t)-1 / 2)
        return NULL;
    bytes = aligned(bytes ? bytes : 1);
    struct ses_arena_block *block = arena->blocks;
    if (!block || block->size - block->used < bytes) {
        size_t room = bytes > BLOCK ? bytes : BLOCK;
        if (arena->limit && room > arena->limit - arena->total)
            return NULL;
        block = ses_calloc(1, sizeof *block + room);
        if (!block)
            return NULL;
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->total += room;
    }
    void *out = block->bytes + block->used;
    block->used += bytes;
    return out;
}

char *ses_arena_text(struct ses_arena *arena, const void *bytes, size_t size)
{
    char *text = ses_arena_alloc(arena, size + 1, 1);
    if (text && size)
        memcpy(text, bytes, size);
    return text;
}

void ses_arena_release(struct ses_arena *arena)
{
    while (arena->blocks) {
        struct ses_arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
}
