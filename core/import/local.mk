core_libcore_a_SOURCES += \
	core/import/families/build.c \
	core/import/families/build.h \
	core/import/families/cadene.c \
	core/import/families/family.c \
	core/import/families/family.h \
	core/import/families/gate.c \
	core/import/families/layers.c \
	core/import/families/minifasnet.c \
	core/import/families/residual.c \
	core/import/families/residual.h \
	core/import/families/residual_name.c \
	core/import/families/senet_pytorch.c \
	core/import/families/timm_resnet.c \
	core/import/model.c \
	core/import/model.h \
	core/import/state.h \
	$(NULL)
