core_libcore_a_SOURCES += \
	core/import/families/family.h \
	core/import/kind.c \
	core/import/model.h \
	core/import/names.c \
	core/import/names.h \
	core/import/open.c \
	core/import/pickle-calls.c \
	core/import/pickle-globals.c \
	core/import/pickle-machine.h \
	core/import/pickle-stack.c \
	core/import/pickle-values.c \
	core/import/pickle.c \
	core/import/pickle.h \
	core/import/prefix.c \
	core/import/reader.h \
	core/import/safetensors.c \
	core/import/state.c \
	core/import/state.h \
	core/import/take.c \
	core/import/torch-legacy.c \
	core/import/torch-zip.c \
	core/import/torch.c \
	core/import/torch.h \
	core/import/unwrap.c \
	core/import/zip.c \
	core/import/zip.h \
	$(NULL)
