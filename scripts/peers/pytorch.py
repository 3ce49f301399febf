#!/usr/bin/python3
"""PyTorch over random pictures: for every line that it reads, milliseconds an
image, those of the processors, and the batch.

    scripts/peers/pytorch.py MODEL.pt SIDE CHANNELS [threads [batch [seconds]]]

The TorchScript is frozen, so that batch norms are folded and oneDNN may lay
out weights for itself. PyTorch's OpenBLAS listens to neither of the calls
below: without OPENBLAS_NUM_THREADS its other threads spin beside the one that
was asked for.
"""
import sys
import time

import torch


def load(model, threads):
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    return torch.jit.optimize_for_inference(torch.jit.load(model).eval())


def main():
    model, side, channels, *rest = sys.argv[1:]
    threads, batch, seconds = (float(v) for v in
                               (rest + ["1", "1", "3"][len(rest):]))
    net = load(model, int(threads))
    x = torch.rand(int(batch), int(channels), int(side), int(side)) * 2 - 1
    with torch.inference_mode():
        for _ in range(3):
            net(x)
        for _ in sys.stdin:
            began, busy, images = time.monotonic(), time.process_time(), 0
            while images == 0 or time.monotonic() < began + seconds:
                net(x)
                images += int(batch)
            print(f"{(time.monotonic() - began) * 1e3 / images:.4f} "
                  f"{(time.process_time() - busy) * 1e3 / images:.4f} "
                  f"{int(batch)}", flush=True)


if __name__ == "__main__":
    main()
