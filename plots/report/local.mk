plots_libplots_a_SOURCES += \
	plots/report/document.c \
	plots/report/document.h \
	plots/report/html-picker.c \
	plots/report/html-text.c \
	plots/report/html-text.h \
	plots/report/html.c \
	plots/report/html.h \
	plots/report/page.h \
	plots/report/pdf.c \
	plots/report/pdf.h \
	$(NULL)
nodist_plots_libplots_a_SOURCES += plots/report/page.c
EXTRA_DIST += \
	plots/report/embed.sed \
	plots/report/page.css \
	plots/report/page.js \
	$(NULL)
CLEANFILES += plots/report/page.c
plots/report/page.c: plots/report/embed.sed plots/report/page.css \
    plots/report/page.js
	$(AM_V_GEN)$(MKDIR_P) $(@D) && (set -e; \
	  echo '#include "plots/report/page.h"'; \
	  for kind in css js; do \
	    echo "const char *const ses_page_$$kind[] = {"; \
	    sed -f $(srcdir)/plots/report/embed.sed \
	      $(srcdir)/plots/report/page.$$kind; \
	    echo '    0 };'; \
	  done) >$@.tmp && mv $@.tmp $@
