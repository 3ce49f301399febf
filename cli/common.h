/* Options that several commands share: the same names, values and words
 * everywhere, from one macro for each group. */
#ifndef SES_CLI_COMMON_H
#define SES_CLI_COMMON_H

#include <limits.h>
#include <stdbool.h>

#include "cli/options.h"
#include "core/images/set.h"
#include "core/import/model.h"

/* Which images, and what they are. */
struct ses_image_args {
    const char *images, *labels, *image_root, *classes;
    long label_base, per_class, seed;
    int folder_order; /* enum ses_folder_order */
    bool coarse, exif_rotate, fast_decode;
};

/* How a network is run over them. */
struct ses_run_args {
    long threads, batch;
    bool strict;
    int conv; /* index of ses_convolutions */
};

/* Which of a record's images and blocks, and how they are analysed. */
struct ses_record_args {
    const char *blocks, *classes; /* classes may be NULL: all */
    long seed, threads;
};

extern const char *const ses_folder_orders[];
extern const char *const ses_convolutions[];

#define SES_DEFAULT_IMAGE_ARGS { .label_base = -1 }
#define SES_DEFAULT_RECORD_ARGS { .blocks = "all" }

#define SES_QUIET_OPTION(type, field) \
    { \
        .kind = SES_OPTION_FLAG, .letter = 'q', .name = "quiet", \
        .help = "print no progress and no notes", SES_AT(type, field) \
    }

#define SES_BLOCKS_OPTION(type, field) \
    { \
        .kind = SES_OPTION_STRING, .name = "blocks", .argument = "PATTERN", \
        .help = "SE blocks: names, globs, stageN, last-of-stage or all, " \
                "separated by commas", \
        SES_AT(type, field) \
    }

/* field: a struct ses_record_args */
#define SES_RECORD_OPTIONS(type, field) \
    SES_BLOCKS_OPTION(type, field.blocks), \
    { \
        .kind = SES_OPTION_STRING, .name = "classes", .argument = "A,B", \
        .help = "only images of these: folder names, wnids, display names " \
                "or output indices; `paper` is goldfish, pug, plane and " \
                "cliff", \
        .unset = "all", SES_AT(type, field.classes) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "seed", .argument = "S", \
        .help = "what bootstrap, shuffles and folds start from", .least = 0, \
        .most = LONG_MAX, SES_AT(type, field.seed) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "threads", .argument = "N", \
        .help = "threads that work", .least = 0, .most = 1024, \
        .unset = "one a core", SES_AT(type, field.threads) \
    }

/* type's field: a struct ses_words; cli/force.h reads it. */
#define SES_FORCE_OPTION(type, field) \
    { \
        .kind = SES_OPTION_WORDS, .name = "force", .argument = "SPEC", \
        .help = "BLOCK=VALUE: force gates to one, zero, a number, mean, " \
                "class-mean, shuffle-channels, shuffle-images, " \
                "other-class, noise=SIGMA, scale=T or top=K%; several are " \
                "done in their order", \
        SES_AT(type, field) \
    }
#define SES_FROM_OPTION(type, field) \
    { \
        .kind = SES_OPTION_STRING, .name = "from", .argument = "RUN.h5", \
        .help = "the record of this network that means and other images' " \
                "gates come from", \
        SES_AT(type, field) \
    }

/* field: a struct ses_model_options */
#define SES_MODEL_OPTIONS(type, field) \
    { .kind = SES_OPTION_GROUP, .help = "The network" }, \
    { \
        .kind = SES_OPTION_STRING, .name = "weights", .argument = "FILE", \
        .help = "its weights, where MODEL is a Caffe prototxt", \
        SES_AT(type, field.weights) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "arch", .argument = "NAME", \
        .help = "its architecture", .unset = "by tensor names and shapes", \
        SES_AT(type, field.arch) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "state-key", .argument = "KEY", \
        .help = "the entry of a checkpoint that holds it", \
        SES_AT(type, field.state_key) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "preprocess", .argument = "SPEC", \
        .help = "what is done to images: torch, caffe, keras-tf, cifar10, " \
                "none, and key=value pairs, separated by commas", \
        .unset = "the network's own", SES_AT(type, field.preprocess) \
    }

/* field: a struct ses_image_args */
#define SES_IMAGE_OPTIONS(type, field) \
    { .kind = SES_OPTION_GROUP, .help = "The images" }, \
    { \
        .kind = SES_OPTION_STRING, .name = "images", .argument = "SET", \
        .help = "a folder of class folders, a list file, " \
                "idx:IMAGES,LABELS, cifar10:DIR, cifar100:DIR, or a folder " \
                "of WNID_name.JPEG files", \
        SES_AT(type, field.images) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "labels", .argument = "TABLE", \
        .help = "which network output a class is: imagenet, " \
                "imagenet-devkit, cifar10, cifar100, cifar100-coarse, " \
                "fashion-mnist, or a file with one line an output", \
        .unset = "imagenet, for wnids and 1000 outputs", \
        SES_AT(type, field.labels) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "label-base", .argument = "N", \
        .help = "the first label of a list file, 0 or 1", .least = 0, \
        .most = 1, SES_AT(type, field.label_base) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "image-root", .argument = "DIR", \
        .help = "where a list file's paths start", \
        .unset = "its own folder", SES_AT(type, field.image_root) \
    }, \
    { \
        .kind = SES_OPTION_CHOICE, .name = "folder-order", \
        .argument = "ORDER", \
        .help = "how class folders are sorted: bytes, natural or numeric", \
        .choices = ses_folder_orders, SES_AT(type, field.folder_order) \
    }, \
    { \
        .kind = SES_OPTION_STRING, .name = "classes", .argument = "A,B", \
        .help = "only these: folder names, wnids, display names or output " \
                "indices; `paper` is goldfish, pug, plane and cliff", \
        .unset = "all", SES_AT(type, field.classes) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "per-class", .argument = "N", \
        .help = "at most so many images a class, chosen by --seed", \
        .least = 0, .most = LONG_MAX, .unset = "all", \
        SES_AT(type, field.per_class) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "seed", .argument = "S", \
        .help = "what random choices start from", .least = 0, \
        .most = LONG_MAX, SES_AT(type, field.seed) \
    }, \
    { \
        .kind = SES_OPTION_FLAG, .name = "coarse", \
        .help = "the 20 coarse labels of CIFAR-100", \
        SES_AT(type, field.coarse) \
    }, \
    { \
        .kind = SES_OPTION_FLAG, .name = "exif-rotate", \
        .help = "turn photographs as their EXIF data say", \
        SES_AT(type, field.exif_rotate) \
    }, \
    { \
        .kind = SES_OPTION_FLAG, .name = "fast-decode", \
        .help = "read JPEGs much larger than needed at a half, a quarter or " \
                "an eighth of their size: other pixels", \
        SES_AT(type, field.fast_decode) \
    }

/* field: a struct ses_run_args */
#define SES_RUN_OPTIONS(type, field) \
    { .kind = SES_OPTION_GROUP, .help = "The run" }, \
    { \
        .kind = SES_OPTION_LONG, .name = "threads", .argument = "N", \
        .help = "threads that work", .least = 0, .most = 1024, \
        .unset = "one a core", SES_AT(type, field.threads) \
    }, \
    { \
        .kind = SES_OPTION_LONG, .name = "batch", .argument = "N", \
        .help = "images a thread works on at a time", .least = 0, \
        .most = 4096, .unset = "chosen by size", SES_AT(type, field.batch) \
    }, \
    { \
        .kind = SES_OPTION_CHOICE, .name = "conv", .argument = "HOW", \
        .help = "fast, or exact: without Winograd's way, which rounds more", \
        .choices = ses_convolutions, SES_AT(type, field.conv) \
    }, \
    { \
        .kind = SES_OPTION_FLAG, .name = "strict", \
        .help = "the first image that cannot be read ends the run", \
        SES_AT(type, field.strict) \
    }

/* What --conv says; before a network is run or its kernels are named. */
void ses_choose_convolutions(const struct ses_run_args *args);

/* SES_ENOTFOUND with one line when a network has no SE block. */
SES_MUST_CHECK enum ses_status ses_need_blocks(const struct ses_model *model,
                                               struct ses_error *err);

/* The blocks of a network that --blocks means: indices in depth order. Errors
 * as of ses_need_blocks() and ses_blocks_select(). Caller frees *index with
 * free(). */
SES_MUST_CHECK enum ses_status ses_choose_blocks(const struct ses_model *model,
                                                 const char *pattern,
                                                 size_t **index, size_t *count,
                                                 struct ses_error *err);

/* Open the set that args names, say which network outputs its classes are,
 * and leave what --classes and --per-class ask for. Notes are printed. Caller
 * frees with ses_set_free(). */
SES_MUST_CHECK enum ses_status ses_open_images(
    const struct ses_image_args *args, const struct ses_model *model,
    struct ses_set **out, struct ses_error *err);

/* Look at the first few images when the network takes their own size:
 * SES_ESHAPE when none of them has the size it needs, as the whole set will
 * hardly have it either. */
SES_MUST_CHECK enum ses_status ses_check_image_size(
    const struct ses_set *set, const struct ses_preprocess *preprocess,
    struct ses_error *err);

/* Words as a shell would read them back, separated by blanks. */
void ses_quote_words(int argc, char *const *argv, struct ses_text *out);

/* "2.5 M", "640 k", "980". */
void ses_count_text(size_t count, struct ses_text *out);

#endif
