EXTRA_DIST += \
	scripts/build \
	scripts/check \
	scripts/demo \
	scripts/deps \
	scripts/reference/torch-files.py \
	$(NULL)
