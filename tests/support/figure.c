/* See figure.h. */
#include "tests/support/figure.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/tree.h"

/* A folder of the running test's own. */
static char *folder;

const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *picture(const char *name)
{
    const char *figures = getenv("SES_FIGURES");
    static char path[512];
    if (!figures)
        return in_folder(name);
    snprintf(path, sizeof path, "%s/%s", figures, name);
    return path;
}

bool overlap(struct ses_rect a, struct ses_rect b)
{
    double slack = 0.5; /* of a line's box, above and below its ink */
    return a.x + slack < b.x + b.width && b.x + slack < a.x + a.width &&
           a.y + slack < b.y + b.height && b.y + slack < a.y + a.height;
}

/* Texts, and behind them the legend's samples. */
static struct ses_rect box_of(const struct ses_sheet *sheet, size_t i)
{
    size_t n = sheet->labels.count;
    return i < n ? sheet->labels.items[i].box : sheet->legend.samples[i - n];
}

void check_sheet(const struct ses_sheet *sheet, const char *what)
{
    size_t n = sheet->labels.count + sheet->legend.n_entries;
    double height = sheet->y + SES_SHEET_MARGIN;
    for (size_t i = 0; i < n; i++) {
        struct ses_rect box = box_of(sheet, i);
        if (box.x < -0.5 || box.y < -0.5 ||
            box.x + box.width > sheet->width + 0.5 ||
            box.y + box.height > height + 0.5)
            fail_msg("%s: text %zu at %g, %g, %g x %g leaves the page", what,
                     i, box.x, box.y, box.width, box.height);
        for (size_t j = 0; j < i; j++) {
            struct ses_rect other = box_of(sheet, j);
            if (overlap(box, other))
                fail_msg("%s: text %zu at %g, %g, %g x %g lies over text %zu "
                         "at %g, %g, %g x %g", what, i, box.x, box.y,
                         box.width, box.height, j, other.x, other.y,
                         other.width, other.height);
        }
    }
}

int make_folder(void **state)
{
    folder = tree_new();
    return 0;
}

int empty_folder(void)
{
    int files = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        files++;
        const char *path = in_folder(e->d_name);
        if (unlink(path) != 0)
            rmdir(path);
    }
    closedir(dir);
    return files;
}

int remove_folder(void **state)
{
    tree_remove(folder);
    return 0;
}

void *need(size_t count, size_t size)
{
    void *block = calloc(count, size);
    assert_non_null(block);
    return block;
}

struct ses_activation_figure *new_figure(size_t n_panels, size_t n_classes,
                                         int channels, size_t shown)
{
    struct ses_activation_figure *figure = need(1, sizeof *figure);
    struct ses_activation_panel *panels = need(n_panels, sizeof *panels);
    const char **classes = need(n_classes, sizeof *classes);
    for (size_t k = 0; k < n_classes; k++)
        classes[k] = "class";
    for (size_t i = 0; i < n_panels; i++) {
        int *channel = need((size_t)channels, sizeof *channel);
        size_t n = ses_uniform_channels(channels, shown, channel);
        double *mean = need(n_classes * n, sizeof *mean);
        double *overall = need(n, sizeof *overall);
        for (size_t j = 0; j < n_classes * n; j++)
            mean[j] = 0.5;
        for (size_t j = 0; j < n; j++)
            overall[j] = 0.5;
        panels[i] = (struct ses_activation_panel){ .name = "SE_5_3",
                                                   .n_channels = n,
                                                   .channel = channel,
                                                   .channels = channels,
                                                   .mean = mean,
                                                   .overall = overall };
    }
    *figure = (struct ses_activation_figure){ .n_classes = n_classes,
                                              .classes = classes,
                                              .n_panels = n_panels,
                                              .panels = panels,
                                              .overall_label = "all" };
    return figure;
}

struct ses_activation_panel *panel_of(struct ses_activation_figure *figure,
                                      size_t panel)
{
    return (struct ses_activation_panel *)(uintptr_t)&figure->panels[panel];
}

double *means(struct ses_activation_figure *figure, size_t panel)
{
    return (double *)(uintptr_t)figure->panels[panel].mean;
}

void free_figure(struct ses_activation_figure *figure)
{
    for (size_t i = 0; i < figure->n_panels; i++) {
        free((void *)(uintptr_t)figure->panels[i].channel);
        free((void *)(uintptr_t)figure->panels[i].mean);
        free((void *)(uintptr_t)figure->panels[i].overall);
    }
    free((void *)(uintptr_t)figure->panels);
    free((void *)(uintptr_t)figure->classes);
    free(figure);
}
