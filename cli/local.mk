# All but main() is a library, so that tests can call it.
cli_libcli_a_SOURCES += \
	cli/ablate-fields.c \
	cli/ablate-fields.h \
	cli/ablate-job.c \
	cli/ablate-json.c \
	cli/ablate-report.c \
	cli/ablate.c \
	cli/ablate.h \
	cli/commands.c \
	cli/commands.h \
	cli/common.c \
	cli/common.h \
	cli/completion.c \
	cli/csv.c \
	cli/csv.h \
	cli/describe-json.c \
	cli/describe.c \
	cli/describe.h \
	cli/diagnostics.c \
	cli/diagnostics.h \
	cli/fold.c \
	cli/force.c \
	cli/force.h \
	cli/inspect.c \
	cli/json.c \
	cli/json.h \
	cli/options-help.c \
	cli/options.c \
	cli/options.h \
	cli/plot-ablation.c \
	cli/plot-activations.c \
	cli/plot-block-similarity.c \
	cli/plot-choice.c \
	cli/plot-choice.h \
	cli/plot-compare.c \
	cli/plot-decodability.c \
	cli/plot-depth.c \
	cli/plot-depth.h \
	cli/plot-distributions.c \
	cli/plot-heatmap.c \
	cli/plot-kinds.c \
	cli/plot-rdm.c \
	cli/plot-saturation.c \
	cli/plot-selectivity.c \
	cli/plot-top-channels.c \
	cli/plot-tradeoff.c \
	cli/plot-within-class.c \
	cli/plot.c \
	cli/plot.h \
	cli/progress.c \
	cli/progress.h \
	cli/record-plan.c \
	cli/record-plan.h \
	cli/record-report.c \
	cli/record-report.h \
	cli/record.c \
	cli/report-ablation.c \
	cli/report-figures.c \
	cli/report-numbers.c \
	cli/report-record.c \
	cli/report.c \
	cli/report.h \
	cli/run-choice.c \
	cli/run-choice.h \
	cli/run-control.c \
	cli/run-control.h \
	cli/run-images.c \
	cli/run-images.h \
	cli/stats-fields.c \
	cli/stats-json.c \
	cli/stats-report.c \
	cli/stats.c \
	cli/stats.h \
	cli/table.c \
	cli/table.h \
	$(NULL)
cli_sescope_SOURCES += cli/main.c

# Completion is written from the option tables by the program itself, where
# that runs.
completiondir = $(datadir)/bash-completion/completions
if RUNS
completion_DATA = cli/completions/sescope
endif
CLEANFILES += cli/completions/sescope

cli/completions/sescope: cli/sescope$(EXEEXT)
	@$(MKDIR_P) cli/completions
	$(AM_V_GEN)$(EMULATOR) cli/sescope$(EXEEXT) completion bash >$@.tmp \
	  && mv $@.tmp $@
