/* See source.h. */
#include "core/import/source.h"

#include <limits.h>
#include <stdarg.h>

#include "core/base/text.h"

enum { SMALL_SIDE = 96 }; /* images of small networks come in their size */

void ses_source_note(struct ses_source *source, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    ses_note_add(&source->notes, format, list);
    va_end(list);
}

void ses_source_usual(const char *preset, int channels, int h, int w,
                      struct ses_preprocess *out)
{
    struct ses_error unheard = { 0 };
    const char *name = channels == 1 ? "none" : preset;
    if (ses_preprocess_preset(name, out, &unheard))
        return;
    h = h ? h : 224;
    w = w ? w : 224;
    out->input_h = h;
    out->input_w = w;
    out->resize = out->crop_h = out->crop_w = 0;
    if (channels == 1) {
        out->order = SES_ORDER_GREY;
        out->scale = 1.0 / 255;
    }
    if (h < SMALL_SIDE || w < SMALL_SIDE)
        return;
    if (h == w) {
        long long resize = (h * 256LL + 112) / 224;
        out->resize = resize > INT_MAX ? INT_MAX : (int)resize;
        out->crop_h = out->crop_w = h;
    } else {
        out->squash = true;
        out->resize = h;
        out->squash_w = w;
    }
}

static enum ses_status check_channels(const struct ses_source *source,
                                      int channels, struct ses_error *err)
{
    int given = ses_preprocess_channels(&source->preprocess);
    if (channels != 1 && channels != 3)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it takes %d input channels, expected 1 (grey) or 3 "
                        "(colour)",
                        channels);
    if (given != channels)
        return ses_fail(err, SES_EUSAGE,
                        "it takes %d input channel%s, but preprocessing gives "
                        "%d; say --preprocess order=%s",
                        channels, channels > 1 ? "s" : "", given,
                        channels == 1 ? "grey" : "rgb");
    return SES_OK;
}

enum ses_status ses_source_settle_input(struct ses_source *source,
                                        const struct ses_preprocess *usual,
                                        int channels, int h, int w,
                                        bool any_size, struct ses_error *err)
{
    const char *text = source->options->preprocess;
    struct ses_preprocess *settled = &source->preprocess;
    *settled = *usual;
    enum ses_status status = SES_OK;
    if (text)
        status = ses_preprocess_parse(text, settled, err);
    if (!status)
        status = check_channels(source, channels, err);
    if (status || any_size)
        return status;
    if ((h && settled->input_h != h) || (w && settled->input_w != w))
        return ses_fail(err, SES_EUSAGE,
                        "it takes images of %dx%d (height x width), but "
                        "preprocessing gives %dx%d",
                        h, w, settled->input_h, settled->input_w);
    return SES_OK;
}
