/* The kinds of figures, in one table that drives dispatch, the check of
 * options, --help and completion.
 *
 * Adding a kind:
 *   1. plots/KIND.[ch], which draws it from plain arrays, and
 *      tests/test-plot-KIND.c;
 *   2. a function in a file cli/plot-KIND.c that makes these arrays, declared
 *      in cli/plot.h;
 *   3. a line here; a new option that not every kind takes needs a
 *      SES_TAKES_... in cli/plot.h and a line in limited[] of cli/plot.c;
 *   4. a paragraph in docs/sescope-plot.1. */
#include "cli/plot.h"

#define BLOCKS SES_TAKES_BLOCKS
#define CLASSES SES_TAKES_CLASSES
#define CHANNELS SES_TAKES_CHANNELS
#define BAND SES_TAKES_BAND
#define SEED SES_TAKES_SEED
#define CLUSTER SES_TAKES_CLUSTER
#define COLUMNS SES_TAKES_COLUMNS
#define IMAGES SES_TAKES_IMAGES

#define OF_RECORD(function) .of_record = function
#define OF_TWO(function) .of_two = function
#define OF_ABLATION(function) .of_ablation = function

/* X(name, function, options taken, blocks, classes, channels, help): the last
 * three before help as in struct ses_plot_kind. */
#define KINDS(X) \
    X("activations", OF_RECORD(ses_plot_record_activations), \
      BLOCKS | CLASSES | CHANNELS | BAND | SEED | COLUMNS, "last-of-stage", \
      10, 50, "class means of the gates, a panel a block") \
    X("within-class", OF_RECORD(ses_plot_record_within_class), \
      BLOCKS | CLASSES | CHANNELS | COLUMNS, "last-of-stage", 2, 50, \
      "a class's mean, and the spread of its images") \
    X("distributions", OF_RECORD(ses_plot_record_distributions), \
      BLOCKS | CLASSES | COLUMNS, "last-of-stage", 10, 0, \
      "how often a gate has which value, by class") \
    X("heatmap", OF_RECORD(ses_plot_record_heatmap), \
      BLOCKS | CLASSES | CHANNELS | CLUSTER | COLUMNS, "last-of-stage", 0, 0, \
      "class means as colours, classes by channels") \
    X("saturation", OF_RECORD(ses_plot_record_saturation), BLOCKS | CLASSES, \
      "all", 0, 0, "shares of gates that are open and shut, by block") \
    X("selectivity", OF_RECORD(ses_plot_record_selectivity), \
      BLOCKS | CLASSES | SEED, "all", 0, 0, \
      "variance between classes, by depth") \
    X("decodability", OF_RECORD(ses_plot_record_decodability), \
      BLOCKS | CLASSES | SEED, "all", 0, 0, \
      "how well gates tell the class, by depth") \
    X("rdm", OF_RECORD(ses_plot_record_rdm), \
      BLOCKS | CLASSES | CLUSTER | COLUMNS, "all", 0, 0, \
      "how far apart classes are, a matrix a block") \
    X("block-similarity", OF_RECORD(ses_plot_record_block_similarity), \
      BLOCKS | CLASSES, "all", 0, 0, "how alike blocks are (CKA and RSA)") \
    X("top-channels", OF_RECORD(ses_plot_record_top_channels), \
      BLOCKS | CLASSES | CHANNELS | SEED | COLUMNS | IMAGES, NULL, 4, 5, \
      "channels that mark a class out, and their images") \
    X("compare", OF_TWO(ses_plot_two_records), BLOCKS | CLASSES | SEED, \
      "all", 0, 0, "two records (RUN1.h5 RUN2.h5) by depth") \
    X("ablation", OF_ABLATION(ses_plot_ablation_sweeps), SEED | COLUMNS, NULL, \
      0, 0, \
      "what forcing gates costs, a panel a sweep") \
    X("tradeoff", OF_ABLATION(ses_plot_ablation_tradeoff), SEED, NULL, 0, 0, \
      "accuracy against the SE parameters kept")

#define AS_WORD(name, function, takes, blocks, classes, channels, help) \
    { name, help },
#define AS_KIND(name_, function, takes_, blocks_, classes_, channels_, help) \
    { \
        .name = name_, function, .takes = takes_, .blocks = blocks_, \
        .classes = classes_, .channels = channels_ \
    },

const struct ses_word ses_plot_words[] = { KINDS(AS_WORD){ NULL, NULL } };
const struct ses_plot_kind ses_plot_kinds[] = { KINDS(AS_KIND) };
const size_t ses_n_plot_kinds =
    sizeof ses_plot_kinds / sizeof ses_plot_kinds[0];
