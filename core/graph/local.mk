core_libcore_a_SOURCES += \
	core/graph/blocks.c \
	core/graph/blocks.h \
	core/graph/fold.c \
	core/graph/fuse.c \
	core/graph/graph.c \
	core/graph/graph.h \
	core/graph/infer.c \
	core/graph/passes.h \
	core/graph/select.c \
	core/graph/select.h \
	core/graph/tensor.c \
	core/graph/tensor.h \
	core/graph/units.c \
	core/graph/units.h \
	$(NULL)
