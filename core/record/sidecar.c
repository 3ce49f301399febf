/* RUN.h5.moments: the running moments of a --summary-only record, which has no
 * rows to work them out from again after a kill.
 *
 * It is for the machine that wrote it and for one resume: plain memory,
 * replaced whole (temporary, fsync, rename) before the images it covers are
 * marked done in the record, removed when /summary is written. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/record/new-file.h"
#include "core/record/writer.h"

/* Also tells a machine of another byte order. */
#define MAGIC UINT64_C(0x0131736d6f6d5353)

struct header {
    uint64_t magic;
    uint64_t images, classes, blocks, channels; /* channels of all blocks */
    char created[32]; /* the record's */
};

/* A piece of the sidecar: the same list serves reading and writing. */
struct piece {
    void *data;
    size_t size;
};

enum { PER_BLOCK = 5 };

char *ses_sidecar_name(const char *path)
{
    return ses_format("%s.moments", path);
}

size_t ses_sidecar_size(const struct ses_record_plan *plan)
{
    size_t size = sizeof(struct header) + sizeof(uint64_t) + plan->n_images;
    for (size_t b = 0; b < plan->n_blocks; b++)
        size += plan->n_classes * (8 + 24 * (size_t)plan->blocks[b].channels);
    return size;
}

static void fill_header(const struct ses_record_writer *writer,
                        struct header *header)
{
    memset(header, 0, sizeof *header);
    header->magic = MAGIC;
    header->images = writer->n_images;
    header->classes = writer->n_classes;
    header->blocks = writer->n_blocks;
    for (size_t b = 0; b < writer->n_blocks; b++)
        header->channels += writer->channels[b];
    snprintf(header->created, sizeof header->created, "%s", writer->created);
}

static void block_pieces(const struct ses_moments *moments,
                         struct piece out[PER_BLOCK])
{
    size_t cells = moments->classes * moments->channels;
    out[0] = (struct piece){ moments->count,
                             moments->classes * sizeof *moments->count };
    out[1] = (struct piece){ moments->mean, cells * sizeof *moments->mean };
    out[2] = (struct piece){ moments->square,
                             cells * sizeof *moments->square };
    out[3] = (struct piece){ moments->min, cells * sizeof *moments->min };
    out[4] = (struct piece){ moments->max, cells * sizeof *moments->max };
}

static bool put(FILE *file, const void *data, size_t size)
{
    return fwrite(data, 1, size, file) == size;
}

static bool get(FILE *file, void *data, size_t size)
{
    return fread(data, 1, size, file) == size;
}

static bool put_all(FILE *file, const struct ses_record_writer *writer)
{
    struct header header;
    uint64_t magic = MAGIC;
    fill_header(writer, &header);
    bool whole = put(file, &header, sizeof header) &&
                 put(file, writer->marks, writer->n_images);
    for (size_t b = 0; b < writer->n_blocks; b++) {
        struct piece pieces[PER_BLOCK];
        block_pieces(&writer->moments[b], pieces);
        for (int i = 0; i < PER_BLOCK; i++)
            whole = whole && put(file, pieces[i].data, pieces[i].size);
    }
    return whole && put(file, &magic, sizeof magic) && fflush(file) == 0;
}

/* The name written to first. A kill may leave it behind; the next write takes
 * it again, as only the holder of the record's lock comes here. */
static char *temporary_name(const char *sidecar)
{
    return ses_format("%s.tmp", sidecar);
}

enum ses_status ses_sidecar_write(const struct ses_record_writer *writer,
                                  struct ses_error *err)
{
    char *temporary = temporary_name(writer->sidecar);
    FILE *file = temporary ? fopen(temporary, "we") : NULL;
    if (!temporary)
        return ses_fail_memory(err, "a file name");
    bool whole = file && put_all(file, writer) && fsync(fileno(file)) == 0;
    int number = errno;
    if (file && fclose(file) != 0 && whole) {
        whole = false;
        number = errno;
    }
    enum ses_status status;
    if (whole) {
        status = ses_file_publish(temporary, writer->sidecar, err);
        ses_sync_folder(writer->sidecar);
    } else {
        status = ses_fail_errno(err, number, "'%s'", writer->sidecar);
        unlink(temporary);
    }
    free(temporary);
    return status;
}

static bool get_all(FILE *file, struct ses_record_writer *writer)
{
    uint64_t magic = 0;
    bool whole = get(file, writer->marks, writer->n_images);
    for (size_t b = 0; b < writer->n_blocks; b++) {
        struct piece pieces[PER_BLOCK];
        block_pieces(&writer->moments[b], pieces);
        for (int i = 0; i < PER_BLOCK; i++)
            whole = whole && get(file, pieces[i].data, pieces[i].size);
    }
    char surplus;
    if (!whole || !get(file, &magic, sizeof magic) || magic != MAGIC ||
        get(file, &surplus, 1))
        return false;
    for (size_t i = 0; i < writer->n_images; i++)
        if (writer->marks[i] > SES_IMAGE_UNREADABLE)
            return false;
    return true;
}

enum ses_status ses_sidecar_read(struct ses_record_writer *writer,
                                 bool *found, struct ses_error *err)
{
    struct header wanted, header;
    enum ses_status status = SES_OK;
    FILE *file = fopen(writer->sidecar, "re");
    *found = file || errno != ENOENT;
    if (!*found)
        return SES_OK;
    if (!file)
        return ses_fail_errno(err, errno, "cannot open '%s'",
                              writer->sidecar);
    fill_header(writer, &wanted);
    if (!get(file, &header, sizeof header) ||
        memcmp(&header, &wanted, sizeof header) != 0)
        status = ses_fail(err, SES_EFORMAT,
                          "'%s' is of another record than '%s': remove it to "
                          "start over",
                          writer->sidecar, writer->path);
    else if (!get_all(file, writer))
        status = ses_fail(err, SES_EFORMAT,
                          "'%s' is damaged: remove it to start over",
                          writer->sidecar);
    fclose(file);
    return status;
}

void ses_sidecar_remove(const char *path)
{
    char *sidecar = ses_sidecar_name(path);
    char *temporary = sidecar ? temporary_name(sidecar) : NULL;
    if (sidecar)
        unlink(sidecar);
    if (temporary)
        unlink(temporary);
    free(temporary);
    free(sidecar);
}
