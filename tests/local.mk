# Each module has one cmocka program, listed here by the module it tests.
# Tests find their data by SES_TEST_DATA.
AM_TESTS_ENVIRONMENT = \
	SES_TEST_DATA='$(abs_srcdir)/tests/data'; export SES_TEST_DATA; \
	SESCOPE='$(abs_builddir)/cli/sescope'; export SESCOPE;

TESTS += $(check_PROGRAMS)

check_PROGRAMS += tests/test-text
tests_test_text_SOURCES = tests/test-text.c
tests_test_text_LDADD = core/libcore.a $(CRYPTO_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += \
	tests/data/record/by-h5py.h5 \
	tests/data/record/moments.txt \
	$(NULL)
record_common = \
	tests/record-common.c \
	tests/record-common.h \
	$(NULL)

check_PROGRAMS += tests/test-moments
tests_test_moments_SOURCES = tests/test-moments.c
tests_test_moments_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-record
tests_test_record_SOURCES = tests/test-record.c $(record_common)
tests_test_record_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-resume
tests_test_resume_SOURCES = tests/test-resume.c $(record_common)
tests_test_resume_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/test-reader
tests_test_reader_SOURCES = tests/test-reader.c $(record_common)
tests_test_reader_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)
