core_libcore_a_SOURCES += \
	core/ops/ops.h \
	$(NULL)
