core_libcore_a_SOURCES += \
	core/images/image.h \
	core/images/labels.h \
	core/images/preprocess.h \
	core/images/set.h \
	$(NULL)
