core_libcore_a_SOURCES += \
	core/stats/accuracy.c \
	core/stats/accuracy.h \
	core/stats/block-read.c \
	core/stats/block-read.h \
	core/stats/bootstrap.c \
	core/stats/bootstrap.h \
	core/stats/class-curves.c \
	core/stats/class-curves.h \
	core/stats/cluster.c \
	core/stats/cluster.h \
	core/stats/gate-health.c \
	core/stats/gate-health.h \
	core/stats/gate-histogram.c \
	core/stats/gate-histogram.h \
	core/stats/holm.c \
	core/stats/holm.h \
	core/stats/mcnemar.c \
	core/stats/mcnemar.h \
	core/stats/paired-bootstrap.c \
	core/stats/paired-bootstrap.h \
	core/stats/parameter-share.c \
	core/stats/parameter-share.h \
	$(NULL)
