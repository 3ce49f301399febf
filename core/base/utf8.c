/* See utf8.h. */
#include "core/base/utf8.h"

#include <string.h>

#include "core/base/alloc.h"

size_t ses_utf8_decode(const char *text, size_t left, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)text;
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc0 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf8 ? 4
                             : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *code = c;
    return n;
}

size_t ses_utf8_escape(const char *text, char *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = strlen(text), made = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t n = ses_utf8_decode(text + at, length - at, &code);
        uint8_t byte = (uint8_t)text[at];
        const char escape[] = { '\\', 'x', digits[byte >> 4],
                                digits[byte & 15] };
        size_t size = n ? n : sizeof escape;
        if (out)
            memcpy(out + made, n ? text + at : escape, size);
        at += n ? n : 1;
        made += size;
    }
    return made;
}

char *ses_utf8_escaped(const char *text)
{
    size_t length = ses_utf8_escape(text, NULL);
    char *out = ses_calloc(length + 1, 1);
    if (out)
        ses_utf8_escape(text, out);
    return out;
}
