EXTRA_DIST += \
	docs/extending.md \
	docs/run-file.md \
	$(NULL)
