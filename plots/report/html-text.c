/* See html-text.h. */
#include "plots/report/html-text.h"

#include <glib.h>
#include <openssl/evp.h>
#include <string.h>

void ses_html_text(struct ses_text *out, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    for (const char *c = valid; *c; c++) {
        switch (*c) {
        case '&':
            ses_text_add(out, "&amp;");
            break;
        case '<':
            ses_text_add(out, "&lt;");
            break;
        case '>':
            ses_text_add(out, "&gt;");
            break;
        case '"':
            ses_text_add(out, "&quot;");
            break;
        default:
            if ((unsigned char)*c < ' ' && *c != '\n' && *c != '\t')
                ses_text_add(out, "\xef\xbf\xbd");
            else
                ses_text_add(out, "%c", *c);
        }
    }
    g_free(valid);
}

void ses_html_base64(struct ses_text *out, const unsigned char *bytes,
                     size_t size)
{
    enum { AT_A_TIME = 3 * 1024 }; /* whole groups, without padding between */
    unsigned char text[AT_A_TIME / 3 * 4 + 1];
    for (size_t i = 0; i < size; i += AT_A_TIME) {
        size_t left = size - i;
        EVP_EncodeBlock(text, bytes + i,
                        (int)(left < AT_A_TIME ? left : AT_A_TIME));
        ses_text_add(out, "%s", (char *)text);
    }
}
