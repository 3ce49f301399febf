/* See order.h. */
#include "core/images/order.h"

#include <stdlib.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whatever the locale says. */
static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

bool ses_is_number(const char *name)
{
    size_t length = strspn(name, "0123456789");
    return length > 0 && name[length] == '\0';
}

/* Compare the digits at *a and *b by value, however many there are, and step
 * over them. */
static int compare_digits(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
    int result = n != m ? (n < m ? -1 : 1) : strncmp(*a, *b, n);
    *a += n;
    *b += m;
    return result;
}

/* Compare the text up to the next digit, and step over it. */
static int compare_text(const char **a, const char **b)
{
    for (;; ++*a, ++*b) {
        bool a_ends = !**a || digit(**a), b_ends = !**b || digit(**b);
        if (a_ends || b_ends)
            return (int)b_ends - (int)a_ends;
        int difference = lower(**a) - lower(**b);
        if (difference)
            return difference;
    }
}

/* timm splits a name in text, number, text, ... and compares the pieces; a
 * name that ends first sorts first. */
static int order_natural(const char *a, const char *b)
{
    const char *p = a, *q = b;
    while (*p || *q) {
        int result = compare_text(&p, &q);
        if (result)
            return result;
        if (!*p || !*q) {
            if (*p || *q)
                return *p ? 1 : -1;
            break;
        }
        result = compare_digits(&p, &q);
        if (result)
            return result;
    }
    return strcmp(a, b);
}

int ses_order_numeric(const char *a, const char *b)
{
    const char *p = a, *q = b;
    int result = compare_digits(&p, &q);
    return result ? result : strcmp(a, b);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_natural(const void *a, const void *b)
{
    return order_natural(*(char *const *)a, *(char *const *)b);
}

static int by_number(const void *a, const void *b)
{
    return ses_order_numeric(*(char *const *)a, *(char *const *)b);
}

enum ses_status ses_order_names(char **names, size_t count,
                                enum ses_folder_order order,
                                struct ses_error *err)
{
    int (*compare)(const void *, const void *) = by_bytes;
    if (order == SES_FOLDER_NATURAL)
        compare = by_natural;
    if (order == SES_FOLDER_NUMERIC) {
        compare = by_number;
        for (size_t i = 0; i < count; i++)
            if (!ses_is_number(names[i]))
                return ses_fail(err, SES_EUSAGE,
                                "class '%s' is not a number, which numeric "
                                "folder order needs", names[i]);
    }
    if (count)
        qsort(names, count, sizeof *names, compare);
    return SES_OK;
}
