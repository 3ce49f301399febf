/* ablate --json; see ablate.h. Keys are documented in sescope-ablate(1) and
 * stay. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ablate.h"
#include "cli/diagnostics.h"
#include "cli/json.h"

static void add_fields(json_t *object, const struct ses_measure *measure)
{
    for (const struct ses_measure_field *f = ses_measure_fields; f->name; f++) {
        double value = f->value(measure);
        json_t *json = f->whole ? json_integer((json_int_t)value)
                                : ses_json_number(value);
        json_object_set_new(object, f->name, json);
    }
}

/* The parts of a kind under a key, each with its name; none without any. */
static void add_parts(json_t *object, const char *key, const char *kind,
                      const struct ses_ablate_part *parts, size_t n_parts,
                      const struct ses_measure *measures, size_t stride)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n_parts; i++) {
        if (strcmp(parts[i].kind, kind) != 0)
            continue;
        json_t *part = json_object();
        json_object_set_new(part, "name", ses_json_text(parts[i].name));
        add_fields(part, &measures[i * stride]);
        json_array_append_new(array, part);
    }
    if (json_array_size(array))
        json_object_set(object, key, array);
    json_decref(array);
}

static void add_blocks(json_t *object, const struct ses_ablation *a, size_t v)
{
    json_t *array = json_array();
    for (size_t b = 0; b < a->n_blocks; b++)
        if (a->constant[v * a->n_blocks + b])
            json_array_append_new(array, ses_json_text(a->blocks[b].name));
    json_object_set_new(object, "constant", array);
}

enum ses_status ses_print_ablation_json(const struct ses_ablation *ablation,
                                        const struct ses_ablate_part *parts,
                                        size_t n_parts,
                                        const struct ses_measure *measures,
                                        struct ses_error *err)
{
    size_t n = ablation->n_variants;
    json_t *root = json_array();
    for (size_t v = 0; v < n; v++) {
        json_t *object = json_object();
        json_object_set_new(object, "force", ses_json_text(ablation->forces[v]));
        json_object_set_new(object, "sweep", ses_json_text(ablation->sweeps[v]));
        add_fields(object, &measures[v]);
        add_blocks(object, ablation, v);
        add_parts(object, "classes", "class", parts, n_parts, measures + v, n);
        add_parts(object, "groups", "group", parts, n_parts, measures + v, n);
        json_array_append_new(root, object);
    }
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(root);
    if (!text)
        return ses_fail_memory(err, "the ablation as JSON");
    ses_print(text);
    ses_print("\n");
    free(text);
    return SES_OK;
}
