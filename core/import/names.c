/* See names.h. */
#include "core/import/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *name, size_t length)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)name[i]) * 0x100000001b3u;
    return h ^ h >> 32;
}

/* Where a name is or would be. There is always a free slot. */
static struct ses_names_slot *slot_of(const struct ses_names *names,
                                      const char *name, size_t length)
{
    size_t at = (size_t)hash(name, length) & (names->capacity - 1);
    for (;;) {
        struct ses_names_slot *slot = &names->slots[at];
        if (!slot->name ||
            (slot->length == length && memcmp(slot->name, name, length) == 0))
            return slot;
        at = (at + 1) & (names->capacity - 1);
    }
}

bool ses_names_find(const struct ses_names *names, const char *name,
                    size_t length, size_t *number)
{
    if (!names->capacity)
        return false;
    const struct ses_names_slot *slot = slot_of(names, name, length);
    if (!slot->name)
        return false;
    *number = slot->number;
    return true;
}

static bool grow(struct ses_names *names)
{
    struct ses_names wider = { .count = names->count };
    wider.capacity = names->capacity ? 2 * names->capacity : 64;
    wider.slots = ses_calloc(wider.capacity, sizeof *wider.slots);
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < names->capacity; i++) {
        const struct ses_names_slot *old = &names->slots[i];
        if (old->name)
            *slot_of(&wider, old->name, old->length) = *old;
    }
    ses_names_release(names);
    *names = wider;
    return true;
}

bool ses_names_add(struct ses_names *names, const char *name, size_t length,
                   size_t number)
{
    if (2 * names->count >= names->capacity && !grow(names))
        return false;
    struct ses_names_slot *slot = slot_of(names, name, length);
    slot->name = name;
    slot->length = length;
    slot->number = number;
    names->count++;
    return true;
}

void ses_names_release(struct ses_names *names)
{
    free(names->slots);
    memset(names, 0, sizeof *names);
}
