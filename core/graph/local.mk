core_libcore_a_SOURCES += \
	core/graph/blocks.h \
	core/graph/graph.h \
	core/graph/passes.h \
	core/graph/tensor.h \
	$(NULL)
