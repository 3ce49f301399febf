/* See sweep-form.h. */
#include "core/ablation/sweep-form.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* Length of what the texts of all variants of sweeps begin with: the SPECs
 * that stand under every one of them. The shortest has one more. */
static size_t common_length(const struct ses_ablation *ablation)
{
    const char *shortest = NULL;
    for (size_t v = 0; v < ablation->n_variants; v++) {
        const char *text = ablation->forces[v];
        if (*ablation->sweeps[v] &&
            (!shortest || strlen(text) < strlen(shortest)))
            shortest = text;
    }
    const char *space = shortest ? strrchr(shortest, ' ') : NULL;
    size_t length = space ? (size_t)(space + 1 - shortest) : 0;
    for (size_t v = 0; v < ablation->n_variants; v++)
        if (*ablation->sweeps[v] &&
            strncmp(ablation->forces[v], shortest, length) != 0)
            return 0;
    return length;
}

/* The block that text begins with, before '='; or -1. */
static int block_at(const struct ses_ablation *ablation, const char *text)
{
    int found = -1;
    size_t longest = 0;
    for (size_t b = 0; b < ablation->n_blocks; b++) {
        size_t length = strlen(ablation->blocks[b].name);
        if (length >= longest && text[0] &&
            strncmp(text, ablation->blocks[b].name, length) == 0 &&
            text[length] == '=') {
            found = (int)b;
            longest = length;
        }
    }
    return found;
}

/* Index of a value, which is added when it is new; -1 without memory. */
static int value_index(struct ses_sweep_forms *forms, const char *text,
                       size_t length)
{
    for (size_t i = 0; i < forms->n_values; i++)
        if (strlen(forms->values[i]) == length &&
            strncmp(forms->values[i], text, length) == 0)
            return (int)i;
    char **values = ses_realloc(forms->values, forms->n_values + 1,
                                sizeof *values);
    if (!values)
        return -1;
    forms->values = values;
    values[forms->n_values] = strndup(text, length);
    if (!values[forms->n_values])
        return -1;
    return (int)forms->n_values++;
}

/* False without memory. */
static bool read_variant(struct ses_sweep_forms *forms,
                         const struct ses_ablation *ablation, size_t variant,
                         const char *text)
{
    bool *forced = forms->forced + variant * forms->n_blocks;
    const char *value = NULL;
    size_t length = 0;
    while (*text) {
        int block = block_at(ablation, text);
        if (block < 0 || forced[block])
            return true;
        const char *word = text + strlen(ablation->blocks[block].name) + 1;
        size_t size = strcspn(word, " ");
        if (value && (size != length || strncmp(word, value, size) != 0))
            return true;
        value = word;
        length = size;
        forced[block] = true;
        text = word + size + strspn(word + size, " ");
    }
    if (!value)
        return true;
    forms->value[variant] = value_index(forms, value, length);
    return forms->value[variant] >= 0;
}

enum ses_status ses_sweep_forms_init(struct ses_sweep_forms *forms,
                                     const struct ses_ablation *ablation,
                                     struct ses_error *err)
{
    size_t n = ablation->n_variants, cells;
    *forms = (struct ses_sweep_forms){ .n_variants = n,
                                       .n_blocks = ablation->n_blocks };
    if (ses_multiply(n, forms->n_blocks, &cells)) {
        forms->value = ses_calloc(n, sizeof *forms->value);
        forms->forced = ses_calloc(cells, sizeof *forms->forced);
    }
    bool made = forms->value && forms->forced;
    size_t common = common_length(ablation);
    for (size_t v = 0; v < n && made; v++) {
        const char *text = ablation->forces[v];
        forms->value[v] = -1;
        if (*ablation->sweeps[v] || !common)
            made = read_variant(forms, ablation, v, text + common);
    }
    if (!made)
        return ses_fail_memory(err, "sweeps");
    return SES_OK;
}

void ses_sweep_forms_release(struct ses_sweep_forms *forms)
{
    for (size_t i = 0; i < forms->n_values; i++)
        free(forms->values[i]);
    free(forms->values);
    free(forms->value);
    free(forms->forced);
    *forms = (struct ses_sweep_forms){ 0 };
}

int ses_sweep_find(const struct ses_sweep_forms *forms, size_t value,
                   const bool *forced)
{
    for (size_t v = 0; v < forms->n_variants; v++)
        if (forms->value[v] == (int)value &&
            memcmp(forms->forced + v * forms->n_blocks, forced,
                   forms->n_blocks * sizeof *forced) == 0)
            return (int)v;
    return -1;
}

size_t ses_sweep_blocks(const struct ses_sweep_forms *forms,
                        const struct ses_ablation *ablation,
                        const char *sweep, size_t value, bool *forced)
{
    size_t count = 0;
    for (size_t b = 0; b < forms->n_blocks; b++) {
        forced[b] = false;
        for (size_t v = 0; v < forms->n_variants && !forced[b]; v++)
            forced[b] = forms->value[v] == (int)value &&
                        *ablation->sweeps[v] &&
                        (!sweep || strcmp(ablation->sweeps[v], sweep) == 0) &&
                        forms->forced[v * forms->n_blocks + b];
        count += forced[b];
    }
    return count;
}
