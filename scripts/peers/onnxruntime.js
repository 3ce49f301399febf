/* ONNX Runtime over random pictures: milliseconds an image, and those of the
 * processors.
 *
 *     NODE_PATH=... node scripts/peers/onnxruntime.js MODEL.onnx SIDE CHANNELS
 *         [threads [batch [seconds]]] */
"use strict";
const ort = require("onnxruntime-node");

async function main() {
    const [model, side, channels, threads = 1, batch = 1, seconds = 3] =
        process.argv.slice(2).map((a, i) => (i ? Number(a) : a));
    const session = await ort.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
    });
    const data = new Float32Array(batch * channels * side * side);
    for (let i = 0; i < data.length; i++)
        data[i] = 2 * Math.random() - 1;
    const x = new ort.Tensor("float32", data, [batch, channels, side, side]);
    await session.run({ x });
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
                ((used.user + used.system) / 1e3 / images).toFixed(4));
}

main();
