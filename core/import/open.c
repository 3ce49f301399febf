/* Opening a state dict: the reader is chosen by the file's content. */
#include "core/import/foreign.h"
#include "core/import/reader.h"

static enum ses_status read_any(struct ses_state *state, const char *key,
                                struct ses_error *err)
{
    const struct ses_file *file = &state->file;
    struct ses_foreign foreign;
    enum ses_status status = SES_OK;
    switch (ses_file_kind(file->data, file->size)) {
    case SES_FILE_TORCH_ZIP:
    case SES_FILE_KERAS_ZIP: /* which says what it lacks */
        status = ses_torch_zip_read(state, &key, err);
        break;
    case SES_FILE_TORCH_LEGACY:
        status = ses_torch_legacy_read(state, &key, err);
        break;
    case SES_FILE_SAFETENSORS:
        status = ses_safetensors_read(state, err);
        break;
    case SES_FILE_TAR:
        return ses_fail(err, SES_EUNSUPPORTED,
                        "a tar archive; unpack it, or, when PyTorch of before "
                        "0.1.10 wrote it, load it with PyTorch and save its "
                        "state_dict() again");
    case SES_FILE_PICKLE:
        return ses_fail(err, SES_EUNSUPPORTED,
                        "a pickle without PyTorch's container; load it in "
                        "Python and write its tensors with torch.save()");
    default:
        ses_foreign_tell(file->data, file->size, &foreign);
        return ses_fail(err, SES_EFORMAT, "%s; %s", foreign.what,
                        foreign.advice);
    }
    if (!status)
        status = ses_state_strip(state, key, err);
    return status;
}

/* Names from the file stand in messages, which go to terminals. */
static void defuse(char *message)
{
    for (; *message; message++)
        if ((unsigned char)*message < ' ' || *message == 0x7f)
            *message = '?';
}

enum ses_status ses_state_open(const char *path, const char *key,
                               struct ses_state **out, struct ses_error *err)
{
    *out = NULL;
    struct ses_state *state = ses_state_new(path);
    if (!state)
        return ses_fail_memory(err, path);
    enum ses_status status = ses_file_map(path, &state->file, err);
    if (!status) {
        status = read_any(state, key, err);
        if (status && err) {
            defuse(err->message);
            ses_error_context(err, "'%s'", path);
        }
    }
    if (status) {
        ses_state_free(state);
        return status;
    }
    *out = state;
    return SES_OK;
}
