/* See names.h. */
#include "core/images/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ASCII lower case, whatever the locale; an underscore is a space. */
static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' ? ' ' : c;
}

/* Bytes of UTF-8 sequences count as letters. */
static bool letter_or_digit(char c)
{
    char f = fold(c);
    return (f >= 'a' && f <= 'z') || digit(c) || (unsigned char)c >= 0x80;
}

size_t ses_wnid_length(const char *text)
{
    if (text[0] != 'n')
        return 0;
    for (int i = 1; i < SES_WNID_LENGTH; i++)
        if (!digit(text[i]))
            return 0;
    return letter_or_digit(text[SES_WNID_LENGTH]) ? 0 : SES_WNID_LENGTH;
}

static int by_wnid(const void *key, const void *class)
{
    return strncmp(key, ((const struct ses_imagenet_class *)class)->wnid,
                   SES_WNID_LENGTH);
}

int ses_imagenet_find(const char *text)
{
    if (!ses_wnid_length(text))
        return -1;
    const struct ses_imagenet_class *found =
        bsearch(text, ses_imagenet, SES_IMAGENET_CLASSES,
                sizeof *ses_imagenet, by_wnid);
    return found ? (int)(found - ses_imagenet) : -1;
}

static char same_space(char c)
{
    return c == '_' ? ' ' : c;
}

static bool equal(const char *a, const char *b, size_t length, bool folded)
{
    for (size_t i = 0; i < length; i++)
        if (folded ? fold(a[i]) != fold(b[i])
                   : same_space(a[i]) != same_space(b[i]))
            return false;
    return true;
}

static enum ses_name_fit match_one(const char *name, size_t length,
                                   const char *word, size_t n)
{
    if (n == 0 || n > length)
        return SES_FIT_NONE;
    if (n == length) {
        if (equal(name, word, n, false))
            return SES_FIT_EXACT;
        return equal(name, word, n, true) ? SES_FIT_FOLDED : SES_FIT_NONE;
    }
    for (size_t at = 0; at + n <= length; at++) {
        bool starts = at == 0 || !letter_or_digit(name[at - 1]);
        bool ends = at + n == length || !letter_or_digit(name[at + n]);
        if (starts && ends && equal(name + at, word, n, true))
            return SES_FIT_WORDS;
    }
    return SES_FIT_NONE;
}

/* The next name of a list at *at, without spaces around it; false at the
 * end. */
static bool next_name(const char **at, const char **name, size_t *length)
{
    if (!*at)
        return false;
    const char *comma = strchr(*at, ',');
    const char *end = comma ? comma : *at + strlen(*at);
    const char *start = *at;
    while (start < end && *start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    *name = start;
    *length = (size_t)(end - start);
    *at = comma ? comma + 1 : NULL;
    return true;
}

enum ses_name_fit ses_name_match(const char *names, const char *word)
{
    enum ses_name_fit best = SES_FIT_NONE;
    const char *at = names, *name;
    size_t length, n = strlen(word);
    while (next_name(&at, &name, &length)) {
        enum ses_name_fit fit = match_one(name, length, word, n);
        best = fit > best ? fit : best;
    }
    return best;
}

enum ses_name_fit ses_name_match_everyday(const char *wnid, const char *word)
{
    static const struct {
        const char *wnid, *names;
    } table[] = {
        { "n02690373", "plane, airplane, aeroplane" }, /* airliner */
        { "n04552348", "plane, airplane, aeroplane" }, /* warplane */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strncmp(wnid, table[i].wnid, SES_WNID_LENGTH) == 0 &&
            ses_name_match(table[i].names, word) >= SES_FIT_FOLDED)
            return SES_FIT_EXACT;
    return SES_FIT_NONE;
}

char *ses_name_first(const char *names)
{
    const char *at = names, *name = names;
    size_t length = 0;
    next_name(&at, &name, &length);
    return strndup(name, length);
}

const char *const ses_names_cifar10[10] = {
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
};

const char *const ses_names_cifar100[100] = {
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee",
    "beetle", "bicycle", "bottle", "bowl", "boy", "bridge", "bus",
    "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair",
    "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab",
    "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish",
    "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
    "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man",
    "maple_tree", "motorcycle", "mountain", "mouse", "mushroom", "oak_tree",
    "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck",
    "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit",
    "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark",
    "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel",
    "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone",
    "television", "tiger", "tractor", "train", "trout", "tulip", "turtle",
    "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
};

const char *const ses_names_cifar100_coarse[20] = {
    "aquatic_mammals", "fish", "flowers", "food_containers",
    "fruit_and_vegetables", "household_electrical_devices",
    "household_furniture", "insects", "large_carnivores",
    "large_man-made_outdoor_things", "large_natural_outdoor_scenes",
    "large_omnivores_and_herbivores", "medium_mammals",
    "non-insect_invertebrates", "people", "reptiles", "small_mammals",
    "trees", "vehicles_1", "vehicles_2",
};

const char *const ses_names_fashion_mnist[10] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
};
