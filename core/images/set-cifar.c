/* See set-build.h: the binary versions of CIFAR-10 and CIFAR-100: records of
 * one label byte (two in CIFAR-100: coarse, fine) and three 32x32 planes. */
#include "core/images/set-build.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/images/names.h"
#include "core/images/order.h"

enum { SIDE = 32, PIXELS = 3 * SIDE * SIDE };

/* All batches of CIFAR-100 are 184 MB; more is a mistake. */
#define FILE_LIMIT ((size_t)1 << 30)

struct cifar {
    struct ses_set_build *build;
    size_t label_at; /* byte of a record */
    size_t stride;
    int classes;  /* 10 or 100 */
    int n_labels; /* 10, 100 or 20 */
};

static bool exists(const char *folder, const char *name)
{
    char *path = ses_format("%s/%s", folder, name);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

/* Append the records of a file. */
static enum ses_status add_file(struct cifar *cifar, const char *path,
                                struct ses_error *err)
{
    struct ses_set *set = cifar->build->set;
    struct ses_set_source *source = set->source;
    uint8_t *bytes = NULL;
    char *stem = NULL;
    size_t size = 0;
    enum ses_status status = ses_bytes_read(path, FILE_LIMIT, &bytes, &size,
                                            err);
    if (status)
        return ses_error_context(err, "'%s'", path);
    if (size == 0 || size % cifar->stride) {
        size_t other = cifar->classes == 10 ? PIXELS + 2 : PIXELS + 1;
        const char *hint = "";
        if (size && size % other == 0)
            hint = cifar->classes == 10 ? "; it looks like CIFAR-100"
                                        : "; it looks like CIFAR-10";
        else if (size && (bytes[0] == 0x80 || bytes[0] == '('))
            hint = "; it looks like the Python version, get the binary one";
        status = ses_fail(err, SES_EFORMAT, "'%s' has %zu bytes, expected a "
                          "multiple of %zu for CIFAR-%d%s", path, size,
                          cifar->stride, cifar->classes, hint);
        goto out;
    }
    size_t first = set->n_items, n = size / cifar->stride;
    uint8_t *grown = ses_realloc(source->bytes, first + n, cifar->stride);
    const char *name = ses_path_name(path);
    size_t length = strlen(name);
    if (length > 4 && strcasecmp(name + length - 4, ".bin") == 0)
        length -= 4;
    stem = strndup(name, length);
    if (grown)
        source->bytes = grown;
    if (!grown || !stem) {
        status = ses_fail_memory(err, "the images");
        goto out;
    }
    memcpy(grown + first * cifar->stride, bytes, size);
    for (size_t i = 0; i < n && !status; i++) {
        int label = bytes[i * cifar->stride + cifar->label_at];
        if (label >= cifar->n_labels)
            status = ses_fail(err, SES_EFORMAT, "'%s': image %zu has label "
                              "%d, expected 0..%d; is this CIFAR-%d's binary "
                              "version?", path, i, label,
                              cifar->n_labels - 1, cifar->classes);
        else
            status = ses_build_item(cifar->build,
                                    ses_format("%s#%zu", stem, i), label,
                                    first + i, err);
    }
out:
    free(bytes);
    free(stem);
    return status;
}

/* The test batch of a folder, or of the folder the archive unpacks to. */
static enum ses_status add_folder(struct cifar *cifar, const char *folder,
                                  struct ses_error *err)
{
    bool ten = cifar->classes == 10;
    const char *file = ten ? "test_batch.bin" : "test.bin";
    const char *inner = ten ? "cifar-10-batches-bin" : "cifar-100-binary";
    const char *python = ten ? "test_batch" : "test";
    char *path = ses_format("%s/%s", folder, file);
    char *below = ses_format("%s/%s/%s", folder, inner, file);
    enum ses_status status;
    if (!path || !below)
        status = ses_fail_memory(err, "a path");
    else if (access(path, F_OK) == 0)
        status = add_file(cifar, path, err);
    else if (access(below, F_OK) == 0)
        status = add_file(cifar, below, err);
    else
        status = ses_fail(err, SES_ENOTFOUND, "'%s' holds no '%s'%s", folder,
                          file,
                          exists(folder, python) ||
                                  exists(folder, "cifar-10-batches-py") ||
                                  exists(folder, "cifar-100-python")
                              ? "; it looks like the Python version, get the "
                                "binary one"
                              : ", which the binary version has");
    free(path);
    free(below);
    return status;
}

/* A folder, a file, or a pattern of files. */
static enum ses_status add_entry(struct cifar *cifar, const char *entry,
                                 struct ses_error *err)
{
    struct stat st;
    bool there = stat(entry, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return add_folder(cifar, entry, err);
    if (there || !strpbrk(entry, "*?["))
        return add_file(cifar, entry, err);

    /* glob() sorts by locale. */
    glob_t found = { 0 };
    enum ses_status status = SES_OK;
    int result = glob(entry, GLOB_NOSORT, NULL, &found);
    if (result == GLOB_NOSPACE)
        status = ses_fail_memory(err, "file names");
    else if (result != 0)
        status = ses_fail(err, SES_ENOTFOUND, "no file fits '%s'", entry);
    else
        status = ses_order_names(found.gl_pathv, found.gl_pathc,
                                 SES_FOLDER_NATURAL, err);
    for (size_t i = 0; i < found.gl_pathc && !status; i++)
        status = add_file(cifar, found.gl_pathv[i], err);
    globfree(&found);
    return status;
}

/* Classes come with their names: all of them, whether or not they occur. */
static enum ses_status add_classes(struct cifar *cifar, struct ses_error *err)
{
    const char *const *names =
        cifar->n_labels == 10    ? ses_names_cifar10
        : cifar->n_labels == 100 ? ses_names_cifar100
                                 : ses_names_cifar100_coarse;
    struct ses_set *set = cifar->build->set;
    for (int i = 0; i < cifar->n_labels; i++) {
        enum ses_status status =
            ses_build_class(cifar->build, ses_format("%d", i), i, err);
        if (status)
            return status;
        char *name = strdup(names[i]), *all = strdup(names[i]);
        free(set->classes[i].name);
        set->classes[i].name = name;
        set->classes[i].names = all;
        if (!name || !all)
            return ses_fail_memory(err, "the classes");
    }
    return SES_OK;
}

enum ses_status ses_cifar_fill(struct ses_set_build *build, int classes,
                               const char *files,
                               const struct ses_set_options *opt,
                               struct ses_error *err)
{
    struct ses_set *set = build->set;
    bool coarse = classes == 100 && opt->coarse;
    struct cifar cifar = {
        .build = build,
        .label_at = classes == 100 && !coarse ? 1 : 0,
        .stride = classes == 100 ? PIXELS + 2 : PIXELS + 1,
        .classes = classes,
        .n_labels = coarse ? 20 : classes
    };
    if (classes == 10 && opt->coarse)
        return ses_fail(err, SES_EUSAGE, "CIFAR-10 has no coarse labels");
    if (!*files)
        return ses_fail(err, SES_EUSAGE, "'%s' names no folder or file",
                        set->spec);
    set->label_base_given = true;
    enum ses_status status = add_classes(&cifar, err);
    for (const char *at = files; at && !status;) {
        const char *comma = strchr(at, ',');
        size_t length = comma ? (size_t)(comma - at) : strlen(at);
        char *entry = strndup(at, length);
        status = entry ? add_entry(&cifar, entry, err)
                       : ses_fail_memory(err, "a path");
        if (!status && !set->root) {
            struct stat st;
            bool folder = stat(entry, &st) == 0 && S_ISDIR(st.st_mode);
            set->root = folder ? strdup(entry) : ses_path_folder(entry);
            if (!set->root)
                status = ses_fail_memory(err, "a path");
        }
        free(entry);
        at = comma ? comma + 1 : NULL;
    }
    *set->source = (struct ses_set_source){
        .bytes = set->source->bytes,
        .stride = cifar.stride,
        .offset = cifar.stride - PIXELS,
        .width = SIDE,
        .height = SIDE,
        .channels = 3
    };
    return status;
}
