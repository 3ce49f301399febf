# Each module has one cmocka program, listed here by the module it tests.
# Tests find their data by SES_TEST_DATA.
AM_TESTS_ENVIRONMENT = \
	SES_TEST_DATA='$(abs_srcdir)/tests/data'; export SES_TEST_DATA; \
	SESCOPE='$(abs_builddir)/cli/sescope'; export SESCOPE; \
	LSAN_OPTIONS='suppressions=$(abs_srcdir)/tests/leaks.supp'; \
	LSAN_OPTIONS="$$LSAN_OPTIONS:print_suppressions=0"; \
	export LSAN_OPTIONS;

TESTS += $(check_PROGRAMS)

check_PROGRAMS += tests/test-text
tests_test_text_SOURCES = tests/test-text.c
tests_test_text_LDADD = core/libcore.a $(CRYPTO_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-graph
tests_test_graph_SOURCES = tests/test-graph.c
tests_test_graph_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-blocks
tests_test_blocks_SOURCES = tests/test-blocks.c
tests_test_blocks_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-state
tests_test_state_SOURCES = \
	tests/test-state-damage.c \
	tests/test-state.c \
	tests/test-state.h \
	$(NULL)
tests_test_state_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/state
check_PROGRAMS += tests/test-decode
tests_test_decode_SOURCES = \
	tests/pictures.c \
	tests/pictures.h \
	tests/test-decode.c \
	$(NULL)
tests_test_decode_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-preprocess
tests_test_preprocess_SOURCES = \
	tests/pictures.c \
	tests/pictures.h \
	tests/test-preprocess.c \
	$(NULL)
tests_test_preprocess_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-resize
tests_test_resize_SOURCES = \
	tests/pictures.c \
	tests/pictures.h \
	tests/test-resize.c \
	$(NULL)
tests_test_resize_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += \
	tests/data/images/alpha-lossless.webp \
	tests/data/images/alpha.png \
	tests/data/images/alpha.webp \
	tests/data/images/animated.webp \
	tests/data/images/baseline.jpg \
	tests/data/images/bilevel.png \
	tests/data/images/cmyk-plain.jpg \
	tests/data/images/cmyk.jpg \
	tests/data/images/decoded.pnm \
	tests/data/images/exif-corrupt.jpg \
	tests/data/images/exif.jpg \
	tests/data/images/grey-16.png \
	tests/data/images/grey-2.png \
	tests/data/images/grey-alpha.png \
	tests/data/images/grey.jpg \
	tests/data/images/interlaced-bilevel.png \
	tests/data/images/interlaced.png \
	tests/data/images/lossless.webp \
	tests/data/images/lossy.webp \
	tests/data/images/oriented.pnm \
	tests/data/images/palette-alpha.png \
	tests/data/images/palette-short.png \
	tests/data/images/palette.png \
	tests/data/images/preprocessed.txt \
	tests/data/images/progressive.jpg \
	tests/data/images/resized.pnm \
	tests/data/images/rgb-16.png \
	tests/data/images/rgb.png \
	tests/data/images/stray-bytes.jpg \
	tests/data/images/subsampled.jpg \
	tests/data/images/ycck.jpg \
	$(NULL)

ONE_OP_SOURCES = \
	tests/naive.c \
	tests/naive.h \
	tests/one-op.c \
	tests/one-op.h \
	$(NULL)

check_PROGRAMS += tests/test-conv
tests_test_conv_SOURCES = tests/test-conv.c $(ONE_OP_SOURCES)
tests_test_conv_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-ops
tests_test_ops_SOURCES = tests/test-ops.c $(ONE_OP_SOURCES)
tests_test_ops_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/ops/torch.txt

check_PROGRAMS += tests/test-engine
tests_test_engine_SOURCES = \
	tests/se-network.c \
	tests/se-network.h \
	tests/test-engine.c \
	$(ONE_OP_SOURCES)
tests_test_engine_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/test-labels
tests_test_labels_SOURCES = tests/test-labels.c tests/tree.h
tests_test_labels_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-select
tests_test_select_SOURCES = tests/test-select.c tests/tree.h
tests_test_select_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-set
tests_test_set_SOURCES = tests/test-set.c tests/tree.h
tests_test_set_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-set-container
tests_test_set_container_SOURCES = tests/test-set-container.c tests/tree.h
tests_test_set_container_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += \
	scripts/reference/image-folder.py \
	scripts/reference/imagenet-table.py \
	scripts/reference/natural-order.py \
	scripts/reference/sample.py \
	tests/data/set/image-folder.tsv \
	tests/data/set/natural-order.txt \
	$(NULL)
EXTRA_DIST += \
	tests/data/plots/no-fonts.conf \
	tests/leaks.supp \
	$(NULL)

check_PROGRAMS += tests/test-activations
tests_test_activations_SOURCES = \
	tests/figure.c \
	tests/figure.h \
	tests/test-activations.c \
	$(NULL)
tests_test_activations_LDADD = $(PLOTS_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-plot-files
tests_test_plot_files_SOURCES = \
	tests/figure.c \
	tests/figure.h \
	tests/test-plot-files.c \
	$(NULL)
tests_test_plot_files_LDADD = $(PLOTS_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-plots
tests_test_plots_SOURCES = tests/test-plots.c
tests_test_plots_LDADD = $(PLOTS_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/test-families
tests_test_families_SOURCES = \
	tests/answer.c \
	tests/answer.h \
	tests/golden.c \
	tests/golden.h \
	tests/test-families.c \
	$(NULL)
tests_test_families_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-model
tests_test_model_SOURCES = \
	tests/answer.c \
	tests/answer.h \
	tests/golden.c \
	tests/golden.h \
	tests/test-model.c \
	$(NULL)
tests_test_model_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += \
	tests/data/families/cadene-se_resnet101.txt \
	tests/data/families/cadene-se_resnet152.txt \
	tests/data/families/cadene-se_resnet50.txt \
	tests/data/families/cadene-se_resnext101_32x4d.txt \
	tests/data/families/cadene-se_resnext50_32x4d.txt \
	tests/data/families/cadene-senet154.txt \
	tests/data/families/file-cifar20.txt \
	tests/data/families/file-minifasnet-v1se.txt \
	tests/data/families/file-minifasnet-v2.txt \
	tests/data/families/legacy_seresnet18.txt \
	tests/data/families/legacy_seresnet34.txt \
	tests/data/families/legacy_seresnext26_32x4d.txt \
	tests/data/families/minifasnet-v1se.txt \
	tests/data/families/minifasnet-v2.txt \
	tests/data/families/miracle-se_resnet18.txt \
	tests/data/families/miracle-se_resnet50.txt \
	tests/data/families/senet-cifar-resnet18.txt \
	tests/data/families/senet-cifar20-grey.txt \
	tests/data/families/senet-cifar20.txt \
	tests/data/families/senet-cifar32.txt \
	tests/data/families/senet-cifar56.txt \
	tests/data/families/senet-se_resnet101.txt \
	tests/data/families/senet-se_resnet152.txt \
	tests/data/families/senet-se_resnet18.txt \
	tests/data/families/senet-se_resnet34.txt \
	tests/data/families/senet-se_resnet50.txt \
	tests/data/families/timm-resnetrs50.txt \
	tests/data/families/timm-senet154.txt \
	tests/data/families/timm-seresnet101.txt \
	tests/data/families/timm-seresnet152.txt \
	tests/data/families/timm-seresnet152d.txt \
	tests/data/families/timm-seresnet18.txt \
	tests/data/families/timm-seresnet34.txt \
	tests/data/families/timm-seresnet50.txt \
	tests/data/families/timm-seresnet50t.txt \
	tests/data/families/timm-seresnext101_32x4d.txt \
	tests/data/families/timm-seresnext101_32x8d.txt \
	tests/data/families/timm-seresnext101_64x4d.txt \
	tests/data/families/timm-seresnext26d_32x4d.txt \
	tests/data/families/timm-seresnext26t_32x4d.txt \
	tests/data/families/timm-seresnext50_32x4d.txt \
	tests/data/families/timm-seresnextaa101d_32x8d.txt \
	$(NULL)

EXTRA_DIST += \
	tests/data/record/by-h5py.h5 \
	tests/data/record/moments.txt \
	$(NULL)
RECORD_SOURCES = \
	tests/record-common.c \
	tests/record-common.h \
	tests/tree.h \
	$(NULL)

check_PROGRAMS += tests/test-moments
tests_test_moments_SOURCES = tests/test-moments.c
tests_test_moments_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-record
tests_test_record_SOURCES = tests/test-record.c $(RECORD_SOURCES)
tests_test_record_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-record-faults
tests_test_record_faults_SOURCES = \
	tests/test-record-faults.c \
	$(RECORD_SOURCES)
tests_test_record_faults_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-resume
tests_test_resume_SOURCES = tests/test-resume.c $(RECORD_SOURCES)
tests_test_resume_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-reader
tests_test_reader_SOURCES = tests/test-reader.c $(RECORD_SOURCES)
tests_test_reader_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-reader-lies
tests_test_reader_lies_SOURCES = tests/test-reader-lies.c $(RECORD_SOURCES)
tests_test_reader_lies_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-score
tests_test_score_SOURCES = tests/test-score.c
tests_test_score_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-runner
tests_test_runner_SOURCES = \
	tests/hand-network.c \
	tests/hand-network.h \
	tests/test-runner.c \
	$(RECORD_SOURCES)
tests_test_runner_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-options
tests_test_options_SOURCES = \
	cli/options-help.c \
	cli/options.c \
	tests/test-options.c \
	$(NULL)
tests_test_options_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-table
tests_test_table_SOURCES = \
	cli/diagnostics.c \
	cli/progress.c \
	cli/table.c \
	tests/test-table.c \
	$(NULL)
tests_test_table_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-block-select
tests_test_block_select_SOURCES = tests/test-block-select.c
tests_test_block_select_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-stats
tests_test_stats_SOURCES = tests/test-stats.c
tests_test_stats_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-run-stats
tests_test_run_stats_SOURCES = tests/test-run-stats.c
tests_test_run_stats_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

# The command line, a case a line.
dist_check_SCRIPTS += \
	tests/cli/record.sh \
	tests/cli/usage.sh \
	$(NULL)
TESTS += \
	tests/cli/record.sh \
	tests/cli/usage.sh \
	$(NULL)
EXTRA_DIST += \
	tests/cli/golden/help.txt \
	tests/cli/lib.sh \
	$(NULL)
