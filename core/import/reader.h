/* What the readers of state dicts share; families see state.h alone. */
#ifndef SES_IMPORT_READER_H
#define SES_IMPORT_READER_H

#include "core/import/state.h"

/* Add a storage; on success its index is in *index and owned memory belongs
 * to the state, on failure it stays the caller's. */
SES_MUST_CHECK enum ses_status ses_state_add_storage(
    struct ses_state *state, const struct ses_storage *storage, size_t *index,
    struct ses_error *err);

/* Append a copy of an entry under a name of length bytes (entry->name is not
 * read). Its elements must lie within its storage. Errors name the tensor. */
SES_MUST_CHECK enum ses_status ses_state_append(struct ses_state *state,
                                                const char *name,
                                                size_t length,
                                                const struct ses_entry *entry,
                                                struct ses_error *err);

/* Row-major strides, in elements, of a shape. */
void ses_contiguous_strides(int rank, const size_t *shape, size_t *stride);

/* Make the names table anew after names changed or entries went. */
SES_MUST_CHECK enum ses_status ses_state_reindex(struct ses_state *state,
                                                 struct ses_error *err);

/* Add a sentence to the notes; no memory is no error. */
void ses_state_note(struct ses_state *state, const char *format, ...)
    SES_PRINTF(2, 3);

/* Keep the entries that begin with `<key>.` alone (NULL: all), and strip
 * wrapper prefixes; see ses_state_open(). */
SES_MUST_CHECK enum ses_status ses_state_strip(struct ses_state *state,
                                               const char *key,
                                               struct ses_error *err);

/* The readers: fill a state whose file is mapped. What of key named a dict is
 * consumed; *key is what is left of it, or NULL. */
SES_MUST_CHECK enum ses_status ses_torch_zip_read(struct ses_state *state,
                                                  const char **key,
                                                  struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_torch_legacy_read(struct ses_state *state,
                                                     const char **key,
                                                     struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_safetensors_read(struct ses_state *state,
                                                    struct ses_error *err);

/* Whether data begin as the old PyTorch container does, and the bytes of that
 * first pickle; 0 when they do not. */
size_t ses_torch_legacy_magic(const uint8_t *data, size_t size);

#endif
