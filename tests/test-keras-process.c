/* core/import/keras: the process that reads HDF5, what becomes of it, and
 * arrays that it need not unpack. */
#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "core/import/keras/h5.h"
#include "tests/test-keras-edit.h"
#include "tests/test-keras.h"

#define KERNEL "model_weights/conv2d/conv2d/kernel:0"

static const hsize_t kernel_size[] = { 3, 3, 3, 4 };
static const size_t kernel_shape[] = { 3, 3, 3, 4 };
enum { KERNEL_COUNT = 3 * 3 * 3 * 4 };

/* IEEE's binary16, written down as h5py does. */
static hid_t half_type(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

/* The kernel anew, of a type, in one piece or in packed chunks. */
static const char *with_kernel(const char *name, hid_t type, bool chunked,
                               const float *data)
{
    const char *path = keras_path(name);
    hid_t file = keras_edit("sequential.h5", path);
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(4, kernel_size, NULL);
    if (chunked) {
        H5Pset_chunk(list, 4, kernel_size);
        H5Pset_deflate(list, 6);
    }
    H5Ldelete(file, KERNEL, H5P_DEFAULT);
    hid_t kernel = H5Dcreate2(file, KERNEL, type, space, H5P_DEFAULT, list,
                              H5P_DEFAULT);
    assert_true(H5Dwrite(kernel, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                         H5P_DEFAULT, data) >= 0);
    H5Dclose(kernel);
    H5Sclose(space);
    H5Pclose(list);
    H5Fclose(file);
    return path;
}

static void fill(float data[KERNEL_COUNT])
{
    for (int i = 0; i < KERNEL_COUNT; i++)
        data[i] = (float)(i - 50) * 0.37f / (float)(1 + i % 7);
    data[0] = 65504; /* the largest */
    data[1] = 3e-7f; /* below the normal ones */
}

struct opened {
    struct ses_file file;
    struct ses_keras_h5 h5;
};

static void open_h5(const char *path, struct opened *out)
{
    struct ses_error err = { 0 };
    OK(ses_file_map(path, &out->file, &err));
    OK(ses_keras_h5_open(&out->file, out->file.data, out->file.size, &out->h5,
                         &err));
}

static void close_h5(struct opened *opened)
{
    ses_keras_h5_close(&opened->h5);
    ses_file_release(&opened->file);
}

static enum ses_status read_kernel(struct opened *opened,
                                   enum ses_keras_order order,
                                   struct ses_tensor **out,
                                   struct ses_error *err)
{
    return ses_keras_h5_read(&opened->h5, KERNEL, 4, kernel_shape, order,
                             false, out, err);
}

/* libhdf5 converts what is packed; what lies in one piece is converted here.
 */
static void half_floats_are_what_hdf5_makes_of_them(void **test)
{
    float data[KERNEL_COUNT];
    hid_t type = half_type();
    fill(data);
    for (int order = SES_KERAS_AS_IS; order <= SES_KERAS_AS_DEPTHWISE;
         order++) {
        struct ses_tensor *tensors[2];
        for (int chunked = 0; chunked < 2; chunked++) {
            struct ses_error err = { 0 };
            struct opened opened;
            open_h5(with_kernel("half.h5", type, chunked, data), &opened);
            OK(read_kernel(&opened, (enum ses_keras_order)order,
                           &tensors[chunked], &err));
            close_h5(&opened);
        }
        assert_float_equal(tensors[0]->data[0], 65504, 0);
        assert_memory_equal(tensors[0]->data, tensors[1]->data,
                            KERNEL_COUNT * sizeof(float));
        ses_tensor_free(tensors[0]);
        ses_tensor_free(tensors[1]);
    }
    H5Tclose(type);
}

/* Rows of a large kernel are turned in several parts. */
static void large_kernels_are_turned(void **test)
{
    enum { SPATIAL = 9, INPUTS = 100, OUTPUTS = 521 };
    static const hsize_t size[] = { 3, 3, INPUTS, OUTPUTS };
    static const size_t shape[] = { 3, 3, INPUTS, OUTPUTS };
    static float data[SPATIAL * INPUTS * OUTPUTS];
    const char *path = keras_path("large.h5");
    hid_t half = half_type();
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        data[i] = (float)(i % 2039); /* exact in float16 */
    for (int flip = 0; flip < 2; flip++) {
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        hid_t space = H5Screate_simple(4, size, NULL);
        hid_t kernel = H5Dcreate2(file, "kernel", half, space, H5P_DEFAULT,
                                  H5P_DEFAULT, H5P_DEFAULT);
        assert_true(H5Dwrite(kernel, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                             H5P_DEFAULT, data) >= 0);
        H5Dclose(kernel);
        H5Sclose(space);
        H5Fclose(file);
        struct ses_error err = { 0 };
        struct ses_tensor *tensor;
        struct opened opened;
        open_h5(path, &opened);
        OK(ses_keras_h5_read(&opened.h5, "kernel", 4, shape,
                             SES_KERAS_AS_KERNEL, flip, &tensor, &err));
        close_h5(&opened);
        const float *at = tensor->data;
        for (size_t o = 0; o < OUTPUTS; o++)
            for (size_t i = 0; i < INPUTS; i++)
                for (size_t s = 0; s < SPATIAL; s++) {
                    size_t from = flip ? SPATIAL - 1 - s : s;
                    assert_float_equal(
                        *at++, data[(from * INPUTS + i) * OUTPUTS + o], 0);
                }
        ses_tensor_free(tensor);
    }
    H5Tclose(half);
}

/* By the memory's order, or the system's: a reader is gone, and none is left
 * behind. */
static void a_reader_that_is_killed_is_an_error(void **test)
{
    float data[KERNEL_COUNT];
    struct ses_error err = { 0 };
    struct ses_tensor *tensor;
    struct opened opened;
    fill(data);
    open_h5(with_kernel("killed.h5", H5T_IEEE_F32LE, true, data), &opened);
    OK(read_kernel(&opened, SES_KERAS_AS_KERNEL, &tensor, &err));
    ses_tensor_free(tensor);
    assert_int_equal(kill(opened.h5.reader.pid, SIGKILL), 0);
    assert_int_equal(read_kernel(&opened, SES_KERAS_AS_KERNEL, &tensor, &err),
                     SES_EFORMAT);
    SAYS("cannot be read, the file is damaged");
    assert_null(tensor);
    close_h5(&opened);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* One that is stopped does not hold up who closes it. */
static void a_reader_that_hangs_is_ended(void **test)
{
    struct opened opened;
    open_h5(keras_file("sequential.h5"), &opened);
    assert_int_equal(kill(opened.h5.reader.pid, SIGSTOP), 0);
    close_h5(&opened);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* It has the socket, and nothing of what its parent has open. */
static void a_reader_holds_nothing_of_its_parent(void **test)
{
    struct opened first, second;
    char folder[64];
    int number = 0;
    open_h5(keras_file("sequential.h5"), &first);
    open_h5(keras_file("theano.h5"), &second);
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)second.h5.reader.pid);
    DIR *open = opendir(folder);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open));)
        number += entry->d_name[0] != '.';
    closedir(open);
    assert_true(number <= 5); /* 3, the socket, and /dev/null itself */
    close_h5(&first);
    close_h5(&second);
}

/* Zeros that take a thousandth of their size. */
static unsigned char *pack_zeros(size_t count, size_t *size)
{
    enum { PIECE = 1 << 20 };
    static unsigned char zeros[PIECE];
    size_t room = count / 200;
    unsigned char *packed = malloc(room);
    z_stream stream = { .next_out = packed, .avail_out = (uInt)room };
    assert_int_equal(deflateInit(&stream, 1), Z_OK);
    for (size_t done = 0; done < count; done += PIECE) {
        stream.next_in = zeros;
        stream.avail_in = PIECE;
        assert_int_equal(deflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *size = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

static void a_chunk_that_unpacks_to_all_memory_is_an_error(void **test)
{
    float data[KERNEL_COUNT];
    size_t size;
    hsize_t corner[4] = { 0 };
    fill(data);
    const char *path = with_kernel("bomb.h5", H5T_IEEE_F32LE, true, data);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t kernel = H5Dopen2(file, KERNEL, H5P_DEFAULT);
    unsigned char *packed = pack_zeros((size_t)300 << 20, &size);
    assert_true(H5Dwrite_chunk(kernel, H5P_DEFAULT, 0, corner, size, packed)
                >= 0);
    free(packed);
    H5Dclose(kernel);
    H5Fclose(file);
    keras_refuse(path, SES_EFORMAT, "cannot be read, the file is damaged");
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
#if !defined __SANITIZE_ADDRESS__ /* which takes memory of its own */
    assert_true(used.ru_maxrss < 400 * 1024);
#endif
}

const struct CMUnitTest keras_process_tests[] = {
    cmocka_unit_test(half_floats_are_what_hdf5_makes_of_them),
    cmocka_unit_test(large_kernels_are_turned),
    cmocka_unit_test(a_reader_that_is_killed_is_an_error),
    cmocka_unit_test(a_reader_that_hangs_is_ended),
    cmocka_unit_test(a_reader_holds_nothing_of_its_parent),
    cmocka_unit_test(a_chunk_that_unpacks_to_all_memory_is_an_error),
};
const size_t n_keras_process_tests =
    sizeof keras_process_tests / sizeof *keras_process_tests;
