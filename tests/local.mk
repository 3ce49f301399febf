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
