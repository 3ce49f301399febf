/* Until ONNX files can be read. */
#include "core/import/source.h"

enum ses_status ses_onnx_import(struct ses_source *source, struct ses_error *err)
{
    (void)source;
    return ses_fail(err, SES_EUNSUPPORTED, "ONNX files are not supported yet");
}
