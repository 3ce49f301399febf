/* Operators of ONNX, put one after the other: what the files that translate
 * operations share.
 *
 * Memory that is short makes everything after it do nothing; the writer looks
 * at `failed` once. */
#ifndef SES_EXPORT_EMIT_H
#define SES_EXPORT_EMIT_H

#include "core/export/proto.h"
#include "core/graph/graph.h"

/* A constant of the file; floats are borrowed from the graph where they are
 * there. */
struct ses_initial {
    struct ses_bytes header; /* all of a TensorProto but its bytes */
    const void *data;
    void *owned; /* data, or NULL */
    size_t size; /* of data, in bytes */
};

struct ses_emit {
    const struct ses_graph *graph;
    char **layers; /* [n_nodes] names, no two the same; see ses_emit_names() */
    const char **values; /* [n_values] */
    size_t node;         /* being translated */
    struct ses_bytes call; /* the operator being written */
    struct ses_bytes nodes;
    struct ses_initial *initials;
    size_t n_initials, initials_capacity;
    char **strings; /* names that were made up */
    size_t n_strings, strings_capacity;
    bool failed;
    struct ses_error *err;
};

/* Names for the nodes: their own where these are UTF-8, without a colon and
 * no other's, else with a colon and their number. Whatever is named
 * "<layer>:<word>" is then named once. False without memory. */
bool ses_emit_names(const struct ses_graph *graph, char **layers);

/* "<layer>:<word>" of the current node; lives as long as emit. */
const char *ses_emit_name(struct ses_emit *emit, const char *word);

/* Name of the current node's input, or output. */
const char *ses_emit_input(const struct ses_emit *emit, int i);
const char *ses_emit_output(const struct ses_emit *emit);
const struct ses_node *ses_emit_node(const struct ses_emit *emit);
/* Shapes of the current node's first input and of its output. */
const struct ses_value *ses_emit_from(const struct ses_emit *emit);
const struct ses_value *ses_emit_to(const struct ses_emit *emit);

/* Constants, named "<layer>:<word>". ses_emit_floats() borrows its data from
 * the graph; lists of n and single numbers are copied. */
const char *ses_emit_floats(struct ses_emit *emit, const char *word, int rank,
                            const int64_t *shape, const float *data);
const char *ses_emit_own(struct ses_emit *emit, const char *word, int rank,
                         const int64_t *shape, float *takes_ownership);
const char *ses_emit_integers(struct ses_emit *emit, const char *word,
                              size_t n, const int64_t *values);
const char *ses_emit_list(struct ses_emit *emit, const char *word, size_t n,
                          const float *values);
const char *ses_emit_number(struct ses_emit *emit, const char *word,
                            float value);

/* An operator with attributes: begin, attributes, end. Inputs are closed by
 * NULL; "" is an input that is left out. */
void ses_emit_begin(struct ses_emit *emit, const char *operator);
void ses_emit_int(struct ses_emit *emit, const char *name, int64_t value);
void ses_emit_ints(struct ses_emit *emit, const char *name, size_t n,
                   const int64_t *values);
void ses_emit_float(struct ses_emit *emit, const char *name, float value);
void ses_emit_text(struct ses_emit *emit, const char *name, const char *text);
void ses_emit_end(struct ses_emit *emit, const char *output,
                  const char *const *inputs);

/* One without attributes; b may be NULL. Returns output. */
const char *ses_emit_call(struct ses_emit *emit, const char *operator,
                          const char *output, const char *a, const char *b);

/* "layer 'x' (operation): <format> cannot be written as ONNX". */
enum ses_status ses_emit_refuse(struct ses_emit *emit, const char *format, ...)
    SES_PRINTF(2, 3);

/* Translations of the current node, one file each. */
void ses_emit_activation(struct ses_emit *emit, const char *from,
                         const char *to);
SES_MUST_CHECK enum ses_status ses_emit_conv(struct ses_emit *emit);
SES_MUST_CHECK enum ses_status ses_emit_pool(struct ses_emit *emit);
SES_MUST_CHECK enum ses_status ses_emit_shape(struct ses_emit *emit);
SES_MUST_CHECK enum ses_status ses_emit_layer(struct ses_emit *emit);

#endif
