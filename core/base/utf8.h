/* UTF-8, which file names and label tables should be, and are not always. */
#ifndef SES_BASE_UTF8_H
#define SES_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the sequence at the start of text, of which left bytes may be
 * looked at (at least one); 0 when there is none (RFC 3629). */
size_t ses_utf8_sequence(const char *text, size_t left);

/* text with "\xhh" for every byte that is not of a sequence, into out without
 * a NUL; returns how many bytes that makes. out may be NULL, to ask first. */
size_t ses_utf8_escape(const char *text, char *out);

/* The same as a new string; NULL without memory. Caller frees with free(). */
char *ses_utf8_escaped(const char *text);

#endif
