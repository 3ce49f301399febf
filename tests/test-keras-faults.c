/* core/import/keras: models that cannot be opened, and what is said of them. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/files.h"
#include "tests/support/tree.h"
#include "tests/test-keras-edit.h"
#include "tests/test-keras.h"

#define EDITED(name, ...) \
    keras_edited(name, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- layers -------------------------------------------------------------- */

/* C60: code is never run. */
static void a_lambda_is_refused(void **test)
{
    keras_refuse(keras_file("lambda.h5"), SES_EUNSUPPORTED,
                 "layer 'lambda' is a 'Lambda', which holds Python code");
}

static void custom_layers_are_named(void **test)
{
    keras_refuse(EDITED("se-mobilenet.h5", "\"class_name\": \"ReLU\"",
                        "\"class_name\": \"MyReLU\""),
                 SES_EUNSUPPORTED,
                 "layer 'conv1_relu' is a 'MyReLU', which is not one of the "
                 "layers that are known");
    keras_refuse(EDITED("se-mobilenet.h5", "\"class_name\": \"ReLU\"",
                        "\"registered_name\": \"mine>ReLU\", "
                        "\"class_name\": \"ReLU\""),
                 SES_EUNSUPPORTED, "layer 'conv1_relu' is a 'ReLU'");
    keras_refuse(EDITED("se-mobilenet.h5", "\"class_name\": \"ReLU\"",
                        "\"class_name\": \"Relu\""),
                 SES_EUNSUPPORTED, "'PReLU' or 'ReLU'?");
}

static void unknown_functions_are_named(void **test)
{
    keras_refuse(EDITED("se-mobilenet.h5", "\"sigmoid\"", "\"sigmoyd\""),
                 SES_EUNSUPPORTED,
                 "layer 'dense_1': non-linearity 'sigmoyd' is not one that is "
                 "known, did you mean 'sigmoid'");
    keras_refuse(EDITED("operations.h5", "\"function\": \"math.square\"",
                        "\"function\": \"math.lgamma\""),
                 SES_EUNSUPPORTED,
                 "'TFOpLambda', and its operation 'lgamma' is not one");
}

static void models_of_a_class_of_their_own_are_refused(void **test)
{
    keras_refuse(EDITED("se-mobilenet.h5", "\"class_name\": \"Functional\"",
                        "\"class_name\": \"MyModel\""),
                 SES_EUNSUPPORTED, "it is a 'MyModel', expected a Sequential");
}

/* ---- wiring -------------------------------------------------------------- */

static void broken_wiring_is_an_error(void **test)
{
    keras_refuse(EDITED("se-mobilenet.h5", "[[\"conv1\", 0, 0",
                        "[[\"conv7\", 0, 0"),
                 SES_EFORMAT, "'conv7'");
    keras_refuse(EDITED("se-mobilenet.h5", "[[\"conv1\", 0, 0",
                        "[[\"conv1\", 3, 0"),
                 SES_EFORMAT, "a call that is not there, of 'conv1'");
    keras_refuse(EDITED("se-mobilenet.h5", "[[\"conv1\", 0, 0",
                        "[[\"conv1\", 0, 2"),
                 SES_EFORMAT, "there is no such output of 'conv1'");
    keras_refuse(EDITED("se-mobilenet.h5", "[[\"conv1\", 0, 0",
                        "[[\"conv1_relu\", 0, 0"),
                 SES_EFORMAT, "layers need each other's output");
    keras_refuse(EDITED("se-mobilenet.h5", "\"name\": \"conv1_bn\", \"inb",
                        "\"name\": \"conv1\", \"inb"),
                 SES_EFORMAT, "two layers are named 'conv1'");
    keras_refuse(EDITED("se-mobilenet.h5", "\"input_layers\": [[",
                        "\"input_layers\": [[\"conv1\", 0, 0], ["),
                 SES_EUNSUPPORTED, "it has 2 inputs, expected 1");
}

static void configurations_must_be_json(void **test)
{
    keras_refuse(EDITED("sequential.h5", "{\"class_name\"", "{class_name"),
                 SES_EFORMAT, "its configuration is no JSON");
    keras_refuse(EDITED("sequential.h5", "\"kernel_size\": [3, 3]",
                        "\"kernel_size\": [3, \"x\"]"),
                 SES_EFORMAT,
                 "layer 'conv2d': kernel_size is [3,\"x\"], expected 2 whole "
                 "numbers of at least 1");
    keras_refuse(EDITED("sequential.h5", "\"padding\": \"same\"",
                        "\"padding\": \"full\""),
                 SES_EUNSUPPORTED, "padding is 'full'");
    keras_refuse(EDITED("sequential.h5", "\"filters\": 4",
                        "\"filters\": 4e30"),
                 SES_EFORMAT, "filters is");
    keras_refuse(EDITED("sequential.h5", "[null, 8, 8, 3]",
                        "[null, 8, 8, null]"),
                 SES_EUNSUPPORTED, "how many channels");
    keras_refuse(EDITED("sequential.h5", "[null, 8, 8, 3]", "[null, 8, 3]"),
                 SES_EUNSUPPORTED, "its input has 3 axes");
}

/* Models within models, and calls of calls, are bounded. */
static void small_files_cannot_ask_for_much(void **test)
{
    const char *path = keras_path("deep.h5");
    hid_t file = keras_edit("sequential.h5", path);
    static char text[1 << 20];
    size_t used = 0;
    enum { DEEP = 200 };
    for (int i = 0; i < DEEP; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "{\"class_name\":\"Sequential\",\"config\":"
                                 "{\"name\":\"m%d\",\"build_input_shape\":"
                                 "[null,8,8,3],\"layers\":[",
                                 i);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "{\"class_name\":\"Flatten\",\"config\":"
                             "{\"name\":\"f\"}}");
    for (int i = 0; i < DEEP; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "]}}");
    const char *config = text;
    keras_edit_put(file, "model_config", &keras_plain, &config, 1);
    H5Fclose(file);
    keras_refuse(path, SES_EUNSUPPORTED, "nested more than 16 deep");
}

/* ---- weights ------------------------------------------------------------- */

/* A file with a change made to the group of weights. */
static const char *with_weights(const char *name, void (*change)(hid_t group))
{
    const char *path = keras_path("weights.h5");
    hid_t file = keras_edit(name, path);
    hid_t group = H5Gopen2(file, "model_weights", H5P_DEFAULT);
    change(group);
    H5Gclose(group);
    H5Fclose(file);
    return path;
}

static void put_weight_names(hid_t group, const char *layer,
                             const char *const *names, size_t n)
{
    hid_t id = H5Gopen2(group, layer, H5P_DEFAULT);
    assert_true(id >= 0);
    keras_edit_put(id, "weight_names", &keras_plain, names, n);
    H5Gclose(id);
}

static void forget_bias(hid_t group)
{
    put_weight_names(group, "dense",
                     (const char *const[]){ "dense/kernel:0" }, 1);
}

static void forget_all(hid_t group)
{
    put_weight_names(group, "dense", NULL, 0);
}

static void delete_kernel(hid_t group)
{
    H5Ldelete(group, "conv2d/conv2d/kernel:0", H5P_DEFAULT);
}

static void add_weight(hid_t group)
{
    put_weight_names(group, "flatten",
                     (const char *const[]){ "flatten/extra:0" }, 1);
}

static void swap_names(hid_t group)
{
    put_weight_names(
        group, "dense",
        (const char *const[]){ "dense/bias:0", "dense/kernel:0" }, 2);
}

static void add_layer(hid_t group)
{
    H5Lcopy(group, "dense", group, "dense_old", H5P_DEFAULT, H5P_DEFAULT);
    keras_edit_put(group, "layer_names", &keras_plain,
                   (const char *const[]){ "conv2d", "dense", "dense_old" }, 3);
}

static void missing_and_surplus_weights_are_named(void **test)
{
    keras_refuse(with_weights("sequential.h5", forget_bias), SES_ENOTFOUND,
                 "layer 'dense': weight 'bias' is missing, the file has "
                 "'dense/kernel:0'");
    keras_refuse(with_weights("sequential.h5", forget_all), SES_ENOTFOUND,
                 "layer 'dense': weight 'kernel' is missing, the file has "
                 "none");
    keras_refuse(with_weights("sequential.h5", delete_kernel), SES_ENOTFOUND,
                 "layer 'conv2d': weight 'model_weights/conv2d/conv2d/"
                 "kernel:0': is not in the file");
    keras_refuse(with_weights("sequential.h5", add_weight), SES_ESHAPE,
                 "weight 'model_weights/flatten/flatten/extra:0' belongs to "
                 "no layer");
    keras_refuse(with_weights("sequential.h5", add_layer), SES_ESHAPE,
                 "weights 'model_weights/dense_old/dense/kernel:0', "
                 "'model_weights/dense_old/dense/bias:0' belong to no layer");
}

/* Names say what weights are, in whichever order they stand. */
static void weights_are_told_by_their_names(void **test)
{
    struct ses_model *model =
        keras_open(with_weights("sequential.h5", swap_names), NULL);
    keras_compare(model, "sequential", 0);
    ses_model_free(model);
}

static void shapes_are_checked(void **test)
{
    keras_refuse(EDITED("sequential.h5", "\"filters\": 4", "\"filters\": 5"),
                 SES_ESHAPE,
                 "layer 'conv2d': weight 'model_weights/conv2d/conv2d/"
                 "kernel:0': is 3x3x3x4, expected 3x3x3x5");
    keras_refuse(EDITED("sequential.h5", "\"filters\": 4",
                        "\"use_bias\": false, \"filters\": 4"),
                 SES_ESHAPE,
                 "weight 'model_weights/conv2d/conv2d/bias:0' belongs to no "
                 "layer");
}

/* ---- links and data elsewhere -------------------------------------------- */

static void link_out(hid_t group)
{
    H5Lmove(group, "conv2d/conv2d/kernel:0", group, "aside", H5P_DEFAULT,
            H5P_DEFAULT);
    H5Lcreate_external(keras_path("sequential.h5"),
                       "/model_weights/conv2d/conv2d/kernel:0", group,
                       "conv2d/conv2d/kernel:0", H5P_DEFAULT, H5P_DEFAULT);
}

static void link_within(hid_t group)
{
    H5Lmove(group, "conv2d/conv2d/kernel:0", group, "aside", H5P_DEFAULT,
            H5P_DEFAULT);
    H5Lcreate_soft("/model_weights/aside", group, "conv2d/conv2d/kernel:0",
                   H5P_DEFAULT, H5P_DEFAULT);
}

static void keep_elsewhere(hid_t group)
{
    hsize_t size = 4;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, &size, NULL);
    H5Pset_external(list, keras_path("elsewhere.bin"), 0, 16);
    H5Ldelete(group, "conv2d/conv2d/bias:0", H5P_DEFAULT);
    hid_t data = H5Dcreate2(group, "conv2d/conv2d/bias:0", H5T_IEEE_F32LE,
                            space, H5P_DEFAULT, list, H5P_DEFAULT);
    assert_true(data >= 0);
    H5Dclose(data);
    H5Sclose(space);
    H5Pclose(list);
}

static void other_files_are_not_followed(void **test)
{
    keras_file("sequential.h5");
    keras_refuse(with_weights("sequential.h5", link_out), SES_ENOTFOUND,
                 "kernel:0': is not in the file");
    keras_refuse(with_weights("sequential.h5", link_within), SES_ENOTFOUND,
                 "kernel:0': is not in the file");
    keras_refuse(with_weights("sequential.h5", keep_elsewhere),
                 SES_EUNSUPPORTED,
                 "bias:0': is no array of floating-point numbers in this "
                 "file");
}

/* ---- files --------------------------------------------------------------- */

static void files_of_weights_alone_say_what_is_needed(void **test)
{
    const char *path = keras_path("weights-only.h5");
    hid_t file = keras_edit("sequential.h5", path);
    H5Adelete(file, "model_config");
    keras_edit_put(file, "layer_names", &keras_plain,
                   (const char *const[]){ "conv2d" }, 1);
    H5Fclose(file);
    keras_refuse(path, SES_EUNSUPPORTED,
                 "holds the weights of a Keras network, but not the network; "
                 "save both (model.save('x.h5') or model.save('x.keras')");
    /* model.weights.h5 of Keras 3 */
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "layers", H5P_DEFAULT, H5P_DEFAULT,
                             H5P_DEFAULT);
    hid_t space = H5Screate(H5S_SCALAR);
    H5Dclose(H5Dcreate2(group, "0", H5T_IEEE_F32LE, space, H5P_DEFAULT,
                        H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Gclose(group);
    H5Fclose(file);
    keras_refuse(path, SES_EUNSUPPORTED, "but not the network");
}

static void other_files_are_told_apart(void **test)
{
    const char *path = keras_path("other.h5");
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    keras_refuse(path, SES_EFORMAT, "but no Keras model");
    const char *one = "1";
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    keras_edit_put(file, "schema", &keras_plain, &one, 1);
    H5Fclose(file);
    keras_refuse(path, SES_EFORMAT, "is a record of sescope");
}

const struct CMUnitTest keras_fault_tests[] = {
    cmocka_unit_test(a_lambda_is_refused),
    cmocka_unit_test(custom_layers_are_named),
    cmocka_unit_test(unknown_functions_are_named),
    cmocka_unit_test(models_of_a_class_of_their_own_are_refused),
    cmocka_unit_test(broken_wiring_is_an_error),
    cmocka_unit_test(configurations_must_be_json),
    cmocka_unit_test(small_files_cannot_ask_for_much),
    cmocka_unit_test(missing_and_surplus_weights_are_named),
    cmocka_unit_test(weights_are_told_by_their_names),
    cmocka_unit_test(shapes_are_checked),
    cmocka_unit_test(other_files_are_not_followed),
    cmocka_unit_test(files_of_weights_alone_say_what_is_needed),
    cmocka_unit_test(other_files_are_told_apart),
};
const size_t n_keras_fault_tests =
    sizeof keras_fault_tests / sizeof *keras_fault_tests;
