/* See set-build.h: IDX files, the form of MNIST and its kin: a magic number,
 * big-endian dimensions, bytes. */
#include "core/images/set-build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/alloc.h"
#include "core/base/path.h"
#include "core/base/text.h"

struct idx {
    size_t size[3]; /* slowest first; 1 past the dimensions there are */
    uint8_t *bytes; /* owned */
};

/* Deflate cannot do better, so a small file that claims more is lying. */
enum { DEFLATE_MOST = 1032 };

static enum ses_status read_exactly(gzFile gz, uint8_t *out, size_t size,
                                    const char *path, struct ses_error *err)
{
    size_t done = 0;
    while (done < size) {
        size_t step = size - done;
        if (step > 1u << 30)
            step = 1u << 30;
        int got = gzread(gz, out + done, (unsigned)step);
        if (got > 0) {
            done += (size_t)got;
            continue;
        }
        int number = 0;
        const char *reason = gzerror(gz, &number);
        if (number == Z_ERRNO)
            return ses_fail_errno(err, errno, "cannot read '%s'", path);
        if (number != Z_OK && number != Z_BUF_ERROR)
            return ses_fail(err, SES_EFORMAT, "'%s' is damaged after %zu "
                            "bytes of data: %s", path, done, reason);
        return ses_fail(err, SES_EFORMAT, "'%s' ends after %zu bytes of %zu",
                        path, done, size);
    }
    return SES_OK;
}

static size_t big_endian(const uint8_t *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* Type, dimensions and sizes; *total is the number of data bytes. */
static enum ses_status read_header(gzFile gz, const char *path, int dims,
                                   struct idx *idx, size_t *total,
                                   struct ses_error *err)
{
    uint8_t head[4], sizes[12];
    enum ses_status status = read_exactly(gz, head, sizeof head, path, err);
    if (status)
        return status;
    if (head[0] || head[1])
        return ses_fail(err, SES_EFORMAT, "'%s' is not an IDX file: it starts "
                        "%02x %02x %02x %02x, expected 00 00 08 %02x", path,
                        head[0], head[1], head[2], head[3], (unsigned)dims);
    if (head[2] != 8)
        return ses_fail(err, SES_EUNSUPPORTED, "'%s' holds numbers of type "
                        "0x%02x, expected bytes (0x08)", path, head[2]);
    if (head[3] != dims)
        return ses_fail(err, SES_EFORMAT, "'%s' has %d dimension%s, expected "
                        "%d (%s)%s", path, head[3], head[3] == 1 ? "" : "s",
                        dims, dims == 3 ? "images" : "labels",
                        head[3] == 4 - dims
                            ? "; images come first, then labels" : "");
    status = read_exactly(gz, sizes, 4 * (size_t)dims, path, err);
    if (status)
        return status;
    *total = 1;
    for (int i = 0; i < 3; i++) {
        idx->size[i] = i < dims ? big_endian(sizes + 4 * i) : 1;
        if (!ses_multiply(*total, idx->size[i], total))
            return ses_fail(err, SES_EFORMAT, "'%s': its dimensions are too "
                            "large", path);
    }
    if (*total == 0)
        return ses_fail(err, SES_EFORMAT, "'%s' holds no %s", path,
                        dims == 3 ? "images" : "labels");
    if (idx->size[1] > SES_IMAGE_MAX_SIDE || idx->size[2] > SES_IMAGE_MAX_SIDE)
        return ses_fail(err, SES_EFORMAT, "'%s': images are %zux%zu, expected "
                        "at most %d a side", path, idx->size[2], idx->size[1],
                        SES_IMAGE_MAX_SIDE);
    return SES_OK;
}

/* Whether `total` bytes can be in a file of this size, before memory is asked
 * for. */
static enum ses_status check_size(gzFile gz, const char *path, int dims,
                                  uint64_t file_size, size_t total,
                                  struct ses_error *err)
{
    uint64_t header = 4 + 4 * (uint64_t)dims;
    if (gzdirect(gz)) {
        if (file_size != header + total)
            return ses_fail(err, SES_EFORMAT, "'%s' has %llu bytes, expected "
                            "%llu by its header", path,
                            (unsigned long long)file_size,
                            (unsigned long long)(header + total));
    } else if (total / DEFLATE_MOST > file_size) {
        return ses_fail(err, SES_EFORMAT, "'%s': its header asks for %zu "
                        "bytes, which %llu compressed bytes cannot hold",
                        path, total, (unsigned long long)file_size);
    }
    return SES_OK;
}

static enum ses_status idx_read(const char *path, int dims, struct idx *out,
                                struct ses_error *err)
{
    enum ses_status status = SES_OK;
    struct idx idx = { 0 };
    gzFile gz = NULL;
    struct stat st;
    size_t total = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ses_fail_errno(err, errno, "cannot open '%s'", path);
    if (fstat(fd, &st) != 0) {
        status = ses_fail_errno(err, errno, "cannot read '%s'", path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        status = ses_fail(err, SES_EIO, "'%s' is %s, expected a file", path,
                          S_ISDIR(st.st_mode) ? "a folder" : "a device");
        goto out;
    }
    gz = gzdopen(fd, "rb");
    if (!gz) {
        status = ses_fail_memory(err, "a compressed file");
        goto out;
    }
    fd = -1; /* gz owns it */
    status = read_header(gz, path, dims, &idx, &total, err);
    if (!status)
        status = check_size(gz, path, dims, (uint64_t)st.st_size, total, err);
    if (status)
        goto out;
    idx.bytes = ses_calloc(total, 1);
    if (!idx.bytes) {
        status = ses_fail_memory(err, "the images");
        goto out;
    }
    status = read_exactly(gz, idx.bytes, total, path, err);
    if (status)
        goto out;
    /* Only at the end is the checksum compared. */
    uint8_t more;
    int got = gzread(gz, &more, 1);
    if (got != 0) {
        int number = 0;
        const char *reason = got < 0 ? gzerror(gz, &number)
                                     : "more data than its header says";
        status = ses_fail(err, SES_EFORMAT, "'%s' is damaged at its end: %s",
                          path, reason);
        goto out;
    }
    *out = idx;
    idx.bytes = NULL;
out:
    free(idx.bytes);
    if (gz)
        gzclose(gz);
    if (fd >= 0)
        close(fd);
    return status;
}

/* "t10k-images" of "DIR/t10k-images-idx3-ubyte.gz"; caller frees. */
static char *stem_of(const char *path)
{
    const char *name = ses_path_name(path);
    size_t length = strlen(name);
    if (length > 3 && strcasecmp(name + length - 3, ".gz") == 0)
        length -= 3;
    char *stem = strndup(name, length);
    char *end = stem ? strstr(stem, "idx3-ubyte") : NULL;
    if (end && end > stem + 1)
        end[-1] = '\0';
    return stem;
}

enum ses_status ses_idx_fill(struct ses_set_build *build, const char *images,
                             const char *labels,
                             const struct ses_set_options *opt,
                             struct ses_error *err)
{
    struct ses_set *set = build->set;
    struct idx pictures = { 0 }, marks = { 0 };
    int *values = NULL;
    char *stem = stem_of(images);
    enum ses_status status = SES_OK;
    if (!set->root)
        set->root = ses_path_folder(images);
    if (!set->root || !stem) {
        status = ses_fail_memory(err, "a path");
        goto out;
    }
    status = idx_read(images, 3, &pictures, err);
    if (!status)
        status = idx_read(labels, 1, &marks, err);
    if (status)
        goto out;
    size_t n = pictures.size[0];
    if (marks.size[0] != n) {
        status = ses_fail(err, SES_ESHAPE, "'%s' holds %zu images, '%s' %zu "
                          "labels", images, n, labels, marks.size[0]);
        goto out;
    }
    values = ses_calloc(n, sizeof *values);
    if (!values) {
        status = ses_fail_memory(err, "the labels");
        goto out;
    }
    for (size_t i = 0; i < n && !status; i++) {
        values[i] = marks.bytes[i];
        status = ses_build_item(build, ses_format("%s#%zu", stem, i), 0, i,
                                err);
    }
    if (!status)
        status = ses_build_labels(build, values, opt, labels, err);
    if (status)
        goto out;
    *set->source = (struct ses_set_source){
        .bytes = pictures.bytes,
        .stride = pictures.size[1] * pictures.size[2],
        .width = (int)pictures.size[2],
        .height = (int)pictures.size[1],
        .channels = 1
    };
    pictures.bytes = NULL;
out:
    free(pictures.bytes);
    free(marks.bytes);
    free(values);
    free(stem);
    return status;
}

enum ses_status ses_idx_fill_spec(struct ses_set_build *build,
                                  const char *pair,
                                  const struct ses_set_options *opt,
                                  struct ses_error *err)
{
    const char *comma = strchr(pair, ',');
    if (!comma)
        return ses_fail(err, SES_EUSAGE, "'idx:%s' names one file, expected "
                        "idx:IMAGES,LABELS", pair);
    /* File names may hold commas: take the one between two files. */
    for (const char *c = comma; c; c = strchr(c + 1, ',')) {
        char *head = strndup(pair, (size_t)(c - pair));
        bool both = head && access(head, F_OK) == 0 &&
                    access(c + 1, F_OK) == 0;
        free(head);
        if (both) {
            comma = c;
            break;
        }
    }
    char *images = strndup(pair, (size_t)(comma - pair));
    enum ses_status status = images ? ses_idx_fill(build, images, comma + 1,
                                                   opt, err)
                                    : ses_fail_memory(err, "a path");
    free(images);
    return status;
}

/* The length of X in a name "XimagesYidx3-ubyte[.gz]", Y one of '-' and '.';
 * SIZE_MAX for other names. */
static size_t prefix_of(const char *name, const char *what, const char *type)
{
    size_t length = strlen(name), n = strlen(what), m = strlen(type);
    if (length > 3 && strcmp(name + length - 3, ".gz") == 0)
        length -= 3;
    if (length < n + 1 + m)
        return SIZE_MAX;
    const char *tail = name + length - m - 1 - n;
    bool fits = strncmp(tail, what, n) == 0 &&
                (tail[n] == '-' || tail[n] == '.') &&
                strncmp(tail + n + 1, type, m) == 0;
    return fits ? (size_t)(tail - name) : SIZE_MAX;
}

static bool is_test(const char *name, size_t prefix)
{
    char head[64];
    if (prefix >= sizeof head)
        prefix = sizeof head - 1;
    memcpy(head, name, prefix);
    head[prefix] = '\0';
    return strcasestr(head, "t10k") || strcasestr(head, "test");
}

enum ses_status ses_idx_find(char *const *names, size_t count,
                             const char **images, const char **labels,
                             bool *several, struct ses_error *err)
{
    size_t pairs = 0, tests = 0;
    const char *first = NULL, *first_labels = NULL;
    const char *previous = NULL;
    size_t previous_prefix = 0;
    for (size_t i = 0; i < count; i++) {
        size_t prefix = prefix_of(names[i], "images", "idx3-ubyte");
        if (prefix == SIZE_MAX)
            continue;
        /* The same pair compressed: sorted right after. */
        if (previous && previous_prefix == prefix &&
            strncmp(previous, names[i], prefix) == 0)
            continue;
        const char *partner = NULL;
        for (size_t j = 0; j < count && !partner; j++)
            if (prefix_of(names[j], "labels", "idx1-ubyte") == prefix &&
                strncmp(names[i], names[j], prefix) == 0)
                partner = names[j];
        if (!partner)
            continue;
        previous = names[i];
        previous_prefix = prefix;
        pairs++;
        bool test = is_test(names[i], prefix);
        tests += test;
        if (!first || (test && tests == 1)) {
            first = names[i];
            first_labels = partner;
        }
    }
    if (pairs == 0)
        return SES_ENOTFOUND;
    if (pairs > 1 && tests != 1)
        return ses_fail(err, SES_EUSAGE, "%zu pairs of IDX files; name one by "
                        "idx:IMAGES,LABELS", pairs);
    *images = first;
    *labels = first_labels;
    *several = pairs > 1;
    return SES_OK;
}
