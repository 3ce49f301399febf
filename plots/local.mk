plots_libplots_a_SOURCES += \
	plots/ablation-layout.c \
	plots/ablation-layout.h \
	plots/ablation.c \
	plots/ablation.h \
	plots/activations-layout.c \
	plots/activations.c \
	plots/activations.h \
	plots/axis.c \
	plots/axis.h \
	plots/canvas.c \
	plots/canvas.h \
	plots/channels.c \
	plots/channels.h \
	plots/legend.c \
	plots/legend.h \
	plots/palette.c \
	plots/palette.h \
	plots/panels.c \
	plots/panels.h \
	plots/plot.h \
	plots/png.c \
	plots/png.h \
	plots/text.c \
	plots/text.h \
	plots/tradeoff.c \
	plots/tradeoff.h \
	$(NULL)
