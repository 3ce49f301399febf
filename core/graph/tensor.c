/* See tensor.h. */
#include "core/graph/tensor.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"

struct ses_tensor *ses_tensor_new(int rank, const size_t *shape)
{
    if (rank < 0 || rank > SES_MAX_RANK)
        return NULL;
    struct ses_tensor *tensor = ses_calloc(1, sizeof *tensor);
    if (!tensor)
        return NULL;
    tensor->rank = rank;
    tensor->count = 1;
    for (int i = 0; i < rank; i++) {
        tensor->shape[i] = shape[i];
        if (!ses_multiply(tensor->count, shape[i], &tensor->count))
            goto out;
    }
    tensor->data = ses_calloc_kept_floats(tensor->count);
    if (tensor->data)
        return tensor;
out:
    ses_tensor_free(tensor);
    return NULL;
}

void ses_tensor_free(struct ses_tensor *tensor)
{
    if (!tensor)
        return;
    free(tensor->data);
    free(tensor);
}

char *ses_shape_text(int rank, const size_t *shape, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s", rank ? "" : "scalar");
    for (int i = 0; i < rank && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%zu",
                                 i ? "x" : "", shape[i]);
    return out;
}
