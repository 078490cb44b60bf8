// Runs trainer.js for the tests: a list of { options, calls: [[name, ...arguments], …] } in, what the calls gave out;
// for { messages } what a session answers, for { table } the options.
import { text } from "node:stream/consumers";
import "../src/mlpbook/live/static/trainer.js";

const { Trainer, Session, OPTIONS, activate } = globalThis.mlpTrainer;
const jobs = JSON.parse(await text(process.stdin));
const answers = [];
for (const job of jobs) answers.push(await (job.table ? table() : job.messages ? converse(job) : answer(job)));
process.stdout.write(JSON.stringify(answers, refuseNan), () => process.exit());

// Default and rule of every option.
function table() {
  return Object.fromEntries(Object.entries(OPTIONS).map(([name, [value, { sentence }]]) => [name, [value, sentence]]));
}

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

// A session's answers to messages, a list of [milliseconds to wait, message]; drawn at once if `drawn`.
async function converse({ messages, drawn }) {
  const heard = [];
  const post = (message) => {
    heard.push(plain(message));
    if (drawn && message.is === "frame") setTimeout(() => session.receive({ do: "drawn" }), 1);
  };
  const session = new Session(post, setImmediate);
  for (const [wait, message] of messages) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    session.receive(message);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  return heard;
}

// Maps as lists; undefined as null.
function plain(value) {
  if (!value?.output) return value ?? null;
  return { ...value, output: Array.from(value.output), units: Array.from(value.units) };
}

// JSON would turn a nan or an infinity into null without a word.
function refuseNan(key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
  return value;
}
