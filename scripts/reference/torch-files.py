#!/usr/bin/python3
"""Make the small checkpoints in tests/data/state, and what they hold.

    scripts/reference/torch-files.py tests/data/state [MODELS]

For X.pth or X.safetensors, X.expected has a line a tensor: name, type, shape,
and for floating-point types the bits of every element as float32, in row-major
order, as PyTorch reads them. Files whose names begin with `bad-` must be
refused. With the folder MODELS of real networks, real.expected has a line for
every seventh of their tensors: file, name, shape, the bits of its first and
last element, and the sum of all. Needs PyTorch (Debian: python3-torch).
"""
import argparse
import collections
import copy
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import types
import warnings
import zipfile

import numpy as np
import torch

warnings.simplefilter('ignore')
FOLDER = sys.argv[1]
LEGACY = {'_use_new_zipfile_serialization': False}


def path(name):
    return os.path.join(FOLDER, name)


def expect(name, tensors):
    with open(path(name + '.expected'), 'w') as f:
        for key, t in tensors.items():
            shape = 'x'.join(str(n) for n in t.shape) or 'scalar'
            line = [key, str(t.dtype).removeprefix('torch.'), shape]
            if t.dtype.is_floating_point:
                flat = t.detach().float().contiguous().flatten().numpy()
                line += ['%08x' % n for n in flat.view(np.uint32)]
            f.write(' '.join(line) + '\n')


def write(name, data):
    with open(path(name), 'wb') as f:
        f.write(data)


def saved(obj, **options):
    out = io.BytesIO()
    torch.save(obj, out, **options)
    return out.getvalue()


def bits(values, dtype, kind):
    return torch.from_numpy(np.array(values, dtype).view(np.int16)
                            ).view(kind)


def every_type():
    halves = [0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0x3555, 0x7bff,
              0xfc00, 0x7c00, 0x7e01, 0xc500]
    brains = [0x0000, 0x8000, 0x0001, 0x3f80, 0xbf81, 0x7f7f, 0x7f80, 0xff80,
              0x7fc0, 0x4049]
    d = collections.OrderedDict()
    d['f32'] = torch.tensor([[1.5, -0.0, 3e38], [1e-45, float('inf'), -2.25]])
    d['f16'] = bits(halves, np.uint16, torch.float16).reshape(3, 4)
    d['bf16'] = bits(brains, np.uint16, torch.bfloat16)
    d['f64'] = torch.tensor([0.1, 1 + 2.0 ** -24, 1 + 3 * 2.0 ** -24, 1e300,
                             -1e-320, 2.0 / 3], dtype=torch.float64)
    d['i64'] = torch.tensor(7)
    d['i32'] = torch.tensor([1, -2], dtype=torch.int32)
    d['i16'] = torch.tensor([1, -2], dtype=torch.int16)
    d['i8'] = torch.tensor([1, -2], dtype=torch.int8)
    d['u8'] = torch.tensor([1, 255], dtype=torch.uint8)
    d['flag'] = torch.tensor([True, False])
    d['scalar'] = torch.tensor(0.25)
    d['empty'] = torch.zeros(3, 0, 2)
    return d


def views():
    base = torch.arange(120, dtype=torch.float32)
    cube = base[:24].reshape(2, 3, 4)
    d = collections.OrderedDict()
    d['base'] = base
    d['tied'] = base
    d['slice'] = base[17:29]
    d['steps'] = base[5::7]
    d['transposed'] = cube.permute(2, 0, 1)
    d['corner'] = cube[:, 1:, 1:3]
    d['expanded'] = base[3:5, None].expand(2, 3)
    d['last'] = base[119]
    d['channels_last'] = base.reshape(2, 5, 3, 4).contiguous(
        memory_format=torch.channels_last)
    d['half_view'] = base.half()[1::2]
    return d


def small(seed, prefix=''):
    g = torch.Generator().manual_seed(seed)
    d = collections.OrderedDict()
    d[prefix + 'conv1.weight'] = torch.randn(2, 1, 3, 3, generator=g)
    d[prefix + 'bn1.weight'] = torch.rand(2, generator=g)
    d[prefix + 'bn1.num_batches_tracked'] = torch.tensor(seed)
    d[prefix + 'fc.bias'] = torch.randn(3, generator=g)
    return d


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(x)


# Its pickle names a module of its own, not this script and its path.
Net.__module__ = 'net'
sys.modules['net'] = types.ModuleType('net')
sys.modules['net'].Net = Net


class Run:
    """Pickles as a call of a function with arguments."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


# ---- good files ----------------------------------------------------------

def good():
    for name, tensors in [('types', every_type()), ('views', views())]:
        write(name + '.pth', saved(tensors))
        expect(name, tensors)
        write(name + '-legacy.pth', saved(tensors, **LEGACY))
        expect(name + '-legacy', tensors)
    tensors = small(1)
    for protocol in 1, 3, 4:
        name = 'protocol%d-legacy' % protocol
        write(name + '.pth',
              saved(tensors, pickle_protocol=protocol, **LEGACY))
        expect(name, tensors)
    write('protocol4.pth', saved(tensors, pickle_protocol=4))
    expect('protocol4', tensors)
    parameters = {k: torch.nn.Parameter(v) if v.is_floating_point() else v
                  for k, v in tensors.items()}
    parameters['fc.bias'].note = 'a parameter with an attribute'
    write('parameters.pth', saved(parameters))
    expect('parameters', parameters)

    # Packed again by another tool: compressed.
    old = zipfile.ZipFile(io.BytesIO(saved(tensors)))
    with zipfile.ZipFile(path('deflated.pth'), 'w',
                         zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(zipfile.ZipInfo(member), old.read(member),
                         zipfile.ZIP_DEFLATED)
    expect('deflated', tensors)


def wrapped():
    torch.manual_seed(6)
    net = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    training = {
        'epoch': 90, 'arch': 'se_resnet20', 'state_dict': small(2, 'module.'),
        'best_acc1': np.float64(76.5), 'best': torch.tensor(76.5),
        'optimizer': optimizer.state_dict(), 'scheduler': schedule.state_dict(),
        'args': argparse.Namespace(lr=0.1, data='/data', gpu=None),
        'history': [0.5, 0.25, (1, 2)], 'classes': {'cat', 'dog'},
        'shape': torch.Size([3, 32, 32]), 'device': torch.device('cuda:0'),
        'counts': collections.defaultdict(int, a=1), 'dtype': torch.float16,
        'confusion': np.eye(2), 'big': 1 << 80,
    }
    write('training.pth', saved(training))
    write('training-legacy.pth', saved(training, **LEGACY))
    for name in 'training', 'training-legacy':
        expect(name, small(2))
    for name in ('state_dict', 'model', 'net', 'ema', 'weight', 'params',
                 'anything'):
        write('wrapper-%s.pth' % name, saved({name: small(3), 'epoch': 1}))
    expect('wrapper', small(3))
    write('nested.pth', saved({'model': {'state_dict': small(3)}, 'n': 3}))
    write('two.pth', saved({'model': small(3), 'model_ema': small(4)}))
    expect('two-model_ema', small(4))
    write('two-unknown.pth', saved({'netG': small(3), 'netD': small(4)}))
    loop = {'state_dict': small(3)}
    loop['self'] = loop
    write('loop.pth', saved(loop))
    write('metadata.pth', saved(net.state_dict()))
    expect('metadata', net.state_dict())


def prefixed():
    write('prefix-module.pth', saved(small(5, 'module.')))
    write('prefix-many.pth', saved(small(5, '_orig_mod.module.model.')))
    write('prefix-backbone.pth', saved(small(5, 'backbone.')))
    expect('prefix', small(5))
    write('prefix-features.pth', saved(small(5, 'features.')))
    expect('prefix-features', small(5, 'features.'))
    beside = small(5, 'module.model.')
    beside['module.FTGenerator.ft.0.weight'] = torch.ones(2, 2)
    beside['module.FTGenerator.ft.0.bias'] = torch.ones(2)
    write('prefix-beside.pth', saved(beside))
    head = small(5, 'backbone.')
    head['head.fc.weight'] = torch.ones(2, 2)
    write('prefix-head.pth', saved(head))
    expect('prefix-head', head)
    clash = collections.OrderedDict([
        ('model.fc.weight', torch.ones(1)), ('model.fc.bias', torch.ones(1)),
        ('fc.weight', torch.zeros(1))])
    write('prefix-clash.pth', saved(clash))
    expect('prefix-clash', clash)


# ---- files that must be refused ------------------------------------------

def archive(name, pickled, members=()):
    with zipfile.ZipFile(path(name), 'w') as z:
        z.writestr(zipfile.ZipInfo('archive/data.pkl'), pickled)
        z.writestr(zipfile.ZipInfo('archive/version'), '3\n')
        for member, data in members:
            z.writestr(zipfile.ZipInfo('archive/' + member), data)


def text(s):
    return b'X' + struct.pack('<I', len(s)) + s.encode()


def number(n):
    return b'\x8a\x08' + struct.pack('<q', n)


def item(name, offset, shape, stride, count, kind, key):
    """A name and a tensor, on the stack of a pickle."""
    return (text(name) +
            b'ctorch._utils\n_rebuild_tensor_v2\n((' + text('storage') +
            b'ctorch\n' + kind.encode() + b'\n' + text(key) + text('cpu') +
            number(count) + b'tQ' + number(offset) +
            b'(' + b''.join(map(number, shape)) + b't(' +
            b''.join(map(number, stride)) +
            b't\x89ccollections\nOrderedDict\n)RtR')


def one_tensor(offset, shape, stride, count=4, kind='FloatStorage'):
    """A pickle of {'weight': a tensor}."""
    return (b'\x80\x02}' +
            item('weight', offset, shape, stride, count, kind, '0') + b's.')


def overlaid():
    """An archive of 40 members that lie in one place, so that all of them are
    many times the file's size."""
    count = 2048
    pickled = b'\x80\x02}(' + b''.join(
        item('t%d' % i, 0, (1,), (1,), count, 'FloatStorage', str(i))
        for i in range(40)) + b'u.'
    archive('bad-overlaid.pth', pickled, [('data/0', bytes(4 * count))])
    with zipfile.ZipFile(path('bad-overlaid.pth'), 'a') as z:
        first = z.getinfo('archive/data/0')
        for i in range(1, 40):
            other = copy.copy(first)
            other.filename = 'archive/data/%d' % i
            z.filelist.append(other)
        z.writestr(zipfile.ZipInfo('archive/end'), '')


def bad():
    data = [('data/0', struct.pack('<4f', 1, 2, 3, 4))]
    archive('hand.pth', one_tensor(1, (3,), (1,)), data)
    expect('hand', {'weight': torch.tensor([2.0, 3.0, 4.0])})
    big = 1 << 62
    for name, pickled in {
        'range': one_tensor(1, (2, 2), (2, 1)),
        'offset': one_tensor(big, (1,), (1,)),
        'overflow': one_tensor(0, (5, 2), (big, 1)),
        'stride': one_tensor(3, (2,), (-1,)),
        'shape': one_tensor(0, (-2,), (1,)),
        'short': one_tensor(0, (5,), (1,), count=5),
        'count': one_tensor(0, (5,), (1,), count=big),
        'rank': one_tensor(0, (1,) * 9, (1,) * 9),
        'complex': one_tensor(0, (2,), (1,), 2, 'ComplexFloatStorage'),
        'memo': b'\x80\x02}r\xff\xff\xff\x7f.',
        'stack': b'\x80\x02}0000.',
        'os': b'\x80\x02cos\nsystem\n' + text('true') + b'\x85R.',
        'eval': b'\x80\x02c__builtin__\neval\n' + text('1') + b'\x85R.',
        'instance': b'(ios\nsystem\n.',
        'persid': b'\x80\x02Pstorage\n.',
        'extension': b'\x80\x02\x82\x01.',
        'number': b'\x80\x02K\x01.',
        'no-tensors': pickle.dumps({'epoch': 3, 'args': {}}, 2),
        'control': one_tensor(0, (1,), (1,)).replace(b'weight', b'w\x1b[1mt'),
    }.items():
        archive('bad-%s.pth' % name, pickled, data)
    archive('repeated.pth', one_tensor(0, (1 << 40,), (0,)), data)
    archive('bad-order.pth', one_tensor(0, (1,), (1,)),
            data + [('byteorder', 'big')])
    archive('bad-no-storage.pth', one_tensor(0, (1,), (1,)))
    write('bad-system.pth', saved(dict(small(1), x=Run(os.system, 'true'))))
    write('bad-system-legacy.pth',
          saved(dict(small(1), x=Run(os.system, 'true')), **LEGACY))
    write('bad-system-4.pth', saved({'x': Run(os.system, 'true')},
                                    pickle_protocol=4))
    write('bad-module.pth', saved(Net()))
    write('bad-module-wrapped.pth', saved({'epoch': 1, 'model': Net()}))
    write('bad-module-legacy.pth', saved(Net(), **LEGACY))
    write('bad-sparse.pth', saved({'w': torch.eye(2).to_sparse()}))
    write('bad-quantised.pth', saved({'w': torch.quantize_per_tensor(
        torch.ones(2), 0.1, 0, torch.qint8)}))
    torch.jit.trace(Net(), torch.ones(1, 2)).save(path('bad-script.pth'))
    good = saved(small(1), **LEGACY)
    write('bad-order-legacy.pth',
          good.replace(b'little_endianq\x02\x88', b'little_endianq\x02\x89'))
    write('bad-pickle.pkl', pickle.dumps({'a': 1}, 2))
    write('bad-tar.pth', tarfile.TarInfo('pickle').tobuf() + bytes(1024))
    overlaid()
    with zipfile.ZipFile(path('bad-zip.pth'), 'w') as z:
        z.writestr(zipfile.ZipInfo('config.json'), '{}')
    np.savez(path('bad-arrays.npz'), conv=np.zeros(1), fc=np.zeros(1))


def by_hand():
    """Forms that this PyTorch reads but does not write."""
    magic = pickle.dumps(0x1950a86a20f9469cfc6c, 2)
    system = pickle.dumps({'protocol_version': 1001, 'little_endian': True}, 2)
    head = magic + pickle.dumps(1001, 2) + system
    tail = pickle.dumps(['7'], 2) + struct.pack('<q6f', 6, 0, 1, 2, 3, 4, 5)
    # Before 0.4: a view of a storage, and OrderedDict from Python 2.
    tensor = (b'ctorch._utils\n_rebuild_tensor\n((U\x07storage'
              b'ctorch\nFloatStorage\nU\x017U\x03cpuK\x06'
              b'(U\x018K\x01K\x04ttQK\x01K\x03\x85K\x01\x85tR')
    write('view-legacy.pth', head +
          b'\x80\x02ccollections\nOrderedDict\n](]U\x06weighta' + tensor +
          b'ae\x85R.' + tail)
    expect('view-legacy', {'weight': torch.tensor([2.0, 3.0, 4.0])})
    write('bad-view-legacy.pth', head + b'\x80\x02}U\x06weight' +
          tensor.replace(b'K\x01K\x04ttQ', b'K\x03K\x04ttQ') + b's.' + tail)
    # Parameters of classes of their own, and with attributes.
    args = (b'((' + text('storage') + b'ctorch\nFloatStorage\n' + text('0') +
            text('cpu') + b'K\x04tQK\x00K\x02\x85K\x02\x85\x89'
            b'ccollections\nOrderedDict\n)Rt')
    archive('typed.pth', b'\x80\x02}(' + text('a') +
            b'ctorch._tensor\n_rebuild_from_type_v2\n('
            b'ctorch._utils\n_rebuild_tensor_v2\n'
            b'ctorch.nn.parameter\nParameter\n' + args + b'}tR' + text('b') +
            b'ctorch._utils\n_rebuild_parameter_with_state\n('
            b'ctorch._utils\n_rebuild_tensor_v2\n' + args + b'R\x88)}tRu.',
            [('data/0', struct.pack('<4f', 1, 2, 3, 4))])
    expect('typed', {'a': torch.tensor([1.0, 3.0]),
                     'b': torch.tensor([1.0, 3.0])})
    # From 2.1: a storage of bytes, a type in the call.
    archive('untyped.pth', b'\x80\x02}' + text('weight') +
            b'ctorch._utils\n_rebuild_tensor_v3\n((' + text('storage') +
            b'ctorch.storage\nUntypedStorage\n' + text('0') + text('cpu') +
            b'K\x10tQK\x01K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n'
            b')Rctorch\nfloat32\ntRs.',
            [('data/0', struct.pack('<4f', 1, 2, 3, 4)),
             ('byteorder', 'little')])
    expect('untyped', {'weight': torch.tensor([2.0, 3.0])})


# ---- safetensors ----------------------------------------------------------

NAMES = {torch.float32: 'F32', torch.float64: 'F64', torch.float16: 'F16',
         torch.bfloat16: 'BF16', torch.int64: 'I64', torch.int32: 'I32',
         torch.int16: 'I16', torch.int8: 'I8', torch.uint8: 'U8',
         torch.bool: 'BOOL'}


def raw(t):
    t = t.contiguous()
    if t.dtype == torch.bfloat16:
        t = t.view(torch.int16)
    return t.numpy().tobytes()


def safetensors(name, tensors, change=None, data=None, length=None):
    header, body = {'__metadata__': {'format': 'pt'}}, b''
    for key, t in tensors.items():
        piece = raw(t)
        header[key] = {'dtype': NAMES[t.dtype], 'shape': list(t.shape),
                       'data_offsets': [len(body), len(body) + len(piece)]}
        body += piece
    if change:
        change(header)
    encoded = json.dumps(header).encode() if name != 'bad-json' else b'{"a": '
    encoded += b' ' * (-len(encoded) % 8)
    write(name + '.safetensors',
          struct.pack('<Q', len(encoded) if length is None else length) +
          encoded + (body if data is None else data))


def all_safetensors():
    tensors = every_type()
    safetensors('types', tensors)
    os.replace(path('types.safetensors'), path('safe-types.safetensors'))
    expect('safe-types', tensors)
    safetensors('safe-prefix', small(5, 'module.'))
    expect('safe-prefix', small(5))
    two = {'a': torch.ones(4), 'b': torch.ones(2)}

    def place(key, *offsets):
        return lambda h: h[key].update(data_offsets=list(offsets))

    safetensors('bad-length', two, length=1 << 63)
    safetensors('bad-long', two, length=1 << 12)
    safetensors('bad-json', two)
    safetensors('bad-overlap', two, place('b', 12, 20))
    safetensors('bad-range', two, place('b', 20, 28))
    safetensors('bad-hole', two, data=raw(torch.ones(7)))
    safetensors('bad-cut', two, data=raw(torch.ones(5)))
    safetensors('bad-size', two, lambda h: h['a'].update(shape=[3]))
    safetensors('bad-shape', two, lambda h: h['a'].update(shape=[1 << 62, 9]))
    safetensors('bad-negative', two, lambda h: h['a'].update(shape=[-4]))
    safetensors('bad-backwards', two, place('a', 16, 0))
    safetensors('bad-dtype', two, lambda h: h['b'].update(dtype='F8_E4M3'))
    safetensors('bad-none', {})


# ---- real files -------------------------------------------------------------

def real(folder):
    lines = []
    for file in sorted(os.listdir(folder)):
        if not file.endswith('.pth'):
            continue
        tensors = torch.load(os.path.join(folder, file), map_location='cpu')
        names = [n for n, t in tensors.items() if t.dtype == torch.float32]
        for name in names[::7]:
            t = tensors[name]
            flat = t.contiguous().flatten().numpy()
            ends = flat[[0, -1]].view(np.uint32)
            lines.append('%s %s %s %08x %08x %.17g\n' % (
                file, name.removeprefix('module.'),
                'x'.join(str(n) for n in t.shape), *ends,
                flat.astype(np.float64).sum()))
    with open(path('real.expected'), 'w') as f:
        f.writelines(lines)


good()
wrapped()
prefixed()
bad()
by_hand()
all_safetensors()
if len(sys.argv) > 2:
    real(sys.argv[2])
