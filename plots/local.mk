plots_libplots_a_SOURCES += \
	plots/plot.h \
	$(NULL)
