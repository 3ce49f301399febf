EXTRA_DIST += \
	docs/extending.md \
	$(NULL)
