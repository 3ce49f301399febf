/* The picker's form and its numbers; page.js draws from them. See
 * html-text.h. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "plots/palette.h"
#include "plots/report/html-text.h"

static void add_option(struct ses_text *out, size_t value, const char *name,
                       bool chosen)
{
    ses_text_add(out, "<option value=\"%zu\"%s>", value,
                 chosen ? " selected" : "");
    ses_html_text(out, name);
    ses_text_add(out, "</option>");
}

static void add_form(struct ses_text *out, const struct ses_doc_picker *picker)
{
    ses_text_add(out, "<form>\n<label>Block <select name=\"block\">");
    for (size_t i = 0; i < picker->n_blocks; i++)
        add_option(out, i, picker->blocks[i].name, i == picker->block);
    ses_text_add(
        out,
        "</select></label>\n<label>Channels <input name=\"channels\" "
        "value=\"50\" size=\"16\" spellcheck=\"false\" "
        "aria-describedby=\"channels-help\"></label>\n<span "
        "id=\"channels-help\" class=\"help\">a number: so many, uniformly "
        "spaced; <kbd>0-63</kbd> or <kbd>3,5,9</kbd>: these</span>\n"
        "<label class=\"check\"><input type=\"checkbox\" name=\"spread\"> one "
        "standard deviation</label>\n"
        "<fieldset>\n<legend>Classes</legend>\n<label>Find <input "
        "type=\"search\" name=\"find\" spellcheck=\"false\"></label>\n"
        "<button type=\"button\" name=\"none\">None</button>\n"
        "<div class=\"classes\">\n");
    for (size_t i = 0; i < picker->n_classes; i++) {
        ses_text_add(out,
                     "<label class=\"check\"><input type=\"checkbox\" "
                     "name=\"class\" value=\"%zu\"%s> ",
                     i, i < picker->n_chosen ? " checked" : "");
        ses_html_text(out, picker->classes[i]);
        ses_text_add(out, "</label>\n");
    }
    ses_text_add(out, "</div>\n</fieldset>\n</form>\n");
}

/* ---- numbers ------------------------------------------------------------- */

/* Numbers as base64 of little-endian 16 bits over their range, the highest
 * code for none: a thousand classes must fit a page. The error is half of a
 * 65 534th of the range. */
enum { NONE = 65535, HIGHEST = 65534 };

static json_t *packed(const double *values, size_t n)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    }
    if (low > high)
        low = high = 0;
    unsigned char *bytes = ses_calloc(n, 2);
    if (!bytes)
        return NULL;
    double scale = high > low ? HIGHEST / (high - low) : 0;
    for (size_t i = 0; i < n; i++) {
        uint16_t code = NONE;
        if (isfinite(values[i]))
            code = (uint16_t)lround((values[i] - low) * scale);
        bytes[2 * i] = (unsigned char)(code & 255);
        bytes[2 * i + 1] = (unsigned char)(code >> 8);
    }
    struct ses_text text = { 0 };
    ses_html_base64(&text, bytes, 2 * n);
    free(bytes);
    json_t *json = text.failed
                       ? NULL
                       : json_pack("{s:f, s:f, s:s}", "low", low, "high", high,
                                   "data", text.data ? text.data : "");
    ses_text_release(&text);
    return json;
}

static json_t *block_json(const struct ses_doc_block *block, size_t n_classes)
{
    size_t n = n_classes * block->n_kept;
    json_t *kept = json_array();
    for (size_t i = 0; i < block->n_kept; i++)
        json_array_append_new(kept, json_integer(block->kept[i]));
    return json_pack("{s:i, s:o, s:o, s:o, s:o}", "channels", block->channels,
                     "kept", kept, "mean", packed(block->mean, n), "std",
                     block->std ? packed(block->std, n) : json_null(),
                     "overall", packed(block->overall, block->n_kept));
}

/* A colour as CSS has it; NULL without memory. */
static json_t *colour_json(struct ses_colour colour)
{
    char text[32];
    snprintf(text, sizeof text, "#%02x%02x%02x",
             (unsigned)lround(255 * colour.red),
             (unsigned)lround(255 * colour.green),
             (unsigned)lround(255 * colour.blue));
    return json_string(text);
}

/* Looks of the lines, as the figures of both themes have them. */
static json_t *pens_json(void)
{
    const struct ses_plot_style dark_style = { .theme = SES_THEME_DARK };
    const struct ses_look light = ses_look_of(NULL),
                          dark = ses_look_of(&dark_style);
    json_t *pens = json_array();
    for (size_t i = 0; i < SES_MOST_PENS; i++) {
        struct ses_pen pen = ses_pen_of(&light, i);
        struct ses_text dash = { 0 };
        for (int k = 0; k < pen.n_dash; k++)
            ses_text_add(&dash, "%s%g", k ? " " : "", pen.dash[k] * 1.5);
        json_array_append_new(
            pens, json_pack("{s:o, s:o, s:s}", "light",
                            colour_json(pen.colour), "dark",
                            colour_json(ses_pen_of(&dark, i).colour), "dash",
                            dash.data ? dash.data : ""));
        ses_text_release(&dash);
    }
    return pens;
}

static json_t *picker_json(const struct ses_doc_picker *picker)
{
    json_t *blocks = json_array();
    for (size_t i = 0; i < picker->n_blocks; i++)
        if (json_array_append_new(
                blocks, block_json(&picker->blocks[i], picker->n_classes))) {
            json_decref(blocks);
            return NULL;
        }
    return json_pack("{s:o, s:o}", "blocks", blocks, "pens", pens_json());
}

/* JSON in a script element ends at the first "</", which no number, base64 or
 * key holds. */
static void add_numbers(struct ses_text *out,
                        const struct ses_doc_picker *picker)
{
    json_t *json = picker_json(picker);
    char *text =
        json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(json);
    out->failed |= !text;
    if (text)
        ses_text_add(out, "<script type=\"application/json\">%s</script>\n",
                     text);
    free(text);
}

void ses_html_picker(struct ses_text *out, const struct ses_doc_part *part)
{
    ses_text_add(out, "<div class=\"picker\" hidden>\n");
    add_form(out, part->picker);
    ses_text_add(out, "<figure>\n<div class=\"panel\"></div>\n<ul "
                      "class=\"legend\"></ul>\n<figcaption>");
    ses_html_text(out, part->text);
    ses_text_add(out, " <span role=\"status\"></span></figcaption>\n"
                      "</figure>\n<details>\n<summary>The numbers</summary>\n"
                      "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                      "aria-label=\"The numbers shown\"></div>\n"
                      "</details>\n");
    add_numbers(out, part->picker);
    ses_text_add(out, "</div>\n<noscript><p>To pick blocks, channels and "
                      "classes, let this page run its own "
                      "script.</p></noscript>\n");
}
