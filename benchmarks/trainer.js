// The contestants of benchmarks/trainer.py. Each makes, for some data, hidden layers and an activation, a function that
// trains for a number of epochs. Training is SGD on the squared error, in batches of ten where there are batches.

const BATCH = 10;
const WINDOW = 5; // ms

const CONTESTANTS = {
  mlpbook: (...given) => withTrainer("webassembly", ...given),
  "mlpbook, its plain JavaScript": (...given) => withTrainer("javascript", ...given),
  convnetjs: withConvnetjs,
  "brain.js": withBrainjs,
  "tfjs, wasm": (...given) => withTensorflow("wasm", ...given),
  "tfjs, cpu": (...given) => withTensorflow("cpu", ...given),
};

function withTrainer(engine, { points }, hidden, activation) {
  const trainer = new mlpTrainer.Trainer({
    engine, points, data: "points", testShare: 0, loss: "squared-error", optimizer: "sgd", batchSize: BATCH,
    hidden: hidden.map((units) => ({ units, activation })),
  });
  return (epochs) => trainer.run((epochs * points.length) / BATCH);
}

function withConvnetjs({ X, y }, hidden, activation) {
  const { Net, SGDTrainer, Vol } = convnetjs;
  const net = new Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: 2 },
    ...hidden.map((num_neurons) => ({ type: "fc", num_neurons, activation })),
    { type: "regression", num_neurons: 1 },
  ]);
  const trainer = new SGDTrainer(net, { learning_rate: 0.01, momentum: 0, batch_size: BATCH, l2_decay: 0 });
  const examples = X.map((x, i) => [Object.assign(new Vol(1, 1, 2, 0), { w: Float64Array.from(x) }), [y[i]]]);
  return (epochs) => {
    for (let epoch = 0; epoch < epochs; epoch++) for (const [x, target] of examples) trainer.train(x, target);
  };
}

// It knows no batches: a step after every example. Its output is of the same activation as its hidden layers.
function withBrainjs({ X, y }, hiddenLayers, activation) {
  const net = new brain.NeuralNetwork({ hiddenLayers, activation, learningRate: 0.01 });
  net.train(X.map((input, i) => ({ input, output: [y[i]] })), { iterations: 1 }); // to have its layers made
  const examples = X.map((input, i) => ({ input: Float32Array.from(input), output: Float32Array.of(y[i]) }));
  return (epochs) => {
    for (let epoch = 0; epoch < epochs; epoch++) net.trainPatterns(examples);
  };
}

async function withTensorflow(backend, { X, y }, hidden, activation) {
  await tf.setBackend(backend);
  const sizes = [2, ...hidden, 1];
  const layers = sizes.slice(1).map((units, l) => [
    tf.variable(tf.randomNormal([sizes[l], units], 0, Math.sqrt(2 / (sizes[l] + units)))),
    tf.variable(tf.zeros([units])),
  ]);
  const step = ([W, b], x, last) => (last ? x.matMul(W).add(b) : tf[activation](x.matMul(W).add(b)));
  const outputs = (x) => layers.reduce((h, layer, l) => step(layer, h, l === layers.length - 1), x);
  const batches = Array.from({ length: X.length / BATCH }, (_, k) =>
    [X, y.map((v) => [v])].map((rows) => tf.tensor2d(rows.slice(k * BATCH, (k + 1) * BATCH))));
  const optimizer = tf.train.sgd(0.01);
  return async (epochs) => {
    await tf.setBackend(backend);
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const [x, target] of batches)
        tf.tidy(() => void optimizer.minimize(() => outputs(x).sub(target).square().mean()));
  };
}

const prepared = new Map();

// Examples per second of a contestant, tried for about `seconds`; the first call makes it and warms it up.
async function speed(name, data, hidden, activation, seconds) {
  const key = [name, hidden, activation].join();
  if (!prepared.has(key)) {
    prepared.set(key, await CONTESTANTS[name](data, hidden, activation));
    await timed(prepared.get(key), data.X.length, seconds);
  }
  return timed(prepared.get(key), data.X.length, seconds);
}

// The fastest WINDOW counts: at other times the machine may have had something else to do.
async function timed(train, examples, seconds) {
  const end = performance.now() + 1000 * seconds;
  let best = 0;
  while (performance.now() < end) {
    const start = performance.now();
    let epochs = 0;
    for (; performance.now() < start + WINDOW; epochs++) await train(1);
    best = Math.max(best, (1000 * epochs * examples) / (performance.now() - start));
  }
  return best;
}

// Milliseconds from the start of a worker to its first frame with 95% of the test data right, and the steps made.
function untilLearned(source, options) {
  const start = performance.now();
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  worker.postMessage({ do: "set", options });
  worker.postMessage({ do: "play" });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => {
      worker.postMessage({ do: "drawn" });
      if (data.test.accuracy < 0.95) return;
      resolve([performance.now() - start, data.step]);
      worker.terminate();
    };
  });
}
