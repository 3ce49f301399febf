core_libcore_a_SOURCES += \
	core/engine/engine.c \
	core/engine/engine.h \
	core/engine/gemm.c \
	core/engine/gemm.h \
	core/engine/plan.c \
	core/engine/plan.h \
	core/engine/vector.h \
	$(NULL)
