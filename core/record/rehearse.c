/* See rehearse.h. */
#include "core/record/rehearse.h"

#include <stdlib.h>
#include <sys/stat.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/record/h5.h"
#include "core/record/run.h"
#include "core/record/schema.h"

/* Seconds for all but packed rows, and bytes of these that a second must
 * unpack at least. */
enum { SECONDS = 10, BYTES_A_SECOND = 1 << 24 };

/* Bytes that reading may take: these, and so many times the file's. */
enum { ROOM_LEAST = 1 << 30, ROOM_SHARE = 8 };

/* Bytes of rows that are read at once. */
enum { SLICE = 1 << 24 };

struct rehearsal {
    const char *path;
    ses_h5_part *part;
};

/* libhdf5 may read far beyond its memory and find more of the heap there, which
 * this process's parent then has not. With nothing free at its end, that is
 * where this one crashes. */
static void end_memory_early(void)
{
#ifdef __GLIBC__
    mallopt(M_TOP_PAD, 0);
    mallopt(M_TRIM_THRESHOLD, 0);
    malloc_trim(0);
#endif
}

static void play(int socket, void *user)
{
    static struct ses_error err; /* too large for a stack; read as it is */
    const struct rehearsal *rehearsal = user;
    err = (struct ses_error){ 0 };
    end_memory_early();
    err.status = rehearsal->part(rehearsal->path, &err);
    /* what has been overwritten is found when it is given back */
    H5garbage_collect();
    (void)ses_send_bytes(socket, &err, sizeof err);
}

struct ses_child_limits ses_h5_limits(const char *path)
{
    struct ses_child_limits limits = { ROOM_LEAST, SECONDS };
    struct stat st;
    size_t room;
    if (stat(path, &st) == 0 &&
        !__builtin_mul_overflow(st.st_size, ROOM_SHARE, &room) &&
        !__builtin_add_overflow(limits.memory, room, &room))
        limits.memory = room;
    return limits;
}

void ses_h5_limit_time(size_t bytes)
{
    ses_child_limit_time(SECONDS + (unsigned)(bytes / BYTES_A_SECOND));
}

enum ses_status ses_h5_rehearse(const char *path, ses_h5_part *part,
                                struct ses_error *err)
{
    struct rehearsal rehearsal = { path, part };
    struct ses_child_limits limits = ses_h5_limits(path);
    struct ses_child child;
    struct ses_error *said = ses_calloc(1, sizeof *said);
    if (!said)
        return ses_fail_memory(err, "reading HDF5");
    enum ses_status status =
        ses_child_start(&child, &limits, play, &rehearsal, err);
    if (status == SES_OK) {
        if (!ses_receive_bytes(child.socket, said, sizeof *said))
            status = ses_fail(err, SES_EFORMAT,
                              "'%s' is damaged: reading it as HDF5 failed "
                              "without an answer",
                              path);
        else if (said->status != SES_OK)
            status = ses_fail(err, said->status, "%s", said->message);
        ses_child_stop(&child);
    }
    free(said);
    return status;
}

static bool read_texts(hid_t dataset, size_t first, size_t n)
{
    char **texts = ses_calloc(n, sizeof *texts);
    bool read = texts && ses_h5_read_strings(dataset, first, n, texts, NULL) ==
                             SES_OK;
    for (size_t i = 0; i < n && texts; i++)
        free(texts[i]);
    free(texts);
    return read;
}

static bool read_numbers(hid_t dataset, hid_t memory, size_t first, size_t n,
                         size_t bytes)
{
    void *data = ses_calloc(n, bytes);
    bool read = data && ses_h5_read_rows(dataset, memory, first, n, data,
                                         NULL) == SES_OK;
    free(data);
    return read;
}

void ses_h5_rehearse_rows(hid_t file, const char *path, hid_t memory)
{
    hsize_t sizes[2] = { SES_H5_ANY, SES_H5_ANY };
    bool text = memory == H5I_INVALID_HID;
    hid_t dataset = H5I_INVALID_HID, type = H5I_INVALID_HID;
    H5T_class_t class = text ? H5T_STRING : H5Tget_class(memory);
    if (ses_h5_open_dataset(file, path, class, 1, sizes, &dataset, NULL) &&
        (text ||
         ses_h5_open_dataset(file, path, class, 2, sizes, &dataset, NULL)))
        return;
    size_t width = sizes[1] == SES_H5_ANY ? 1 : (size_t)sizes[1];
    size_t rows = (size_t)sizes[0], bytes;
    type = H5Dget_type(dataset);
    size_t size = H5Tget_size(text ? type : memory);
    if (ses_h5_is_plain(dataset) || !ses_multiply(size, width, &bytes) ||
        bytes == 0)
        goto out;
    size_t at_once = SLICE / bytes + 1;
    for (size_t i = 0; i < rows; i += at_once) {
        size_t n = rows - i < at_once ? rows - i : at_once;
        ses_h5_limit_time(n * bytes);
        if (text ? !read_texts(dataset, i, n)
                 : !read_numbers(dataset, memory, i, n, bytes))
            break;
    }
out:
    ses_h5_close(type);
    ses_h5_close(dataset);
}

static void rehearse_block(const struct ses_run_file *run, size_t b)
{
    hid_t file = run->handle->file;
    const char *group = run->handle->groups[b];
    char *path = ses_format(SES_H5_BLOCKS "/%s/excitation", group);
    if (path)
        ses_h5_rehearse_rows(file, path, H5T_NATIVE_FLOAT);
    free(path);
    for (int a = 0; a < SES_SUMMARY_ARRAYS; a++) {
        path = ses_summary_path(group, ses_summary_names[a]);
        if (path)
            ses_h5_rehearse_rows(file, path, H5T_NATIVE_FLOAT);
        free(path);
    }
}

static enum ses_status play_record(const char *path, struct ses_error *err)
{
    struct ses_run_file *run;
    enum ses_status status = ses_run_open_here(path, &run, err);
    if (status != SES_OK)
        return status;
    hid_t file = run->handle->file;
    ses_h5_rehearse_rows(file, SES_H5_IMAGE_PATH, H5I_INVALID_HID);
    ses_h5_rehearse_rows(file, SES_H5_TOP5, H5T_NATIVE_INT32);
    ses_h5_rehearse_rows(file, SES_H5_LOSS, H5T_NATIVE_FLOAT);
    for (size_t b = 0; b < run->n_blocks; b++)
        rehearse_block(run, b);
    ses_run_free(run);
    return SES_OK;
}

enum ses_status ses_run_rehearse(const char *path, struct ses_error *err)
{
    return ses_h5_rehearse(path, play_record, err);
}
