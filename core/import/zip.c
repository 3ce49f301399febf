/* See zip.h.
 *
 * Libzip reads the directory, but does not say where in the file a member's
 * bytes are. It reads through a source given to it, so the source here notes
 * where the first read after opening a member began. For an uncompressed
 * member those are its bytes, which its CRC confirms; in every other case
 * libzip unpacks it into memory of its own. */
#include "core/import/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

#include "core/base/alloc.h"

/* PyTorch does not compress. Archives packed again by other tools may unpack
 * to so many times the file's size in all, and no further. Members that lie
 * over each other in the file are bounded by the same: each is read through
 * for its CRC. */
enum { LARGEST_RATIO = 8 };

struct source {
    const uint8_t *data;
    size_t size, at;
    const uint8_t *first_read; /* since it was last reset; NULL: none */
    zip_error_t error;
};

struct ses_zip {
    struct source source;
    zip_t *archive;
    size_t given; /* bytes of members so far */
};

static zip_int64_t source_read(struct source *source, void *out,
                               zip_uint64_t length)
{
    size_t left = source->size - source->at;
    size_t n = length < left ? (size_t)length : left;
    if (!source->first_read)
        source->first_read = source->data + source->at;
    memcpy(out, source->data + source->at, n);
    source->at += n;
    return (zip_int64_t)n;
}

static zip_int64_t source_call(void *context, void *data, zip_uint64_t length,
                               zip_source_cmd_t command)
{
    struct source *source = context;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        source->at = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return source_read(source, data, length);
    case ZIP_SOURCE_SEEK: {
        zip_int64_t at = zip_source_seek_compute_offset(
            source->at, source->size, data, length, &source->error);
        if (at < 0)
            return -1;
        source->at = (size_t)at;
        return 0;
    }
    case ZIP_SOURCE_TELL:
        return (zip_int64_t)source->at;
    case ZIP_SOURCE_STAT: {
        zip_stat_t *stat = data;
        zip_stat_init(stat);
        stat->size = source->size;
        stat->valid = ZIP_STAT_SIZE;
        return sizeof *stat;
    }
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&source->error, data, length);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
            ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
            ZIP_SOURCE_SUPPORTS, -1);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    default:
        zip_error_set(&source->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static uint32_t little32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* Say what a file that does not open lacks: a record at its very end, which
 * an incomplete download has not got, or the directory that record points to.
 */
static enum ses_status explain(const struct ses_file *file, const char *reason,
                               struct ses_error *err)
{
    enum { RECORD = 22, LONGEST_COMMENT = 65535 };
    size_t tail = RECORD + LONGEST_COMMENT;
    size_t start = file->size > tail ? file->size - tail : 0;
    const uint8_t *found = NULL;
    for (size_t i = start; i + 4 <= file->size; i++)
        if (memcmp(file->data + i, "PK\5\6", 4) == 0)
            found = file->data + i;
    if (!found)
        return ses_fail(
            err, SES_EFORMAT,
            "cut short: %zu bytes without the end-of-central-directory record "
            "of a zip archive, expected at byte %zu or later",
            file->size, file->size > RECORD ? file->size - RECORD : 0);
    size_t at = (size_t)(found - file->data);
    if (file->size - at < RECORD)
        return ses_fail(err, SES_EFORMAT,
                        "cut short: %zu bytes, the end-of-central-directory "
                        "record of the zip archive at byte %zu needs %d",
                        file->size, at, RECORD);
    return ses_fail(
        err, SES_EFORMAT,
        "damaged: %zu bytes with an end-of-central-directory record at byte "
        "%zu that places a directory of %u bytes at byte %u (%s)",
        file->size, at, little32(found + 12), little32(found + 16), reason);
}

enum ses_status ses_zip_open(const struct ses_file *file, struct ses_zip **out,
                             struct ses_error *err)
{
    enum ses_status status;
    zip_source_t *source;
    zip_error_t error;
    *out = NULL;
    struct ses_zip *zip = ses_calloc(1, sizeof *zip);
    if (!zip)
        return ses_fail_memory(err, "the zip archive");
    zip->source.data = file->data;
    zip->source.size = file->size;
    zip_error_init(&zip->source.error);
    zip_error_init(&error);
    source = zip_source_function_create(source_call, &zip->source, &error);
    if (!source) {
        status = ses_fail_memory(err, "the zip archive");
        goto out;
    }
    zip->archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!zip->archive) {
        zip_source_free(source);
        status = zip_error_code_zip(&error) == ZIP_ER_MEMORY
                     ? ses_fail_memory(err, "the zip archive")
                     : explain(file, zip_error_strerror(&error), err);
        goto out;
    }
    *out = zip;
    zip = NULL;
    status = SES_OK;
out:
    zip_error_fini(&error);
    ses_zip_close(zip);
    return status;
}

void ses_zip_close(struct ses_zip *zip)
{
    if (!zip)
        return;
    if (zip->archive)
        zip_discard(zip->archive);
    zip_error_fini(&zip->source.error);
    free(zip);
}

size_t ses_zip_count(const struct ses_zip *zip)
{
    zip_int64_t count = zip_get_num_entries(zip->archive, 0);
    return count < 0 ? 0 : (size_t)count;
}

const char *ses_zip_name(const struct ses_zip *zip, size_t index)
{
    return zip_get_name(zip->archive, index, ZIP_FL_ENC_RAW);
}

bool ses_zip_find(const struct ses_zip *zip, const char *name, size_t *index)
{
    zip_int64_t at = zip_name_locate(zip->archive, name, ZIP_FL_ENC_RAW);
    if (at < 0)
        return false;
    *index = (size_t)at;
    return true;
}

/* The member's bytes within the file, when they stand there as they are. */
static const uint8_t *in_place(struct ses_zip *zip, zip_file_t *member,
                               const zip_stat_t *stat)
{
    const struct source *source = &zip->source;
    uint8_t first;
    zip->source.first_read = NULL;
    if (stat->comp_method != ZIP_CM_STORE || zip_fread(member, &first, 1) != 1)
        return NULL;
    const uint8_t *data = source->first_read;
    if (!data || stat->size > source->size - (size_t)(data - source->data) ||
        crc32_z(0, data, (size_t)stat->size) != stat->crc)
        return NULL;
    return data;
}

static enum ses_status fail_member(const zip_stat_t *stat, const char *reason,
                                   struct ses_error *err)
{
    return ses_fail(err, SES_EFORMAT,
                    "member '%s' of the zip archive cannot be read: %s",
                    stat->name, reason);
}

/* Unpack from the start; libzip checks the CRC when it meets the end. */
static enum ses_status unpack(struct ses_zip *zip, const zip_stat_t *stat,
                              uint8_t *out, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    zip_file_t *member = zip_fopen_index(zip->archive, stat->index, 0);
    if (!member)
        return fail_member(stat, zip_strerror(zip->archive), err);
    uint8_t beyond;
    size_t done = 0;
    zip_int64_t n = 1;
    while (n > 0 && done < stat->size) {
        n = zip_fread(member, out + done, stat->size - done);
        done += n > 0 ? (size_t)n : 0;
    }
    if (n >= 0)
        n = zip_fread(member, &beyond, 1);
    if (n < 0)
        status = fail_member(stat, zip_file_strerror(member), err);
    else if (n > 0 || done < stat->size)
        status =
            fail_member(stat, "its size is not what its archive says", err);
    zip_fclose(member);
    return status;
}

enum ses_status ses_zip_read(struct ses_zip *zip, size_t index, size_t limit,
                             struct ses_zip_member *out, struct ses_error *err)
{
    memset(out, 0, sizeof *out);
    zip_stat_t stat;
    if (zip_stat_index(zip->archive, index, ZIP_FL_ENC_RAW, &stat) < 0)
        return ses_fail(err, SES_EFORMAT,
                        "member %zu of the zip archive cannot be read: %s",
                        index, zip_strerror(zip->archive));
    if (stat.size > limit)
        return ses_fail(err, SES_EFORMAT,
                        "member '%s' of the zip archive should have %llu "
                        "bytes, expected at most %zu",
                        stat.name, (unsigned long long)stat.size, limit);
    size_t given;
    if (__builtin_add_overflow(zip->given, (size_t)stat.size, &given) ||
        given / LARGEST_RATIO > zip->source.size)
        return fail_member(&stat, "it unpacks to far more than the file's size",
                           err);
    zip_file_t *member = zip_fopen_index(zip->archive, index, 0);
    if (!member)
        return fail_member(&stat, zip_strerror(zip->archive), err);
    zip->given = given;
    out->size = (size_t)stat.size;
    out->data = in_place(zip, member, &stat);
    zip_fclose(member);
    if (out->data)
        return SES_OK;
    out->owned = ses_calloc(out->size, 1);
    if (!out->owned)
        return ses_fail_memory(err, stat.name);
    enum ses_status status = unpack(zip, &stat, out->owned, err);
    if (status) {
        free(out->owned);
        memset(out, 0, sizeof *out);
        return status;
    }
    out->data = out->owned;
    return SES_OK;
}
