// Runs trainer.js for the tests: a list of { options, calls: [[name, ...arguments], …] } in, what the calls gave out.
import { text } from "node:stream/consumers";
import { Trainer, activate } from "../src/mlpbook/live/static/trainer.js";

const jobs = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(jobs.map(answer), refuseNan));

function answer({ options, calls }) {
  try {
    const trainer = new Trainer(options);
    return calls.map((call) => perform(trainer, call));
  } catch ({ message }) {
    return { error: message };
  }
}

function perform(trainer, [name, ...given]) {
  if (name === "activate") return given[1].map((z) => activate(given[0], z, given[2]));
  const member = trainer[name];
  return plain(typeof member === "function" ? member.apply(trainer, given) : member);
}

// { output, units } as lists; undefined as null.
function plain(value) {
  if (!value?.output) return value ?? null;
  return { output: Array.from(value.output), units: Array.from(value.units) };
}

// JSON would turn a nan or an infinity into null without a word.
function refuseNan(key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
  return value;
}
