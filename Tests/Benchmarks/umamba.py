"""U-Mamba's networks in plain PyTorch, as the benchmark's peer: the published formulation, its scan a loop over tokens.

Names of modules are those of U-Mamba's checkpoints. Nothing here needs a GPU or the mamba_ssm package.
"""

import math

import torch
from torch import nn
from torch.nn import functional

STATES, TAPS = 16, 4


class Mamba(nn.Module):
    def __init__(self, width):
        super().__init__()
        inner, self.rank = 2 * width, math.ceil(width / 16)
        self.A_log = nn.Parameter(torch.log(torch.arange(1, STATES + 1, dtype=torch.float32)).repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(inner, inner, TAPS, groups=inner, padding=TAPS - 1)
        self.x_proj = nn.Linear(inner, self.rank + 2 * STATES, bias=False)
        self.dt_proj = nn.Linear(self.rank, inner)
        self.out_proj = nn.Linear(inner, width, bias=False)

    def forward(self, tokens):
        values, gates = self.in_proj(tokens).chunk(2, dim=-1)
        values = functional.silu(self.conv1d(values.transpose(1, 2))[..., : tokens.shape[1]]).transpose(1, 2)
        steps, b, c = self.x_proj(values).split([self.rank, STATES, STATES], dim=-1)
        steps = functional.softplus(self.dt_proj(steps))
        decay = torch.exp(steps[..., None] * -torch.exp(self.A_log))
        inputs = (steps * values)[..., None] * b[:, :, None]
        state, outputs = torch.zeros_like(decay[:, 0]), []
        for token in range(tokens.shape[1]):
            state = decay[:, token] * state + inputs[:, token]
            outputs.append((state * c[:, token, None]).sum(-1))
        return self.out_proj((torch.stack(outputs, 1) + self.D * values) * functional.silu(gates))


class MambaLayer(nn.Module):
    def __init__(self, channels, positions, may_be_channels):
        super().__init__()
        self.is_channels = may_be_channels and positions <= channels
        width = positions if self.is_channels else channels
        self.norm, self.mamba = nn.LayerNorm(width), Mamba(width)

    def forward(self, x):
        tokens = x.flatten(2) if self.is_channels else x.flatten(2).transpose(1, 2)
        tokens = self.mamba(self.norm(tokens))
        return (tokens if self.is_channels else tokens.transpose(1, 2)).reshape(x.shape)


def operators(axes):
    return (nn.Conv2d, nn.InstanceNorm2d) if axes == 2 else (nn.Conv3d, nn.InstanceNorm3d)


class ProjectingBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        conv, norm = operators(len(kernel))
        padding = [k // 2 for k in kernel]
        self.conv1, self.norm1 = conv(inputs, outputs, kernel, stride, padding), norm(outputs, affine=True)
        self.conv2, self.norm2 = conv(outputs, outputs, kernel, 1, padding), norm(outputs, affine=True)
        self.conv3 = conv(inputs, outputs, 1, stride)

    def forward(self, x):
        y = self.norm2(self.conv2(functional.leaky_relu(self.norm1(self.conv1(x)))))
        return functional.leaky_relu(y + self.conv3(x))


class Part(nn.Module):
    def __init__(self, channels, kernel):
        super().__init__()
        conv, norm = operators(len(kernel))
        self.conv, self.norm = conv(channels, channels, kernel, 1, [k // 2 for k in kernel]), norm(channels, affine=True)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    def __init__(self, channels, kernel):
        super().__init__()
        self.conv1, self.conv2 = Part(channels, kernel), Part(channels, kernel)

    def forward(self, x):
        return functional.leaky_relu(self.conv2(functional.leaky_relu(self.conv1(x))) + x)


def blocks(inputs, outputs, kernel, stride, count):
    return nn.Sequential(ProjectingBlock(inputs, outputs, kernel, stride), *(Block(outputs, kernel) for _ in range(count - 1)))


class Encoder(nn.Module):
    def __init__(self, spec, channels, patch, with_layers):
        super().__init__()
        features, kernels, strides, counts = spec["features_per_stage"], spec["kernel_sizes"], spec["strides"], spec["blocks"]
        self.stem = blocks(channels, features[0], kernels[0], 1, counts[0])
        layers, size, before = [], list(patch), features[0]
        self.stages = nn.ModuleList()
        for stage, count in enumerate(features):
            self.stages.append(blocks(before, count, kernels[stage], strides[stage], counts[stage]))
            size, before = [s // t for s, t in zip(size, strides[stage])], count
            has_layer = with_layers and (len(patch) == 3 or (len(features) - 1 - stage) % 2 == 0)
            layers.append(MambaLayer(count, math.prod(size), True) if has_layer else nn.Identity())
        if with_layers:
            self.mamba_layers = nn.ModuleList(layers)
        self.with_layers = with_layers

    def forward(self, x):
        x, skips = self.stem(x), []
        for stage, module in enumerate(self.stages):
            x = module(x)
            if self.with_layers:
                x = self.mamba_layers[stage](x)
            skips.append(x)
        return skips


class Upsampling(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv, self.stride = operators(len(stride))[0](inputs, outputs, 1), tuple(map(float, stride))

    def forward(self, x):
        return self.conv(functional.interpolate(x, scale_factor=self.stride, mode="nearest"))


class Decoder(nn.Module):
    def __init__(self, spec, heads, axes):
        super().__init__()
        features, kernels, strides, counts = spec["features_per_stage"], spec["kernel_sizes"], spec["strides"], spec["decoder_blocks"]
        self.stages, self.upsample_layers, self.seg_layers = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        self.joins = []
        for step, count in enumerate(counts):
            stage = len(features) - 2 - step
            self.joins.append(stage > 0 or axes == 3)
            self.upsample_layers.append(Upsampling(features[stage + 1], features[stage], strides[stage + 1]))
            inputs = features[stage] * (2 if self.joins[-1] else 1)
            self.stages.append(blocks(inputs, features[stage], kernels[stage], 1, count))
            self.seg_layers.append(operators(axes)[0](features[stage], heads, 1))

    def forward(self, skips):
        x = skips[-1]
        for step, module in enumerate(self.stages):
            x = self.upsample_layers[step](x)
            x = module(torch.cat([x, skips[-2 - step]], 1) if self.joins[step] else x)
        return self.seg_layers[-1](x)


class UMamba(nn.Module):
    """`kind` is UMambaBot or UMambaEnc; `spec` what plans say of the U-Net."""

    def __init__(self, kind, spec, channels, heads, patch):
        super().__init__()
        stages = len(spec["features_per_stage"])
        spec = dict(spec)
        spec["blocks"] = [count if 2 * stage < stages else 1 for stage, count in enumerate(spec["n_conv_per_stage"])]
        spec["decoder_blocks"] = [count if 2 * step < stages else 1 for step, count in enumerate(spec["n_conv_per_stage_decoder"])]
        self.encoder = Encoder(spec, channels, patch, kind == "UMambaEnc")
        if kind == "UMambaBot":
            self.mamba_layer = MambaLayer(spec["features_per_stage"][-1], 0, False)
        self.decoder = Decoder(spec, heads, len(patch))

    def forward(self, x):
        skips = self.encoder(x)
        if hasattr(self, "mamba_layer"):
            skips[-1] = self.mamba_layer(skips[-1])
        return self.decoder(skips)
