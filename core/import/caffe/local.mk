core_libcore_a_SOURCES += \
	core/import/caffe/blob.c \
	core/import/caffe/caffemodel.c \
	core/import/caffe/caffemodel.h \
	core/import/caffe/import.c \
	core/import/caffe/input.c \
	core/import/caffe/labels.c \
	core/import/caffe/layer-activation.c \
	core/import/caffe/layer-conv.c \
	core/import/caffe/layer-join.c \
	core/import/caffe/layer-norm.c \
	core/import/caffe/layer-pool.c \
	core/import/caffe/layer-shape.c \
	core/import/caffe/layers.c \
	core/import/caffe/net.c \
	core/import/caffe/net.h \
	core/import/caffe/prototxt-fields.c \
	core/import/caffe/prototxt.c \
	core/import/caffe/prototxt.h \
	$(NULL)
nodist_core_libcore_a_SOURCES += \
	core/import/caffe/caffe.pb-c.c \
	core/import/caffe/caffe.pb-c.h \
	$(NULL)
EXTRA_DIST += core/import/caffe/caffe.proto
BUILT_SOURCES += core/import/caffe/caffe.pb-c.h
CLEANFILES += \
	core/import/caffe/caffe.pb-c.c \
	core/import/caffe/caffe.pb-c.h \
	$(NULL)
# One run writes both.
core/import/caffe/caffe.pb-c.h: core/import/caffe/caffe.proto
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	  $(PROTOC_C) --proto_path=$(srcdir) --c_out=. $<
core/import/caffe/caffe.pb-c.c: core/import/caffe/caffe.pb-c.h
core/import/caffe/blob.$(OBJEXT): core/import/caffe/caffe.pb-c.h
core/import/caffe/caffemodel.$(OBJEXT): core/import/caffe/caffe.pb-c.h
