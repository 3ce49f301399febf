/* Numbers found by name: tensors of a state, storages of a pickle. */
#ifndef SES_IMPORT_NAMES_H
#define SES_IMPORT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct ses_names_slot {
    const char *name; /* NULL: free */
    size_t length;
    size_t number;
};

/* An open-addressed hash table. Zeroed means empty. Names are borrowed and
 * must outlive it; they may hold any bytes. */
struct ses_names {
    struct ses_names_slot *slots;
    size_t count, capacity; /* capacity is 0 or a power of two */
};

/* The number of a name into *number; false when it is unknown. */
bool ses_names_find(const struct ses_names *names, const char *name,
                    size_t length, size_t *number);

/* Add a name that is not there yet; false when there is no memory. */
bool ses_names_add(struct ses_names *names, const char *name, size_t length,
                   size_t number);

void ses_names_release(struct ses_names *names);

#endif
