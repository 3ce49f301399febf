/* Figures of a report: those of `sescope plot`, drawn into memory. See
 * report.h. */
#include <string.h>

#include "cli/diagnostics.h"
#include "cli/report.h"

/* In reading order; a heading begins a chapter. */
static const struct entry {
    const char *kind; /* of ses_plot_kinds */
    const char *heading, *caption, *alternative;
} entries[] = {
    { "selectivity", "Shallow and shared, or deep and class-specific?",
      "Class selectivity by depth (omega squared, mean over channels), with "
      "its 95 % interval over images, against labels shuffled.",
      "A curve of class selectivity over blocks in depth order. Its numbers "
      "are in the table of blocks, column omega squared." },
    { "decodability", NULL,
      "How well the class can be told from one block's gates alone, "
      "cross-validated, against chance.",
      "Curves of decoding accuracy over blocks in depth order. Their numbers "
      "are in the table of blocks, columns nearest mean and ridge." },
    { "activations", "Class by class",
      "Mean excitation of each class at uniformly spaced channels, the last "
      "block of each stage: the activation figure of the SENet paper.",
      "A panel a block with a line a class over channels. The numbers can be "
      "picked below." },
    { "within-class", NULL,
      "Mean and one standard deviation over the images of a class.",
      "A panel a block with a line and a band a class over channels. The "
      "numbers can be picked below, with their spread." },
    { "heatmap", NULL,
      "Class means of all channels, classes and channels side by side that "
      "are alike.",
      "A matrix a block, classes by channels, coloured by mean excitation." },
    { "distributions", "How open the gates are",
      "What values the gates take, by class and block.",
      "Curves of the density of gate values by class, a panel a block." },
    { "saturation", NULL,
      "Shares of gates that stand open (above .99) and shut (below .01), in "
      "depth order.",
      "Shares of open and shut gates over blocks in depth order. The numbers "
      "are in the table of gates, columns above .99 and below .01." },
    { "rdm", "What is alike",
      "How unlike the classes are to each block: 1 minus the correlation of "
      "class-mean gates.",
      "A matrix a block, classes by classes, coloured by dissimilarity." },
    { "block-similarity", NULL,
      "How alike blocks are in what they say of the images (linear CKA) and "
      "of the classes (Spearman's correlation of dissimilarities).",
      "Two matrices, blocks by blocks, coloured by likeness." },
    { "top-channels", "Channels that mark a class out",
      "Channels whose gates depart most from those of the other classes (d', "
      "with 95 % intervals), and the images that drive them.",
      "A row a channel with its d prime and small pictures of images." },
};

static const struct entry ablation_entries[] = {
    { "ablation", NULL,
      "Change of top-1 accuracy, a panel a sweep, with 95 % intervals over "
      "images.",
      "Changes of accuracy by what was forced. The numbers are in the table of "
      "variants, column change." },
    { "tradeoff", NULL,
      "Accuracy against the SE parameters that are kept.",
      "Points of accuracy over parameters. The numbers are in the table of "
      "variants, columns top-1 and over plain." },
};

static const struct ses_plot_kind *kind_of(const char *name)
{
    for (size_t i = 0; i < ses_n_plot_kinds; i++)
        if (strcmp(ses_plot_kinds[i].name, name) == 0)
            return &ses_plot_kinds[i];
    return NULL;
}

/* One figure in one theme. */
static enum ses_status draw(const struct ses_report_job *job,
                            const struct ses_plot_kind *kind, int theme,
                            bool thumbnails, struct ses_picture *picture,
                            struct ses_error *err)
{
    const struct ses_report_args *asked = job->args;
    const struct ses_record_args *record = &asked->record;
    const struct ses_plot_args args = {
        /* Of the few that a kind shows by itself, all would be too many. */
        .blocks = strcmp(record->blocks, "all") == 0 ? kind->blocks
                                                     : record->blocks,
        .classes = record->classes,
        .most_classes = kind->classes,
        .channels = kind->channels,
        .seed = record->seed,
        .threads = record->threads,
        .analysis = job->analysis,
        .images = asked->images,
        .cluster = true,
        .thumbnails = thumbnails,
        .quiet = true,
        .style = { .picture = picture,
                   .font = asked->font,
                   .width_mm = 180,
                   .theme = theme },
    };
    if (kind->of_ablation)
        return ses_plot_measures(kind, job->ablation, job->measures, &args,
                                 err);
    return kind->of_record(job->run, &args, err);
}

/* What a record cannot show is said in its place. */
static enum ses_status add_figure(const struct ses_report_job *job,
                                  const struct entry *entry,
                                  struct ses_document *document,
                                  struct ses_error *err)
{
    const struct ses_plot_kind *kind = kind_of(entry->kind);
    struct ses_picture light = { .as_svg = !job->args->pdf }, dark = light;
    bool thumbnails = kind->takes & SES_TAKES_IMAGES;
    if (entry->heading)
        ses_doc_heading(document, 2, "%s", entry->heading);
    enum ses_status status =
        draw(job, kind, SES_THEME_LIGHT, thumbnails, &light, err);
    if (status && status != SES_ENOMEM && thumbnails) {
        ses_doc_text(document, "The images are not shown: %s.", err->message);
        thumbnails = false;
        status = draw(job, kind, SES_THEME_LIGHT, false, &light, err);
    }
    if (status == SES_ENOTFOUND) {
        ses_doc_text(document, "No figure of %s: %s.", entry->kind,
                     err->message);
        return SES_OK;
    }
    if (!status && !job->args->pdf)
        status = draw(job, kind, SES_THEME_DARK, thumbnails, &dark, err);
    ses_doc_figure(document, entry->caption, entry->alternative, &light, &dark);
    return status;
}

enum ses_status ses_report_figures(const struct ses_report_job *job,
                                   const struct ses_report_numbers *numbers,
                                   struct ses_document *document,
                                   struct ses_error *err)
{
    enum ses_status status = SES_OK;
    /* Once for all figures, which would each say the same. */
    ses_report_quietly(true);
    for (size_t i = 0; !status && i < sizeof entries / sizeof *entries; i++) {
        status = add_figure(job, &entries[i], document, err);
        if (strcmp(entries[i].kind, "within-class") == 0 && !job->args->pdf) {
            ses_doc_heading(document, 3,
                            "Blocks, channels and classes to pick");
            ses_doc_pick(document,
                         numbers->thinned
                             ? "Class means, of uniformly spaced channels: all "
                               "would be too many for a page."
                             : "Class means of a block's gates.",
                         &numbers->picker);
        }
    }
    if (!status && job->ablation) {
        ses_doc_heading(document, 2, "What forcing gates costs");
        ses_report_variants(job, document);
        for (size_t i = 0;
             !status &&
             i < sizeof ablation_entries / sizeof *ablation_entries;
             i++)
            status = add_figure(job, &ablation_entries[i], document, err);
    }
    ses_report_quietly(job->args->quiet);
    return status;
}
