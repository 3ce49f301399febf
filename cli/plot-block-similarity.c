/* `sescope plot block-similarity`: how alike blocks are, by their gates (CKA)
 * and by the classes they hold apart (RSA). */
#include <math.h>
#include <stdlib.h>

#include "cli/diagnostics.h"
#include "cli/plot-depth.h"
#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/stats/similarity.h"

/* "CKA (of 2000 images)", where it is of a sample; caller frees it. */
static char *name_of_cka(const struct ses_plot_choice *choice, size_t n_images)
{
    size_t all = 0;
    for (size_t k = 0; k < choice->n_classes; k++)
        all += (size_t)choice->images[k];
    return n_images && n_images < all ? ses_format("CKA (of %zu images)",
                                                   n_images)
                                      : ses_format("CKA");
}

/* Whether there is a number below the diagonal, and into *least what the
 * colours of all start from. */
static bool has_numbers(const double *matrix, size_t n, double *least)
{
    bool any = false;
    *least = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            any |= isfinite(matrix[i * n + j]);
            if (matrix[i * n + j] < 0)
                *least = -1;
        }
    return any;
}

static enum ses_status draw(const struct ses_run_file *run,
                            const struct ses_plot_choice *choice,
                            const double *rsa, const double *cka,
                            const char *cka_name,
                            const struct ses_plot_args *args,
                            struct ses_error *err)
{
    const struct {
        const char *name, *down, *without;
    } likeness[] = {
        { cka_name, "CKA", "no CKA without every image's gates" },
        { "RSA", "Spearman's \u03c1",
          "no RSA of fewer than three classes" },
    };
    const double *matrices[] = { cka, rsa };
    struct ses_depth_panel panels[2];
    size_t count = 0, n = choice->n_blocks;
    for (size_t k = 0; k < 2; k++) {
        double least;
        if (!has_numbers(matrices[k], n, &least)) {
            ses_report_note("%s", likeness[k].without);
            continue;
        }
        panels[count++] = (struct ses_depth_panel){
            .kind = SES_DEPTH_MATRIX,
            .name = likeness[k].name,
            .down = likeness[k].down,
            .n_points = n,
            .points = choice->block_names,
            .stage = choice->stages,
            .matrix = matrices[k],
            .least = least,
            .most = 1,
        };
    }
    if (!count)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' has no likeness of blocks to draw; it takes two "
                        "blocks, and every image's gates or three classes",
                        run->path);
    const struct ses_depth_figure figure = { count, panels, NULL };
    return ses_plot_depth_figure(&figure, "likeness", args, err);
}

enum ses_status ses_plot_record_block_similarity(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    struct ses_error *err)
{
    struct ses_plot_choice choice;
    double *rsa = NULL, *cka = NULL;
    char *cka_name = NULL;
    size_t cka_images;
    enum ses_status status = ses_plot_choose(run, args, &choice, err);
    if (status)
        goto out;
    size_t cells = choice.n_blocks * choice.n_blocks;
    rsa = ses_calloc(cells, sizeof *rsa);
    cka = ses_calloc(cells, sizeof *cka);
    status = rsa && cka
                 ? ses_block_similarity(run, choice.blocks, choice.n_blocks,
                                        choice.classes, choice.n_classes, rsa,
                                        cka, &cka_images, err)
                 : ses_fail_memory(err, "matrices");
    if (status)
        goto out;
    cka_name = name_of_cka(&choice, cka_images);
    if (!cka_name) {
        status = ses_fail_memory(err, "a title");
        goto out;
    }
    ses_plot_explain_gaps(&choice, "part in this", NULL);
    status = draw(run, &choice, rsa, cka, cka_name, args, err);
out:
    free(cka_name);
    free(rsa);
    free(cka);
    ses_plot_choice_release(&choice);
    return status;
}
