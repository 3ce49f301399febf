/* Values that every --json writes alike. */
#ifndef SES_CLI_JSON_H
#define SES_CLI_JSON_H

#include <jansson.h>

/* Names come from files; what is no UTF-8 is replaced. */
json_t *ses_json_text(const char *text);

/* null where there is no number. */
json_t *ses_json_number(double value);

#endif
