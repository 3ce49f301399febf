/* Whose class order a Caffe network's outputs have.
 *
 * Nearly all Caffe networks for ImageNet have the classes in the order of
 * their wnids. The SENet authors' have them by ILSVRC2012_ID, as the
 * development kit numbers them: not one class stands at the same place in
 * both. Their files are known by their own names and layers; one that was
 * trained anew under the same names has to be told. */
#include <string.h>

#include "core/import/caffe/net.h"

enum { CLASSES = 1000 };

/* The names in the seven files. */
static const char *const authors[] = {
    "SE-BN-Inception",
    "SE-ResNet-50",
    "SE-ResNet-101",
    "SE-ResNet-152",
    "SE-ResNeXt-50 (32 x 4d)",
    "SE-ResNeXt-101 (32 x 4d)",
    "SENet",
};

static const struct ses_caffe_layer *find(const struct ses_caffe_net *net,
                                          const char *name)
{
    for (size_t i = 0; i < net->n_layers; i++)
        if (!strcmp(net->layers[i].name, name))
            return &net->layers[i];
    return NULL;
}

static bool is_type(const struct ses_caffe_layer *layer, const char *type)
{
    return layer && !strcmp(layer->type->name, type);
}

/* A name that others may use, too, is not enough: the first block must be
 * theirs, and so the classifier's name. */
static bool is_authors(const struct ses_caffe_net *net)
{
    bool named = false;
    for (size_t i = 0; i < sizeof authors / sizeof *authors; i++)
        named |= !strcmp(net->name, authors[i]);
    bool residual = is_type(find(net, "conv2_1"), "Axpy") &&
                    is_type(find(net, "conv2_1_1x1_up"), "Convolution");
    bool inception =
        is_type(find(net, "inception_3a_scale"), "Scale") &&
        is_type(find(net, "inception_3a_1x1_up"), "Convolution");
    return named && (residual || inception) &&
           is_type(find(net, "classifier"), "InnerProduct");
}

void ses_caffe_settle_labels(struct ses_caffe_net *net)
{
    const struct ses_graph *graph = net->graph;
    if (!net->source->classifier ||
        graph->values[graph->logits].c != CLASSES)
        return;
    if (is_authors(net)) {
        net->source->labels = "imagenet-devkit";
        ses_caffe_note(net,
                       "its classes are taken to be in the order of the SENet "
                       "authors' networks (goldfish is 449); if they are in "
                       "the order of wnids, say --labels imagenet");
    } else {
        ses_caffe_note(net,
                       "its 1000 classes are taken to be in the order of "
                       "wnids (goldfish is 1); if they are in that of the "
                       "SENet authors' networks, say --labels "
                       "imagenet-devkit");
    }
}
