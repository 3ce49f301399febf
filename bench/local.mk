EXTRA_PROGRAMS += bench/engine

bench_engine_SOURCES = bench/engine.c
bench_engine_LDADD = $(CORE_LIBS)

EXTRA_DIST += \
	bench/catalogue.py \
	bench/models.py \
	bench/onnxruntime.js \
	bench/pytorch-record.py \
	bench/pytorch.py \
	bench/winograd-error.py \
	$(NULL)
