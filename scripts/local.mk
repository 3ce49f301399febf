EXTRA_DIST += \
	scripts/build \
	scripts/check \
	scripts/demo \
	scripts/deps \
	scripts/fashion-mnist \
	scripts/reference \
	scripts/verify-families \
	$(NULL)
