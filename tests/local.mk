# A cmocka program a module, from the file of the same name, and the command
# line's tests in tests/cli. Adding one: a line below.
check_PROGRAMS += \
	tests/test-ablation-file \
	tests/test-ablation-plots \
	tests/test-ablation-run \
	tests/test-activations \
	tests/test-analysis \
	tests/test-block-select \
	tests/test-blocks \
	tests/test-caffe \
	tests/test-caffe-files \
	tests/test-caffe-real \
	tests/test-canonical \
	tests/test-cluster \
	tests/test-colour-map \
	tests/test-conv \
	tests/test-decode \
	tests/test-divided \
	tests/test-donor \
	tests/test-dot \
	tests/test-engine \
	tests/test-engine-batches \
	tests/test-engine-memory \
	tests/test-export \
	tests/test-families \
	tests/test-families-mobile \
	tests/test-file \
	tests/test-fold \
	tests/test-force \
	tests/test-foreign \
	tests/test-fused \
	tests/test-gate-histogram \
	tests/test-gates \
	tests/test-graph \
	tests/test-keeper \
	tests/test-keras \
	tests/test-keras-damage \
	tests/test-labels \
	tests/test-measure \
	tests/test-model \
	tests/test-moments \
	tests/test-onnx \
	tests/test-op-maps \
	tests/test-ops \
	tests/test-ops-torch \
	tests/test-options \
	tests/test-paired-stats \
	tests/test-permute \
	tests/test-plot-compare \
	tests/test-plot-depth \
	tests/test-plot-distributions \
	tests/test-plot-files \
	tests/test-plot-heatmap \
	tests/test-plot-rdm \
	tests/test-plot-saturation \
	tests/test-plot-top-channels \
	tests/test-plots \
	tests/test-preprocess \
	tests/test-reader \
	tests/test-reader-lies \
	tests/test-record \
	tests/test-record-faults \
	tests/test-rehearse \
	tests/test-report \
	tests/test-resize \
	tests/test-resume \
	tests/test-run-stats \
	tests/test-runner \
	tests/test-score \
	tests/test-segments \
	tests/test-select \
	tests/test-set \
	tests/test-set-container \
	tests/test-similarity \
	tests/test-state \
	tests/test-stats \
	tests/test-sweep-form \
	tests/test-table \
	tests/test-text \
	tests/test-top-channels \
	tests/test-variant-tree \
	tests/test-vector \
	tests/test-view \
	tests/test-window \
	$(NULL)
tests_test_export_SOURCES = \
	tests/test-export.c \
	tests/test-onnx-golden.c \
	tests/test-onnx.h \
	$(NULL)
tests_test_onnx_SOURCES = \
	tests/test-onnx-damage.c \
	tests/test-onnx-golden.c \
	tests/test-onnx.c \
	tests/test-onnx.h \
	$(NULL)
tests_test_ablation_file_SOURCES = \
	tests/support/kill.c \
	tests/support/kill.h \
	tests/test-ablation-file.c \
	$(NULL)
tests_test_resume_SOURCES = \
	tests/support/kill.c \
	tests/support/kill.h \
	tests/test-resume.c \
	$(NULL)
tests_test_keras_SOURCES = \
	tests/test-keras-common.c \
	tests/test-keras-edit.c \
	tests/test-keras-edit.h \
	tests/test-keras-encoding.c \
	tests/test-keras-faults.c \
	tests/test-keras-process.c \
	tests/test-keras.c \
	tests/test-keras.h \
	$(NULL)
tests_test_keras_damage_SOURCES = \
	tests/test-keras-common.c \
	tests/test-keras-damage.c \
	tests/test-keras.h \
	$(NULL)
tests_test_state_SOURCES = \
	tests/test-state-damage.c \
	tests/test-state.c \
	tests/test-state.h \
	$(NULL)

# What several programs use.
check_LIBRARIES = tests/support/libsupport.a
tests_support_libsupport_a_SOURCES = \
	tests/support/answer.c \
	tests/support/answer.h \
	tests/support/caffe-network.c \
	tests/support/caffe-network.h \
	tests/support/check.h \
	tests/support/figure.c \
	tests/support/figure.h \
	tests/support/files.c \
	tests/support/files.h \
	tests/support/golden.c \
	tests/support/golden.h \
	tests/support/hand-network.c \
	tests/support/hand-network.h \
	tests/support/naive.c \
	tests/support/naive.h \
	tests/support/one-op.c \
	tests/support/one-op.h \
	tests/support/outcome.c \
	tests/support/outcome.h \
	tests/support/pictures.c \
	tests/support/pictures.h \
	tests/support/record-common.c \
	tests/support/record-common.h \
	tests/support/run-bench.c \
	tests/support/run-bench.h \
	tests/support/se-network.c \
	tests/support/se-network.h \
	tests/support/sets.c \
	tests/support/sets.h \
	tests/support/stats-golden.c \
	tests/support/stats-golden.h \
	tests/support/svg.c \
	tests/support/svg.h \
	tests/support/tree.c \
	tests/support/tree.h \
	$(NULL)
LDADD = \
	tests/support/libsupport.a \
	cli/libcli.a \
	$(PLOTS_LIBS) \
	$(CORE_LIBS) \
	$(CMOCKA_LIBS) \
	$(NULL)

dist_check_SCRIPTS += \
	tests/cli/ablate.sh \
	tests/cli/fold.sh \
	tests/cli/force.sh \
	tests/cli/plot-ablation.sh \
	tests/cli/plot-depth.sh \
	tests/cli/plot-record.sh \
	tests/cli/record.sh \
	tests/cli/report.sh \
	tests/cli/stats.sh \
	tests/cli/usage.sh \
	$(NULL)
EXTRA_DIST += \
	tests/cli/golden \
	tests/cli/lib.sh \
	tests/cli/report-page.js \
	tests/data \
	tests/leaks.supp \
	$(NULL)

TESTS += \
	$(check_PROGRAMS) \
	$(dist_check_SCRIPTS) \
	$(NULL)
TEST_EXTENSIONS = .sh
LOG_COMPILER = $(EMULATOR)
AM_TESTS_ENVIRONMENT = \
	EMULATOR='$(EMULATOR)'; export EMULATOR; \
	SES_TEST_DATA='$(abs_srcdir)/tests/data'; export SES_TEST_DATA; \
	SESCOPE='$(abs_builddir)/cli/sescope'; export SESCOPE; \
	LSAN_OPTIONS='suppressions=$(abs_srcdir)/tests/leaks.supp'; \
	LSAN_OPTIONS="$$LSAN_OPTIONS:print_suppressions=0"; \
	export LSAN_OPTIONS;
