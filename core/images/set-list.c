/* See set-build.h: list files as Caffe reads them, `PATH LABEL` a line. */
#include "core/images/set-build.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/text.h"

struct list {
    struct ses_set_build *build;
    const struct ses_set_options *opt;
    int *labels; /* one for every item */
    size_t room;
};

/* What a file is that is no list, or NULL. */
static const char *other_kind(const struct ses_file *file)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *kind;
    } kinds[] = {
        { "\xff\xd8\xff", 3, "a JPEG picture" },
        { "\x89PNG", 4, "a PNG picture" },
        { "RIFF", 4, "a WebP picture" },
        { "\x1f\x8b", 2, "compressed by gzip (a pair of IDX files is named "
                         "idx:IMAGES,LABELS)" },
        { "\0\0\x08", 3, "an IDX file (a pair of them is named "
                         "idx:IMAGES,LABELS)" },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (file->size >= kinds[i].length &&
            memcmp(file->data, kinds[i].magic, kinds[i].length) == 0)
            return kinds[i].kind;
    if (file->size && memchr(file->data, '\0', file->size))
        return "a binary file";
    return NULL;
}

/* One line without its end; number is for errors. */
static enum ses_status read_line(struct list *list, const char *line,
                                 size_t length, size_t number,
                                 struct ses_error *err)
{
    ses_trim(&line, &length);
    if (!length || (line[0] == '#' && (length == 1 || ses_is_blank(line[1]))))
        return SES_OK;
    size_t field = length;
    while (field && !ses_is_blank(line[field - 1]))
        field--;
    size_t path_length = field;
    while (path_length && ses_is_blank(line[path_length - 1]))
        path_length--;
    if (!path_length)
        return ses_fail(err, SES_EFORMAT, "line %zu: '%.*s' has no label, "
                        "expected 'PATH LABEL'", number,
                        (int)(length < 200 ? length : 200), line);

    char text[16] = "";
    size_t text_length = length - field;
    if (text_length < sizeof text)
        memcpy(text, line + field, text_length);
    long label;
    long base = list->opt->label_base < 0 ? 0 : list->opt->label_base;
    if (!ses_parse_long(text, base, INT_MAX, &label))
        return ses_fail(err, SES_EFORMAT, "line %zu: label '%.*s' is not an "
                        "integer from %ld on", number,
                        (int)(text_length < 200 ? text_length : 200),
                        line + field, base);

    struct ses_set *set = list->build->set;
    int *grown = ses_grow(list->labels, set->n_items, &list->room,
                          sizeof *list->labels);
    if (!grown)
        return ses_fail_memory(err, "the labels");
    list->labels = grown;
    list->labels[set->n_items] = (int)label;

    /* Under an image root even "/a.jpg" is relative, as Caffe joins them. */
    while (list->opt->image_root && path_length > 1 && *line == '/') {
        line++;
        path_length--;
    }
    return ses_build_item(list->build, strndup(line, path_length), 0, 0, err);
}

static enum ses_status read_lines(struct list *list,
                                  const struct ses_file *file,
                                  struct ses_error *err)
{
    const char *at = (const char *)file->data, *end = at + file->size;
    enum ses_status status = SES_OK;
    if (file->size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (size_t number = 1; at < end && !status; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        status = read_line(list, at, (size_t)(stop - at), number, err);
        at = stop < end ? stop + 1 : end;
    }
    return status;
}

/* A wrong image root makes every picture unreadable: look for a few before a
 * long run names them all. */
static enum ses_status check_root(const struct ses_set *set,
                                  const char *list_path,
                                  struct ses_error *err)
{
    enum { PROBES = 16 };
    size_t step = set->n_items / PROBES + 1;
    for (size_t i = 0; i < set->n_items; i += step) {
        const char *path = set->items[i].path;
        char *full = *path == '/' ? strdup(path)
                                  : ses_format("%s/%s", set->root, path);
        if (!full)
            return ses_fail_memory(err, "a path");
        bool missing = access(full, F_OK) != 0 && errno == ENOENT;
        free(full);
        if (!missing)
            return SES_OK;
    }
    return ses_fail(err, SES_ENOTFOUND, "'%s': pictures such as '%s' are not "
                    "in '%s'; --image-root says where they are", list_path,
                    set->items[0].path, set->root);
}

enum ses_status ses_list_fill(struct ses_set_build *build, const char *path,
                              const struct ses_set_options *opt,
                              struct ses_error *err)
{
    struct list list = { .build = build, .opt = opt };
    struct ses_set *set = build->set;
    struct ses_file file = { 0 };
    enum ses_status status = ses_file_map(path, &file, err);
    if (status)
        return status;
    const char *other = other_kind(&file);
    if (other) {
        status = ses_fail(err, SES_EFORMAT, "'%s' is %s, expected a folder or "
                          "a list file with a line 'PATH LABEL' a picture",
                          path, other);
        goto out;
    }
    set->root = opt->image_root ? strdup(opt->image_root)
                                : ses_path_folder(path);
    if (!set->root) {
        status = ses_fail_memory(err, "a path");
        goto out;
    }
    status = file.size ? read_lines(&list, &file, err) : SES_OK;
    if (status) {
        status = ses_error_context(err, "'%s'", path);
        goto out;
    }
    if (set->n_items == 0) {
        status = ses_fail(err, SES_EFORMAT, "'%s' lists no pictures, expected "
                          "a line 'PATH LABEL' a picture", path);
        goto out;
    }
    status = ses_build_labels(build, list.labels, opt, path, err);
    if (!status)
        status = check_root(set, path, err);
out:
    free(list.labels);
    ses_file_release(&file);
    return status;
}
