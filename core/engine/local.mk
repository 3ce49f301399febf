core_libcore_a_SOURCES += \
	core/engine/engine-data.h \
	core/engine/engine.c \
	core/engine/engine.h \
	core/engine/gemm-avx2.c \
	core/engine/gemm-avx512.c \
	core/engine/gemm-blas.c \
	core/engine/gemm-blas.h \
	core/engine/gemm-kernel.h \
	core/engine/gemm-neon.c \
	core/engine/gemm-tile.inc \
	core/engine/gemm.c \
	core/engine/gemm.h \
	core/engine/matrix.c \
	core/engine/matrix.h \
	core/engine/plan.c \
	core/engine/plan.h \
	core/engine/segments.c \
	core/engine/segments.h \
	core/engine/steps.c \
	core/engine/steps.h \
	core/engine/tile.h \
	core/engine/vector.h \
	core/engine/worker.c \
	$(NULL)
