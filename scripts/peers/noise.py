"""Random pictures with detail of every size, as photographs have: on white
noise a deep network repeats and doubles rounding from layer to layer."""
import torch


def pictures(n, side, channels, seed):
    """[n][channels][side][side], -1..1."""
    random = torch.Generator().manual_seed(seed)
    x, size = torch.zeros(n, channels, side, side), 1
    while size <= side:
        coarse = torch.randn(n, channels, size, size, generator=random)
        x += torch.nn.functional.interpolate(
            coarse, (side, side), mode="bilinear", align_corners=False)
        size *= 2
    return torch.tanh(x / 2)
