/* See set.h: which opener a spec is for, and reading pixels. */
#include "core/images/set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/images/set-build.h"

/* No picture file is larger; what is, was not meant to be one. */
#define FILE_LIMIT ((size_t)1 << 30)

/* What follows "kind:" in spec, or NULL. */
static const char *after(const char *spec, const char *kind)
{
    size_t length = strlen(kind);
    return strncmp(spec, kind, length) == 0 ? spec + length : NULL;
}

/* An option that says nothing about this kind of set is not passed over in
 * silence: whoever gave it expects something else than what is done. */
static enum ses_status note_unused(struct ses_set *set,
                                   const struct ses_set_options *opt,
                                   struct ses_error *err)
{
    const char *spec = set->spec;
    bool cifar100 = after(spec, "cifar100:");
    bool container = cifar100 || after(spec, "cifar10:") || after(spec, "idx:");
    struct stat st;
    bool list = !container && stat(spec, &st) == 0 && !S_ISDIR(st.st_mode);
    enum ses_status status = SES_OK;
    if (opt->image_root && !list)
        status = ses_set_note(set, err, "--image-root is for list files; '%s' "
                              "is none", spec);
    if (!status && opt->coarse && !cifar100)
        status = ses_set_note(set, err, "--coarse is for CIFAR-100; '%s' is "
                              "not cifar100:DIR", spec);
    return status;
}

static enum ses_status fill(struct ses_set_build *build,
                            const struct ses_set_options *opt,
                            struct ses_error *err)
{
    const char *spec = build->set->spec, *rest;
    if ((rest = after(spec, "idx:")))
        return ses_idx_fill_spec(build, rest, opt, err);
    if ((rest = after(spec, "cifar10:")))
        return ses_cifar_fill(build, 10, rest, opt, err);
    if ((rest = after(spec, "cifar100:")))
        return ses_cifar_fill(build, 100, rest, opt, err);

    struct stat st;
    if (stat(spec, &st) != 0)
        return ses_fail_errno(err, errno, "cannot open image set '%s'", spec);
    if (S_ISDIR(st.st_mode))
        return ses_folder_fill(build, spec, opt, err);
    return ses_list_fill(build, spec, opt, err);
}

enum ses_status ses_set_open(const char *spec,
                             const struct ses_set_options *opt,
                             struct ses_set **out, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    struct ses_set_build build = { 0 };
    struct ses_set *set = ses_calloc(1, sizeof *set);
    if (!set)
        return ses_fail_memory(err, "the image set");
    set->spec = strdup(spec);
    set->source = ses_calloc(1, sizeof *set->source);
    set->exif_rotate = opt->exif_rotate;
    set->least_side = opt->least_side;
    build.set = set;
    if (!set->spec || !set->source)
        status = ses_fail_memory(err, "the image set");
    if (!status)
        status = fill(&build, opt, err);
    if (!status)
        status = note_unused(set, opt, err);
    if (status)
        ses_set_free(set);
    else
        *out = set;
    return status;
}

void ses_set_free(struct ses_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n_classes; i++) {
        free(set->classes[i].id);
        free(set->classes[i].name);
        free(set->classes[i].names);
    }
    for (size_t i = 0; i < set->n_items; i++)
        free(set->items[i].path);
    if (set->source)
        free(set->source->bytes);
    free(set->source);
    free(set->classes);
    free(set->items);
    free(set->notes);
    free(set->spec);
    free(set->root);
    free(set);
}

enum ses_status ses_bytes_read(const char *path, size_t limit, uint8_t **out,
                               size_t *size, struct ses_error *err)
{
    uint8_t *bytes = NULL;
    enum ses_status status = SES_OK;
    /* Without O_NONBLOCK a pipe named .jpg would be waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ses_fail_errno(err, errno, "cannot be opened");
    struct stat st;
    if (fstat(fd, &st) != 0) {
        status = ses_fail_errno(err, errno, "cannot be read");
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        status = ses_fail(err, SES_EIO, "is %s, expected a file",
                          S_ISDIR(st.st_mode) ? "a folder" : "a device");
        goto out;
    }
    if ((uintmax_t)st.st_size > limit) {
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "has %jd bytes, expected at most %zu",
                          (intmax_t)st.st_size, limit);
        goto out;
    }
    size_t length = (size_t)st.st_size, done = 0;
    bytes = ses_calloc(length, 1);
    if (!bytes) {
        status = ses_fail_memory(err, "the file");
        goto out;
    }
    while (done < length) {
        ssize_t got = read(fd, bytes + done, length - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            status = ses_fail_errno(err, errno, "cannot be read");
            goto out;
        }
        if (got == 0)
            break; /* cut while it was read: its decoder will say so */
        done += (size_t)got;
    }
    *out = bytes;
    *size = done;
    bytes = NULL;
out:
    free(bytes);
    close(fd);
    return status;
}

static enum ses_status read_file(const struct ses_set *set,
                                 const struct ses_item *item,
                                 struct ses_image *out, struct ses_error *err)
{
    /* Only a list file without an image root holds absolute paths. */
    char *path = item->path[0] == '/'
                     ? strdup(item->path)
                     : ses_format("%s/%s", set->root, item->path);
    if (!path)
        return ses_fail_memory(err, "a path");
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum ses_status status = ses_bytes_read(path, FILE_LIMIT, &bytes, &size,
                                            err);
    if (!status && size == 0)
        status = ses_fail(err, SES_EFORMAT, "is an empty file");
    if (!status)
        status = ses_image_decode_fast(bytes, size, set->exif_rotate,
                                       set->least_side, out, err);
    free(bytes);
    free(path);
    return status;
}

static enum ses_status read_record(const struct ses_set_source *source,
                                   size_t index, struct ses_image *out,
                                   struct ses_error *err)
{
    enum ses_status status = ses_image_init(out, source->width,
                                            source->height, source->channels,
                                            err);
    if (status)
        return status;
    const uint8_t *from = source->bytes + index * source->stride +
                          source->offset;
    size_t plane = (size_t)source->width * (size_t)source->height;
    size_t channels = (size_t)source->channels;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < plane; i++)
            out->pixels[i * channels + c] = from[c * plane + i];
    return SES_OK;
}

enum ses_status ses_set_read(const struct ses_set *set, size_t item,
                             struct ses_image *out, struct ses_error *err)
{
    const struct ses_item *it = &set->items[item];
    return set->source->bytes ? read_record(set->source, it->index, out, err)
                              : read_file(set, it, out, err);
}
