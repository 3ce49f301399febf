/* See text.h. */
#include "plots/text.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

struct ses_type {
    PangoFontMap *map;
    PangoContext *context;
    char *family;
};

/* Names fontconfig resolves by itself. */
static bool is_generic(const char *family)
{
    static const char *const names[] = { "sans-serif", "sans", "serif",
                                         "monospace", "system-ui" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (g_ascii_strcasecmp(family, names[i]) == 0)
            return true;
    return false;
}

static enum ses_status check_family(const char *family,
                                    const char *const *installed, size_t n,
                                    struct ses_error *err)
{
    if (is_generic(family))
        return SES_OK;
    for (size_t i = 0; i < n; i++)
        if (g_ascii_strcasecmp(family, installed[i]) == 0)
            return SES_OK;
    char near[512];
    ses_suggest(family, installed, n, near, sizeof near);
    return ses_fail(err, SES_ENOTFOUND, "font '%s' is not installed%s", family,
                    near);
}

static enum ses_status check_families(PangoFontMap *map, const char *list,
                                      struct ses_error *err)
{
    enum ses_status status = SES_OK;
    PangoFontFamily **families = NULL;
    int n = 0;
    pango_font_map_list_families(map, &families, &n);
    gchar **wanted = g_strsplit(list, ",", -1);
    const char **names = ses_calloc((size_t)n, sizeof *names);
    if (!names) {
        status = ses_fail_memory(err, "the list of fonts");
        goto out;
    }
    /* Pango lists generic families even where no font is behind them; its
     * text would be boxes, or the end of the program. */
    int real = 0;
    for (int i = 0; i < n; i++) {
        names[i] = pango_font_family_get_name(families[i]);
        real += !is_generic(names[i]);
    }
    if (real == 0) {
        status = ses_fail(err, SES_EIO,
                          "no font is installed, expected one such as "
                          "DejaVu Sans (Debian: apt install "
                          "fonts-dejavu-core)");
        goto out;
    }
    for (int i = 0; wanted[i] && status == SES_OK; i++)
        status = check_family(g_strstrip(wanted[i]), names, (size_t)n, err);
out:
    free(names);
    g_strfreev(wanted);
    g_free(families);
    return status;
}

enum ses_status ses_type_new(const char *family, struct ses_type **out,
                             struct ses_error *err)
{
    *out = NULL;
    struct ses_type *type = ses_calloc(1, sizeof *type);
    if (!type)
        return ses_fail_memory(err, "fonts");
    type->map = pango_cairo_font_map_new();
    type->family = g_strdup(family ? family : "sans-serif");
    enum ses_status status = check_families(type->map, type->family, err);
    if (status != SES_OK) {
        ses_type_free(type);
        return status;
    }
    type->context = pango_font_map_create_context(type->map);
    /* Glyphs bent to pixels would be as wide as the file format decides. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(type->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(type->context, FALSE);
    *out = type;
    return SES_OK;
}

void ses_type_free(struct ses_type *type)
{
    if (!type)
        return;
    g_clear_object(&type->context);
    g_clear_object(&type->map);
    g_free(type->family);
    free(type);
}

/* Text Pango takes without complaint; a path to be wrapped has an invisible
 * place to break behind every dot. Freed with g_free(). */
static char *readable(const char *text, const struct ses_font *font)
{
    char *valid = g_utf8_make_valid(text, -1);
    if (!font->path || font->lines < 2)
        return valid;
    char **parts = g_strsplit(valid, ".", -1);
    g_free(valid);
    valid = g_strjoinv(".\u200b", parts);
    g_strfreev(parts);
    return valid;
}

static PangoLayout *new_layout(const struct ses_type *type, const char *text,
                               const struct ses_font *font)
{
    PangoLayout *layout = pango_layout_new(type->context);
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family(description, type->family);
    pango_font_description_set_absolute_size(description,
                                             font->size * PANGO_SCALE);
    if (font->bold)
        pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);

    char *valid = readable(text, font);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    int lines = font->lines > 1 ? font->lines : 1;
    pango_layout_set_single_paragraph_mode(layout, lines == 1);
    if (font->most > 0) {
        pango_layout_set_width(layout, (int)(font->most * PANGO_SCALE));
        pango_layout_set_height(layout, -lines);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        /* A hyphen would become part of the name. */
        PangoAttrList *attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes,
                               pango_attr_insert_hyphens_new(FALSE));
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
        pango_layout_set_ellipsize(layout, font->path ? PANGO_ELLIPSIZE_MIDDLE
                                                      : PANGO_ELLIPSIZE_END);
    }
    return layout;
}

/* The box of the lines, not of the ink: equal for "a" and "A". */
static void measure(PangoLayout *layout, double *width, double *height)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    *width = (double)logical.width / PANGO_SCALE;
    *height = (double)logical.height / PANGO_SCALE;
}

void ses_text_measure(const struct ses_type *type, const char *text,
                      const struct ses_font *font, double *width,
                      double *height)
{
    PangoLayout *layout = new_layout(type, text, font);
    measure(layout, width, height);
    g_object_unref(layout);
}

struct ses_rect ses_captions_add(struct ses_captions *labels,
                               const struct ses_type *type, const char *text,
                               const struct ses_font *font,
                               enum ses_anchor anchor, double x, double y)
{
    struct ses_rect box = { 0 };
    struct ses_caption *items = ses_grow(labels->items, labels->count,
                                       &labels->capacity, sizeof *items);
    if (!items) {
        labels->failed = true;
        return box;
    }
    labels->items = items;
    PangoLayout *layout = new_layout(type, text, font);
    double width, height;
    measure(layout, &width, &height);
    box = (struct ses_rect){ x, y, width, height };
    switch (anchor) {
    case SES_UPPER_LEFT:
        break;
    case SES_LOWER_LEFT:
        box.y -= height;
        break;
    case SES_UPPER_CENTRE:
        box.x -= width / 2;
        break;
    case SES_MIDDLE_RIGHT:
        box.x -= width;
        box.y -= height / 2;
        break;
    case SES_LEFT_BASE:
        box.y -= (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
        break;
    case SES_MIDDLE_RISING:
        box = (struct ses_rect){ x, y - width / 2, height, width };
        break;
    case SES_END_RISING:
        box = (struct ses_rect){ x - height / 2, y, height, width };
        break;
    }
    items[labels->count++] = (struct ses_caption){
        .box = box,
        .layout = layout,
        .rising = anchor == SES_MIDDLE_RISING || anchor == SES_END_RISING,
    };
    return box;
}

void ses_captions_draw(const struct ses_captions *labels, cairo_t *cr)
{
    for (size_t i = 0; i < labels->count; i++) {
        const struct ses_caption *label = &labels->items[i];
        cairo_save(cr);
        if (label->rising) {
            cairo_translate(cr, label->box.x, label->box.y + label->box.height);
            cairo_rotate(cr, -acos(0));
        } else {
            cairo_translate(cr, label->box.x, label->box.y);
        }
        /* Hebrew or Arabic begins at the right end of the room for it. */
        PangoRectangle logical;
        pango_layout_get_extents(label->layout, NULL, &logical);
        cairo_move_to(cr, -(double)logical.x / PANGO_SCALE, 0);
        pango_cairo_show_layout(cr, label->layout);
        cairo_restore(cr);
    }
    cairo_new_path(cr);
}

void ses_captions_release(struct ses_captions *labels)
{
    for (size_t i = 0; i < labels->count; i++)
        g_object_unref(labels->items[i].layout);
    free(labels->items);
    memset(labels, 0, sizeof *labels);
}
