core_libcore_a_SOURCES += \
	core/images/decode-jpeg.c \
	core/images/decode-png.c \
	core/images/decode-webp.c \
	core/images/decode.h \
	core/images/exif.c \
	core/images/image.c \
	core/images/image.h \
	core/images/labels.h \
	core/images/preprocess-preset.c \
	core/images/preprocess-text.c \
	core/images/preprocess.c \
	core/images/preprocess.h \
	core/images/resize.c \
	core/images/set.h \
	$(NULL)
