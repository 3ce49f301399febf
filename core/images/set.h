/* Labelled image sets: what SET on the command line names.
 *
 *   DIR            folders of pictures, one a class (ImageFolder); or the
 *                  pictures themselves, named WNID_anything.JPEG; or a pair
 *                  of IDX files (of several the one named t10k or test)
 *   FILE           a list: a line `PATH LABEL` a picture. Blank lines are
 *                  skipped, and lines that start with "# "
 *   idx:IMAGES[.gz],LABELS[.gz]
 *   cifar10:DIR    the test batch of the binary version, test_batch.bin
 *   cifar100:DIR   likewise, test.bin
 *   cifar10:FILE[,FILE...]  those files instead; each may be a pattern:
 *                  cifar10:DIR/data_batch_*.bin is the training set
 *
 * The order of classes and pictures never depends on the order in which a
 * directory lists them. */
#ifndef SES_IMAGES_SET_H
#define SES_IMAGES_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/images/image.h"

enum ses_folder_order {
    SES_FOLDER_BYTES,   /* torchvision */
    SES_FOLDER_NATURAL, /* timm: digits as numbers, case ignored */
    SES_FOLDER_NUMERIC  /* every name must be a number */
};

struct ses_set_options {
    enum ses_folder_order folder_order;
    int label_base;         /* list and IDX: 0 or 1; -1: not said */
    const char *image_root; /* list files; NULL: the list file's folder */
    bool exif_rotate;
    int least_side;         /* of JPEGs (ses_image_decode_fast()); 0: whole */
    bool coarse;            /* cifar100: the 20 coarse labels */
};

struct ses_class {
    char *id;    /* folder name, wnid, or label (base taken off) as text */
    char *name;  /* display name; the id until a label table says better */
    char *names; /* all its names, comma-separated; NULL until a table */
    int label;   /* label, base taken off, of list, IDX and CIFAR sets; -1 */
    int output;  /* network output index; -1: none */
};

struct ses_item {
    char *path;   /* relative to the root; "t10k-images#17" in containers */
    int class;    /* index into classes */
    size_t index; /* in a container */
};

struct ses_set_source; /* where pixels come from; core/images/set-build.h */

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
    int least_side;
    bool label_base_given; /* what label 0 is was said, or is fixed */
    struct ses_set_source *source;
};

/* Open a set. What could be meant but is not (a folder of pictures without
 * class folders, an empty folder, a CIFAR file of the wrong size, labels that
 * run from 1 to their number without label_base) is an error that says what
 * to do. Pictures in files are told by torchvision's file name extensions;
 * what else there is, is counted in a note. Pictures themselves are not looked
 * at. Caller frees with ses_set_free(). */
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
 * seed, in the set's order. A class's sample depends on the seed, its id or
 * label and its number of items, not on the other classes.
 *
 * classes is the text of --classes, comma-separated. Each is, by the first
 * that fits: a folder name, wnid or label; an output index (without a
 * classifier a position in the set); the four classes of the paper for
 * `paper`; a name, ASCII case and '_' for ' ' ignored; words of a name.
 * Classes with a wnid have all the names of ImageNet's table whether or not a
 * label table is applied, and a name means the same in every subset of
 * ImageNet: one that fits several of its classes (`plane`) is an error that
 * lists the candidates with their ids; an unknown one suggests near names.
 * Both are SES_EUSAGE. Call after labels are applied. On failure the set is
 * as it was. */
SES_MUST_CHECK enum ses_status ses_set_select(struct ses_set *set,
                                              const char *classes,
                                              size_t per_class, uint64_t seed,
                                              struct ses_error *err);

#endif
