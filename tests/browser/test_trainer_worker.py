"""trainer.js in a browser: the weights it reaches in Node, where test_trainer.py holds it to torch; its worker."""

from pathlib import Path

import pytest
from test_trainer import hundred_steps, options, run

import mlpbook.live
from mlpbook.activations import ACTIVATIONS

SOURCE = (Path(mlpbook.live.__file__).parent / "static" / "trainer.js").read_text(encoding="utf-8")
JOBS = """jobs => jobs.map(([options, ...calls]) => {
  const trainer = new mlpTrainer.Trainer(options);
  return calls.map(([name, ...given]) => {
    const member = trainer[name];
    return typeof member === "function" ? member.apply(trainer, given) : member;
  });
})"""
# Sends a worker [message, frames to wait for] pairs; returns all it said, the sizes of the maps for the maps.
WORKER = """([source, script]) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = [];
  let frames = 0;
  const next = () => {
    while (script.length && frames === 0) {
      const [message, wait] = script.shift();
      worker.postMessage(message);
      frames = wait;
    }
    if (frames === 0) { worker.terminate(); resolve(heard); }
  };
  worker.onmessage = ({ data }) => {
    heard.push({ ...data, output: data.output?.length, units: data.units?.length });
    if (data.is === "frame") requestAnimationFrame(() => {
      worker.postMessage({ do: "drawn" });
      frames = Math.max(0, frames - 1);
      next();
    });
  };
  worker.onerror = ({ message }) => reject(new Error(message));
  next();
})"""


@pytest.fixture
def opened(browser, tmp_path):
    """A page opened from a file, with the trainer in it."""
    (tmp_path / "empty.html").write_text("<!doctype html><title>Trainer</title>", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "empty.html").as_uri())
    page.add_script_tag(content=SOURCE)
    yield page
    page.close()


def test_the_browser_trains_with_webassembly(opened):
    assert opened.evaluate("mlpTrainer.ENGINE") == "webassembly"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_hundred_steps_are_those_held_to_torch(opened, activation):
    jobs = hundred_steps(activation)
    assert opened.evaluate(JOBS, jobs) == run(*jobs)


def test_a_worker_from_a_blob_trains_and_draws(opened):
    script = [
        [{"do": "set", "options": options()}, 1],
        [{"do": "play"}, 20],
        [{"do": "pause"}, 1],
        [{"do": "step", "count": 7}, 1],
    ]
    heard = opened.evaluate(WORKER, [SOURCE, script])
    assert {message["is"] for message in heard} == {"frame"}
    last = heard[-1]
    assert (last["output"], last["units"], last["playing"], last["diverged"]) == (100**2, 9 * 24**2, False, None)
    trained = run((options(), ["run", last["step"]], ["parameters"]))[0][1]
    assert last["step"] > 1000 and last["parameters"] == trained
