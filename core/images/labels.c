/* See labels.h: opening tables. */
#include "core/images/labels.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/utf8.h"
#include "core/images/names.h"

static const struct {
    const char *table;
    const char *const *names;
    size_t count;
} known[] = {
    { "cifar10", ses_names_cifar10, 10 },
    { "cifar100", ses_names_cifar100, 100 },
    { "cifar100-coarse", ses_names_cifar100_coarse, 20 },
    { "fashion-mnist", ses_names_fashion_mnist, 10 },
};

/* Add a row; wnid may be NULL. */
static enum ses_status add_row(struct ses_labels *labels, size_t *room,
                               const char *wnid, const char *name,
                               size_t name_length, struct ses_error *err)
{
    struct ses_label *grown = ses_grow(labels->items, labels->count, room,
                                       sizeof *grown);
    if (!grown)
        return ses_fail_memory(err, "the label table");
    labels->items = grown;
    struct ses_label *row = &grown[labels->count++];
    row->wnid = wnid ? strndup(wnid, SES_WNID_LENGTH) : NULL;
    row->name = strndup(name, name_length);
    if ((wnid && !row->wnid) || !row->name)
        return ses_fail_memory(err, "the label table");
    return SES_OK;
}

static enum ses_status open_known(const char *table, struct ses_labels *out,
                                  bool *found, struct ses_error *err)
{
    size_t room = 0;
    enum ses_status status = SES_OK;
    bool devkit = strcmp(table, "imagenet-devkit") == 0;
    *found = true;
    if (devkit || strcmp(table, "imagenet") == 0) {
        for (size_t i = 0; i < SES_IMAGENET_CLASSES && !status; i++) {
            const struct ses_imagenet_class *class =
                &ses_imagenet[devkit ? ses_imagenet_devkit[i] : i];
            status = add_row(out, &room, class->wnid, class->names,
                             strlen(class->names), err);
        }
        return status;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(table, known[i].table) != 0)
            continue;
        for (size_t j = 0; j < known[i].count && !status; j++)
            status = add_row(out, &room, NULL, known[i].names[j],
                             strlen(known[i].names[j]), err);
        return status;
    }
    *found = false;
    return SES_OK;
}

static bool is_utf8(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t n = ses_utf8_decode(text + at, length - at, &code);
        if (n == 0 || code == 0)
            return false;
        at += n;
    }
    return true;
}

static enum ses_status read_line(struct ses_labels *labels, size_t *room,
                                 const char *line, size_t length,
                                 struct ses_error *err)
{
    ses_trim(&line, &length);
    if (!length)
        return ses_fail(err, SES_EFORMAT, "is empty, expected 'wnid name'");
    if (!is_utf8(line, length))
        return ses_fail(err, SES_EFORMAT, "is not UTF-8");

    char head[SES_WNID_LENGTH + 2] = "";
    memcpy(head, line, length < sizeof head - 1 ? length : sizeof head - 1);
    size_t n = ses_wnid_length(head);
    if (!n || (length > n && !ses_is_blank(line[n])))
        return add_row(labels, room, NULL, line, length, err);
    while (n < length && ses_is_blank(line[n]))
        n++;
    if (n < length)
        return add_row(labels, room, head, line + n, length - n, err);
    int row = ses_imagenet_find(head);
    return row >= 0 ? add_row(labels, room, head, ses_imagenet[row].names,
                              strlen(ses_imagenet[row].names), err)
                    : add_row(labels, room, head, head, SES_WNID_LENGTH, err);
}

static enum ses_status read_lines(struct ses_labels *labels,
                                  const struct ses_file *file,
                                  struct ses_error *err)
{
    const char *at = (const char *)file->data, *end = at + file->size;
    size_t room = 0;
    if (file->size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (end > at && (ses_is_blank(end[-1]) || end[-1] == '\n'))
        end--;
    for (size_t number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (read_line(labels, &room, at, (size_t)(stop - at), err))
            return ses_error_context(err, "line %zu", number);
        at = stop < end ? stop + 1 : end;
    }
    return SES_OK;
}

static int by_wnid(const void *a, const void *b)
{
    const struct ses_label *x = *(const struct ses_label *const *)a;
    const struct ses_label *y = *(const struct ses_label *const *)b;
    int order = strcmp(x->wnid, y->wnid);
    return order ? order : (x > y) - (x < y);
}

/* A wnid twice would make it two outputs. */
static enum ses_status check_twice(const struct ses_labels *labels,
                                   struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n = 0;
    const struct ses_label **rows = ses_calloc(labels->count, sizeof *rows);
    if (!rows)
        return ses_fail_memory(err, "the label table");
    for (size_t i = 0; i < labels->count; i++)
        if (labels->items[i].wnid)
            rows[n++] = &labels->items[i];
    if (n)
        qsort(rows, n, sizeof *rows, by_wnid);
    for (size_t i = 1; i < n && !status; i++)
        if (strcmp(rows[i - 1]->wnid, rows[i]->wnid) == 0)
            status = ses_fail(err, SES_EFORMAT, "'%s' is in line %td and in "
                              "line %td", rows[i]->wnid,
                              rows[i - 1] - labels->items + 1,
                              rows[i] - labels->items + 1);
    free(rows);
    return status;
}

enum ses_status ses_labels_open(const char *table, struct ses_labels *out,
                                struct ses_error *err)
{
    struct ses_labels labels = { 0 };
    struct ses_file file = { 0 };
    bool found = false;
    enum ses_status status = open_known(table, &labels, &found, err);
    if (status || found)
        goto out;
    status = ses_file_map(table, &file, err);
    if (status) {
        status = ses_error_context(err, "label table (imagenet, "
                                   "imagenet-devkit, cifar10, cifar100, "
                                   "cifar100-coarse, fashion-mnist, or a "
                                   "file)");
        goto out;
    }
    status = file.size ? read_lines(&labels, &file, err) : SES_OK;
    if (!status && labels.count == 0)
        status = ses_fail(err, SES_EFORMAT, "no lines, expected 'wnid name' "
                          "an output");
    if (!status)
        status = check_twice(&labels, err);
    if (status)
        status = ses_error_context(err, "label table '%s'", table);
out:
    ses_file_release(&file);
    if (status)
        ses_labels_release(&labels);
    else
        *out = labels;
    return status;
}

void ses_labels_release(struct ses_labels *labels)
{
    for (size_t i = 0; i < labels->count; i++) {
        free(labels->items[i].wnid);
        free(labels->items[i].name);
    }
    free(labels->items);
    *labels = (struct ses_labels){ 0 };
}
