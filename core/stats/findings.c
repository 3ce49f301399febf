/* What stands out in a block's numbers, in plain words; see analysis.h. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/stats/block-analysis.h"

enum { MOST_FINDINGS = 8 };

static bool add(struct ses_block_analysis *block, const char *format, ...)
    SES_PRINTF(2, 3);

static bool add(struct ses_block_analysis *block, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return false;
    block->findings[block->n_findings++] = text;
    return true;
}

/* Gates that say nothing. */
static bool add_health(struct ses_block_analysis *b, size_t channels)
{
    if (b->dead)
        return add(b, "dead: every gate stands at %.3f whatever the image is "
                      "(a squeeze path that carries nothing, or weights that "
                      "were not loaded); shares of its variance mean nothing",
                   b->mean);
    if (b->constant)
        return add(b, "constant: no channel moves (standard deviation under "
                      "%g)",
                   SES_STILL);
    if (b->still_channels)
        return add(b, "%zu of %zu channels never move%s (standard deviation "
                      "under %g)",
                   b->still_channels, channels,
                   b->still_channels == 1 ? "s" : "", SES_STILL);
    return true;
}

/* Gates at an end of their range. */
static bool add_saturation(struct ses_block_analysis *b)
{
    const char *near = b->from_one < 0.1 ? "; close to identity" : "";
    if (b->identity)
        return add(b, "acts as the identity: gates are %.3f from one in the "
                      "mean",
                   b->from_one);
    if (b->above_99 >= 0.25 && !add(b, "%.0f %% of gates above .99%s",
                                    100 * b->above_99, near))
        return false;
    if (b->above_99 < 0.25 && *near &&
        !add(b, "gates are %.3f from one in the mean%s", b->from_one, near))
        return false;
    if (b->below_01 >= 0.25)
        return add(b, "%.0f %% of gates below .01: these channels are shut "
                      "off",
                   100 * b->below_01);
    return true;
}

/* What the class has to do with it. */
static bool add_class(struct ses_block_analysis *b)
{
    if (b->dead || b->constant || isnan(b->p))
        return true;
    if (b->p > 0.05)
        return add(b, "no more class-selective than with labels shuffled "
                      "(p = %.2f)",
                   b->p);
    if (!isnan(b->decodability.high) &&
        fmax(b->decodability.high, b->ridge.high) <= b->chance)
        return add(b, "the class cannot be told from these gates (%.1f %%, "
                      "chance %.1f %%)",
                   100 * b->decodability.value, 100 * b->chance);
    return true;
}

enum ses_status ses_block_findings(const struct ses_analysis_plan *plan,
                                   struct ses_block_analysis *block,
                                   struct ses_error *err)
{
    size_t channels = (size_t)plan->run->blocks[block->block].channels;
    block->findings = ses_calloc(MOST_FINDINGS, sizeof *block->findings);
    bool ok = block->findings;
    if (ok && isnan(block->mean))
        ok = add(block, "holds gates that are no numbers");
    else
        ok = ok && add_health(block, channels) && add_saturation(block) &&
             add_class(block);
    return ok ? SES_OK : ses_fail_memory(err, "findings");
}
