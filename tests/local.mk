# Each module has one cmocka program, listed here by the module it tests.
# Tests find their data by SES_TEST_DATA.
AM_TESTS_ENVIRONMENT = \
	SES_TEST_DATA='$(abs_srcdir)/tests/data'; export SES_TEST_DATA; \
	SESCOPE='$(abs_builddir)/cli/sescope'; export SESCOPE;

TESTS += $(check_PROGRAMS)

check_PROGRAMS += tests/test-text
tests_test_text_SOURCES = tests/test-text.c
tests_test_text_LDADD = core/libcore.a $(CRYPTO_LIBS) $(CMOCKA_LIBS)

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
