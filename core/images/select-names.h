/* Inside of ses_set_select(): which classes the words of --classes mean. */
#ifndef SES_IMAGES_SELECT_NAMES_H
#define SES_IMAGES_SELECT_NAMES_H

#include "core/images/set.h"

/* Indices of the classes that words (comma-separated) name, in that order,
 * each once; a class named twice is SES_EUSAGE, and so is a name of none or of
 * several. Caller frees *out with free(). */
SES_MUST_CHECK enum ses_status ses_classes_find(const struct ses_set *set,
                                                const char *words,
                                                size_t **out, size_t *count,
                                                struct ses_error *err);

#endif
