/* A request for an ablation, checked and opened, and what its file says of
 * itself; see ablate.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/ablate.h"
#include "cli/force.h"
#include "core/base/alloc.h"
#include "core/images/select-names.h"

/* ---- variants ------------------------------------------------------------ */

/* The network as it is, and what all --force make together. */
static enum ses_status add_forces(struct ses_ablate_job *job,
                                  const struct ses_ablate_args *args,
                                  struct ses_error *err)
{
    struct ses_variants *variants = &job->variants;
    variants->items = ses_calloc(2, sizeof *variants->items);
    if (!variants->items)
        return ses_fail_memory(err, "variants");
    const struct ses_words none = { .count = 0 };
    for (int i = 0; i < (args->force.count ? 2 : 1); i++) {
        variants->count++;
        enum ses_status status =
            ses_parse_forces(i ? &args->force : &none, &job->job.model->blocks,
                             &variants->items[i], err);
        if (status)
            return status;
    }
    return SES_OK;
}

static enum ses_status split(const char *text, char **copy,
                             const char ***values, size_t *n,
                             struct ses_error *err)
{
    *n = 1;
    for (const char *c = text; *c; c++)
        *n += *c == ',';
    *copy = strdup(text);
    *values = ses_calloc(*n, sizeof **values);
    if (!*copy || !*values)
        return ses_fail_memory(err, "--sweep-values");
    char *rest = *copy;
    for (size_t i = 0; i < *n; i++)
        (*values)[i] = strsep(&rest, ",");
    return SES_OK;
}

static enum ses_status add_sweeps(struct ses_ablate_job *job,
                                  const struct ses_ablate_args *args,
                                  struct ses_error *err)
{
    struct ses_variant base = { 0 };
    char *copy = NULL;
    const char **values = NULL, **names;
    size_t n_values = 0;
    enum ses_status status =
        ses_parse_forces(&args->force, &job->job.model->blocks, &base, err);
    if (!status)
        status = split(args->sweep_values, &copy, &values, &n_values, err);
    for (int kind = 0; ses_sweep_names[kind] && !status; kind++) {
        size_t before = job->variants.count;
        if (!(args->sweeps & 1u << kind))
            continue;
        status = ses_sweep_add(&job->variants, (enum ses_sweep)kind, values,
                               n_values, &base, &job->job.model->blocks,
                               job->job.blocks, job->job.n_blocks, err);
        if (status) {
            ses_error_context(err, "--sweep");
            break;
        }
        names = ses_realloc(job->sweeps, job->variants.count, sizeof *names);
        if (!names) {
            status = ses_fail_memory(err, "variants");
            break;
        }
        job->sweeps = names;
        for (size_t v = before; v < job->variants.count; v++)
            names[v] = ses_sweep_names[kind];
    }
    ses_variant_release(&base);
    free(copy);
    free(values);
    return status;
}

static enum ses_status open_variants(struct ses_ablate_job *job,
                                     const struct ses_ablate_args *args,
                                     struct ses_error *err)
{
    enum ses_status status = add_forces(job, args, err);
    if (status)
        return status;
    job->sweeps = ses_calloc(job->variants.count, sizeof *job->sweeps);
    if (!job->sweeps)
        return ses_fail_memory(err, "variants");
    for (size_t v = 0; v < job->variants.count; v++)
        job->sweeps[v] = "";
    return args->sweeps ? add_sweeps(job, args, err) : SES_OK;
}

/* ---- parts --------------------------------------------------------------- */

static enum ses_status add_part(struct ses_ablate_job *job, const char *kind,
                                const char *name, size_t length,
                                struct ses_ablate_part **out,
                                struct ses_error *err)
{
    struct ses_ablate_part *part = &job->parts[job->n_parts++];
    part->kind = kind;
    part->name = strndup(name, length);
    part->chosen = ses_calloc(job->job.set->n_classes, 1);
    *out = part;
    return part->name && part->chosen ? SES_OK
                                      : ses_fail_memory(err, "classes");
}

/* NAME=CLASS,CLASS */
static enum ses_status add_group(struct ses_ablate_job *job, const char *text,
                                 struct ses_error *err)
{
    struct ses_ablate_part *part;
    size_t *index = NULL, count = 0, length = strcspn(text, "=");
    if (!text[length] || length == 0 || !text[length + 1])
        return ses_fail(err, SES_EUSAGE,
                        "--group: '%s' is not NAME=CLASS,CLASS", text);
    enum ses_status status = add_part(job, "group", text, length, &part, err);
    if (status)
        return status;
    if (ses_classes_find(job->job.set, text + length + 1, &index, &count, err))
        return ses_error_context(err, "--group");
    for (size_t i = 0; i < count; i++)
        part->chosen[index[i]] = 1;
    free(index);
    return SES_OK;
}

static enum ses_status open_parts(struct ses_ablate_job *job,
                                  const struct ses_ablate_args *args,
                                  struct ses_error *err)
{
    const struct ses_set *set = job->job.set;
    struct ses_ablate_part *part;
    size_t most =
        1 + args->groups.count + (args->by_class ? set->n_classes : 0);
    enum ses_status status = SES_OK;
    job->parts = ses_calloc(most, sizeof *job->parts);
    if (!job->parts)
        return ses_fail_memory(err, "classes");
    status = add_part(job, "all", "", 0, &part, err);
    if (!status)
        memset(part->chosen, 1, set->n_classes);
    for (size_t k = 0; args->by_class && k < set->n_classes && !status; k++) {
        const char *name = set->classes[k].name;
        status = add_part(job, "class", name, strlen(name), &part, err);
        if (!status)
            part->chosen[k] = 1;
    }
    for (size_t i = 0; i < args->groups.count && !status; i++)
        status = add_group(job, args->groups.items[i], err);
    return status;
}

/* ---- the whole ----------------------------------------------------------- */

static enum ses_status open_network(struct ses_job *job, const char *model,
                                    const struct ses_ablate_args *args,
                                    struct ses_error *err)
{
    const struct ses_job_args asked = {
        .model = model,
        .blocks = args->blocks,
        .options = &args->model,
        .run = &args->run,
        .seed = args->images.seed,
    };
    job->force.text = strdup("");
    if (!job->force.text)
        return ses_fail_memory(err, "an ablation");
    enum ses_status status = ses_job_open(job, &asked, err);
    if (status)
        return status;
    if (!job->model->outputs)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' has no classifier, so there is no accuracy to "
                        "be lost",
                        model);
    return SES_OK;
}

enum ses_status ses_ablate_job_open(struct ses_ablate_job *job,
                                    const char *model,
                                    const struct ses_ablate_args *args,
                                    struct ses_error *err)
{
    enum ses_status status = open_network(&job->job, model, args, err);
    if (!status)
        status = open_variants(job, args, err);
    if (!status)
        status =
            ses_open_images(&args->images, job->job.model, &job->job.set, err);
    if (!status)
        status = open_parts(job, args, err);
    if (!status)
        status = ses_job_open_donor(&job->job, args->from,
                                    job->variants.items, job->variants.count,
                                    err);
    if (!status)
        status = ses_tree_new(job->job.model->graph, &job->job.model->blocks,
                              &job->variants, &job->tree, err);
    return status;
}

void ses_ablate_job_release(struct ses_ablate_job *job)
{
    for (size_t i = 0; i < job->n_parts; i++) {
        free(job->parts[i].name);
        free(job->parts[i].chosen);
    }
    free(job->parts);
    ses_tree_free(job->tree);
    free(job->sweeps);
    ses_variants_release(&job->variants);
    ses_job_release(&job->job);
}

/* ---- what the file says -------------------------------------------------- */

static enum ses_status fill_constant(struct ses_ablate_plan *a,
                                     const struct ses_ablate_job *job,
                                     struct ses_error *err)
{
    const struct ses_blocks *blocks = &job->job.model->blocks;
    bool *constant = ses_calloc(blocks->count, sizeof *constant);
    if (!constant)
        return ses_fail_memory(err, "variants");
    for (size_t v = 0; v < job->variants.count; v++) {
        ses_variant_constant(&job->variants.items[v], blocks, constant);
        for (size_t b = 0; b < blocks->count; b++)
            a->constant[v * blocks->count + b] = constant[b];
    }
    free(constant);
    return SES_OK;
}

enum ses_status ses_ablate_plan_fill(struct ses_ablate_plan *a,
                                     const struct ses_ablate_job *job,
                                     struct ses_error *err)
{
    const struct ses_model *model = job->job.model;
    const struct ses_blocks *blocks = &model->blocks;
    size_t n = job->variants.count, cells = 0;
    enum ses_status status = ses_job_plan_fill(&a->head, &job->job, err);
    if (status)
        return status;
    a->blocks = ses_calloc(blocks->count, sizeof *a->blocks);
    a->forces = ses_calloc(n, sizeof *a->forces);
    if (ses_multiply(n, blocks->count, &cells))
        a->constant = ses_calloc(cells, 1);
    if (!a->blocks || !a->forces || !a->constant)
        return ses_fail_memory(err, "the ablation's plan");
    for (size_t b = 0; b < blocks->count; b++) {
        const struct ses_block *block = &blocks->items[b];
        a->blocks[b] = (struct ses_ablation_block){
            .name = block->name,
            .stage = block->stage,
            .unit = block->unit,
            .channels = block->channels,
            .parameters = (int64_t)block->parameters,
            .madds = (int64_t)ses_block_madds(model->graph, block),
        };
    }
    for (size_t v = 0; v < n; v++)
        a->forces[v] = job->variants.items[v].text;
    status = fill_constant(a, job, err);
    a->plan = (struct ses_ablation_plan){
        .record = a->head.plan,
        .passes = ses_tree_passes(job->tree),
        .parameters = (int64_t)model->parameters,
        .madds = (int64_t)ses_tree_madds(job->tree),
        .n_blocks = blocks->count,
        .blocks = a->blocks,
        .n_variants = n,
        .forces = a->forces,
        .sweeps = job->sweeps,
        .constant = a->constant,
    };
    return status;
}

void ses_ablate_plan_release(struct ses_ablate_plan *a)
{
    free(a->blocks);
    free(a->forces);
    free(a->constant);
    ses_job_plan_release(&a->head);
}
