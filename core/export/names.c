/* Names of layers in a file (see emit.h). */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/base/utf8.h"
#include "core/export/emit.h"

static int compare(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

bool ses_emit_names(const struct ses_graph *graph, char **layers)
{
    size_t n = graph->n_nodes;
    char ***sorted = ses_calloc(n, sizeof *sorted);
    bool *plain = ses_calloc(n, sizeof *plain);
    bool made = sorted && plain;
    for (size_t i = 0; i < n && made; i++) {
        layers[i] = ses_utf8_escaped(graph->nodes[i].name);
        sorted[i] = &layers[i];
        made = layers[i] != NULL;
    }
    if (!made)
        goto out;
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0; i < n; i++) {
        const char *name = *sorted[i];
        bool again = (i > 0 && strcmp(name, *sorted[i - 1]) == 0) ||
                     (i + 1 < n && strcmp(name, *sorted[i + 1]) == 0);
        plain[sorted[i] - layers] = *name && !strchr(name, ':') && !again;
    }
    for (size_t i = 0; i < n && made; i++) {
        if (plain[i])
            continue;
        char *name = ses_format("%s:%zu", layers[i], i);
        free(layers[i]);
        layers[i] = name;
        made = name != NULL;
    }
out:
    free(sorted);
    free(plain);
    return made;
}
