/* Files that hold no network sescope reads, in words: people hand over what a
 * failed download, an archiver or another framework left, and need to know
 * which it was and what to do. */
#ifndef SES_IMPORT_FOREIGN_H
#define SES_IMPORT_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct ses_foreign {
    char what[192];     /* "a web page ('404 Not Found')" */
    const char *advice; /* what to do about it */
};

/* What to do with arrays that no framework wrote. */
extern const char ses_foreign_arrays_advice[];

/* Say what bytes are that no reader takes. Any bytes do, also none. */
void ses_foreign_tell(const uint8_t *data, size_t size,
                      struct ses_foreign *out);

/* After a failure to map path: when it is a folder that is known, say in err
 * what it is or which of its files is meant. Returns err's status, which is
 * the one given when there is nothing to add. */
enum ses_status ses_foreign_folder(const char *path, enum ses_status status,
                                   struct ses_error *err);

#endif
