/* See json.h. */
#include "cli/json.h"

#include <math.h>

json_t *ses_json_text(const char *text)
{
    json_t *string = json_string(text);
    return string ? string : json_string("?");
}

json_t *ses_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}
