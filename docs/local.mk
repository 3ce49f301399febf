dist_man_MANS += \
	docs/sescope-inspect.1 \
	docs/sescope-plot.1 \
	docs/sescope-record.1 \
	docs/sescope.1 \
	$(NULL)
EXTRA_DIST += \
	docs/extending.md \
	docs/formats.md \
	docs/run-file.md \
	$(NULL)
