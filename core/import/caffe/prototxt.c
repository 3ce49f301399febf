/* Reading the text format. See prototxt.h. */
#include "core/import/caffe/prototxt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

enum {
    MOST_BYTES = 1 << 24, /* real ones have 200 KiB */
    MOST_DEPTH = 64
};

struct parser {
    const char *at, *end;
    int line, depth;
    char *memory; /* where the next text goes */
    struct ses_prototxt *text;
    struct ses_error *err;
};

static enum ses_status fail(const struct parser *p, const char *expected)
{
    if (p->at == p->end)
        return ses_fail(p->err, SES_EFORMAT,
                        "line %d: expected %s, found the end of the file",
                        p->line, expected);
    int length = 1;
    while (length < 20 && p->at + length < p->end &&
           (isalnum((unsigned char)p->at[length]) || p->at[length] == '_'))
        length++;
    return ses_fail(p->err, SES_EFORMAT, "line %d: expected %s, found '%.*s'",
                    p->line, expected, length, p->at);
}

/* Over white space and comments. */
static void skip(struct parser *p)
{
    for (; p->at < p->end; p->at++) {
        if (*p->at == '#')
            while (p->at + 1 < p->end && p->at[1] != '\n')
                p->at++;
        else if (*p->at == '\n')
            p->line++;
        else if (!isspace((unsigned char)*p->at))
            return;
    }
}

static bool sees(struct parser *p, char c)
{
    skip(p);
    return p->at < p->end && *p->at == c;
}

static bool take(struct parser *p, char c)
{
    bool there = sees(p, c);
    p->at += there;
    return there;
}

static enum ses_status add(struct parser *p, const char *name,
                           enum ses_prototxt_kind kind, size_t *index)
{
    struct ses_prototxt *text = p->text;
    struct ses_prototxt_field *fields = ses_grow(
        text->fields, text->count, &text->capacity, sizeof *fields);
    if (!fields)
        return ses_fail_memory(p->err, "the network's text");
    text->fields = fields;
    *index = text->count++;
    fields[*index] = (struct ses_prototxt_field){
        .name = name, .kind = kind, .line = p->line, .end = text->count
    };
    return SES_OK;
}

/* ---- tokens -------------------------------------------------------------- */

static bool begins_name(const struct parser *p)
{
    return p->at < p->end &&
           (isalpha((unsigned char)*p->at) || *p->at == '_');
}

/* A field's name; one of an extension stands in brackets. */
static enum ses_status read_name(struct parser *p, const char **out)
{
    skip(p);
    bool extension = take(p, '[');
    *out = p->memory;
    skip(p);
    if (!begins_name(p))
        return fail(p, "a field's name");
    while (p->at < p->end &&
           (isalnum((unsigned char)*p->at) || *p->at == '_' ||
            (extension && (*p->at == '.' || *p->at == '/'))))
        *p->memory++ = *p->at++;
    *p->memory++ = '\0';
    if (extension && !take(p, ']'))
        return fail(p, "']'");
    return SES_OK;
}

static bool is_number(const char *word)
{
    char *end;
    strtod(word, &end);
    if (end != word && (*end == 'f' || *end == 'F'))
        end++;
    return end != word && !*end;
}

/* A number or a name, as it is written; a minus may stand apart. */
static enum ses_status read_word(struct parser *p, const char **out)
{
    char *word = p->memory;
    *out = word;
    if (take(p, '-')) {
        *p->memory++ = '-';
        skip(p);
    }
    bool named = begins_name(p);
    for (; p->at < p->end; p->at++) {
        char c = *p->at;
        bool sign = (c == '-' || c == '+') && p->memory > word && !named &&
                    tolower((unsigned char)p->memory[-1]) == 'e' &&
                    !strpbrk(word, "xX");
        if (!isalnum((unsigned char)c) && c != '_' && c != '.' && !sign)
            break;
        *p->memory++ = c;
        *p->memory = '\0';
    }
    *p->memory++ = '\0';
    bool sound = named ? !strchr(word, '.') : is_number(word);
    if (named && word[0] == '-')
        sound = !strcmp(word, "-inf") || !strcmp(word, "-infinity") ||
                !strcmp(word, "-nan");
    if (*word && sound)
        return SES_OK;
    if (!*word)
        return fail(p, "a value");
    return ses_fail(p->err, SES_EFORMAT,
                    "line %d: expected a number or a name, found '%.40s'",
                    p->line, word);
}

/* A value of up to `most` digits to a base. */
static int read_digits(struct parser *p, int base, int most)
{
    int value = 0;
    for (int i = 0; i < most && p->at < p->end; i++, p->at++) {
        int c = tolower((unsigned char)*p->at);
        int digit = isdigit(c) ? c - '0' : isxdigit(c) ? c - 'a' + 10 : base;
        if (digit >= base)
            break;
        value = value * base + digit;
    }
    return value;
}

static void put_utf8(struct parser *p, int code)
{
    if (code < 0x80) {
        *p->memory++ = (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const int lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    *p->memory++ = (char)(lead[more] | code >> (6 * more));
    while (more--)
        *p->memory++ = (char)(0x80 | (code >> (6 * more) & 0x3f));
}

/* What follows a backslash. */
static enum ses_status read_escape(struct parser *p)
{
    static const char letters[] = "abfnrtv\\'\"?";
    static const char meant[] = "\a\b\f\n\r\t\v\\'\"?";
    if (p->at == p->end)
        return fail(p, "an escape");
    const char *known = strchr(letters, *p->at);
    int code;
    if (*p->at && known) {
        p->at++;
        *p->memory++ = meant[known - letters];
        return SES_OK;
    }
    if (*p->at >= '0' && *p->at <= '7') {
        code = read_digits(p, 8, 3) & 0xff;
    } else if (*p->at == 'x' || *p->at == 'X') {
        p->at++;
        code = read_digits(p, 16, 2);
    } else if (*p->at == 'u' || *p->at == 'U') {
        int digits = *p->at++ == 'u' ? 4 : 8;
        code = read_digits(p, 16, digits > 6 ? 8 : digits);
        if (code <= 0 || code > 0x10ffff)
            return fail(p, "a character's number");
        put_utf8(p, code);
        return SES_OK;
    } else {
        return fail(p, "an escape");
    }
    if (code == 0)
        return fail(p, "an escape other than that of a zero byte");
    *p->memory++ = (char)code;
    return SES_OK;
}

/* Quoted pieces, put together. */
static enum ses_status read_string(struct parser *p, const char **out)
{
    *out = p->memory;
    while (sees(p, '"') || sees(p, '\'')) {
        char quote = *p->at++;
        while (p->at < p->end && *p->at != quote) {
            if (*p->at == '\n' || *p->at == '\0')
                return fail(p, "the string's end");
            if (*p->at != '\\') {
                *p->memory++ = *p->at++;
                continue;
            }
            p->at++;
            enum ses_status status = read_escape(p);
            if (status)
                return status;
        }
        if (p->at == p->end)
            return fail(p, "the string's end");
        p->at++;
    }
    *p->memory++ = '\0';
    return SES_OK;
}

/* ---- fields -------------------------------------------------------------- */

static enum ses_status read_fields(struct parser *p, char close);

static enum ses_status read_message(struct parser *p, const char *name)
{
    size_t index = 0;
    char close = *p->at++ == '{' ? '}' : '>';
    if (p->depth == MOST_DEPTH)
        return ses_fail(p->err, SES_EFORMAT,
                        "line %d: messages in more than %d messages", p->line,
                        MOST_DEPTH);
    enum ses_status status = add(p, name, SES_PROTOTXT_MESSAGE, &index);
    if (status)
        return status;
    p->depth++;
    status = read_fields(p, close);
    p->depth--;
    if (status)
        return status;
    p->at++;
    p->text->fields[index].end = p->text->count;
    return SES_OK;
}

static enum ses_status read_value(struct parser *p, const char *name)
{
    size_t index = 0;
    if (sees(p, '{') || sees(p, '<'))
        return read_message(p, name);
    bool quoted = sees(p, '"') || sees(p, '\'');
    enum ses_status status =
        add(p, name, quoted ? SES_PROTOTXT_STRING : SES_PROTOTXT_WORD, &index);
    if (status)
        return status;
    const char *value = NULL;
    status = quoted ? read_string(p, &value) : read_word(p, &value);
    p->text->fields[index].text = value;
    return status;
}

static enum ses_status read_list(struct parser *p, const char *name)
{
    if (take(p, ']'))
        return SES_OK;
    do {
        enum ses_status status = read_value(p, name);
        if (status)
            return status;
    } while (take(p, ','));
    return take(p, ']') ? SES_OK : fail(p, "',' or ']'");
}

/* Up to, not over, the closing bracket (or the end: '\0'). */
static enum ses_status read_fields(struct parser *p, char close)
{
    for (;;) {
        skip(p);
        if (p->at == p->end ? !close : (close && *p->at == close))
            return SES_OK;
        const char *name;
        enum ses_status status = read_name(p, &name);
        if (status)
            return status;
        bool colon = take(p, ':');
        if (!colon && !sees(p, '{') && !sees(p, '<'))
            return fail(p, "':' or '{'");
        status = take(p, '[') ? read_list(p, name) : read_value(p, name);
        if (status)
            return status;
        if (!take(p, ';'))
            (void)take(p, ',');
    }
}

enum ses_status ses_prototxt_read(const char *data, size_t size,
                                  struct ses_prototxt **out,
                                  struct ses_error *err)
{
    *out = NULL;
    if (size > MOST_BYTES)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "%zu bytes of text, expected a network's, at most %d",
                        size, MOST_BYTES);
    struct ses_prototxt *text = ses_calloc(1, sizeof *text);
    /* a token of n bytes and its NUL are at most 2 n bytes */
    char *memory = malloc(2 * size + 2);
    if (!text || !memory) {
        free(text);
        free(memory);
        return ses_fail_memory(err, "the network's text");
    }
    text->memory = memory;
    text->error = err;
    struct parser p = { .at = data,
                        .end = data + size,
                        .line = 1,
                        .memory = memory,
                        .text = text,
                        .err = err };
    if (size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3))
        p.at += 3;
    size_t index;
    enum ses_status status = add(&p, "", SES_PROTOTXT_MESSAGE, &index);
    if (!status)
        status = add(&p, "", SES_PROTOTXT_MESSAGE, &index);
    if (!status)
        status = read_fields(&p, '\0');
    if (status) {
        ses_prototxt_free(text);
        return status;
    }
    text->fields[SES_PROTOTXT_ROOT].end = text->count;
    *out = text;
    return SES_OK;
}

void ses_prototxt_free(struct ses_prototxt *text)
{
    if (!text)
        return;
    free(text->fields);
    free(text->memory);
    free(text);
}
