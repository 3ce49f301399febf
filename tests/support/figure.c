/* See figure.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/figure.h"

/* A folder of the running test's own. */
static char folder[256];

const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

int make_folder(void **state)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/sescope-plots-XXXXXX",
             parent ? parent : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
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
    empty_folder();
    return rmdir(folder);
}

char *contents(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    rewind(file);
    char *data = malloc((size_t)length + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)length, file), length);
    fclose(file);
    data[length] = '\0';
    *size = (size_t)length;
    return data;
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
