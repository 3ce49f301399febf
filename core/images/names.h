/* Wnids, names, and the classes that are known without a file. */
#ifndef SES_IMAGES_NAMES_H
#define SES_IMAGES_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* A wnid is "n" and 8 digits: an offset among WordNet 3.0's nouns. */
enum { SES_WNID_LENGTH = 9 };

/* SES_WNID_LENGTH when text starts with a wnid and neither a letter nor a
 * digit comes next ("n01443537", "n01443537_goldfish"); else 0. */
size_t ses_wnid_length(const char *text);

struct ses_imagenet_class {
    char wnid[SES_WNID_LENGTH + 1];
    const char *names; /* "goldfish, Carassius auratus" */
};

/* In the order of the wnids, and for every output of the authors' Caffe
 * networks the index there. */
enum { SES_IMAGENET_CLASSES = 1000 };
extern const struct ses_imagenet_class ses_imagenet[1000];
extern const uint16_t ses_imagenet_devkit[1000];

/* The index in ses_imagenet of the wnid that text starts with, or -1. */
int ses_imagenet_find(const char *text);

/* Names by label. */
extern const char *const ses_names_cifar10[10];
extern const char *const ses_names_cifar100[100];
extern const char *const ses_names_cifar100_coarse[20];
extern const char *const ses_names_fashion_mnist[10];

/* How a word fits names separated by commas. '_' is a space everywhere. */
enum ses_name_fit {
    SES_FIT_NONE,
    SES_FIT_WORDS,  /* it is whole words of a name */
    SES_FIT_FOLDED, /* it is a name but for ASCII case */
    SES_FIT_EXACT
};
enum ses_name_fit ses_name_match(const char *names, const char *word);

/* SES_FIT_EXACT when word is what people call the class with this wnid though
 * WordNet keeps the word for a wider class: the SENet paper's "plane" is an
 * airliner. */
enum ses_name_fit ses_name_match_everyday(const char *wnid,
                                          const char *word);

/* The first of names separated by commas; caller frees with free(), NULL
 * without memory. */
char *ses_name_first(const char *names);

#endif
