/* Until Caffe files can be read. */
#include "core/import/source.h"

enum ses_status ses_caffe_import(struct ses_source *source, struct ses_error *err)
{
    (void)source;
    return ses_fail(err, SES_EUNSUPPORTED, "Caffe files are not supported yet");
}
