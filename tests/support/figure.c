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
