dist_pkgdata_DATA = scripts/fashion-mnist/seresnet20.safetensors
EXTRA_DIST += \
	scripts/bench \
	scripts/build \
	scripts/check \
	scripts/demo \
	scripts/deps \
	scripts/fashion-mnist/README.md \
	scripts/fashion-mnist/train.py \
	scripts/fashion-mnist/verify.py \
	scripts/reference \
	scripts/verify-ablation \
	scripts/verify-caffe \
	scripts/verify-families \
	scripts/verify-fold \
	scripts/verify-keras \
	scripts/verify-onnx \
	scripts/verify-stats \
	scripts/verify-onnx-nodes \
	$(NULL)
