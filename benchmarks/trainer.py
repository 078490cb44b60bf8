"""Training in the page: examples per second of trainer.js, of the trainers on npm, and of torch on one thread.

All in one headless Chromium but torch, on one machine, in short turns. A turn's speed is that of its fastest 5 ms, as
the machine may be busy with other things; the tables have medians over the turns, of the speeds and of the ratios of
two speeds in the same turn. The networks have two inputs and one output. brain.js steps after each example; the others
take batches of ten. trainer.js, torch and convnetjs compute in float64, brain.js and tfjs in float32. tfjs gets plain
tensor operations and its batches ready-made.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools")]

from browser import find  # noqa: E402

PACKAGES = {
    "convnetjs": "0.3.0",
    "brain.js": "1.6.1",
    "@tensorflow/tfjs": "4.22.0",
    "@tensorflow/tfjs-backend-wasm": "4.22.0",
}
SCRIPTS = (
    "convnetjs/build/convnet.js",
    "brain.js/browser.js",
    "@tensorflow/tfjs/dist/tf.min.js",
    "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
)
TRAINER = (ROOT / "src/mlpbook/live/static/trainer.js").read_text(encoding="utf-8")
PAGE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
OURS = ("mlpbook", "mlpbook, its plain JavaScript")
CONTESTANTS = (*OURS, "convnetjs", "brain.js", "tfjs, wasm", "tfjs, cpu", "torch")
NETWORKS = [((8, 8), "tanh"), ((8, 8), "relu"), ((16, 16, 16), "tanh"), ((16, 16, 16), "relu")]
ROUNDS = 15
SECONDS = 0.2
SPIRAL = {"data": "spiral", "hidden": [{"units": 16, "activation": "relu"}] * 3, "noise": 0.05}


def table():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = opened(playwright, install(Path(folder)))
        data = examples(page)
        speeds = {network: measure(page, data, *network) for network in NETWORKS}
        learned = [page.evaluate("a => untilLearned(...a)", [TRAINER, {**SPIRAL, "seed": seed}]) for seed in range(9)]
    return f"{as_table(speeds)}\n\n{ratios(speeds)}\n\n{as_sentence(learned)}"


def install(folder):
    """Install the packages with npm; return the folder they are in."""
    subprocess.run(
        ["npm", "install", "--silent", "--ignore-scripts", *(f"{name}@{v}" for name, v in PACKAGES.items())],
        cwd=folder, check=True, env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
    )  # fmt: skip
    return folder / "node_modules"


def opened(playwright, modules):
    """A page with all the JavaScript contestants; tfjs fetches its WebAssembly through the route."""
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    page = playwright.chromium.launch(executable_path=find(), args=arguments).new_page()
    page.route("**/*", lambda route: answer(route, modules))
    page.goto("http://localhost/")
    for script in SCRIPTS:
        page.add_script_tag(path=modules / script)
    page.add_script_tag(content=TRAINER)
    page.add_script_tag(content=PAGE)
    return page


def answer(route, modules):
    name = route.request.url.rsplit("/", 1)[1]
    wasm = modules / "@tensorflow/tfjs-backend-wasm/dist" / name
    if name.endswith(".wasm"):
        route.fulfill(body=wasm.read_bytes(), content_type="application/wasm")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


def examples(page):
    make = "new mlpTrainer.Trainer({ data: 'circle', count: 500 }).snapshot().examples.points"
    points = page.evaluate(make)
    return {"points": points, "X": [[a, b] for a, b, _ in points], "y": [label for *_, label in points]}


def measure(page, data, hidden, activation):
    """Examples per second of every contestant in every round."""
    train = torch_contestant(data, hidden, activation)
    rates = {name: [] for name in CONTESTANTS}
    for _ in range(ROUNDS):
        for name in CONTESTANTS[:-1]:
            rates[name].append(page.evaluate("a => speed(...a)", [name, data, hidden, activation, SECONDS]))
        rates["torch"].append(train())
        print(f"{hidden} {activation}: " + ", ".join(f"{n} {r[-1]:,.0f}" for n, r in rates.items()), flush=True)
    return rates


def torch_contestant(data, hidden, activation):
    """A function that trains for a turn and returns examples per second."""
    torch.set_num_threads(1)
    sizes = (2, *hidden, 1)
    module = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[activation]
    layers = [f for pair in zip(sizes, sizes[1:]) for f in (torch.nn.Linear(*pair, dtype=torch.float64), module())]
    net = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    X = torch.tensor(data["X"], dtype=torch.float64)
    batches = list(zip(X.split(10), torch.tensor(data["y"], dtype=torch.float64)[:, None].split(10)))

    def step(x, y):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()

    return lambda: fastest(step, itertools.cycle(batches))


def fastest(step, batches):
    """Examples per second in the fastest 5 ms out of SECONDS."""
    end, best = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < end:
        start, done = time.perf_counter(), 0
        while time.perf_counter() < start + 0.005:
            step(*next(batches))
            done += 10
        best = max(best, done / (time.perf_counter() - start))
    return best


def as_table(speeds):
    title = [f"2-{'-'.join(map(str, hidden))}-1, {activation}" for hidden, activation in speeds]
    lines = [["examples/s", *title], ["---", *["---:"] * len(title)]]
    for name in CONTESTANTS:
        lines.append([name, *(f"{statistics.median(rates[name]):,.0f}" for rates in speeds.values())])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ratios(speeds):
    """The table of how many times faster trainer.js is than the fastest library on npm, and than torch."""
    lines = [["trainer.js is faster than", "by (median)", "least", "most"], ["---", *["---:"] * 3]]
    for (hidden, activation), rates in speeds.items():
        libraries = [name for name in CONTESTANTS if name not in (*OURS, "torch")]
        fastest = max(libraries, key=lambda name: statistics.median(rates[name]))
        for other in (fastest, "torch"):
            times = [mine / theirs for mine, theirs in zip(rates["mlpbook"], rates[other])]
            title = f"{other}, 2-{'-'.join(map(str, hidden))}-1, {activation}"
            lines.append([title, *(f"{value:.1f}" for value in (statistics.median(times), min(times), max(times)))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_sentence(learned):
    times, steps = zip(*learned)
    return (
        f"From the start of the worker to 95% of the test data on the spiral (2-16-16-16-1, ReLU, Adam; nine seeds): "
        f"median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms; {min(steps)} to {max(steps)} steps."
    )
