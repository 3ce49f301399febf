/* Writing a graph as an ONNX network that any runtime executes: operator set
 * 13, floats, maps as N x C x H x W with any N.
 *
 * The input is named "input". The output is named "logits", or as the network
 * names it where it ends in something else (a softmax); a vector comes as
 * N x C. Weights are raw bytes in the file. */
#ifndef SES_EXPORT_ONNX_H
#define SES_EXPORT_ONNX_H

#include "core/base/error.h"
#include "core/graph/graph.h"

/* A pair of the file's metadata_props. */
struct ses_onnx_property {
    const char *key, *value;
};

/* Write a graph whose shapes are inferred; whole or not at all, in the place
 * of what had the name. SES_EUNSUPPORTED names a layer that ONNX has no
 * operator for, and a network that is larger than a protocol buffer can be
 * (2 GiB). */
SES_MUST_CHECK enum ses_status ses_onnx_write(
    const char *path, const struct ses_graph *graph,
    const struct ses_onnx_property *properties, size_t n_properties,
    struct ses_error *err);

#endif
