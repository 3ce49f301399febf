core_libcore_a_SOURCES += \
	core/record/reader.h \
	core/record/record.h \
	core/record/runner.h \
	$(NULL)
