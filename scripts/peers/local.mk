EXTRA_PROGRAMS += scripts/peers/engine

scripts_peers_engine_SOURCES = scripts/peers/engine.c
scripts_peers_engine_LDADD = $(CORE_LIBS)

EXTRA_DIST += \
	scripts/peers/agree.py \
	scripts/peers/caffe_module.py \
	scripts/peers/catalogue.py \
	scripts/peers/models.py \
	scripts/peers/noise.py \
	scripts/peers/onnxruntime.js \
	scripts/peers/pytorch-record.py \
	scripts/peers/pytorch.py \
	scripts/peers/sets.py \
	scripts/peers/turns.py \
	scripts/peers/winograd-error.py \
	$(NULL)
