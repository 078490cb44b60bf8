// Writes a playground's training down as a PyTorch program: same data, first weights, batches and steps.
// playground.py puts it in front of playground.js, whose tables it shares.

const TORCH_INPUTS = {
  "x1": "x1", "x2": "x2", "x1^2": "x1 * x1", "x2^2": "x2 * x2", "x1*x2": "x1 * x2",
  "sin(x1)": "torch.sin(x1)", "sin(x2)": "torch.sin(x2)",
};
const TORCH_ACTIVATIONS = {
  identity: () => "z",
  threshold: () => "(z >= 0) + 0 * z",
  relu: () => "torch.relu(z)",
  prelu: ({ alpha = PARAMETERS.prelu.value }) => `F.leaky_relu(z, ${alpha})`,
  sigmoid: () => "torch.sigmoid(z)",
  tanh: () => "torch.tanh(z)",
  gelu: () => "F.gelu(z)",
  gelu_tanh: () => 'F.gelu(z, approximate="tanh")',
  swish: ({ beta = PARAMETERS.swish.value }) => `z * torch.sigmoid(${beta} * z)`,
};
const TORCH_OPTIMIZERS = {
  sgd: ({ learningRate }) => `SGD(groups, lr=${learningRate})`,
  momentum: ({ learningRate, momentum }) => `SGD(groups, lr=${learningRate}, momentum=${momentum})`,
  adam: ({ learningRate, beta1, beta2, epsilon }) => `Adam(groups, lr=${learningRate}, betas=(${beta1}, ${beta2}), eps=${epsilon})`,
};
const TORCH_LOSSES = { "cross-entropy": "binary_cross_entropy_with_logits", "squared-error": "mse_loss" };

// A program that repeats the training and prints the loss it comes to.
function pytorch({ config, step, start, train, examples: { points, trained } }) {
  const signed = config.loss === "squared-error" && !REGRESSION.includes(config.data);
  const began = start.step ? `at step ${start.step}, when something was last changed` : "at the start";
  return `"""A network and its training, copied from a playground: ${trained} examples, ${step} steps. Needs torch alone."""

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

# x1, x2 and class or target; the first ${trained} are trained on, the others are the test's.
examples = torch.tensor([
${wrapped(points)}
])
trained = ${trained}
x1, x2, y = examples.T
X = torch.stack([${config.inputs.map((name) => TORCH_INPUTS[name]).join(", ")}], dim=1)
${signed ? "y = 2 * y - 1  # classes -1 and 1\n" : ""}
# The weights (inputs × units) and the biases of each layer ${began}.
W = ${tensors(start.parameters, "W")}
b = ${tensors(start.parameters, "b")}
for parameter in (*W, *b):
    parameter.requires_grad_()


def network(x):
${config.hidden.map((layer, l) => `    z = x @ W[${l}] + b[${l}]\n    x = ${TORCH_ACTIVATIONS[layer.activation](layer)}\n`).join("")}\
    output = (x @ W[-1] + b[-1])[:, 0]
    return ${config.output === "tanh" ? "torch.tanh(output)" : "output"}


def loss(rows):
    return F.${TORCH_LOSSES[config.loss]}(network(X[rows]), y[rows])


groups = [{"params": W, "weight_decay": ${config.l2}}, {"params": b}]
optimizer = torch.optim.${TORCH_OPTIMIZERS[config.optimizer](config)}
${memory(config.optimizer, start)}
${BATCHES(config.seed)}

step, epoch, used = ${start.step}, ${start.epoch}, ${start.used}
while step < ${step}:
    for rows in torch.tensor(order(epoch))[used:].split(${config.batchSize})[:${step} - step]:
        optimizer.zero_grad()
        ${config.l1 ? `(loss(rows) + ${config.l1} * sum(w.abs().sum() for w in W))` : "loss(rows)"}.backward()
        optimizer.step()
        step += 1
    epoch, used = epoch + 1, 0

print(f"training loss after {step} steps: {loss(slice(trained)).item():.9f}; in the page: ${train.loss.toFixed(9)}")
`;
}

const wrapped = (points) =>
  points.map((point, i) => `${i % 4 ? " " : "    "}[${point.join(", ")}],${i % 4 === 3 ? "\n" : ""}`).join("").trimEnd();
const tensors = (layers, key) => `[\n${layers.map((layer) => `    torch.tensor(${JSON.stringify(layer[key])}, dtype=torch.float64),\n`).join("")}]`;

// What the optimiser remembers, where training does not begin with a fresh one.
function memory(optimizer, { updates, moments }) {
  if (!updates || optimizer === "sgd") return "";
  const parts = moments.map((layers) => `(*${tensors(layers, "W")}, *${tensors(layers, "b")})`);
  if (optimizer === "momentum")
    return `for parameter, velocity in zip((*W, *b), ${parts[0]}):
    optimizer.state[parameter] = {"momentum_buffer": velocity}
`;
  return `for parameter, mean, square in zip((*W, *b), ${parts.join(", ")}):
    optimizer.state[parameter] = {"step": torch.tensor(${updates}.0), "exp_avg": mean, "exp_avg_sq": square}
`;
}

const BATCHES = (seed) => `
def uniform(epoch):
    """Numbers in (0, 1): Doty-Humphrey's generator sfc32, as in the page."""
    a, b, c, counter, mask = ${seed}, 5, epoch, 1, 0xFFFFFFFF
    while True:
        t = (a + b + counter) & mask
        a, b, c = b ^ (b >> 9), (c + (c << 3)) & mask, (((c << 21) | (c >> 11)) + t) & mask
        counter += 1
        if counter > 16:
            yield (t + 0.5) / 2**32


def order(epoch):
    """The order in which an epoch takes the examples."""
    rows, number = [0] * trained, uniform(epoch)
    for i in range(1, trained):
        j = int(next(number) * (i + 1))
        rows[i], rows[j] = rows[j], i
    return rows
`;
