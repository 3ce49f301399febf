dist_man_MANS += \
	docs/sescope-ablate.1 \
	docs/sescope-fold.1 \
	docs/sescope-inspect.1 \
	docs/sescope-plot.1 \
	docs/sescope-record.1 \
	docs/sescope-report.1 \
	docs/sescope-stats.1 \
	docs/sescope.1 \
	$(NULL)
EXTRA_DIST += \
	docs/ablation-file.md \
	docs/ablation.md \
	docs/extending.md \
	docs/figures/cifar-activations.svg \
	docs/figures/cifar-rdm.png \
	docs/figures/cifar-selectivity.png \
	docs/figures/dead-activations.png \
	docs/figures/fashion-activations.svg \
	docs/figures/fashion-selectivity.png \
	docs/formats.md \
	docs/performance.md \
	docs/run-file.md \
	docs/shallow-vs-deep.md \
	$(NULL)
