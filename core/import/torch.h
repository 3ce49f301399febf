/* What both containers of PyTorch share: from a pickle's values to the entries
 * of a state. */
#ifndef SES_IMPORT_TORCH_H
#define SES_IMPORT_TORCH_H

#include "core/import/pickle.h"
#include "core/import/reader.h"

/* How a container finds the bytes of the pickle's storage of that index: at
 * least storages[index].count elements. Errors name the storage. */
typedef enum ses_status ses_storage_finder(void *context, size_t index,
                                           struct ses_storage *out,
                                           struct ses_error *err);

/* Unwrap the pickle's dict of tensors and append its tensors to the state.
 * Only storages that these tensors use are asked for. */
SES_MUST_CHECK enum ses_status ses_torch_entries(
    struct ses_state *state, const struct ses_pickle *pickle, const char **key,
    ses_storage_finder *find, void *context, struct ses_error *err);

/* The dict of tensors within whatever a training loop saved around it. What
 * was chosen is noted; see ses_state_open() for key. */
SES_MUST_CHECK enum ses_status ses_torch_unwrap(
    struct ses_state *state, struct ses_pickle_value *root, const char **key,
    struct ses_pickle_value **dict, struct ses_error *err);

#endif
