/* core/graph/dot: names from files do no harm, and every node is what it is to
 * its block. */
#include <stdlib.h>
#include <string.h>

#include "core/graph/dot.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"

static struct ses_tensor *zeros(size_t o, size_t i, size_t k)
{
    size_t shape[4] = { o, i, k, k };
    return ses_tensor_new(4, shape);
}

static int conv(struct ses_graph *graph, const char *name, int x, size_t in,
                size_t out)
{
    return ses_graph_conv(graph, name, x, ses_window(1, 1, 0), 1,
                          zeros(out, in, 1), NULL);
}

static char *dot_of(struct ses_graph *graph, int output, const char *name)
{
    struct ses_error err = { 0 };
    struct ses_blocks blocks;
    struct ses_text text = { 0 };
    OK(ses_graph_finish(graph, output, &err));
    OK(ses_graph_infer(graph, 4, 6, &err));
    OK(ses_graph_canonicalise(graph, &err));
    OK(ses_blocks_find(graph, &blocks, &err));
    assert_true(ses_graph_dot(graph, &blocks, name, &text));
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
    return text.data;
}

static void names_are_escaped(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "a\"]; b [x=\\", 3);
    x = conv(graph, "tab\tline\nescape\033\xc3\xa9\xff", x, 3, 2);
    char *dot = dot_of(graph, x, "q\"uote");
    assert_contains(dot, "digraph \"q\\\"uote\" {\n");
    assert_contains(dot, "[label=\"a\\\"]; b [x=\\\\\\ninput\\n4x6x3\"");
    assert_contains(dot, "[label=\"tab?line?escape?\xc3\xa9\\\\xff\\n"
                         "convolution 1x1\\n4x6x2\"");
    free(dot);
}

static void windows_are_told(void **state)
{
    static const struct {
        struct ses_window window;
        const char *text;
    } cases[] = {
        { { 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, false, false, false },
          "convolution 3x3 pad 1\\n" },
        { { 3, 3, 2, 2, 1, 1, 0, 0, 1, 1, false, false, false },
          "convolution 3x3 stride 2 pad 0,0,1,1\\n" },
        { { 3, 3, 1, 2, 2, 1, 2, 2, 2, 2, false, false, false },
          "convolution 3x3 stride 1x2 dilation 2x1 pad 2\\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 4);
        x = ses_graph_conv(graph, "conv", x, cases[i].window, 1,
                           zeros(4, 4, 3), NULL);
        char *dot = dot_of(graph, x, "net");
        assert_contains(dot, cases[i].text);
        free(dot);
    }
}

/* Two gates of one squeeze: it stands in the first block's cluster alone. */
static void a_shared_squeeze_stands_in_one_cluster(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8), y[2];
    int squeeze = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    for (int i = 0; i < 2; i++) {
        int g = conv(graph, "fc", squeeze, 8, 8);
        g = ses_graph_activation(graph, "gate", g, SES_ACT_SIGMOID, 0, 0);
        y[i] = ses_graph_multiply(graph, i ? "second" : "first", x, g);
    }
    char *dot = dot_of(graph, ses_graph_add(graph, "sum", y[0], y[1]), "net");
    assert_contains(dot, "n1 [label=\"mean\\nglobal mean\\n1x1x8\", "
                         "fillcolor=\"#bcd9f2\"]");
    assert_contains(dot, "n2 [label=\"fc\\nconvolution 1x1\\n1x1x8\", "
                         "fillcolor=\"#e2e2e2\"]");
    assert_contains(dot, "n6 [label=\"gate\\nsigmoid\\n1x1x8\", "
                         "fillcolor=\"#fce29a\"]");
    assert_contains(dot, "n7 [label=\"second\\nmultiply\\n4x6x8\", "
                         "fillcolor=\"#f4b9a7\"]");
    assert_contains(dot, "n8 [label=\"sum\\nadd\\n4x6x8\", "
                         "fillcolor=\"#ffffff\", peripheries=2]");
    assert_contains(dot, "subgraph cluster_1 {\n    label=\"first\\nmean > ");
    assert_contains(dot, "    n1; n2; n3; n4;\n");
    assert_contains(dot, "    n5; n6; n7;\n");
    assert_contains(dot, "  n1 -> n2;\n");
    assert_contains(dot, "  n1 -> n5;\n");
    free(dot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(windows_are_told),
        cmocka_unit_test(a_shared_squeeze_stands_in_one_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
