core_libcore_a_SOURCES += \
	core/import/families/family.h \
	core/import/model.h \
	core/import/state.h \
	$(NULL)
