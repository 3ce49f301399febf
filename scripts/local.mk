EXTRA_DIST += \
	scripts/build \
	scripts/check \
	scripts/demo \
	scripts/deps \
	scripts/reference/torch-files.py \
	scripts/reference/families.py \
	scripts/reference/networks.py \
	scripts/verify-families \
	$(NULL)
