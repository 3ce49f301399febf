core_libcore_a_SOURCES += \
	core/export/activation.c \
	core/export/emit.c \
	core/export/emit.h \
	core/export/layer.c \
	core/export/names.c \
	core/export/onnx.c \
	core/export/onnx.h \
	core/export/proto.c \
	core/export/proto.h \
	core/export/record-mean.c \
	core/export/record-mean.h \
	core/export/shape.c \
	core/export/window.c \
	$(NULL)
