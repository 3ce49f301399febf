/* Labelled image sets: what SET on the command line names. */
#ifndef SES_IMAGES_SET_H
#define SES_IMAGES_SET_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/images/image.h"

enum ses_folder_order {
    SES_FOLDER_BYTES,   /* torchvision */
    SES_FOLDER_NATURAL, /* timm: digits as numbers, case ignored */
    SES_FOLDER_NUMERIC
};

struct ses_set_options {
    enum ses_folder_order folder_order;
    int label_base;         /* list files: 0 or 1; -1: not said */
    const char *image_root; /* list files; NULL: the list file's folder */
    bool exif_rotate;
    bool coarse;            /* cifar100: the 20 coarse labels */
};

struct ses_class {
    char *id;   /* folder name, wnid, or label as text */
    char *name; /* display name; the id until a label table says better */
    int label;  /* integer label of list, IDX and CIFAR sets; else -1 */
    int output; /* network output index; -1: none */
};

struct ses_item {
    char *path;     /* relative to the root; "t10k-images#17" in containers */
    int class;      /* index into classes */
    size_t index;   /* in a container */
};

struct ses_set_source; /* where pixels come from; core/images/set*.c */

struct ses_set {
    char *spec; /* as given */
    char *root;
    struct ses_class *classes;
    size_t n_classes;
    struct ses_item *items;
    size_t n_items;
    char *notes; /* hints for people ("all class names are integers ..."),
                  * one a line; or NULL */
    bool exif_rotate;
    struct ses_set_source *source;
};

/* Open a set. What could be meant but is not (a folder of pictures without
 * class folders, an empty folder, a CIFAR file of the wrong size, labels that
 * start at 1 without --label-base) is an error that says what to do. Caller
 * frees with ses_set_free(). */
SES_MUST_CHECK enum ses_status ses_set_open(const char *spec,
                                            const struct ses_set_options *opt,
                                            struct ses_set **out,
                                            struct ses_error *err);
void ses_set_free(struct ses_set *set);

/* Decode one item. Thread-safe. Errors do not name the item. */
SES_MUST_CHECK enum ses_status ses_set_read(const struct ses_set *set,
                                            size_t item,
                                            struct ses_image *out,
                                            struct ses_error *err);

/* Keep the named classes only, in the order named (NULL: all), and at most
 * per_class items of each (0: all), chosen uniformly without replacement by
 * seed, in the set's order. classes is the text of --classes: folder names,
 * wnids, display names or output indices, or `paper`. A name that matches
 * more than one class is an error that lists the candidates with their ids; an
 * unknown one suggests near names. Call after labels are applied. */
SES_MUST_CHECK enum ses_status ses_set_select(struct ses_set *set,
                                              const char *classes,
                                              size_t per_class, uint64_t seed,
                                              struct ses_error *err);

#endif
