/* Inside of image sets: what the openers of the kinds of sets share. Only
 * core/images includes this. */
#ifndef SES_IMAGES_SET_BUILD_H
#define SES_IMAGES_SET_BUILD_H

#include "core/images/set.h"

/* Where pixels come from: files under the set's root when bytes is NULL, else
 * records held in memory. */
struct ses_set_source {
    uint8_t *bytes;        /* owned */
    size_t stride;         /* bytes a record */
    size_t offset;         /* of the pixels in a record */
    int width, height;
    int channels;          /* 3 are planes, red first */
};

/* A set whose arrays grow. */
struct ses_set_build {
    struct ses_set *set;
    size_t class_room, item_room;
};

/* Add a class, or an item. id and path are taken, also on failure; NULL means
 * that there was no memory for them. */
SES_MUST_CHECK enum ses_status ses_build_class(struct ses_set_build *build,
                                               char *id, int label,
                                               struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_build_item(struct ses_set_build *build,
                                              char *path, int class,
                                              size_t index,
                                              struct ses_error *err);

/* Make a class of every distinct label in ascending order and put the items
 * in them. labels has one for every item, as read; what names their place in
 * errors. Applies label_base, and refuses labels that look 1-based when it
 * was not said. */
SES_MUST_CHECK enum ses_status ses_build_labels(
    struct ses_set_build *build, const int *labels,
    const struct ses_set_options *opt, const char *what,
    struct ses_error *err);

/* Append a line to the set's notes. */
SES_MUST_CHECK enum ses_status ses_set_note(struct ses_set *set,
                                            struct ses_error *err,
                                            const char *format, ...)
    SES_PRINTF(3, 4);

/* The openers. Each fills root, classes, items and source of a set whose spec
 * is there; the dispatch in set.c says which one a spec is for. */
SES_MUST_CHECK enum ses_status ses_folder_fill(
    struct ses_set_build *build, const char *path,
    const struct ses_set_options *opt, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_list_fill(
    struct ses_set_build *build, const char *path,
    const struct ses_set_options *opt, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_idx_fill(
    struct ses_set_build *build, const char *images, const char *labels,
    const struct ses_set_options *opt, struct ses_error *err);
/* "IMAGES,LABELS" */
SES_MUST_CHECK enum ses_status ses_idx_fill_spec(
    struct ses_set_build *build, const char *pair,
    const struct ses_set_options *opt, struct ses_error *err);
/* classes is 10 or 100; files what follows the colon */
SES_MUST_CHECK enum ses_status ses_cifar_fill(
    struct ses_set_build *build, int classes, const char *files,
    const struct ses_set_options *opt, struct ses_error *err);

/* Two names of a pair of IDX files among sorted names, or SES_ENOTFOUND
 * without filling err when there is none; several pairs without one named
 * t10k or test are SES_EUSAGE. *several says that there were others. */
SES_MUST_CHECK enum ses_status ses_idx_find(char *const *names, size_t count,
                                            const char **images,
                                            const char **labels,
                                            bool *several,
                                            struct ses_error *err);

/* Sorted names in a directory, by what they are (symlinks followed). Names
 * that start with a dot are not listed but for the first hidden folder.
 * Caller releases with ses_listing_release(). */
struct ses_listing {
    char **files, **folders;
    size_t n_files, n_folders;
    char *hidden;   /* a folder whose name starts with a dot, or NULL */
    char *dangling; /* a link that leads nowhere, or NULL */
    uint64_t device, inode;
};
SES_MUST_CHECK enum ses_status ses_listing_read(const char *path,
                                                struct ses_listing *out,
                                                struct ses_error *err);
void ses_listing_release(struct ses_listing *listing);

/* A whole regular file of at most limit bytes; caller frees *out with free().
 * Errors do not name the path. */
SES_MUST_CHECK enum ses_status ses_bytes_read(const char *path, size_t limit,
                                              uint8_t **out, size_t *size,
                                              struct ses_error *err);

/* Whether a file name ends as torchvision's picture files do. */
bool ses_is_picture(const char *name);

#endif
