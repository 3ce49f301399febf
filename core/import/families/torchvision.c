/* See torchvision.h. */
#include "core/import/families/torchvision.h"

/* Names of gates, which outlive the unit that points to them. */
static const char *const modules[] = { "block.0", "block.1", "block.2",
                                       "block.3" };

enum { MOST = sizeof modules / sizeof *modules };

/* Whether the layer at path is depthwise: each output reads one input. */
static bool is_depthwise(const struct ses_state *state, const char *path)
{
    return ses_build_dimension(state, path, 1) == 1 &&
           ses_build_dimension(state, path, 0) > 1;
}

void ses_torchvision_unit(const struct ses_state *state, const char *path,
                          struct ses_inverted *unit)
{
    struct ses_path block = ses_path("%s.block", path);
    int count = ses_build_count(state, block.text);
    unit->path = ses_path("%s", path);
    for (int i = 0; i < count && i < MOST; i++) {
        struct ses_path layer = ses_path("%s.%d", block.text, i);
        struct ses_gate_dialect gate = { .module = modules[i],
                                         .down = "fc1",
                                         .up = "fc2" };
        if (ses_build_has_gate(state, path, &gate)) {
            unit->gated = true;
            unit->gate = gate;
        } else if (unit->layers < SES_UNIT_LAYERS) {
            unit->conv[unit->layers] = ses_path("%s.0", layer.text);
            unit->norm[unit->layers++] = ses_path("%s.1", layer.text);
        }
    }
    if (!unit->layers) { /* something is missing, which is said later */
        unit->conv[0] = ses_path("%s.0.0", block.text);
        unit->norm[0] = ses_path("%s.0.1", block.text);
        unit->layers = 1;
    }
    int window = ses_inverted_window(unit);
    unit->depthwise = unit->layers == 3 ||
                      is_depthwise(state, unit->conv[window].text);
    ses_inverted_measure(state, unit);
}
