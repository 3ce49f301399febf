/* See outcome.h. */
#include "tests/support/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "core/graph/passes.h"
#include "tests/support/check.h"

void outcome_release(struct outcome *outcome)
{
    answer_release(&outcome->answer);
    free(outcome->notes);
    ses_blocks_release(&outcome->blocks);
}

void outcome_run(struct ses_state *state, const char *arch, int h, int w,
                 const float *picture, struct outcome *outcome)
{
    struct ses_error err = { 0 };
    memset(outcome, 0, sizeof *outcome);
    struct ses_graph *graph = ses_graph_new(&err);
    OK(ses_family_build(state, arch, graph, &outcome->found, &err));
    OK(ses_state_check_surplus(state, &err));
    outcome->notes = state->notes;
    state->notes = NULL;
    ses_state_free(state);
    OK(ses_graph_infer(graph, h, w, &err));
    OK(ses_blocks_find(graph, &outcome->blocks, &err));
    outcome->parameters = ses_graph_parameters(graph);
    OK(ses_fold_batch_norm(graph, &err));
    OK(ses_fuse_activation(graph, &err));
    answer_run(&outcome->answer, graph, &outcome->blocks, picture);
    ses_graph_free(graph);
}

void outcome_run_golden(const struct golden *golden, const char *arch,
                        struct outcome *outcome)
{
    float *picture = golden_picture(golden);
    outcome_run(golden_state(golden), arch, golden->h, golden->w, picture,
                outcome);
    free(picture);
}

size_t outcome_count_parameters(const struct golden *golden)
{
    size_t sum = 0;
    for (size_t i = 0; i < golden->n_tensors; i++)
        if (!strstr(golden->tensors[i].name, ".running_"))
            sum += golden_count(&golden->tensors[i]);
    return sum;
}

struct ses_family_result outcome_look(const char *name, const char *arch)
{
    struct golden *golden = golden_read(name);
    struct ses_state *state = golden_state_of_zeros(golden);
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    struct ses_family_result found;
    OK(ses_family_build(state, arch, graph, &found, &err));
    ses_graph_free(graph);
    ses_state_free(state);
    golden_free(golden);
    return found;
}

void outcome_refuse(const struct golden *golden, const char *arch,
                    enum ses_status status, struct ses_error *err)
{
    memset(err, 0, sizeof *err);
    struct ses_state *state = golden_state_of_zeros(golden);
    struct ses_graph *graph = ses_graph_new(err);
    struct ses_family_result found;
    assert_int_equal(ses_family_build(state, arch, graph, &found, err), status);
    ses_graph_free(graph);
    ses_state_free(state);
}

void outcome_compare_golden(const char *name, const char *arch, bool whole)
{
    struct golden *golden = golden_read(name);
    struct outcome outcome;
    outcome_run_golden(golden, arch, &outcome);
    assert_string_equal(outcome.found.arch, golden->arch);
    assert_true(outcome.found.classifier);
    if (whole)
        assert_int_equal(outcome.parameters, outcome_count_parameters(golden));
    answer_compare(&outcome.answer, golden, &outcome.blocks);
    outcome_release(&outcome);
    golden_free(golden);
}
