/* For tests of figures: a folder to write to, and a figure to write. */
#ifndef SES_TESTS_FIGURE_H
#define SES_TESTS_FIGURE_H

#include "plots/plot.h"
#include "plots/sheet.h"

/* The running test's own folder: cmocka group fixtures. */
int make_folder(void **state);
int remove_folder(void **state);

/* A path in it, until the next call. */
const char *in_folder(const char *name);

/* Remove its files; returns how many there were. */
int empty_folder(void);

/* The same, but in the folder SES_FIGURES names, if it does: figures to be
 * looked at. */
const char *picture(const char *name);

/* No text or sample of a legend lies over another or leaves the page; `what`
 * is said when one does. */
void check_sheet(const struct ses_sheet *sheet, const char *what);

/* Whether two have more than rounding in common. */
bool overlap(struct ses_rect a, struct ses_rect b);

/* Zeroed memory; freed with free(). */
void *need(size_t count, size_t size);

/* A figure with arrays of its own, 0.5 everywhere; freed with free_figure().
 */
struct ses_activation_figure *new_figure(size_t n_panels, size_t n_classes,
                                         int channels, size_t shown);
void free_figure(struct ses_activation_figure *figure);

/* Its parts, to be changed. */
struct ses_activation_panel *panel_of(struct ses_activation_figure *figure,
                                      size_t panel);
double *means(struct ses_activation_figure *figure, size_t panel);

#endif
