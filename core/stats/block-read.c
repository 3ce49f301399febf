/* See block-read.h. */
#include "core/stats/block-read.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/number.h"

enum ses_status ses_block_moments_read(const struct ses_run_file *run,
                                       size_t block,
                                       struct ses_block_moments *out,
                                       struct ses_error *err)
{
    size_t classes = run->n_classes, cells;
    size_t channels = (size_t)run->blocks[block].channels;
    *out = (struct ses_block_moments){ 0 };
    out->count = ses_calloc(classes, sizeof *out->count);
    if (ses_multiply(classes, channels, &cells)) {
        out->mean = ses_calloc_floats(cells);
        out->std = ses_calloc_floats(cells);
    }
    if (!out->count || !out->mean || !out->std)
        return ses_fail_memory(err, "class means");
    return ses_run_moments(run, block, out->count, out->mean, out->std, NULL,
                           NULL, err);
}

void ses_block_moments_release(struct ses_block_moments *moments)
{
    free(moments->count);
    free(moments->mean);
    free(moments->std);
    *moments = (struct ses_block_moments){ 0 };
}

size_t ses_rows_at_a_time(size_t channels)
{
    return ((size_t)1 << 18) / channels + 1;
}

static bool is_wanted(const struct ses_run_file *run,
                      const struct ses_row_visit *rows, size_t image)
{
    return run->image_status[image] == SES_IMAGE_DONE &&
           (!rows->wants || rows->wants(rows->user, image));
}

enum ses_status ses_visit_rows(const struct ses_run_file *run, size_t block,
                               const struct ses_row_visit *rows,
                               struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels;
    size_t step = ses_rows_at_a_time(channels);
    float *buffer = ses_calloc_floats(step * channels);
    enum ses_status status =
        buffer ? SES_OK : ses_fail_memory(err, "excitations");
    for (size_t first = 0; !status && first < run->n_images; first += step) {
        size_t n = ses_least(run->n_images - first, step), next = 0;
        while (next < n && !is_wanted(run, rows, first + next))
            next++;
        if (next == n)
            continue;
        status = ses_run_excitation(run, block, first, n, buffer, err);
        for (; !status && next < n; next++)
            if (is_wanted(run, rows, first + next))
                rows->visit(rows->user, first + next,
                            buffer + next * channels);
    }
    free(buffer);
    return status;
}
