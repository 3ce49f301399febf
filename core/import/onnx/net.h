/* A network while it is built from an ONNX graph: what every name of the file
 * has become so far, and what operators (operators.h) ask for.
 *
 * A name is a constant or computed: then it is a view of the graph being
 * built. Computed tensors have the batch as their first axis. */
#ifndef SES_IMPORT_ONNX_NET_H
#define SES_IMPORT_ONNX_NET_H

#include "core/import/names.h"
#include "core/import/onnx/elements.h"
#include "core/import/source.h"
#include "core/import/view.h"

enum ses_onnx_state {
    SES_ONNX_OPEN,
    SES_ONNX_CONSTANT,
    SES_ONNX_COMPUTED
};

struct ses_onnx_value {
    const char *name;
    int producer; /* node; -1 for inputs and initialisers */
    const struct ses_onnx_tensor *tensor; /* initialiser; else NULL */
    bool read;    /* by a node that is needed */
    bool counted; /* initialiser whose numbers were counted as parameters */
    enum ses_onnx_state state;
    struct ses_onnx_constant constant;
    struct ses_view view;
    /* Expand is put off: as a rule a multiplication follows that broadcasts
     * anyway. Then wide, and the sizes are these. */
    bool wide;
    int size[SES_MAX_RANK];
};

struct ses_onnx_net {
    struct ses_source *source;
    struct ses_graph *graph;
    struct ses_error *err; /* the graph's, too */
    struct ses_onnx_model model;
    struct ses_onnx_external external;
    struct ses_onnx_value *values; /* in the model's arena */
    int n_values;
    struct ses_names names; /* values by name */
    int *order;             /* nodes that are needed, each after its inputs */
    int n_order;
    int input, output; /* values */
    int64_t batch;     /* what the file's input says; 0: open */
    size_t spent;      /* elements so far; see ses_onnx_spend() */
};

/* A node at work. */
struct ses_onnx_call {
    struct ses_onnx_net *net;
    const struct ses_onnx_node *node;
    const char *name; /* the node's, or its first output's */
};

/* The value of a name, or -1. */
int ses_onnx_find(const struct ses_onnx_net *net, const char *name);

/* ---- order.c, input.c: what is built at all ------------------------------ */

/* Give all names values; then which output is built, and the nodes that lead
 * to it. */
SES_MUST_CHECK enum ses_status ses_onnx_name_values(struct ses_onnx_net *net,
                                                    struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_onnx_sort(struct ses_onnx_net *net,
                                             struct ses_error *err);

/* Choose among outputs, and settle the input's shape and preprocessing. */
SES_MUST_CHECK enum ses_status ses_onnx_choose_output(
    struct ses_onnx_net *net, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_onnx_make_input(struct ses_onnx_net *net,
                                                   struct ses_error *err);

/* Refuse what nodes that are needed cannot be built, by all their names. */
SES_MUST_CHECK enum ses_status ses_onnx_check_operators(
    const struct ses_onnx_net *net, struct ses_error *err);

/* ---- call.c: what operators ask ------------------------------------------ */

/* Fill the error ("'Conv' of node 'conv1': ..."), and be a failed view. */
struct ses_view ses_onnx_refuse(const struct ses_onnx_call *call,
                                enum ses_status status, const char *format,
                                ...) SES_PRINTF(3, 4);

/* Attributes, with what holds when there is none. */
const struct ses_onnx_attribute *ses_onnx_attribute(
    const struct ses_onnx_call *call, const char *name);
int64_t ses_onnx_int(const struct ses_onnx_call *call, const char *name,
                     int64_t otherwise);
float ses_onnx_float(const struct ses_onnx_call *call, const char *name,
                     float otherwise);
const char *ses_onnx_text(const struct ses_onnx_call *call, const char *name,
                          const char *otherwise);

/* Input k, or NULL when it is left out. */
struct ses_onnx_value *ses_onnx_input(const struct ses_onnx_call *call,
                                      size_t k);
/* Output k, or NULL when it is left out. */
struct ses_onnx_value *ses_onnx_output(const struct ses_onnx_call *call,
                                       size_t k);

/* Input k when it is a constant; else NULL. */
const struct ses_onnx_constant *ses_onnx_constant_input(
    const struct ses_onnx_call *call, size_t k);

/* Input k, computed; a failed view when it is a constant or left out. */
struct ses_view ses_onnx_data(const struct ses_onnx_call *call, size_t k);

/* A computed value with its Expand done. */
struct ses_view ses_onnx_widened(const struct ses_onnx_call *call,
                                 const struct ses_onnx_value *value);

/* Input k, computed or constant, as a view of that rank. */
struct ses_view ses_onnx_operand(const struct ses_onnx_call *call, size_t k,
                                 int rank);

/* Numbers that are a constant input, or an attribute in older operator sets
 * (either may lack: k < 0, name NULL). False with the error filled when they
 * are no constant. */
struct ses_onnx_list {
    bool given;
    size_t n;
    const struct ses_onnx_number *at; /* in the model's arena */
};
bool ses_onnx_list(const struct ses_onnx_call *call, int k, const char *name,
                   struct ses_onnx_list *out);

/* One of them as an integer; false (error filled) when it is not known. */
bool ses_onnx_whole(const struct ses_onnx_call *call,
                    struct ses_onnx_number number, int64_t *out);

/* An axis from 0 on; false (error filled) when it is none of rank. */
bool ses_onnx_axis(const struct ses_onnx_call *call, double axis, int rank,
                   int *out);

/* Whether a first size is the batch: symbolic, the file's own, or 1. */
bool ses_onnx_is_batch(const struct ses_onnx_net *net,
                       struct ses_onnx_number number);

/* Count elements that are read of constants. They may be as many as the files
 * have bytes (and some that any file may), so that a file that repeats its
 * numbers can neither fill the memory nor take all day. False with the error
 * filled. */
bool ses_onnx_spend(const struct ses_onnx_call *call, size_t count);

/* A constant's elements for the graph, rounded to float32; NULL with the error
 * filled. */
struct ses_tensor *ses_onnx_take(const struct ses_onnx_call *call,
                                 const struct ses_onnx_constant *constant);

/* How many parameters a constant adds: its elements, at its first use. */
size_t ses_onnx_parameters(const struct ses_onnx_call *call,
                           const struct ses_onnx_constant *constant);

/* Say so of a value's node, instead of what it counted itself. */
void ses_onnx_set_parameters(const struct ses_onnx_call *call, int value,
                             size_t parameters);

/* Sizes of a value for one image, an Expand included. */
const int *ses_onnx_sizes(const struct ses_onnx_value *value);

#endif
