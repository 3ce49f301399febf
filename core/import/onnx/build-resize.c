/* Resize and its predecessor Upsample. See operators.h. */
#include <limits.h>
#include <math.h>

#include "core/import/onnx/operators.h"

/* A factor for each axis, or a size where that was given (else 0). */
struct target {
    double scale[SES_MAX_RANK];
    int size[SES_MAX_RANK];
};

static bool read_target(const struct ses_onnx_call *call,
                        const struct ses_view *x, struct target *out)
{
    bool old = call->net->model.opset < 11 ||
               strcmp(call->node->op, "Upsample") == 0;
    struct ses_onnx_list scales, sizes = { 0 }, axes;
    if (!ses_onnx_list(call, old ? 1 : 2, "scales", &scales) ||
        (!old && !ses_onnx_list(call, 3, NULL, &sizes)) ||
        !ses_onnx_list(call, -1, "axes", &axes))
        return false;
    const struct ses_onnx_list *list = sizes.n ? &sizes : &scales;
    size_t n = axes.given ? axes.n : (size_t)x->rank;
    for (int i = 0; i < SES_MAX_RANK; i++) {
        out->scale[i] = 1;
        out->size[i] = 0;
    }
    if (list->n != n || n > SES_MAX_RANK) {
        ses_onnx_refuse(call, SES_EFORMAT,
                        "%zu sizes or scales, expected %zu", list->n, n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int axis = (int)i;
        if (axes.given && !ses_onnx_axis(call, axes.at[i].value, x->rank,
                                         &axis))
            return false;
        struct ses_onnx_number number = list->at[i];
        if (axis == 0) {
            if (!ses_onnx_is_batch(call->net, number)) {
                ses_onnx_refuse(call, SES_EUNSUPPORTED,
                                "it resizes the batch");
                return false;
            }
            continue;
        }
        int64_t size;
        if (!ses_onnx_whole(call, number, &size))
            return false;
        if (sizes.n && size > 0 && size <= INT_MAX) {
            out->size[axis] = (int)size;
            out->scale[axis] = (double)size / x->size[axis];
        } else if (!sizes.n && number.value > 0) {
            out->scale[axis] = number.value;
        } else {
            ses_onnx_refuse(call, SES_EFORMAT, "a size or scale of %g",
                            number.value);
            return false;
        }
    }
    return true;
}

static bool find_coordinate(const struct ses_onnx_call *call,
                            struct ses_resize *out)
{
    bool old = call->net->model.opset < 11 ||
               strcmp(call->node->op, "Upsample") == 0;
    const char *how = ses_onnx_text(call, "coordinate_transformation_mode",
                                    old ? "asymmetric" : "half_pixel");
    const char *round = ses_onnx_text(call, "nearest_mode",
                                      old ? "floor" : "round_prefer_floor");
    if (strcmp(how, "half_pixel") == 0 ||
        strcmp(how, "half_pixel_symmetric") == 0)
        out->coordinate = SES_COORDINATE_HALF_PIXEL;
    else if (strcmp(how, "pytorch_half_pixel") == 0)
        out->coordinate = SES_COORDINATE_PYTORCH_HALF_PIXEL;
    else if (strcmp(how, "align_corners") == 0)
        out->coordinate = SES_COORDINATE_ALIGN_CORNERS;
    else if (strcmp(how, "asymmetric") == 0)
        out->coordinate = SES_COORDINATE_ASYMMETRIC;
    else if (strcmp(how, "tf_half_pixel_for_nn") == 0 &&
             strcmp(round, "floor") == 0) {
        /* half a pixel further down, rounded down */
        out->coordinate = SES_COORDINATE_HALF_PIXEL;
        round = "round_prefer_ceil";
    } else {
        ses_onnx_refuse(call, SES_EUNSUPPORTED, "coordinates '%s'", how);
        return false;
    }
    out->nearest = strcmp(round, "floor") == 0 ? SES_NEAREST_FLOOR
                   : strcmp(round, "ceil") == 0 ? SES_NEAREST_CEIL
                   : strcmp(round, "round_prefer_ceil") == 0
                       ? SES_NEAREST_ROUND_PREFER_CEIL
                       : SES_NEAREST_ROUND_PREFER_FLOOR;
    return true;
}

static bool find_mode(const struct ses_onnx_call *call,
                      const struct target *target, struct ses_resize *out)
{
    const char *mode = ses_onnx_text(call, "mode", "nearest");
    bool linear = strcmp(mode, "linear") == 0 || strcmp(mode, "bilinear") == 0;
    bool smaller = false;
    for (int i = 1; i < SES_MAX_RANK; i++)
        smaller = smaller || target->scale[i] < 1;
    if (!linear && strcmp(mode, "nearest") != 0) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "mode '%s', expected nearest or linear", mode);
        return false;
    }
    if (linear && smaller && ses_onnx_int(call, "antialias", 0)) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED, "antialiasing");
        return false;
    }
    const char *policy =
        ses_onnx_text(call, "keep_aspect_ratio_policy", "stretch");
    if (strcmp(policy, "stretch") != 0) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "keep_aspect_ratio_policy '%s'", policy);
        return false;
    }
    out->mode = linear ? SES_RESIZE_LINEAR : SES_RESIZE_NEAREST;
    /* what the first Resize did when it made less */
    if (call->net->model.opset == 10 && smaller && !linear)
        out->nearest = SES_NEAREST_CEIL;
    return true;
}

/* The size that a factor makes, in the float arithmetic of the standard; 0
 * where the graph's own gives the same. */
static int scaled_size(int size, double scale)
{
    float exact = (float)size * (float)scale;
    double rounded = floor((double)exact);
    return rounded == floor(size * scale) || !(rounded <= INT_MAX)
               ? 0
               : (int)rounded;
}

struct ses_view ses_onnx_build_resize(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_graph *graph = call->net->graph;
    struct ses_resize resize = { 0 };
    struct target target;
    if (x.value < 0)
        return x;
    if (x.rank != 3 && x.rank != 4)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its input has %d axes, expected 3 or 4",
                               x.rank);
    if (!read_target(call, &x, &target) || !find_coordinate(call, &resize) ||
        !find_mode(call, &target, &resize))
        return ses_view_failed();
    bool last = target.scale[1] != 1;
    if (last && target.scale[x.rank - 1] != 1)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it resizes channels, too");
    enum ses_layout layout = last ? SES_CHANNELS_LAST : SES_CHANNELS_FIRST;
    int w = last ? x.rank - 2 : x.rank - 1, h = x.rank == 4 ? w - 1 : 0;
    resize.scale_h = h ? target.scale[h] : 1;
    resize.scale_w = target.scale[w];
    resize.h = h ? target.size[h] : 0;
    resize.w = target.size[w];
    bool whole = fmod(x.size[w] * resize.scale_w, 1) == 0 &&
                 (!h || fmod(x.size[h] * resize.scale_h, 1) == 0);
    const char *how =
        ses_onnx_text(call, "coordinate_transformation_mode", "");
    if (!resize.w && !whole && strcmp(how, "half_pixel_symmetric") == 0)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "coordinates '%s' with a scale that does not "
                               "make whole pixels",
                               how);
    if (h && !resize.h)
        resize.h = scaled_size(x.size[h], resize.scale_h);
    if (!resize.w)
        resize.w = scaled_size(x.size[w], resize.scale_w);
    int map = ses_view_map(graph, call->name, &x, layout);
    int made = ses_graph_resize(graph, call->name, map, &resize);
    return ses_view_of(graph, made, x.rank, layout);
}
