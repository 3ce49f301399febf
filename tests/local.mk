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
