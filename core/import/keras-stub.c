/* Until Keras files can be read. */
#include "core/import/source.h"

enum ses_status ses_keras_h5_import(struct ses_source *source, struct ses_error *err)
{
    (void)source;
    return ses_fail(err, SES_EUNSUPPORTED, "Keras files are not supported yet");
}

enum ses_status ses_keras_zip_import(struct ses_source *source, struct ses_error *err)
{
    (void)source;
    return ses_fail(err, SES_EUNSUPPORTED, "Keras files are not supported yet");
}
