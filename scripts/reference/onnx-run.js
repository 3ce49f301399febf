#!/usr/bin/env node
/* Run ONNX graphs in ONNX Runtime: the reference for goldens and for
 * scripts/verify-onnx.
 *
 *     onnx-run.js JOBS.json
 *
 * JOBS.json is a list of {model, input, shape, type}: input is a file of raw
 * float32 (or uint8, by type) for the graph's only input. All outputs go to
 * MODEL.NUMBER.f32, and a line a job to standard output: their names and
 * shapes as JSON, or {"error": "..."}. Needs the npm package
 * onnxruntime-node, found through NODE_PATH. */
'use strict';
const fs = require('fs');
const ort = require('onnxruntime-node');

const options = {
  graphOptimizationLevel: 'disabled', intraOpNumThreads: 1,
  interOpNumThreads: 1, logSeverityLevel: 3,
};

function read(job) {
  const bytes = fs.readFileSync(job.input);
  const buffer = bytes.buffer.slice(bytes.byteOffset,
                                    bytes.byteOffset + bytes.length);
  return job.type === 'uint8'
    ? new ort.Tensor('uint8', new Uint8Array(buffer), job.shape)
    : new ort.Tensor('float32', new Float32Array(buffer), job.shape);
}

async function run(job) {
  const session = await ort.InferenceSession.create(job.model, options);
  const results = await session.run({ [session.inputNames[0]]: read(job) });
  const outputs = session.outputNames.map((name, i) => {
    const tensor = results[name];
    const data = Float32Array.from(tensor.data, Number);
    fs.writeFileSync(`${job.model}.${i}.f32`, Buffer.from(data.buffer));
    return { name, shape: tensor.dims };
  });
  await session.release();
  return outputs;
}

async function main() {
  const jobs = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  for (const job of jobs) {
    let line;
    try {
      line = await run(job);
    } catch (error) {
      line = { error: String(error.message || error) };
    }
    console.log(JSON.stringify(line));
  }
}

main();
