/* ONNX Runtime over random pictures: for every line that it reads, milliseconds
 * an image, those of the processors, and the batch; or its logits of one
 * picture, a file of raw float32.
 *
 *     NODE_PATH=... node scripts/peers/onnxruntime.js MODEL.onnx SIDE CHANNELS
 *         [threads [batch [seconds]]]
 *     ... onnxruntime.js MODEL.onnx SIDE CHANNELS --logits PICTURE.f32 */
"use strict";
const fs = require("fs");
const readline = require("readline");
const ort = require("onnxruntime-node");

function open(model, threads) {
    return ort.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
    });
}

function tensor(data, batch, channels, side) {
    return new ort.Tensor("float32", data, [batch, channels, side, side]);
}

async function logits(model, side, channels, picture) {
    const bytes = new Uint8Array(fs.readFileSync(picture));
    const session = await open(model, 1);
    const x = tensor(new Float32Array(bytes.buffer), 1, channels, side);
    console.log(JSON.stringify(Array.from((await session.run({ x })).y.data)));
}

async function measure(model, side, channels, threads, batch, seconds) {
    const session = await open(model, threads);
    const data = new Float32Array(batch * channels * side * side);
    for (let i = 0; i < data.length; i++)
        data[i] = 2 * Math.random() - 1;
    const x = tensor(data, batch, channels, side);
    for (let i = 0; i < 3; i++)
        await session.run({ x });
    for await (const line of readline.createInterface(process.stdin)) {
        const began = process.hrtime.bigint();
        const before = process.cpuUsage();
        let images = 0, took;
        do {
            await session.run({ x });
            images += batch;
            took = Number(process.hrtime.bigint() - began) / 1e6;
        } while (took < seconds * 1e3);
        const used = process.cpuUsage(before);
        console.log((took / images).toFixed(4),
                    ((used.user + used.system) / 1e3 / images).toFixed(4),
                    batch);
    }
}

const [model, ...rest] = process.argv.slice(2);
const [side, channels, threads = 1, batch = 1, seconds = 3] = rest.map(Number);
if (rest[2] === "--logits")
    logits(model, side, channels, rest[3]);
else
    measure(model, side, channels, threads, batch, seconds);
