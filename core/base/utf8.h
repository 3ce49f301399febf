/* UTF-8, as RFC 3629 has it: no overlong forms, no surrogates. */
#ifndef SES_BASE_UTF8_H
#define SES_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The code point at text, of which left > 0 bytes are there. Returns its bytes,
 * or 0 when there is none. */
size_t ses_utf8_decode(const char *text, size_t left, uint32_t *code);

/* text with "\xhh" for every byte that is not of a sequence, into out without
 * a NUL; returns how many bytes that makes. out may be NULL, to ask first. */
size_t ses_utf8_escape(const char *text, char *out);

/* The same as a new string; NULL without memory. Caller frees with free(). */
char *ses_utf8_escaped(const char *text);

#endif
