/* See compare.h. */
#include "core/record/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/utf8.h"
#include "core/engine/engine.h"

enum { PATHS_AT_ONCE = 4096 };

enum ses_status ses_same_text(const struct ses_comparison *c, const char *what,
                              const char *there, const char *here)
{
    char *written = ses_utf8_escaped(here ? here : "");
    if (!written)
        return ses_fail_memory(c->err, what);
    enum ses_status status = SES_OK;
    if (strcmp(there, written) != 0)
        status = ses_fail(c->err, SES_EUSAGE,
                          "'%s' cannot go on: its %s is '%s', now it is '%s'",
                          c->run->path, what, there, written);
    free(written);
    return status;
}

enum ses_status ses_same_number(const struct ses_comparison *c,
                                const char *what, long long there,
                                long long here)
{
    if (there == here)
        return SES_OK;
    return ses_fail(c->err, SES_EUSAGE,
                    "'%s' cannot go on: its %s is %lld, now it is %lld",
                    c->run->path, what, there, here);
}

/* Of --conv. Other kernels round otherwise, too, but who goes on with a run on
 * another machine knows that. */
static const char *convolutions(const char *kernels)
{
    return ses_kernels_are_exact(kernels ? kernels : "") ? "exact" : "fast";
}

static enum ses_status compare_root(const struct ses_comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    const struct {
        const char *what, *there, *here;
    } texts[] = {
        { "model_sha256", run->model_sha256, plan->model_sha256 },
        { "arch", run->arch, plan->arch },
        { "preprocess", run->preprocess, plan->preprocess },
        { "force", run->force, plan->force },
        { "from_sha256", run->from_sha256, plan->from_sha256 },
        { "--conv", convolutions(run->kernels), convolutions(plan->kernels) },
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status =
                ses_same_text(c, texts[i].what, texts[i].there, texts[i].here);
    if (status == SES_OK)
        status = ses_same_number(c, "seed", run->seed, plan->seed);
    return status;
}

static enum ses_status compare_classes(const struct ses_comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    enum ses_status status =
        ses_same_number(c, "number of classes", (long long)run->n_classes,
                        (long long)plan->n_classes);
    for (size_t k = 0; k < plan->n_classes && status == SES_OK; k++) {
        char what[64];
        snprintf(what, sizeof what, "class %zu", k);
        status = ses_same_text(c, what, run->class_ids[k], plan->class_ids[k]);
        if (status == SES_OK)
            status = ses_same_text(c, what, run->class_names[k],
                                   plan->class_names[k]);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "output of class %zu", k);
        status = ses_same_number(c, what, run->class_outputs[k],
                                 plan->class_outputs[k]);
    }
    return status;
}

static enum ses_status compare_paths(const struct ses_comparison *c,
                                     size_t first, size_t n, char **paths)
{
    enum ses_status status = ses_run_paths(c->run, first, n, paths, c->err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        char what[64];
        snprintf(what, sizeof what, "image %zu", first + i);
        if (status == SES_OK)
            status = ses_same_text(c, what, paths[i],
                                   c->plan->image_paths[first + i]);
        snprintf(what, sizeof what, "class of image %zu", first + i);
        if (status == SES_OK)
            status = ses_same_text(
                c, what, c->run->class_ids[c->run->image_classes[first + i]],
                c->plan->class_ids[c->plan->image_classes[first + i]]);
        free(paths[i]);
    }
    return status;
}

static enum ses_status compare_images(const struct ses_comparison *c)
{
    size_t n = c->plan->n_images;
    enum ses_status status = ses_same_number(
        c, "number of images", (long long)c->run->n_images, (long long)n);
    if (status != SES_OK)
        return status;
    char **paths = ses_calloc(PATHS_AT_ONCE, sizeof *paths);
    if (!paths)
        return ses_fail_memory(c->err, "image names");
    for (size_t i = 0; i < n && status == SES_OK; i += PATHS_AT_ONCE)
        status = compare_paths(
            c, i, n - i < PATHS_AT_ONCE ? n - i : PATHS_AT_ONCE, paths);
    free(paths);
    return status;
}

enum ses_status ses_compare_head(const struct ses_comparison *c)
{
    enum ses_status status = compare_root(c);
    if (status == SES_OK)
        status = compare_classes(c);
    if (status == SES_OK)
        status = compare_images(c);
    return status;
}
