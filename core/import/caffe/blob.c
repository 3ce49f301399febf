/* A blob of a .caffemodel as a tensor. See caffemodel.h. */
#include <limits.h>
#include <string.h>

#include "core/import/caffe/caffe.pb-c.h"
#include "core/import/caffe/caffemodel.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "numbers are read as files hold them, little-endian first");

enum {
    /* numbers of BlobProto's fields */
    DATA = 5,
    SHAPE = 7,
    DOUBLE_DATA = 8,
    /* four numbers and a shape of SES_MAX_RANK have no more */
    HEADER_BYTES = 256
};

/* The message without the numbers: what tells the shape. */
static enum ses_status unpack_header(struct ses_wire message,
                                     SesCaffe__Blob **out,
                                     struct ses_error *err)
{
    uint8_t header[HEADER_BYTES];
    size_t size = 0;
    struct ses_wire_field field;
    while (ses_wire_next(&message, &field)) {
        if (field.number > 4 && field.number != SHAPE)
            continue;
        if (field.whole_size > sizeof header - size)
            return ses_fail(err, SES_EFORMAT, "a blob of too many axes");
        memcpy(header + size, field.whole, field.whole_size);
        size += field.whole_size;
    }
    *out = message.damaged ? NULL
                           : ses_caffe__blob__unpack(NULL, size, header);
    return *out ? SES_OK : ses_fail(err, SES_EFORMAT, "a damaged blob");
}

static enum ses_status add_axis(struct ses_caffe_shape *shape, int64_t size,
                                struct ses_error *err)
{
    if (shape->rank == SES_MAX_RANK)
        return ses_fail(err, SES_EFORMAT, "a blob of more than %d axes",
                        SES_MAX_RANK);
    if (size < 0 || size > INT_MAX)
        return ses_fail(err, SES_EFORMAT, "a blob with an axis of %lld",
                        (long long)size);
    shape->size[shape->rank++] = (size_t)size;
    return SES_OK;
}

enum ses_status ses_caffe_blob_shape(const struct ses_wire *blob,
                                     struct ses_caffe_shape *out,
                                     struct ses_error *err)
{
    SesCaffe__Blob *header = NULL;
    memset(out, 0, sizeof *out);
    enum ses_status status = unpack_header(*blob, &header, err);
    if (status)
        return status;
    if (header->has_num || header->has_channels || header->has_height ||
        header->has_width) {
        const int32_t old[] = { header->num, header->channels, header->height,
                                header->width };
        for (int i = 0; i < 4 && !status; i++)
            status = add_axis(out, old[i], err);
    } else if (header->shape) {
        for (size_t i = 0; i < header->shape->n_dim && !status; i++)
            status = add_axis(out, header->shape->dim[i], err);
    } else {
        status = ses_fail(err, SES_EFORMAT, "a blob without a shape");
    }
    ses_caffe__blob__free_unpacked(header, NULL);
    return status;
}

static bool next_numbers(struct ses_wire *message, uint32_t number,
                         struct ses_wire_field *field)
{
    while (ses_wire_next(message, field))
        if (field->number == number)
            return true;
    return false;
}

/* How many numbers a field has, packed or one by one; false when it is
 * damaged. */
static bool count_numbers(struct ses_wire message, uint32_t number,
                          size_t *count)
{
    struct ses_wire_field field;
    enum ses_wire_type alone =
        number == DATA ? SES_WIRE_FIXED32 : SES_WIRE_FIXED64;
    size_t size = number == DATA ? sizeof(float) : sizeof(double);
    *count = 0;
    while (next_numbers(&message, number, &field)) {
        if (field.type != alone &&
            (field.type != SES_WIRE_BYTES || field.size % size))
            return false;
        *count += ses_wire_count(&field, alone);
    }
    return true;
}

static void copy_numbers(struct ses_wire message, uint32_t number,
                         float *out)
{
    struct ses_wire_field field;
    while (next_numbers(&message, number, &field)) {
        struct ses_wire packed = ses_wire(field.data, field.size);
        uint64_t bits;
        if (field.type == SES_WIRE_FIXED32) {
            *out++ = ses_wire_float(field.value);
        } else if (field.type == SES_WIRE_FIXED64) {
            *out++ = (float)ses_wire_double(field.value);
        } else if (number == DATA) {
            memcpy(out, field.data, field.size);
            out += field.size / sizeof *out;
        } else {
            while (ses_wire_number(&packed, SES_WIRE_FIXED64, &bits))
                *out++ = (float)ses_wire_double(bits);
        }
    }
}

/* Axes of 1 do not count: the old encoding puts them in front, and writers of
 * the new one have put them behind. */
static bool same_shape(const struct ses_caffe_shape *a,
                       const struct ses_caffe_shape *b)
{
    int i = 0, j = 0;
    for (;;) {
        while (i < a->rank && a->size[i] == 1)
            i++;
        while (j < b->rank && b->size[j] == 1)
            j++;
        if (i == a->rank || j == b->rank)
            return i == a->rank && j == b->rank;
        if (a->size[i++] != b->size[j++])
            return false;
    }
}

enum ses_status ses_caffe_blob_take(const struct ses_wire *blob,
                                    const struct ses_caffe_shape *expected,
                                    struct ses_tensor **out,
                                    struct ses_error *err)
{
    *out = NULL;
    struct ses_caffe_shape shape;
    enum ses_status status = ses_caffe_blob_shape(blob, &shape, err);
    if (status)
        return status;
    char text[2][128];
    ses_shape_text(shape.rank, shape.size, text[0], sizeof text[0]);
    if (!same_shape(&shape, expected)) {
        ses_shape_text(expected->rank, expected->size, text[1],
                       sizeof text[1]);
        return ses_fail(err, SES_ESHAPE, "%s, expected %s", text[0],
                        text[1]);
    }
    /* as Caffe does: double numbers count when there are any */
    uint32_t number = DOUBLE_DATA;
    size_t count = 0, wanted = 1;
    bool sound = count_numbers(*blob, number, &count);
    if (sound && !count) {
        number = DATA;
        sound = count_numbers(*blob, number, &count);
    }
    for (int i = 0; i < expected->rank; i++)
        sound &= !__builtin_mul_overflow(wanted, expected->size[i], &wanted);
    if (!sound)
        return ses_fail(err, SES_EFORMAT, "a damaged blob");
    if (count != wanted)
        return ses_fail(err, SES_EFORMAT,
                        "a blob of %s holds %zu numbers, expected %zu",
                        text[0], count, wanted);
    *out = ses_tensor_new(expected->rank, expected->size);
    if (!*out)
        return ses_fail(err, SES_ENOMEM, "no memory for weights of %s",
                        text[0]);
    copy_numbers(*blob, number, (*out)->data);
    return SES_OK;
}
