/* Functions that are never right here; every compilation includes this first.
 * Numbers from people pass ses_parse_long() and ses_parse_double(), text is
 * made with snprintf(), ses_format() and ses_text_add(), and words are split
 * with strsep(). */
#ifndef SES_BASE_BANNED_H
#define SES_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison atof atoi atol atoll
#pragma GCC poison sprintf vsprintf strcat strcpy strncat strtok

#endif
