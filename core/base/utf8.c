/* See utf8.h. */
#include "core/base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "core/base/alloc.h"

size_t ses_utf8_sequence(const char *text, size_t left)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;
    if (n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
        return 0;
    return n;
}

size_t ses_utf8_escape(const char *text, char *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = strlen(text), made = 0;
    for (size_t at = 0; at < length;) {
        size_t n = ses_utf8_sequence(text + at, length - at);
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
