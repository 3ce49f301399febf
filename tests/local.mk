# Each module has one cmocka program, listed here by the module it tests.
# Tests find their data by SES_TEST_DATA.
AM_TESTS_ENVIRONMENT = \
	SES_TEST_DATA='$(abs_srcdir)/tests/data'; export SES_TEST_DATA; \
	SESCOPE='$(abs_builddir)/cli/sescope'; export SESCOPE;

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
