core_libcore_a_SOURCES += \
	core/record/create.c \
	core/record/h5-data.c \
	core/record/h5.c \
	core/record/h5.h \
	core/record/layout.c \
	core/record/layout.h \
	core/record/load-blocks.c \
	core/record/load.c \
	core/record/moments.c \
	core/record/moments.h \
	core/record/reader.c \
	core/record/reader.h \
	core/record/record.h \
	core/record/resume.c \
	core/record/run.h \
	core/record/runner.h \
	core/record/schema.c \
	core/record/schema.h \
	core/record/sidecar.c \
	core/record/summary.c \
	core/record/write.c \
	core/record/writer.c \
	core/record/writer.h \
	$(NULL)
