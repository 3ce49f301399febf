/* See record-plan.h. */
#include "cli/record-plan.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/diagnostics.h"
#include "core/base/alloc.h"
#include "core/engine/engine.h"

enum ses_status ses_job_open(struct ses_job *job,
                             const struct ses_job_args *args,
                             struct ses_error *err)
{
    job->seed = args->seed;
    ses_choose_convolutions(args->run);
    enum ses_status status =
        ses_model_open(args->model, args->options, &job->model, err);
    if (status)
        return status;
    ses_report_notes(job->model->notes);
    return ses_choose_blocks(job->model, args->blocks, &job->blocks,
                             &job->n_blocks, err);
}

void ses_job_release(struct ses_job *job)
{
    ses_set_free(job->set);
    free(job->blocks);
    ses_donor_free(job->donor);
    ses_variant_release(&job->force);
    ses_model_free(job->model);
}

void ses_job_plan_release(struct ses_job_plan *a)
{
    free(a->blocks);
    free(a->class_names);
    free(a->class_ids);
    free(a->paths);
    free(a->class_outputs);
    free(a->image_classes);
    free(a->preprocess);
    ses_text_release(&a->command);
}

static bool allocate(struct ses_job_plan *a, const struct ses_job *job)
{
    size_t classes = job->set->n_classes, images = job->set->n_items;
    a->blocks = ses_calloc(job->n_blocks, sizeof *a->blocks);
    a->class_names = ses_calloc(classes, sizeof *a->class_names);
    a->class_ids = ses_calloc(classes, sizeof *a->class_ids);
    a->class_outputs = ses_calloc(classes, sizeof *a->class_outputs);
    a->paths = ses_calloc(images, sizeof *a->paths);
    a->image_classes = ses_calloc(images, sizeof *a->image_classes);
    a->preprocess = ses_preprocess_text(&job->model->preprocess);
    return a->blocks && a->class_names && a->class_ids && a->class_outputs &&
           a->paths && a->image_classes && a->preprocess &&
           !a->command.failed;
}

enum ses_status ses_job_plan_fill(struct ses_job_plan *a,
                                  const struct ses_job *job,
                                  struct ses_error *err)
{
    if (!allocate(a, job))
        return ses_fail_memory(err, "the record's plan");
    const struct ses_set *set = job->set;
    for (size_t i = 0; i < job->n_blocks; i++) {
        const struct ses_block *b = &job->model->blocks.items[job->blocks[i]];
        a->blocks[i] = (struct ses_record_block){
            .name = b->name,
            .source = b->source,
            .gate = ses_activation_name(b->activation),
            .squeeze = ses_squeeze_name(b->squeezed_by),
            .index = (int)job->blocks[i],
            .stage = b->stage,
            .unit = b->unit,
            .channels = b->channels,
            .reduced = b->reduced,
            .height = b->height,
            .width = b->width,
        };
    }
    for (size_t i = 0; i < set->n_classes; i++) {
        a->class_names[i] = set->classes[i].name;
        a->class_ids[i] = set->classes[i].id;
        a->class_outputs[i] = set->classes[i].output;
    }
    for (size_t i = 0; i < set->n_items; i++) {
        a->paths[i] = set->items[i].path;
        a->image_classes[i] = set->items[i].class;
    }
    if (gethostname(a->host, sizeof a->host - 1) != 0)
        a->host[0] = '\0';
    ses_kernels_text(a->kernels, sizeof a->kernels);
    a->plan = (struct ses_record_plan){
        .version = PACKAGE_VERSION,
        .command = a->command.data,
        .model = job->model->path,
        .model_sha256 = job->model->sha256,
        .arch = job->model->arch,
        .images = set->spec,
        .preprocess = a->preprocess,
        .force = job->force.text,
        .from = job->from,
        .from_sha256 = job->from_sha256,
        .kernels = a->kernels,
        .host = a->host,
        .seed = job->seed,
        .n_classes = set->n_classes,
        .class_names = a->class_names,
        .class_ids = a->class_ids,
        .class_outputs = a->class_outputs,
        .n_images = set->n_items,
        .image_paths = a->paths,
        .image_classes = a->image_classes,
        .n_blocks = job->n_blocks,
        .blocks = a->blocks,
        .outputs = (size_t)job->model->outputs,
        .parts = job->parts,
    };
    return SES_OK;
}
