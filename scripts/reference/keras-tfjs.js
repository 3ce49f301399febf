#!/usr/bin/env node
/* Run a Keras 2 configuration in TensorFlow.js, whose own reader of it makes
 * the layers.
 *
 *   keras-tfjs.js <net.json >answer.json
 *
 * net.json: {"config", "weights": [[path, [{shape, data}, ...]], ...],
 * "input": {shape, data}}, a path being the layer's name below those of the
 * models it is in. The answer has the output, and the smaller input of every
 * Multiply. @tensorflow/tfjs is taken from where NODE_PATH has it. */
'use strict';

console.warn = console.info = () => {};
const tf = require('@tensorflow/tfjs');

/* TensorFlow.js has no such layers, but they do nothing when it predicts. */
function leaveOut(className) {
  class Idle extends tf.layers.Layer {
    call(inputs) {
      return Array.isArray(inputs) ? inputs[0] : inputs;
    }
    computeOutputShape(shape) {
      return shape;
    }
    static get className() {
      return className;
    }
  }
  tf.serialization.registerClass(Idle);
}
for (const name of ['ActivityRegularization', 'RandomFlip', 'RandomRotation'])
  leaveOut(name);

/* TensorFlow.js knows functional models by Keras 1's name. */
function rename(config) {
  if (Array.isArray(config))
    return config.map(rename);
  if (config === null || typeof config !== 'object')
    return config;
  const out = {};
  for (const key of Object.keys(config))
    out[key] = rename(config[key]);
  if (out.class_name === 'Functional')
    out.class_name = 'Model';
  return out;
}

function layerAt(model, path) {
  for (const name of path)
    model = model.getLayer(name);
  return model;
}

async function main() {
  const net = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  await tf.setBackend('cpu');
  const model = await tf.models.modelFromJSON(
      {modelTopology: {model_config: rename(net.config)}});
  for (const [path, arrays] of net.weights)
    layerAt(model, path).setWeights(
        arrays.map(a => tf.tensor(a.data, a.shape, 'float32')));
  const outputs = [model.outputs[0]], gates = [];
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'Multiply')
      continue;
    const count = t => t.shape.slice(1).reduce((a, b) => a * b, 1);
    const [a, b] = layer.inboundNodes[0].inputTensors;
    if (count(a) === count(b))
      continue;
    outputs.push(count(a) < count(b) ? a : b);
    gates.push(layer.name);
  }
  const all = tf.model({inputs: model.inputs, outputs});
  let answers = all.predict(tf.tensor(net.input.data, net.input.shape));
  answers = Array.isArray(answers) ? answers : [answers];
  const data = answers.map(a => Array.from(a.dataSync()));
  process.stdout.write(JSON.stringify({
    output: data[0],
    gates: gates.map((name, i) => [name, data[i + 1]]),
  }));
}

main();
