/* See progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/diagnostics.h"

static bool on_screen; /* a bar stands on the terminal's last line */

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* "0:07", "12:34", "2:03:04". */
static void add_duration(double seconds, struct ses_text *out)
{
    long s = (long)(seconds + 0.5);
    if (s >= 3600)
        ses_text_add(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        ses_text_add(out, "%ld:%02ld", s / 60, s % 60);
}

void ses_bar_text(const struct ses_progress *progress, size_t base,
                  size_t width, struct ses_text *out)
{
    enum { LEAST_BAR = 6, MOST_BAR = 40 };
    size_t done = progress->done, total = progress->total;
    double share = total ? (double)done / (double)total : 1;
    struct ses_text words = { 0 };
    ses_text_add(&words, "%3.0f %%  %zu/%zu", 100 * share, done, total);
    if (done > base && progress->seconds > 0) {
        double rate = (double)(done - base) / progress->seconds;
        ses_text_add(&words, "  %.1f images/s  ", rate);
        add_duration((double)(total - done) / rate, &words);
        ses_text_add(&words, " left");
    }
    if (progress->unreadable)
        ses_text_add(&words, "  %zu unreadable", progress->unreadable);
    if (words.failed) {
        out->failed = true;
    } else if (width < words.length + LEAST_BAR + 3) {
        ses_text_add(out, "%.*s", (int)width, words.data);
    } else {
        size_t bar = width - words.length - 3;
        if (bar > MOST_BAR)
            bar = MOST_BAR;
        size_t full = (size_t)(share * (double)bar);
        ses_text_add(out, "[");
        for (size_t i = 0; i < bar; i++)
            ses_text_add(out, i < full ? "#" : ".");
        ses_text_add(out, "] %s", words.data);
    }
    ses_text_release(&words);
}

void ses_bar_init(struct ses_bar *bar, bool quiet)
{
    *bar = (struct ses_bar){ .drawing = !quiet && isatty(STDERR_FILENO) };
}

void ses_bar_update(struct ses_bar *bar, const struct ses_progress *progress)
{
    if (!bar->started) {
        bar->started = true;
        bar->base = progress->done;
        bar->drawn = -1;
    }
    bool last = progress->done >= progress->total;
    if (!bar->drawing || (!last && progress->seconds < bar->drawn + 0.1))
        return;
    bar->drawn = progress->seconds;
    struct ses_text text = { 0 };
    /* The last column stays free: some terminals wrap there. */
    ses_bar_text(progress, bar->base, terminal_width() - 1, &text);
    if (!text.failed && text.data) {
        fprintf(stderr, "\r%s\033[K", text.data);
        fflush(stderr);
        on_screen = true;
    }
    ses_text_release(&text);
}

void ses_bar_hide(void)
{
    if (!on_screen)
        return;
    fputs("\r\033[K", stderr);
    on_screen = false;
}

void ses_report_run(size_t images, double seconds)
{
    struct rusage usage;
    struct ses_text text = { 0 };
    ses_text_add(&text, "%zu image%s in %.1f s", images,
                 images == 1 ? "" : "s", seconds);
    if (images > 0 && seconds > 0)
        ses_text_add(&text, ", %.1f images/s", (double)images / seconds);
    if (getrusage(RUSAGE_SELF, &usage) == 0) /* kibibytes on Linux */
        ses_text_add(&text, ", peak memory %ld MiB",
                     (usage.ru_maxrss + 512) / 1024);
    if (text.data)
        ses_report_note("%s", text.data);
    ses_text_release(&text);
}
