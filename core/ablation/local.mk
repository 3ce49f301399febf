core_libcore_a_SOURCES += \
	core/ablation/donor-data.h \
	core/ablation/donor-force.c \
	core/ablation/donor-images.c \
	core/ablation/donor.c \
	core/ablation/donor.h \
	core/ablation/file-create.c \
	core/ablation/file-parts.h \
	core/ablation/file-read.c \
	core/ablation/file-resume.c \
	core/ablation/file-write.c \
	core/ablation/file.h \
	core/ablation/madds.c \
	core/ablation/measure.c \
	core/ablation/measure.h \
	core/ablation/run.c \
	core/ablation/run.h \
	core/ablation/spec.c \
	core/ablation/spec.h \
	core/ablation/sweep-form.c \
	core/ablation/sweep-form.h \
	core/ablation/sweep.c \
	core/ablation/sweep.h \
	core/ablation/tree-data.h \
	core/ablation/tree-run.c \
	core/ablation/tree.c \
	core/ablation/tree.h \
	$(NULL)
