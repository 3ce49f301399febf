core_libcore_a_SOURCES += \
	core/images/image.h \
	core/images/imagenet.c \
	core/images/labels-apply.c \
	core/images/labels.c \
	core/images/labels.h \
	core/images/names.c \
	core/images/names.h \
	core/images/order.c \
	core/images/order.h \
	core/images/preprocess.h \
	core/images/select-names.c \
	core/images/select-names.h \
	core/images/select.c \
	core/images/set-build.c \
	core/images/set-build.h \
	core/images/set-cifar.c \
	core/images/set-folder.c \
	core/images/set-idx.c \
	core/images/set-list.c \
	core/images/set-listing.c \
	core/images/set.c \
	core/images/set.h \
	$(NULL)
