core_libcore_a_SOURCES += \
	core/engine/engine.h \
	core/engine/gemm.h \
	$(NULL)
