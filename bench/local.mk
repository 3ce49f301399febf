EXTRA_PROGRAMS += bench/engine

bench_engine_SOURCES = bench/engine.c
bench_engine_LDADD = $(CORE_LIBS)
