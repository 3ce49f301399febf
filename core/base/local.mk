core_libcore_a_SOURCES += \
	core/base/alloc.c \
	core/base/alloc.h \
	core/base/banned.h \
	core/base/child.c \
	core/base/child.h \
	core/base/clock.h \
	core/base/error.c \
	core/base/error.h \
	core/base/file.c \
	core/base/file.h \
	core/base/number.h \
	core/base/parallel.c \
	core/base/parallel.h \
	core/base/path.c \
	core/base/path.h \
	core/base/random.c \
	core/base/random.h \
	core/base/stream.c \
	core/base/stream.h \
	core/base/text.c \
	core/base/text.h \
	core/base/utf8.c \
	core/base/utf8.h \
	$(NULL)
