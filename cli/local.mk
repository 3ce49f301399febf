cli_sescope_SOURCES += \
	cli/main.c \
	$(NULL)
