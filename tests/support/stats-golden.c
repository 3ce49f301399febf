/* See stats-golden.h. */
#include "tests/support/stats-golden.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/record-common.h"

static char *path_of(const char *name)
{
    char *path = ses_format("%s/stats/%s", getenv("SES_TEST_DATA"), name);
    assert_non_null(path);
    return path;
}

struct ses_run_file *stats_golden_record(void)
{
    char *path = path_of("small.h5");
    struct ses_run_file *run = common_open(path);
    free(path);
    return run;
}

void stats_golden_open(struct stats_golden *golden)
{
    char *path = path_of("small.txt");
    *golden = (struct stats_golden){ .file = fopen(path, "re") };
    assert_non_null(golden->file);
    free(path);
}

bool stats_golden_next(struct stats_golden *golden)
{
    char line[256], *end = line;
    int used = 0;
    if (!fgets(line, sizeof line, golden->file))
        return false;
    if (sscanf(line, "%15s %31s%n", golden->kind, golden->name, &used) != 2)
        fail_msg("'%s' is no line of a golden", line);
    char *at = line + used;
    *golden->key = '\0';
    at += strspn(at, " ");
    if (isalpha((unsigned char)*at) && strncmp(at, "nan", 3) != 0) {
        if (sscanf(at, "%31s%n", golden->key, &used) != 1)
            fail_msg("'%s' is no line of a golden", line);
        at += used;
        at += strspn(at, " ");
        /* A pair of blocks has a key after the second. */
        if (isalpha((unsigned char)*at) && strncmp(at, "nan", 3) != 0) {
            char second[32];
            if (sscanf(at, "%31s%n", second, &used) != 1)
                fail_msg("'%s' is no line of a golden", line);
            at += used;
            size_t length = strlen(golden->key);
            snprintf(golden->key + length, sizeof golden->key - length, " %s",
                     second);
        }
    }
    for (golden->count = 0; golden->count < 8; golden->count++) {
        golden->value[golden->count] = strtod(at, &end);
        if (end == at)
            break;
        at = end;
    }
    return true;
}

void stats_golden_close(struct stats_golden *golden)
{
    fclose(golden->file);
}
