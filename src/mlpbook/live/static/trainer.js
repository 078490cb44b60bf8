// Trains a multilayer perceptron as torch does in float64: same weights, data and batches, same steps.
//
//   const trainer = new Trainer({ data: "spiral", hidden: [{ units: 8, activation: "tanh" }] });
//   trainer.run(100);                              // steps done: fewer than asked if training diverged
//   trainer.measure();                             // { step, epoch, diverged, train, test, layers, engine }
//   trainer.map({ size: 100, detail: 24 });        // { output, units }: values of output and hidden units on a grid
//   trainer.pieces({ size: 100 });                 // activation regions met on a grid
//   trainer.gradients(); trainer.parameters();     // [{ W, b }, …] per layer, W as inputs × units
//   trainer.set({ learningRate: 0.1 });            // any option; new weights only if their shape or start changed
//   trainer.edit({ layer, input, unit, value });   // one weight, or with input null a bias
//   trainer.removeUnit({ layer, unit });
//   trainer.reset();                               // back to the initial weights
//   trainer.snapshot();                            // all that another program needs to repeat the training
//
// OPTIONS, below, has every option with its default and its rule. In torch's words:
//   loss       "cross-entropy" is nn.BCEWithLogitsLoss on the linear output, classes 0 and 1; "squared-error" is
//              nn.MSELoss on the output, which is linear or tanh (`output`), classes −1 and 1 or real targets.
//              Either way class 1 is where the output is above 0.
//   optimizer  torch.optim.SGD, with `momentum` if it is "momentum" (dampening 0), or torch.optim.Adam.
//   l2, l1     weight_decay = l2, and l1·sign(w) added to the gradient; both for weights and not for biases.
//   batchSize  of a DataLoader that keeps a short last batch; each epoch has an order of its own, from the seed.
//
// In a Web Worker it serves messages: see Session, at the end. It is a classic script, which names its API
// globalThis.mlpTrainer, because Chromium gives no module worker to a page opened from a file.
//
// How it works: a training step is a program, `trainingStep`, for a machine with three operations, `combine`
// (a matrix times columns), `correlate` (columns times columns) and `each` (arithmetic, elementwise). The Plain
// machine runs it on numbers. The Assembler writes it down as WebAssembly, two examples to an instruction. Both
// round alike, so they agree bit for bit. As exp, tanh and erfc are computed here too, and not by the browser's
// Math, every browser arrives at the same weights (but for inputs sin x, whose last digit is the browser's).

"use strict";

const DOMAIN = 3; // the picture is the square [−3, 3]²

// ---- Data: [x1, x2, label or target] of an example, from its number and uniform random numbers

const turn = (radius, angle) => [radius * Math.cos(angle), radius * Math.sin(angle)];
const ring = (u, inner, outer) => Math.sqrt(inner ** 2 + u() * (outer ** 2 - inner ** 2)); // even over the area
const side = (u) => (2 * u() - 1) * 2.8;

const DATASETS = {
  circle: (i, u) => [...turn(i % 2 ? ring(u, 0, 1.2) : ring(u, 1.8, 2.6), 2 * Math.PI * u()), i % 2],
  xor: (i, u) => quadrants(0.2 + 2.5 * u(), 0.2 + 2.5 * u(), u() < 0.5, u() < 0.5),
  gaussians: (i, u) => [normal(u) * 0.6 + (i % 2 ? 1.2 : -1.2), normal(u) * 0.6 + (i % 2 ? 1.2 : -1.2), i % 2],
  spiral: (i, u) => spiral(u(), i % 2),
  moons: (i, u) => moon(Math.PI * u(), i % 2),
  checkerboard: (i, u) => chequer(side(u), side(u)),
  plane: (i, u) => plane(side(u), side(u)),
  bumps: (i, u) => bumps(side(u), side(u)),
  points: null, // the reader's own, with classes 0 and 1…
  values: null, // …or with real targets
};
const REGRESSION = ["plane", "bumps", "values"];

const quadrants = (a, b, left, below) => [left ? -a : a, below ? -b : b, left === below ? 0 : 1];
const spiral = (t, arm) => [...turn(2.7 * t, 3.5 * Math.PI * t + Math.PI * arm), arm];
const moon = (angle, lower) => {
  const [x, y] = turn(1, angle);
  return lower ? [1.6 * (0.5 - x), 1.6 * (0.25 - y), 1] : [1.6 * (x - 0.5), 1.6 * (y - 0.25), 0];
};
const chequer = (x, y) => [x, y, (Math.floor(x / 1.4) + Math.floor(y / 1.4)) & 1];
const plane = (x, y) => [x, y, (x + y) / 4];
const bump = (x, y) => Math.exp(-(x * x + y * y) / 0.8);
const bumps = (x, y) => [x, y, bump(x - 1.5, y) + bump(x + 1.5, y) - bump(x, y - 1.5) - bump(x, y + 1.5)];

const FEATURES = {
  "x1": (x) => x,
  "x2": (x, y) => y,
  "x1^2": (x) => x * x,
  "x2^2": (x, y) => y * y,
  "x1*x2": (x, y) => x * y,
  "sin(x1)": (x) => Math.sin(x),
  "sin(x2)": (x, y) => Math.sin(y),
};

// ---- Random numbers

const STREAM = { data: 1, noise: 2, split: 3, weights: 4, order: 5 }; // so that one choice leaves the others alone

// Uniform numbers in (0, 1): sfc32 of C. Doty-Humphrey's PractRand, seeded by three integers.
function generator(seed, stream, epoch = 0) {
  let a = seed | 0;
  let b = stream;
  let c = epoch;
  let counter = 1;
  const next = () => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return ((t >>> 0) + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

// A standard normal number: Kinderman & Monahan's ratio of uniforms (1977). The logarithm only decides what to
// keep, so that its last digit, which differs between browsers, does not show.
function normal(uniform) {
  for (;;) {
    const u = uniform();
    const x = (Math.sqrt(8 / Math.E) * (uniform() - 0.5)) / u;
    if (x * x <= -4 * Math.log(u)) return x;
  }
}

function permutation(n, uniform) {
  const order = new Uint32Array(n);
  for (let i = 1; i < n; i++) {
    const j = Math.floor(uniform() * (i + 1));
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}

// Four decimals: exact when copied as text, and the same where Math.sin rounds differently.
const rounded = (x) => Math.round(x * 1e4) / 1e4;

function examples({ data, points, count, noise, seed }) {
  if (!DATASETS[data]) return points;
  const uniform = generator(seed, STREAM.data);
  const jitter = generator(seed, STREAM.noise);
  const moved = (v) => rounded(v + noise * normal(jitter));
  return Array.from({ length: count }, (_, i) => {
    const [x, y, target] = DATASETS[data](i, uniform);
    return REGRESSION.includes(data) ? [rounded(x), rounded(y), moved(target)] : [moved(x), moved(y), target];
  });
}

// The examples as columns, the `trained` ones first.
function problem(config) {
  const all = examples(config);
  const points = [...permutation(all.length, generator(config.seed, STREAM.split))].map((i) => all[i]);
  const signed = config.loss === "squared-error" && !REGRESSION.includes(config.data);
  return {
    points,
    columns: featureColumns(config.inputs, points),
    targets: Float64Array.from(points, ([, , t]) => (signed ? 2 * t - 1 : t)),
    rows: Uint32Array.from(points, (_, r) => r),
    trained: points.length - Math.round(points.length * config.testShare),
  };
}

const featureColumns = (inputs, points) =>
  inputs.map((name) => Float64Array.from(points, ([x, y]) => FEATURES[name](x, y)));

// ---- Arithmetic, over m: numbers on the Plain machine, instructions on the Assembler

// The highest coefficient first. A long one is halved, its odd powers and its even ones, which the processor can
// compute at the same time (G. Estrin, 1960).
function polynomial(m, x, coefficients) {
  if (coefficients.length > 6) {
    const half = (odd) => coefficients.filter((_, i) => (coefficients.length - 1 - i) % 2 === odd);
    const x2 = square(m, x);
    return m.add(m.multiply(polynomial(m, x2, half(1)), x), polynomial(m, x2, half(0)));
  }
  let y = m.number(coefficients[0]);
  for (let i = 1; i < coefficients.length; i++) y = m.add(m.multiply(y, x), m.number(coefficients[i]));
  return y;
}
const clamp = (m, x, most) => m.greater(m.lesser(x, m.number(most)), m.number(-most));
const square = (m, x) => m.multiply(x, x);

// exp x = s (q + r)/(q − r) with s = 2^k and |x − k ln 2| ≤ ½ ln 2: the rational approximation in exp.c of
// S. L. Moshier's Cephes library. Adding SHIFT rounds to an integer k, and leaves k + 1023, the exponent of 2^k, in
// the lowest bits.
const SHIFT = 1.5 * 2 ** 52 + 1023;
const LN2 = [6.93145751953125e-1, 1.42860682030941723212e-6]; // high and low part: k times the first is exact
const EXP_R = [1.26177193074810590878e-4, 3.0299440770744196130e-2, 1];
const EXP_Q = [3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2];

function exponential(m, x) {
  const shifted = m.add(m.multiply(x, m.number(Math.LOG2E)), m.number(SHIFT));
  const k = m.subtract(shifted, m.number(SHIFT));
  const high = m.subtract(x, m.multiply(k, m.number(LN2[0])));
  const rest = m.subtract(high, m.multiply(k, m.number(LN2[1])));
  const rest2 = square(m, rest);
  return { s: m.power(shifted), q: polynomial(m, rest2, EXP_Q), r: m.multiply(rest, polynomial(m, rest2, EXP_R)) };
}

// With exp as that fraction, σ and tanh cost one division, and tanh loses no digits near 0.
function sigmoid(m, x) {
  const { s, q, r } = exponential(m, clamp(m, x, 708));
  const above = m.multiply(s, m.add(q, r));
  return m.divide(above, m.add(above, m.subtract(q, r)));
}

function tanh(m, x) {
  const { s, q, r } = exponential(m, clamp(m, m.add(x, x), 40));
  const [more, less] = [m.add(s, m.number(1)), m.subtract(s, m.number(1))];
  const above = m.add(m.multiply(less, q), m.multiply(more, r));
  return m.divide(above, m.add(m.multiply(more, q), m.multiply(less, r)));
}

// (1 + u)(1 − Φ(u))/φ(u) in t = (u − 6)/(u + 6) for 0 ≤ u ≤ 38, to 6e-18: Shepherd & Laframboise's way (1981) to
// have erfc in one polynomial, interpolated anew at Chebyshev nodes with mpmath.
const TAIL = [
  3.912692987856817e-9, 7.317133143941384e-9, -3.918770637088852e-8, -5.0037428537347263e-8, 3.3185953328046183e-7,
  -1.2696403369065853e-9, -2.5057235057553387e-6, 4.471476861460865e-6, 1.10603593593008e-5, -6.605820860363897e-5,
  9.473772249597365e-5, 2.9951616030268795e-4, -2.1782465864094926e-3, 7.35859712435134e-3, -1.769634297679444e-2,
  3.3204964238743966e-2, -4.954721570247818e-2, 5.663091673323839e-2, -4.0460783740342225e-2, -1.0962454957625774e-2,
  9.979244246152588e-2, -2.1312697721638976e-1, 1.1366436262780721,
];

// The standard normal's cumulative distribution Φ(x) and density φ(x).
function gaussian(m, x) {
  const u = m.lesser(m.absolute(x), m.number(37.5)); // beyond, φ is no normal number any more
  const { s, q, r } = exponential(m, m.multiply(m.number(-0.5), square(m, u)));
  const bell = m.divide(m.multiply(s, m.add(q, r)), m.subtract(q, r));
  const density = m.multiply(bell, m.number(1 / Math.sqrt(2 * Math.PI)));
  const t = m.divide(m.subtract(u, m.number(6)), m.add(u, m.number(6)));
  const tail = m.divide(m.multiply(density, polynomial(m, t, TAIL)), m.add(u, m.number(1)));
  return { below: m.positive(x, m.subtract(m.number(1), tail), tail), density };
}

// ---- Activations: z and a parameter to value and slope, at a kink what torch says

const PARAMETERS = { prelu: { name: "alpha", value: 0.25 }, swish: { name: "beta", value: 1 } };

const ACTIVATIONS = {
  identity: (m, z) => [z, m.number(1)],
  threshold: (m, z) => [m.subtract(m.number(1), m.positive(m.negative(z), m.number(1), m.number(0))), m.number(0)],
  relu: (m, z) => [m.greater(z, m.number(0)), m.positive(z, m.number(1), m.number(0))],
  prelu: (m, z, alpha) => [m.positive(z, z, m.multiply(alpha, z)), m.positive(z, m.number(1), alpha)],
  sigmoid(m, z) {
    const s = sigmoid(m, z);
    return [s, m.multiply(s, m.subtract(m.number(1), s))];
  },
  tanh(m, z) {
    const t = tanh(m, z);
    return [t, m.subtract(m.number(1), square(m, t))];
  },
  gelu(m, z) {
    const { below, density } = gaussian(m, z);
    return [m.multiply(z, below), m.add(below, m.multiply(z, density))];
  },
  gelu_tanh(m, z) {
    const [root, cubic, half] = [m.number(Math.sqrt(2 / Math.PI)), m.number(0.044715), m.multiply(m.number(0.5), z)];
    const z2 = square(m, z);
    const t = tanh(m, m.multiply(root, m.add(z, m.multiply(cubic, m.multiply(z2, z)))));
    const inner = m.multiply(root, m.add(m.number(1), m.multiply(m.number(3 * 0.044715), z2)));
    const share = m.multiply(m.number(0.5), m.add(m.number(1), t));
    const slope = m.multiply(m.multiply(half, m.subtract(m.number(1), square(m, t))), inner);
    return [m.multiply(z, share), m.add(share, slope)];
  },
  swish(m, z, beta) {
    const scaled = m.multiply(beta, z);
    const s = sigmoid(m, scaled);
    return [m.multiply(z, s), m.add(s, m.multiply(scaled, m.multiply(s, m.subtract(m.number(1), s))))];
  },
};

// The largest |slope| of the activations that saturate.
const STEEPEST = { sigmoid: 0.25, tanh: 1 };

// [value, slope] of an activation at a number, as training computes them.
function activate(name, z, parameter = PARAMETERS[name]?.value) {
  return ACTIVATIONS[name](new Plain(new Float64Array(0)), z, parameter);
}

// ---- Losses: the derivative of an example's loss by the output; optimisers: what to subtract from a parameter

const LOSSES = {
  "cross-entropy": (m, output, target) => m.subtract(sigmoid(m, output), target),
  "squared-error": (m, output, target) => m.multiply(m.number(2), m.subtract(output, target)),
};

const SCORES = {
  "cross-entropy": (z, y) => Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z))),
  "squared-error": (z, y) => (z - y) ** 2,
};

const OPTIMIZERS = {
  sgd: (m, { at }, i, g) => m.multiply(m.all(at.learningRate), g),
  momentum(m, { at, moments }, i, g) {
    const velocity = m.add(m.multiply(m.all(at.momentum), m.load(moments[0], i)), g);
    m.store(moments[0], i, velocity);
    return m.multiply(m.all(at.learningRate), velocity);
  },
  adam(m, { at, moments }, i, g) {
    const old = m.load(moments[0], i);
    const mean = m.add(old, m.multiply(m.all(at.new1), m.subtract(g, old)));
    const old2 = m.multiply(m.all(at.beta2), m.load(moments[1], i));
    const mean2 = m.add(old2, m.multiply(m.multiply(m.all(at.new2), g), g));
    m.store(moments[0], i, mean);
    m.store(moments[1], i, mean2);
    const scale = m.add(m.divide(m.root(mean2), m.all(at.root)), m.all(at.epsilon));
    return m.divide(m.multiply(m.all(at.stepSize), mean), scale);
  },
};

// ---- Where everything lives in memory. Addresses count float64s.
//
// A layer's parameters are a matrix with a row per input and a column per unit; row 0 is the bias, the weight of an
// input that is always 1. A workspace holds a batch: a column of numbers per unit, one for each example, so
// that every instruction works on examples side by side, however few the units.

const SETTINGS = ["learningRate", "momentum", "new1", "beta2", "new2", "epsilon", "stepSize", "root", "l1", "l2"];
const CONSTANTS = 128; // room for the Assembler's constants
const EVALUATED = 48; // examples evaluated at once

function layout(config, rows) {
  let top = 2 + CONSTANTS;
  const take = (n) => (top += even(n)) - even(n);
  const at = Object.fromEntries(SETTINGS.map((name) => [name, take(1)]));
  const net = { config, at, sums: { outputs: take(2), parameters: take(2) } };
  net.layers = layers(config, take);
  net.parameters = net.layers[0].weights;
  net.size = top - net.parameters;
  [net.previous, net.gradient, ...net.moments] = Array.from({ length: 4 }, () => take(net.size));
  net.workspaces = top;
  net.training = workspace(net, take, rows);
  net.evaluation = workspace(net, take, EVALUATED);
  return { ...net, top };
}

function layers({ inputs, hidden, output }, take) {
  let before = inputs.length;
  return [...hidden, { units: 1, activation: output }].map(({ units, activation }) => {
    const layer = { inputs: before, units, activation, parameter: take(1) };
    before = units;
    return layer;
  }).map((layer) => ({ ...layer, weights: take(layer.units + even(layer.inputs * layer.units)) }));
}

const even = (n) => n + (n & 1);

function workspace(net, take, rows) {
  const { tile, stride } = tiling(rows);
  const columns = (n) => take(n * stride);
  const space = { rows, tile, stride, ones: columns(1), inputs: columns(net.config.inputs.length) };
  Object.assign(space, { target: columns(1), share: columns(1) });
  let from = space.ones;
  space.layers = net.layers.map(({ units }) => {
    const layer = { from, ones: columns(1), values: columns(units), slopes: columns(units), deltas: columns(units) };
    from = layer.ones;
    return layer;
  });
  return space;
}

// A batch is cut into tiles of at most six pairs of examples, of the size that leaves the least unused.
function tiling(rows) {
  const pairs = Math.ceil(rows / 2);
  const padded = (tile) => Math.ceil(pairs / tile) * tile;
  const tile = [6, 5, 4, 3, 2, 1].reduce((best, t) => (padded(t) < padded(best) ? t : best));
  return { tile: Math.min(tile, pairs), stride: 2 * padded(tile) };
}

// ---- The programs

function forward(machine, net, space) {
  const { stride } = space;
  net.layers.forEach(({ inputs, units, weights, activation, parameter }, l) => {
    const { from, values, slopes } = space.layers[l];
    machine.combine(space, { to: values, from, weights, inputs: inputs + 1, outputs: units, down: units, across: 1 });
    machine.each(units * stride, (m, i) => {
      const [value, slope] = ACTIVATIONS[activation](m, m.load(values, i), m.all(parameter));
      m.store(values, i, value);
      m.store(slopes, i, slope);
    });
  });
}

function backward(machine, net, space) {
  outputDeltas(machine, net, space);
  for (let l = net.layers.length - 1; l >= 0; l--) {
    const { inputs, units, weights } = net.layers[l];
    const { from, deltas } = space.layers[l];
    const to = weights + net.gradient - net.parameters;
    machine.correlate(space, { to, left: from, right: deltas, rows: inputs + 1, columns: units });
    if (l === 0) return;
    const { deltas: below, slopes } = space.layers[l - 1];
    const transposed = { weights: weights + units, inputs: units, outputs: inputs, down: 1, across: units };
    machine.combine(space, { to: below, from: deltas, ...transposed, times: slopes });
  }
}

function outputDeltas(machine, net, space) {
  const { values, slopes, deltas } = space.layers.at(-1);
  const summed = (m, i) => {
    const output = m.load(values, i);
    const residual = LOSSES[net.config.loss](m, output, m.load(space.target, i));
    m.store(deltas, i, m.multiply(m.multiply(residual, m.load(space.share, i)), m.load(slopes, i)));
    return m.absolute(output);
  };
  machine.each(space.stride, summed, net.sums.outputs);
}

function penalize(machine, net) {
  for (const { inputs, units, weights } of net.layers) {
    const first = weights + units; // past the biases
    const gradient = first + net.gradient - net.parameters;
    machine.each(even(inputs * units), (m, i) => {
      const w = m.load(first, i);
      const [one, zero] = [m.number(1), m.number(0)];
      const sign = m.subtract(m.positive(w, one, zero), m.positive(m.negative(w), one, zero));
      const pulled = m.add(m.load(gradient, i), m.multiply(m.all(net.at.l1), sign));
      m.store(gradient, i, m.add(pulled, m.multiply(m.all(net.at.l2), w)));
    });
  }
}

// Keeps the parameters from before. By the sums of all |parameters| and all |outputs| divergence shows.
function update(machine, net) {
  const summed = (m, i) => {
    const parameter = m.load(net.parameters, i);
    m.store(net.previous, i, parameter);
    const moved = m.subtract(parameter, OPTIMIZERS[net.config.optimizer](m, net, i, m.load(net.gradient, i)));
    m.store(net.parameters, i, moved);
    return m.absolute(moved);
  };
  machine.each(net.size, summed, net.sums.parameters);
}

const penalized = ({ l1, l2 }) => l1 > 0 || l2 > 0;

function trainingStep(machine, net) {
  forward(machine, net, net.training);
  backward(machine, net, net.training);
  if (penalized(net.config)) penalize(machine, net);
  update(machine, net);
}

const PROGRAMS = {
  step: trainingStep,
  evaluate: (machine, net) => forward(machine, net, net.evaluation),
  differentiate(machine, net) {
    forward(machine, net, net.evaluation);
    backward(machine, net, net.evaluation);
  },
};

// ---- The Plain machine: runs a program on the numbers in memory

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer); // the low word first, as on every processor that runs browsers

class Plain {
  constructor(memory) {
    this.memory = memory;
  }

  number(x) { return x; }
  add(a, b) { return a + b; }
  subtract(a, b) { return a - b; }
  multiply(a, b) { return a * b; }
  divide(a, b) { return a / b; }
  negative(a) { return -a; }
  absolute(a) { return Math.abs(a); }
  root(a) { return Math.sqrt(a); }
  lesser(a, b) { return b < a ? b : a; } // nan in a stays
  greater(a, b) { return a < b ? b : a; }
  positive(z, a, b) { return z > 0 ? a : b; }
  load(address, i) { return this.memory[address + i]; }
  all(address) { return this.memory[address]; }
  store(address, i, value) { this.memory[address + i] = value; }

  // 2^k of k + SHIFT
  power(shifted) {
    float[0] = shifted;
    words[1] = words[0] << 20;
    words[0] = 0;
    return float[0];
  }

  // body at i = 0 … n − 1. With `total`, the sums of what it returns at even and odd i go to memory.
  each(n, body, total) {
    const sums = [0, 0];
    for (let i = 0; i < n; i++) {
      const value = body(this, i);
      if (total) sums[i & 1] += value;
    }
    if (total) this.memory.set(sums, total);
  }

  // to[o] = Σᵢ weight(i, o) · from[i], columns all; times another column, if any.
  combine({ stride }, { to, from, weights, inputs, outputs, down, across, times }) {
    const { memory } = this;
    for (let o = 0; o < outputs; o++, to += stride) {
      memory.fill(0, to, to + stride);
      for (let i = 0; i < inputs; i++) {
        const w = memory[weights + i * down + o * across];
        const column = from + i * stride;
        for (let r = 0; r < stride; r++) memory[to + r] += memory[column + r] * w;
      }
      if (times) for (let r = 0; r < stride; r++) memory[to + r] *= memory[times + o * stride + r];
    }
  }

  // to[i, j] = left[i] · right[j], products of columns, even and odd examples added up apart.
  correlate({ stride }, { to, left, right, rows, columns }) {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        this.memory[to + i * columns + j] = this.product(left + i * stride, right + j * stride, stride);
  }

  product(left, right, n) {
    const { memory } = this;
    let even = 0;
    let odd = 0;
    for (let r = 0; r < n; r += 2) {
      even += memory[left + r] * memory[right + r];
      odd += memory[left + r + 1] * memory[right + r + 1];
    }
    return even + odd;
  }
}

// ---- The Assembler: writes a program down as a WebAssembly function without arguments

const WASM = {
  loop: [0x03, 0x40], end: 0x0b, branchIf: 0x0d, get: 0x20, set: 0x21, tee: 0x22, i32: 0x41,
  i32Add: 0x6a, i32Subtract: 0x6b, f64Add: 0xa0, f64Store: 0x39, simd: 0xfd,
};
const SIMD = {
  load: 0x00, loadSplat: 0x0a, store: 0x0b, constant: 0x0c, shuffle: 0x0d, lane: 0x21, above: 0x4a, select: 0x52,
  shiftLeft: 0xcb, absolute: 0xec, negative: 0xed, root: 0xef,
  add: 0xf0, subtract: 0xf1, multiply: 0xf2, divide: 0xf3, lesser: 0xf6, greater: 0xf7,
};
const [I32, V128] = [0x7f, 0x7b];
const POINTERS = 24; // the first locals are 32-bit integers, the rest pairs of float64s
const REGISTERS = 14; // that a tile may fill
const STRIP = 4;

class Assembler {
  constructor(constants) {
    this.constants = constants;
    this.code = [];
    this.most = 0;
    this.begin();
  }

  // Locals are handed out anew to each operation.
  begin() {
    this.pointers = 0;
    this.pairs = 0;
  }

  // -- bytes

  write(...bytes) {
    for (const byte of bytes) this.code.push(byte);
  }

  get(...locals) {
    for (const local of locals) this.write(WASM.get, ...unsigned(local));
  }

  set(local) {
    this.write(WASM.set, ...unsigned(local));
  }

  integer(n) {
    this.write(WASM.i32, ...signed(n));
  }

  simd(operation, ...immediates) {
    this.write(WASM.simd, ...unsigned(operation), ...immediates);
  }

  // -- locals

  pointer(start) {
    const local = this.pointers++;
    if (typeof start === "number") this.integer(start);
    else this.get(start.local);
    this.set(local);
    return { local };
  }

  pair() {
    const local = POINTERS + this.pairs++;
    this.most = Math.max(this.most, this.pairs);
    this.set(local);
    return local;
  }

  zero() {
    this.simd(SIMD.constant, ...new Array(16).fill(0));
    return this.pair();
  }

  // -- arithmetic

  apply(operation, ...operands) {
    this.get(...operands);
    this.simd(operation);
    return this.pair();
  }

  add(a, b) { return this.apply(SIMD.add, a, b); }
  subtract(a, b) { return this.apply(SIMD.subtract, a, b); }
  multiply(a, b) { return this.apply(SIMD.multiply, a, b); }
  divide(a, b) { return this.apply(SIMD.divide, a, b); }
  negative(a) { return this.apply(SIMD.negative, a); }
  absolute(a) { return this.apply(SIMD.absolute, a); }
  root(a) { return this.apply(SIMD.root, a); }
  lesser(a, b) { return this.apply(SIMD.lesser, a, b); }
  greater(a, b) { return this.apply(SIMD.greater, a, b); }
  positive(z, a, b) { return this.apply(SIMD.select, a, b, this.apply(SIMD.above, z, this.number(0))); }

  power(shifted) {
    this.get(shifted);
    this.integer(52);
    this.simd(SIMD.shiftLeft);
    return this.pair();
  }

  // A constant is read from memory, which is cheaper than to build it in a register.
  number(x) {
    let index = this.constants.indexOf(x);
    if (index < 0) index = this.constants.push(x) - 1;
    return this.all(2 + index);
  }

  // The float64 at an address, or so far behind it, twice.
  all(address, offset) {
    if (offset) this.get(offset.local);
    else this.integer(0);
    this.simd(SIMD.loadSplat, ...place(address));
    return this.pair();
  }

  load(address, { local }) {
    this.get(local);
    this.simd(SIMD.load, ...place(address));
    return this.pair();
  }

  store(address, { local }, value) {
    this.get(local, value);
    this.simd(SIMD.store, ...place(address));
  }

  addTo(sum, a, b) {
    this.get(sum, a);
    if (b !== undefined) {
      this.get(b);
      this.simd(SIMD.multiply);
    }
    this.simd(SIMD.add);
    this.set(sum);
  }

  // -- loops

  // body, n times; after each, every pointer moves on by its number of float64s.
  repeat(n, moves, body) {
    const left = this.pointer(n);
    this.write(...WASM.loop);
    body();
    for (const [{ local }, step] of moves) {
      this.get(local);
      this.integer(8 * step);
      this.write(WASM.i32Add);
      this.set(local);
    }
    this.get(left.local);
    this.integer(1);
    this.write(WASM.i32Subtract, WASM.tee, ...unsigned(left.local), WASM.branchIf, 0, WASM.end);
  }

  // body(count) for `count` of n at a time, then for those left over.
  chunks(n, count, moves, body) {
    const steps = moves.map(([pointer, step]) => [pointer, step * count]);
    this.repeat(Math.floor(n / count), steps, () => body(count));
    if (n % count) body(n % count);
  }

  // -- the three operations; the Plain machine says what they do

  each(n, body, total) {
    this.begin();
    const i = this.pointer(0);
    const sum = total && this.zero();
    this.repeat(n / 2, [[i, 2]], () => {
      const value = body(this, i);
      if (total) this.addTo(sum, value);
    });
    if (total) this.store(total, this.pointer(0), sum);
  }

  combine(space, operation) {
    const { tile, stride } = space;
    const { outputs, across } = operation;
    const wide = Math.min(outputs, Math.floor(REGISTERS / (tile + 1)));
    this.begin();
    const block = this.pointer(0);
    this.repeat(stride / (2 * tile), [[block, 2 * tile]], () => {
      const [weight, to] = [this.pointer(0), this.pointer(block)];
      const moves = [[weight, across], [to, stride]];
      this.chunks(outputs, wide, moves, (units) => this.combineTile(space, operation, units, { block, weight, to }));
    });
  }

  // One tile of examples, for a few units at once: their sums stay in registers.
  combineTile({ tile, stride }, operation, units, start) {
    const { to, from, weights, inputs, down, across, times } = operation;
    const sums = grid(units, tile, () => this.zero());
    const [weight, column] = [this.pointer(start.weight), this.pointer(start.block)];
    this.repeat(inputs, [[weight, down], [column, stride]], () => {
      const w = sums.map((_, j) => this.all(weights + j * across, weight));
      for (let k = 0; k < tile; k++) {
        const x = this.load(from + 2 * k, column);
        sums.forEach((row, j) => this.addTo(row[k], x, w[j]));
      }
    });
    sums.forEach((row, j) => row.forEach((sum, k) => {
      const offset = j * stride + 2 * k;
      this.store(to + offset, start.to, times ? this.multiply(sum, this.load(times + offset, start.to)) : sum);
    }));
  }

  correlate(space, operation) {
    const { rows, columns } = operation;
    this.begin();
    const [left, row] = [this.pointer(0), this.pointer(0)];
    this.chunks(rows, Math.min(rows, STRIP), [[left, space.stride], [row, columns]], (high) => {
      const [right, entry] = [this.pointer(0), this.pointer(row)];
      const moves = [[right, space.stride], [entry, 1]];
      this.chunks(columns, Math.min(columns, 2), moves, (wide) =>
        this.correlateTile(space, operation, high, wide, { left, right, entry }));
    });
  }

  correlateTile({ stride }, { to, left, right, columns }, high, wide, start) {
    const sums = grid(high, wide, () => this.zero());
    const [a, b] = [this.pointer(start.left), this.pointer(start.right)];
    this.repeat(stride / 2, [[a, 2], [b, 2]], () => {
      const y = sums[0].map((_, j) => this.load(right + j * stride, b));
      sums.forEach((row, i) => {
        const x = this.load(left + i * stride, a);
        row.forEach((sum, j) => this.addTo(sum, x, y[j]));
      });
    });
    sums.forEach((row, i) => this.storeSums(to + i * columns, start.entry, row));
  }

  // Adds the two halves of each sum: of two sums at once, or of one.
  storeSums(address, entry, [first, second]) {
    if (second !== undefined) {
      const halves = [this.shuffle(first, second, 0, 2), this.shuffle(first, second, 1, 3)];
      return this.store(address, entry, this.add(...halves));
    }
    this.get(entry.local);
    for (const lane of [0, 1]) {
      this.get(first);
      this.simd(SIMD.lane, lane);
    }
    this.write(WASM.f64Add, WASM.f64Store, ...place(address));
  }

  // The pair of float64s number i and j among the four of a and b.
  shuffle(a, b, i, j) {
    this.get(a, b);
    this.simd(SIMD.shuffle, ...[i, j].flatMap((n) => Array.from({ length: 8 }, (_, byte) => 8 * n + byte)));
    return this.pair();
  }

  function() {
    const locals = [2, POINTERS, I32, ...unsigned(this.most), V128];
    return sized([...locals, ...this.code, WASM.end]);
  }
}

const grid = (rows, columns, make) => Array.from({ length: rows }, () => Array.from({ length: columns }, make));

// LEB128, WebAssembly's variable-length integers.
function unsigned(n) {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

function signed(n) {
  return -64 <= n && n < 64 ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)];
}

const place = (address) => [3, ...unsigned(8 * address)]; // aligned to 2³ bytes
const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
const section = (id, ...bytes) => [id, ...sized(bytes)];
const text = (string) => sized([...string].map((c) => c.charCodeAt(0)));

// A module that imports its memory and exports one function for each body.
function moduleOf(bodies) {
  const functions = Object.keys(bodies);
  const n = functions.length;
  return new WebAssembly.Module(new Uint8Array([
    0, ...[..."asm"].map((c) => c.charCodeAt(0)), 1, 0, 0, 0,
    ...section(1, 1, 0x60, 0, 0), // the one type: no arguments, no result
    ...section(2, 1, ...text("js"), ...text("memory"), 2, 0, 1),
    ...section(3, n, ...functions.map(() => 0)),
    ...section(7, n, ...functions.flatMap((name, i) => [...text(name), 0, i])),
    ...section(10, n, ...Object.values(bodies).flat()),
  ]));
}

// ---- Engines: memory, and the programs as functions on it

const ENGINES = {
  javascript: {
    memory: (bytes) => ({ buffer: new ArrayBuffer(bytes) }),
    functions(net, { buffer }) {
      const machine = new Plain(new Float64Array(buffer));
      return mapped(PROGRAMS, (program) => () => program(machine, net));
    },
  },
  webassembly: {
    memory: (bytes) => new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) }),
    functions(net, memory) {
      const constants = [];
      const bodies = mapped(PROGRAMS, (program) => {
        const assembler = new Assembler(constants);
        program(assembler, net);
        return assembler.function();
      });
      const { exports } = new WebAssembly.Instance(moduleOf(bodies), { js: { memory } });
      new Float64Array(memory.buffer).set(constants, 2);
      return exports;
    },
  },
};

const mapped = (table, f) => Object.fromEntries(Object.entries(table).map(([name, value]) => [name, f(value)]));

// WebAssembly with SIMD where the browser has it and the page's policy allows it.
const ENGINE = (() => {
  try {
    const probe = new Assembler([]);
    probe.zero();
    moduleOf({ probe: probe.function() });
    return "webassembly";
  } catch {
    return "javascript";
  }
})();

// ---- Initial weights: per layer { W, b }, W as inputs × units

const DEVIATIONS = {
  xavier: ([inputs, units]) => Math.sqrt(2 / (inputs + units)),
  he: ([inputs]) => Math.sqrt(2 / inputs),
  normal: (shape, { sigma }) => sigma,
};

const shapes = ({ inputs, hidden }) => {
  const sizes = [inputs.length, ...hidden.map(({ units }) => units), 1];
  return sizes.slice(1).map((units, l) => [sizes[l], units]);
};

function initial(config) {
  if (config.parameters) return config.parameters;
  const uniform = generator(config.seed, STREAM.weights);
  return shapes(config).map(([inputs, units]) => {
    const deviation = DEVIATIONS[config.initialization]([inputs, units], config);
    return { W: grid(inputs, units, () => deviation * normal(uniform)), b: new Array(units).fill(0) };
  });
}

const withoutUnit = (layers, layer, unit) =>
  layers.map(({ W, b }, l) => ({
    W: l === layer ? W.map((row) => row.toSpliced(unit, 1)) : l === layer + 1 ? W.toSpliced(unit, 1) : W,
    b: l === layer ? b.toSpliced(unit, 1) : b,
  }));

// ---- The options: default and rule

const rule = (sentence, test) => ({ sentence, test });
const number = (low, high) =>
  rule(`a number from ${low} to ${high}`, (v) => Number.isFinite(v) && low <= v && v <= high);
const integer = (low, high) =>
  rule(`an integer from ${low} to ${high}`, (v) => Number.isInteger(v) && low <= v && v <= high);
const among = (table) => rule(`one of ${Object.keys(table).join(", ")}`, (v) => Object.hasOwn(table, v));
const list = (most, what, test) =>
  rule(`a list of at most ${most} ${what}`, (v) => Array.isArray(v) && v.length <= most && v.every(test));

const isPoint = (p) => Array.isArray(p) && p.length === 3 && p.every(number(-100, 100).test);
const isLayer = (layer) => {
  const { units, activation, ...parameter } = layer ?? {};
  const known = ([name, v]) => name === PARAMETERS[activation]?.name && number(-100, 100).test(v);
  return integer(1, 16).test(units) && Object.hasOwn(ACTIVATIONS, activation) && Object.entries(parameter).every(known);
};
const isFeature = (name) => Object.hasOwn(FEATURES, name);

const OPTIONS = {
  data: ["spiral", among(DATASETS)],
  points: [[], list(5000, "points [x1, x2, class or target], all numbers within ±100", isPoint)], // of your own
  count: [400, integer(1, 5000)],
  noise: [0.05, number(0, 10)], // standard deviation of what is added to x1 and x2, or to a real target
  testShare: [0.25, number(0, 0.9)],
  seed: [0, integer(0, 2 ** 32 - 1)],
  inputs: [["x1", "x2"], list(7, `inputs out of ${Object.keys(FEATURES).join(", ")}`, isFeature)],
  hidden: [
    Array.from({ length: 3 }, () => ({ units: 8, activation: "relu" })),
    list(6, "layers { units (1 to 16), activation, alpha (prelu) or beta (swish) }", isLayer),
  ],
  loss: ["cross-entropy", among(LOSSES)],
  output: ["identity", among({ identity: 0, tanh: 0 })],
  initialization: ["xavier", among(DEVIATIONS)],
  sigma: [0.5, number(0, 100)],
  parameters: [null, rule("null, or per layer { W, b }", (v) => v === null || Array.isArray(v))], // to start from
  optimizer: ["adam", among(OPTIMIZERS)],
  learningRate: [0.01, number(0, 1000)],
  momentum: [0.9, number(0, 1)],
  beta1: [0.9, number(0, 0.9999)],
  beta2: [0.999, number(0, 0.9999)],
  epsilon: [1e-8, number(1e-300, 1)],
  l1: [0, number(0, 1000)],
  l2: [0, number(0, 1000)],
  batchSize: [10, integer(1, 5000)],
  engine: [ENGINE, among(ENGINES)],
};

const demand = (name, { sentence, test }, value) => test(value) || fail(name, sentence, value);
const fail = (name, sentence, value) => {
  const text = JSON.stringify(value) ?? String(value);
  throw new Error(`${name} must be ${sentence}, got ${text.length < 100 ? text : `${text.slice(0, 99)}…`}`);
};

function checked(config) {
  for (const [name, value] of Object.entries(config)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new Error(`there is no option ${name}`);
    demand(name, OPTIONS[name][1], value);
  }
  if (config.inputs.length === 0) fail("inputs", "at least one", config.inputs);
  const regression = REGRESSION.includes(config.data);
  if (regression && config.loss !== "squared-error") fail("loss", `squared-error for ${config.data}`, config.loss);
  if (config.data === "points" && !config.points.every(([, , c]) => c === 0 || c === 1))
    fail("points", "of class 0 or 1", config.points);
  if (config.output === "tanh" && config.loss === "cross-entropy")
    fail("output", "identity with cross-entropy, which takes the linear output", config.output);
  if (config.parameters) checkShapes(config.parameters, shapes(config));
  return structuredClone(config);
}

function checkShapes(parameters, expected) {
  const row = (v, n) => Array.isArray(v) && v.length === n && v.every(number(...EDITABLE).test);
  const fits = ({ W, b }, [inputs, units]) =>
    Array.isArray(W) && W.length === inputs && W.every((w) => row(w, units)) && row(b, units);
  const sizes = expected.map((shape) => shape.join(" × ")).join(", ");
  if (parameters.length !== expected.length || !expected.every((shape, l) => fits(parameters[l] ?? {}, shape)))
    fail("parameters", `within ±1e6, W of shapes ${sizes} and b to match`, parameters);
}

// ---- The trainer

// Training has diverged when all |weights| and the |outputs| of a batch add up to more than this. Below it nothing
// overflows, in any network the options allow: no infinity and no nan leaves the trainer.
const MOST = 1e9;
const EDITABLE = [-1e6, 1e6]; // what a weight may be set to
const ROOM = 2 ** 20; // bytes of memory to begin with: enough for every network at the usual batch sizes

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const pick = (config, keys) => keys.map((key) => config[key]);

// What depends on which options.
const BY_DATA = ["data", "points", "count", "noise", "testShare", "seed", "inputs", "loss"];
const BY_START = ["seed", "initialization", "sigma", "parameters"];
const BY_OPTIMIZER = ["optimizer", "beta1", "beta2"];

// What the programs depend on: with the same, none is compiled anew.
const programOf = ({ config, training }) => {
  const { hidden, inputs, output, loss, optimizer, engine } = config;
  const units = hidden.map(({ units, activation }) => [units, activation]);
  return JSON.stringify([inputs.length, units, output, loss, optimizer, penalized(config), training.rows, engine]);
};

class Trainer {
  #engine; // allocates memory and compiles
  #memory;
  #numbers; // the memory as float64s
  #net;
  #functions;
  #problem;
  #order; // of the training examples, this epoch…
  #cursor; // …and how many of them are used
  #powers; // β₁ᵗ and β₂ᵗ
  #forgotten; // the step at which the optimiser began
  #start;
  #grids = new Map();

  constructor(options = {}) {
    this.config = {};
    this.set({ ...mapped(OPTIONS, ([value]) => value), ...options });
  }

  // -- setting up

  set(changes) {
    const [before, config] = [this.config, checked({ ...this.config, ...changes })];
    const differs = (keys) => !same(pick(before, keys), pick(config, keys));
    const afresh = !before.inputs || !same(shapes(before), shapes(config)) || differs(BY_START);
    this.config = config;
    if (differs(BY_DATA)) this.#prepare();
    this.#build();
    if (afresh) this.reset();
    else if (differs(BY_OPTIMIZER)) this.#forget();
    this.#mark();
  }

  // Back to the initial weights, the first epoch and a fresh optimiser.
  reset() {
    this.step = 0;
    this.diverged = null;
    this.#numbers.fill(0, this.#net.parameters, this.#net.workspaces);
    this.#write(this.#net.parameters, initial(this.config));
    this.#forget();
    this.#begin(0);
    this.#mark();
  }

  // Where a program that repeats this training has to start: since then there were only steps.
  #mark() {
    const [parameters, ...moments] = [this.#net.parameters, ...this.#net.moments].map((area) => this.#read(area));
    const updates = this.step - this.#forgotten;
    this.#start = { step: this.step, epoch: this.epoch, used: this.#cursor, updates, parameters, moments };
  }

  #prepare() {
    this.#problem = problem(this.config);
    this.#grids.clear();
    this.#begin(this.epoch ?? 0);
  }

  #begin(epoch) {
    this.epoch = epoch;
    this.#cursor = 0;
    this.#order = permutation(this.#problem.trained, generator(this.config.seed, STREAM.order, epoch));
  }

  #forget() {
    this.#forgotten = this.step;
    const [first, last] = this.#net.moments;
    this.#numbers.fill(0, first, last + this.#net.size);
    this.#powers = [1, 1];
  }

  // Lays the network out; compiles only when a program changed, not for a rate or a slope on a slider.
  #build() {
    const net = layout(this.config, Math.max(1, Math.min(this.config.batchSize, this.#problem.trained)));
    const program = programOf(net);
    if (program !== this.#net?.program) {
      this.#reserve(8 * net.top);
      this.#functions = ENGINES[this.config.engine].functions(net, this.#memory);
      this.#clear(net);
    }
    this.#net = { ...net, program };
    this.#adjust();
  }

  #reserve(bytes) {
    if (this.#engine === this.config.engine && bytes <= this.#memory.buffer.byteLength) return;
    this.#engine = this.config.engine;
    this.#memory = ENGINES[this.#engine].memory(Math.max(bytes, ROOM));
    const numbers = new Float64Array(this.#memory.buffer);
    if (this.#numbers) numbers.set(this.#numbers.subarray(0, Math.min(this.#numbers.length, numbers.length)));
    this.#numbers = numbers;
  }

  #clear({ workspaces, training, evaluation }) {
    this.#numbers.fill(0, workspaces);
    for (const { ones, layers, stride } of [training, evaluation])
      for (const column of [ones, ...layers.map((layer) => layer.ones)])
        this.#numbers.fill(1, column, column + stride);
  }

  #adjust() {
    const { config } = this;
    const { at, layers } = this.#net;
    const values = { ...config, new1: 1 - config.beta1, new2: 1 - config.beta2, stepSize: 0, root: 1 };
    for (const [name, address] of Object.entries(at)) this.#numbers[address] = values[name];
    config.hidden.forEach(({ activation, ...given }, l) => {
      const { name, value } = PARAMETERS[activation] ?? {};
      if (name) this.#numbers[layers[l].parameter] = given[name] ?? value;
    });
  }

  // -- training

  // Up to `count` steps; returns how many were done.
  run(count) {
    if (this.#problem.trained === 0) return 0;
    for (let done = 0; done < count; done++) if (this.diverged || !this.#step()) return done;
    return count;
  }

  // The steps left in this epoch.
  get remaining() {
    return Math.ceil((this.#problem.trained - this.#cursor) / this.#net.training.rows);
  }

  // The training examples of the next step, as numbers into snapshot().examples.
  get batch() {
    return Array.from(this.#order.subarray(this.#cursor, this.#cursor + this.#net.training.rows));
  }

  #step() {
    const { columns, targets, trained } = this.#problem;
    const space = this.#net.training;
    const rows = Math.min(space.rows, trained - this.#cursor);
    this.#fill(space, columns, this.#order, this.#cursor, rows);
    this.#label(space, targets, this.#order, this.#cursor, rows, rows);
    this.#pace();
    this.#functions.step();
    if (!this.#sound()) return false;
    this.step++;
    this.#cursor += rows;
    if (this.#cursor === trained) this.#begin(this.epoch + 1);
    return true;
  }

  // Copies the inputs of examples order[start], … into a workspace.
  #fill({ inputs, stride }, columns, order, start, rows) {
    const numbers = this.#numbers;
    for (let f = 0, to = inputs; f < columns.length; f++, to += stride) {
      const column = columns[f];
      for (let r = 0; r < rows; r++) numbers[to + r] = column[order[start + r]];
    }
  }

  // The targets, and each example's share in the mean: one of `among`. What is left of the columns keeps older
  // examples, with share 0.
  #label({ target, share, stride }, targets, order, start, rows, among) {
    const numbers = this.#numbers;
    for (let r = 0; r < rows; r++) numbers[target + r] = targets[order[start + r]];
    for (let r = 0; r < stride; r++) numbers[share + r] = r < rows ? 1 / among : 0;
  }

  // Adam's two corrections for starting from zero.
  #pace() {
    const { beta1, beta2, learningRate } = this.config;
    const powers = this.#powers;
    powers[0] *= beta1;
    powers[1] *= beta2;
    this.#numbers[this.#net.at.stepSize] = learningRate / (1 - powers[0]);
    this.#numbers[this.#net.at.root] = Math.sqrt(1 - powers[1]);
  }

  // After a step: whether outputs and weights are within bounds. If not, the weights go back to those before it.
  #sound() {
    const { sums, parameters, previous, size } = this.#net;
    const sum = (address) => this.#numbers[address] + this.#numbers[address + 1];
    if (sum(sums.outputs) + sum(sums.parameters) <= MOST) return true;
    this.#numbers.copyWithin(parameters, previous, previous + size);
    this.diverged = { step: this.step + 1, most: MOST };
    return false;
  }

  // -- the weights

  parameters() {
    return this.#read(this.#net.parameters);
  }

  // One weight, or the bias of a unit where `input` is null.
  edit({ layer, input, unit, value }) {
    const { inputs, units, weights } = this.#at({ layer, unit });
    if (input !== null) demand("input", integer(0, inputs - 1), input);
    demand("value", number(...EDITABLE), value);
    this.#numbers[weights + (input === null ? 0 : input + 1) * units + unit] = value;
    this.#mark();
  }

  // The others keep their weights, and the optimiser what it knows of them.
  removeUnit({ layer, unit }) {
    const { units } = this.#at({ layer, unit });
    const { config } = this;
    const prunable = rule("a hidden layer of more than one unit", (l) => l < config.hidden.length && units > 1);
    demand("layer", prunable, layer);
    const areas = () => [this.#net.parameters, ...this.#net.moments];
    const kept = areas().map((area) => withoutUnit(this.#read(area), layer, unit));
    const hidden = config.hidden.with(layer, { ...config.hidden[layer], units: units - 1 });
    const parameters = config.parameters && withoutUnit(config.parameters, layer, unit);
    this.config = checked({ ...config, hidden, parameters });
    this.#build();
    this.#numbers.fill(0, this.#net.parameters, this.#net.workspaces);
    areas().forEach((area, k) => this.#write(area, kept[k]));
    this.#mark();
  }

  #at({ layer, unit }) {
    demand("layer", integer(0, this.#net.layers.length - 1), layer);
    demand("unit", integer(0, this.#net.layers[layer].units - 1), unit);
    return this.#net.layers[layer];
  }

  #read(area, numbers = this.#numbers) {
    return this.#net.layers.map(({ inputs, units, weights }) => {
      const start = area + weights - this.#net.parameters;
      const row = (i) => Array.from(numbers.subarray(start + i * units, start + (i + 1) * units));
      return { W: Array.from({ length: inputs }, (_, i) => row(i + 1)), b: row(0) };
    });
  }

  #write(area, layers) {
    layers.forEach(({ W, b }, l) => {
      const start = area + this.#net.layers[l].weights - this.#net.parameters;
      this.#numbers.set([...b, ...W.flat()], start);
    });
  }

  // -- measuring

  // Mean loss (without penalties) and accuracy; and per layer, over all training examples: the norm of the loss's
  // gradient, and the shares of hidden units that are dead (slope 0 on every example) or saturated (sigmoid and
  // tanh: mean slope below 5% of the steepest).
  measure() {
    const { trained, rows } = this.#problem;
    const { score: train, gradient, slopes } = this.#survey();
    const test = this.#evaluate("evaluate", trained, rows.length);
    const last = this.#net.layers.length - 1;
    const layers = this.#read(0, gradient).map(({ W, b }, l) => {
      const norm = Math.hypot(...W.flat(), ...b);
      return l === last ? { gradient: norm } : { gradient: norm, ...idle(this.config.hidden[l], slopes[l], trained) };
    });
    const { step, epoch, diverged } = this;
    return { step, epoch, diverged, engine: this.#engine, train, test, layers };
  }

  // Per layer { W, b }: the gradient of the mean loss over all training examples, without penalties.
  gradients() {
    return this.#read(0, this.#survey().gradient);
  }

  // The training examples: score, gradient, and per layer and unit the sum of |slopes|.
  #survey() {
    const { layers, gradient: at, size, evaluation } = this.#net;
    const gradient = new Float64Array(size);
    const slopes = layers.map(({ units }) => new Float64Array(units));
    const score = this.#evaluate("differentiate", 0, this.#problem.trained, (rows) => {
      for (let k = 0; k < size; k++) gradient[k] += this.#numbers[at + k];
      slopes.forEach((sums, l) => this.#addColumns(sums, evaluation.layers[l].slopes, rows));
    });
    return { score, gradient, slopes };
  }

  #addColumns(sums, address, rows) {
    const { stride } = this.#net.evaluation;
    for (let unit = 0; unit < sums.length; unit++)
      for (let r = 0; r < rows; r++) sums[unit] += Math.abs(this.#numbers[address + unit * stride + r]);
  }

  // Runs a program on examples first … last − 1; null if there are none.
  #evaluate(program, first, last, visit = () => {}) {
    if (first === last) return null;
    const { targets } = this.#problem;
    const score = SCORES[this.config.loss];
    const sums = { loss: 0, right: 0 };
    this.#sweep(program, this.#problem, first, last, (start, rows, outputs) => {
      for (let r = 0; r < rows; r++) {
        sums.loss += score(outputs[r], targets[start + r]);
        sums.right += outputs[r] > 0 === targets[start + r] > 0;
      }
      visit(rows);
    });
    const regression = REGRESSION.includes(this.config.data);
    return { loss: sums.loss / (last - first), accuracy: regression ? null : sums.right / (last - first) };
  }

  // Runs a program on rows first … last − 1 of some columns, as many at a time as the workspace holds.
  #sweep(program, { columns, targets, rows }, first, last, visit) {
    const space = this.#net.evaluation;
    const { values } = space.layers.at(-1);
    for (let start = first; start < last; start += EVALUATED) {
      const some = Math.min(EVALUATED, last - start);
      this.#fill(space, columns, rows, start, some);
      if (targets) this.#label(space, targets, rows, start, some, last - first);
      this.#functions[program]();
      visit(start, some, this.#numbers.subarray(values, values + some));
    }
  }

  // The network on a grid of pixels over the square, the top row first. `output`, size × size: the probability
  // of class 1 with cross-entropy, else the output itself. `units`: each hidden unit's value, detail × detail.
  map({ size = 100, detail = 24 } = {}) {
    const output = new Float32Array(size ** 2);
    const shown = this.config.loss === "cross-entropy" ? (z) => 1 / (1 + Math.exp(-z)) : drawable;
    this.#sweep("evaluate", this.#grid(size), 0, size ** 2, (start, rows, outputs) => {
      for (let r = 0; r < rows; r++) output[start + r] = shown(outputs[r]);
    });
    return { output, units: this.#unitMaps(detail) };
  }

  #unitMaps(detail) {
    const { evaluation, layers } = this.#net;
    const hidden = layers.slice(0, -1).flatMap(({ units }, l) =>
      Array.from({ length: units }, (_, unit) => evaluation.layers[l].values + unit * evaluation.stride));
    const maps = new Float32Array(hidden.length * detail ** 2);
    this.#sweep("evaluate", this.#grid(detail), 0, detail ** 2, (start, rows) => {
      hidden.forEach((column, k) => {
        const to = k * detail ** 2 + start;
        for (let r = 0; r < rows; r++) maps[to + r] = drawable(this.#numbers[column + r]);
      });
    });
    return maps;
  }

  // The number of activation regions met on the grid: sets of points on which the same units are on, in each of
  // which the network is affine. null where an activation is smooth or an input is not.
  pieces({ size = 100 } = {}) {
    const { hidden, inputs } = this.config;
    const bent = inputs.some((name) => !["x1", "x2"].includes(name));
    if (bent || hidden.some(({ activation }) => !PIECEWISE.has(activation))) return null;
    const seen = new Set();
    this.#sweep("evaluate", this.#grid(size), 0, size ** 2, (start, rows) => {
      for (let r = 0; r < rows; r++) seen.add(this.#pattern(r));
    });
    return seen.size;
  }

  // Which hidden units are on at row r of the evaluated ones: a bit each, sixteen to a character.
  #pattern(r) {
    const { layers, stride } = this.#net.evaluation;
    let pattern = "";
    this.config.hidden.forEach(({ units, activation }, l) => {
      const column = (activation === "threshold" ? layers[l].values : layers[l].slopes) + r;
      let on = 0;
      for (let unit = 0; unit < units; unit++) on |= (this.#numbers[column + unit * stride] === 1) << unit;
      pattern += String.fromCharCode(on);
    });
    return pattern;
  }

  #grid(size) {
    if (!this.#grids.has(size)) this.#grids.set(size, gridOf(size, this.config.inputs));
    return this.#grids.get(size);
  }

  // The examples, training ones first, as [x1, x2, class or target].
  get examples() {
    const { points, trained } = this.#problem;
    return { points, trained };
  }

  // Everything another program needs to repeat this training: the options, the examples (also as inputs X and targets
  // y), where the last undisturbed steps started, with the optimiser's moments, and where they have come to.
  snapshot() {
    const { columns, targets, rows } = this.#problem;
    const X = Array.from(rows, (r) => columns.map((column) => column[r]));
    const examples = { ...this.examples, X, y: Array.from(targets) };
    const { config, step, epoch } = this;
    const [start, parameters] = [this.#start, this.parameters()];
    return { config, step, epoch, examples, start, parameters, train: this.measure().train };
  }
}

const PIECEWISE = new Set(["identity", "threshold", "relu", "prelu"]);

const idle = ({ activation, units }, slopes, examples) => {
  const most = 0.05 * (STEEPEST[activation] ?? 0) * examples;
  const share = (test) => slopes.filter(test).length / units;
  return { dead: share((sum) => sum === 0), saturated: share((sum) => sum < most) };
};

// Within what a 32-bit float holds.
const drawable = (v) => Math.max(-3e38, Math.min(3e38, v));

function gridOf(size, inputs) {
  const at = (k) => DOMAIN * ((2 * k + 1) / size - 1);
  const rows = Uint32Array.from({ length: size ** 2 }, (_, r) => r);
  const points = Array.from(rows, (r) => [at(r % size), -at(Math.floor(r / size))]);
  return { columns: featureColumns(inputs, points), rows };
}

// ---- In a worker: messages in, frames out
//
//   in   { do: "set", options }                  any of OPTIONS; the first one makes the trainer
//        { do: "play", rate }                    steps a second; Infinity, the default: as fast as it goes
//        { do: "pause" } { do: "step", count } { do: "epoch" } { do: "reset" }
//        { do: "edit", … } { do: "removeUnit", … } as the trainer's methods
//        { do: "view", size, detail, pieces }    the grids of what frames carry; pieces 0: they are not counted
//        { do: "drawn" }                         the page has drawn the last frame and can take another
//        { do: "snapshot" }
//   out  { is: "frame", playing, output, units, parameters, pieces, …measure() }   after any change;
//            with { config, examples } if they are not those of the last frame
//        { is: "snapshot", … }
//        { is: "error", did, message, config }   what was asked cannot be; nothing has changed
//
// The worker trains in slices short enough to hear the page in between and to send 60 frames a second; it sends no
// frame before the last one is drawn, so that none pile up behind a slow or hidden page. The rate decides when steps
// are made, never which.

const SLICE = 10; // ms of training between two looks at the messages
const FRAME = 15; // ms from one frame to the next, at least
const BURST = 16; // steps between two looks at the clock
const BEHIND = 0.1; // s whose steps may be made up for

class Session {
  #post; // (message, transferred buffers)
  #soon; // (action): does it after the messages that wait
  #trainer;
  #view = { size: 100, detail: 24, pieces: 0 };
  #told; // the config of the last frame
  #rate = 0; // steps a second, 0 when paused
  #due = 0; // steps
  #trained = 0; // ms, when training was last seen to
  #shown = 0; // ms, when the last frame left
  #drawn = true;
  #changed = false;
  #coming = false; // whether a turn is scheduled

  constructor(post, soon) {
    this.#post = post;
    this.#soon = soon;
  }

  receive({ do: command, ...given }) {
    try {
      if (!Object.hasOwn(this.#commands, command)) throw new Error(`there is no command ${command}`);
      if (!this.#trainer && command !== "set") throw new Error(`set comes before ${command}`);
      this.#commands[command](given);
    } catch ({ message }) {
      this.#post({ is: "error", did: command, message, config: this.#trainer?.config });
    }
    this.#schedule();
  }

  #commands = {
    set: ({ options }) => this.#change(() => this.#set(options)),
    play: ({ rate = Infinity }) => this.#change(() => this.#play(rate)),
    pause: () => this.#change(() => (this.#rate = 0)),
    step: ({ count = 1 }) => this.#change(() => this.#step(count)),
    epoch: () => this.#change(() => this.#trainer.run(this.#trainer.remaining)),
    reset: () => this.#change(() => this.#trainer.reset()),
    edit: (given) => this.#change(() => this.#trainer.edit(given)),
    removeUnit: (given) => this.#change(() => this.#trainer.removeUnit(given)),
    view: (given) => this.#change(() => this.#look(given)),
    drawn: () => (this.#drawn = true),
    snapshot: () => this.#post({ is: "snapshot", ...this.#trainer.snapshot() }),
  };

  #change(action) {
    action();
    this.#changed = true;
  }

  // Options that cannot be leave the trainer as it was, the first ones with the defaults.
  #set(options) {
    this.#trainer ??= new Trainer();
    this.#trainer.set(options);
  }

  #step(count) {
    demand("count", integer(1, 1e5), count);
    this.#trainer.run(count);
  }

  #look({ size = this.#view.size, detail = this.#view.detail, pieces = this.#view.pieces }) {
    demand("size", integer(1, 400), size);
    demand("detail", integer(1, 100), detail);
    demand("pieces", integer(0, 400), pieces);
    this.#view = { size, detail, pieces };
  }

  #play(rate) {
    demand("rate", rule("a positive number of steps a second", (v) => v > 0), rate);
    this.#rate = rate;
    this.#due = 0;
    this.#trained = performance.now();
  }

  #schedule() {
    if (this.#coming) return;
    this.#coming = true;
    if (this.#rate > 0 && this.#rate < Infinity) setTimeout(this.#turn, FRAME);
    else this.#soon(this.#turn);
  }

  #turn = () => {
    this.#coming = false;
    if (this.#rate > 0) this.#train(performance.now());
    if (this.#drawn && this.#changed) this.#show(performance.now());
    if (this.#rate > 0) this.#schedule();
  };

  #train(now) {
    const earned = (this.#rate * (now - this.#trained)) / 1000;
    this.#due = this.#rate === Infinity ? Infinity : Math.min(this.#due + earned, 1 + this.#rate * BEHIND);
    this.#trained = now;
    while (this.#due >= 1 && performance.now() < now + SLICE) {
      const steps = Math.min(BURST, Math.floor(this.#due));
      const done = this.#trainer.run(steps);
      this.#due -= done;
      this.#changed = true;
      if (done < steps) return (this.#rate = 0); // diverged, or nothing to train on
    }
  }

  #show(now) {
    if (this.#rate > 0 && now < this.#shown + FRAME) return;
    const trainer = this.#trainer;
    const { output, units } = trainer.map(this.#view);
    const pieces = this.#view.pieces ? trainer.pieces({ size: this.#view.pieces }) : null;
    const frame = { playing: this.#rate > 0, output, units, pieces, parameters: trainer.parameters() };
    const { config, examples } = trainer;
    const setup = config === this.#told ? {} : { config, examples };
    this.#post({ is: "frame", ...frame, ...setup, ...trainer.measure() }, [output.buffer, units.buffer]);
    [this.#shown, this.#drawn, this.#changed, this.#told] = [now, false, false, config];
  }
}

globalThis.mlpTrainer = { Trainer, Session, OPTIONS, ENGINE, activate };

if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) {
  const channel = new MessageChannel(); // setTimeout would wait 4 ms
  const soon = (action) => {
    channel.port1.onmessage = action;
    channel.port2.postMessage(null);
  };
  const session = new Session((message, buffers) => postMessage(message, buffers), soon);
  onmessage = ({ data }) => session.receive(data);
}
