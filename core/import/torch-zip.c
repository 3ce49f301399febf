/* PyTorch 1.6 and later: a zip archive of one folder, in which `data.pkl` is
 * the pickle and `data/<key>` are the storages, not compressed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/foreign.h"
#include "core/import/torch.h"
#include "core/import/zip.h"

enum { LARGEST_PICKLE = 64 << 20, LONGEST_FOLDER = 4096, LONGEST_KEY = 255 };

struct archive {
    struct ses_zip *zip;
    const struct ses_pickle *pickle;
    const char *folder; /* of the pickle, with its slash; not terminated */
    int folder_length;
};

/* A member by its name in the folder; key need not be terminated. */
static bool find_member(const struct archive *archive, const char *subfolder,
                        const char *key, size_t length, size_t *index)
{
    /* Not on the heap: without memory it would look like a missing member. */
    char name[LONGEST_FOLDER + LONGEST_KEY + 16];
    int written =
        snprintf(name, sizeof name, "%.*s%s%.*s", archive->folder_length,
                 archive->folder, subfolder, (int)length, key);
    return written > 0 && (size_t)written < sizeof name &&
           ses_zip_find(archive->zip, name, index);
}

static enum ses_status find_storage(void *context, size_t index,
                                    struct ses_storage *out,
                                    struct ses_error *err)
{
    struct archive *archive = context;
    const struct ses_pickle_storage *storage =
        &archive->pickle->storages[index];
    int shown = storage->key_length < 64 ? (int)storage->key_length : 64;
    size_t at, size;
    if (storage->key_length > LONGEST_KEY ||
        !find_member(archive, "data/", storage->key, storage->key_length, &at))
        return ses_fail(err, SES_EFORMAT,
                        "storage '%.*s' is not in the archive", shown,
                        storage->key);
    if (!ses_multiply(storage->count, (size_t)storage->type->size, &size))
        size = SIZE_MAX;
    struct ses_zip_member member;
    enum ses_status status =
        ses_zip_read(archive->zip, at, SIZE_MAX, &member, err);
    if (status)
        return status;
    if (member.size < size) {
        free(member.owned);
        return ses_fail(err, SES_EFORMAT,
                        "storage '%.*s' has %zu bytes, expected %" PRIu64
                        " elements of %s",
                        shown, storage->key, member.size, storage->count,
                        storage->type->name);
    }
    out->data = member.data;
    out->owned = member.owned;
    out->size = size;
    return SES_OK;
}

/* The folder that has the pickle. */
static bool find_pickle(struct archive *archive, size_t *index)
{
    static const char last[] = "data.pkl";
    size_t count = ses_zip_count(archive->zip), tail = sizeof last - 1;
    for (size_t i = 0; i < count; i++) {
        const char *name = ses_zip_name(archive->zip, i);
        size_t length = name ? strlen(name) : 0;
        if (length < tail || length > LONGEST_FOLDER ||
            strcmp(name + length - tail, last) != 0 ||
            (length > tail && name[length - tail - 1] != '/'))
            continue;
        archive->folder = name;
        archive->folder_length = (int)(length - tail);
        *index = i;
        return true;
    }
    return false;
}

static enum ses_status check_byte_order(const struct archive *archive,
                                        struct ses_error *err)
{
    static const char *const folders[] = { "", ".data/" };
    static const char name[] = "byteorder";
    for (size_t i = 0; i < 2; i++) {
        struct ses_zip_member member;
        size_t at;
        if (!find_member(archive, folders[i], name, sizeof name - 1, &at))
            continue;
        enum ses_status status =
            ses_zip_read(archive->zip, at, 64, &member, err);
        if (status)
            return status;
        bool is_little =
            member.size >= 6 && memcmp(member.data, "little", 6) == 0;
        free(member.owned);
        if (!is_little)
            return ses_fail(
                err, SES_EUNSUPPORTED,
                "its numbers are big-endian, expected little-endian");
    }
    return SES_OK;
}

/* A TorchScript archive holds a program beside the weights. */
static enum ses_status check_no_script(const struct archive *archive,
                                       struct ses_error *err)
{
    static const char name[] = "constants.pkl";
    size_t at;
    if (!find_member(archive, "", name, sizeof name - 1, &at))
        return SES_OK;
    return ses_fail(
        err, SES_EUNSUPPORTED,
        "a TorchScript archive, whose program sescope does not run; save the "
        "state_dict() of the network with torch.save(), or export it to ONNX");
}

/* An .npz file: arrays by name. */
static bool is_of_arrays(const struct ses_zip *zip)
{
    static const char ending[] = ".npy";
    size_t count = ses_zip_count(zip), tail = sizeof ending - 1;
    for (size_t i = 0; i < count; i++) {
        const char *name = ses_zip_name(zip, i);
        size_t length = name ? strlen(name) : 0;
        if (length < tail || strcmp(name + length - tail, ending) != 0)
            return false;
    }
    return count > 0;
}

/* Somebody else's archive: of files, of arrays, of an application. */
static enum ses_status fail_no_pickle(const struct archive *archive,
                                      struct ses_error *err)
{
    enum { SHOWN = 3 };
    struct ses_text list = { 0 };
    size_t count = ses_zip_count(archive->zip);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const char *name = ses_zip_name(archive->zip, i);
        ses_text_add(&list, "%s'%.64s'", i ? ", " : "", name ? name : "?");
    }
    if (count > SHOWN)
        ses_text_add(&list, " and %zu more", count - SHOWN);
    const char *names = list.data && !list.failed ? list.data : "nothing";
    if (is_of_arrays(archive->zip))
        (void)ses_fail(err, SES_EUNSUPPORTED,
                       "an archive of NumPy arrays (%s); %s", names,
                       ses_foreign_arrays_advice);
    else
        (void)ses_fail(err, SES_EUNSUPPORTED,
                       "a zip archive of %s without a 'data.pkl', so no "
                       "PyTorch checkpoint; unpack it first, if the network "
                       "is in it",
                       names);
    ses_text_release(&list);
    return SES_EUNSUPPORTED;
}

static enum ses_status read_archive(struct ses_state *state,
                                    struct archive *archive, const char **key,
                                    struct ses_error *err)
{
    struct ses_zip_member member = { 0 };
    struct ses_pickle pickle = { 0 };
    size_t at, used;
    if (!find_pickle(archive, &at))
        return fail_no_pickle(archive, err);
    enum ses_status status = check_no_script(archive, err);
    if (!status)
        status = check_byte_order(archive, err);
    if (!status)
        status = ses_zip_read(archive->zip, at, LARGEST_PICKLE, &member, err);
    if (!status)
        status =
            ses_pickle_read(member.data, member.size, 0, &pickle, &used, err);
    archive->pickle = &pickle;
    if (!status)
        status =
            ses_torch_entries(state, &pickle, key, find_storage, archive, err);
    ses_pickle_release(&pickle);
    free(member.owned);
    return status;
}

enum ses_status ses_torch_zip_read(struct ses_state *state, const char **key,
                                   struct ses_error *err)
{
    struct archive archive = { 0 };
    enum ses_status status = ses_zip_open(&state->file, &archive.zip, err);
    if (!status)
        status = read_archive(state, &archive, key, err);
    ses_zip_close(archive.zip);
    return status;
}
