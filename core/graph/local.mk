core_libcore_a_SOURCES += \
	core/graph/blocks.c \
	core/graph/blocks.h \
	core/graph/canonicalise.c \
	core/graph/fold.c \
	core/graph/fuse.c \
	core/graph/gate-text.c \
	core/graph/gate.c \
	core/graph/gate.h \
	core/graph/graph.c \
	core/graph/graph.h \
	core/graph/infer.c \
	core/graph/passes.h \
	core/graph/permute.c \
	core/graph/permute.h \
	core/graph/rules-activation.c \
	core/graph/rules-permute.c \
	core/graph/rules-product.c \
	core/graph/rules-squeeze.c \
	core/graph/rules.h \
	core/graph/select.c \
	core/graph/select.h \
	core/graph/tensor.c \
	core/graph/tensor.h \
	core/graph/units.c \
	core/graph/units.h \
	$(NULL)
