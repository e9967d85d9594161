// What every client does with the server, whichever SDK it is built on.
import { createInterface } from "node:readline";

export const counter = "demo://session/counter";

/** A client that tries again quickly and does not give up, so that a server may stop for as long as it likes. */
export const patient = { initialReconnectionDelay: 50, reconnectionDelayGrowFactor: 1, maxReconnectionDelay: 50, maxRetries: 2_000 };

const deadline = 60_000;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Runs the checks of a client: node SCRIPT URL KEY. */
export async function main(run) {
  const [url, key] = process.argv.slice(2);
  if (!url || !key) {
    console.error(`usage: node ${process.argv[1]} URL KEY`);
    process.exit(2);
  }

  try {
    await run({ url: new URL(url), headers: { Authorization: `Bearer ${key}` } });
    console.log("all checks passed");
  } catch (error) {
    console.error(error);
    process.exit(1); // What the client has open would keep the process.
  }

  process.stdin.destroy();
}

/**
 * Asks whoever runs the script, who answers with a line: `running` and `idle` (once a call runs, or none does), `calls` (how many run), `nap` (once the client was cut off
 * until its session had left memory), `restart` (once the server has restarted; connections were refused meanwhile), `restart held` (connections waited
 * meanwhile), `sessions` (how many there are).
 */
export async function ask(question) {
  console.log(`? ${question}`);
  const { value, done } = await lines.next();
  if (done) {
    throw new Error(`Nobody answered '${question}'.`);
  }

  return value;
}

export function expect(condition, what) {
  if (!condition) {
    throw new Error(`expected: ${what}`);
  }

  console.log(`ok ${what}`);
}

/** Fails instead of hanging. */
export async function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Did not happen within ${deadline} ms: ${what}.`)), deadline);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param call takes a tool's name and arguments and returns its text */
export async function useTools(names, call) {
  for (const name of ["echo", "increment", "slow", "whoami"]) {
    expect(names.includes(name), `the tool ${name} is listed`);
  }

  const said = "grüße, \u{1F30D}, one line\u2028and another";
  expect((await call("echo", { text: said })) === said, "echo says what it was told");

  const before = Number(await call("increment", {}));
  const after = Number(await call("increment", { by: 5 }));
  expect(after === before + 5, `increment goes on from ${before} to ${before + 5}`);
}

/** @param read takes a URI and returns the text; @param prompt takes a name and arguments and returns the first message's text */
export async function useContents(read, prompt) {
  expect((await read("demo://greeting/de")) === "Guten Tag", "a resource is read");
  if (prompt) {
    expect((await prompt("summarise", { topic: "grains" })).includes("grains"), "a prompt is got");
  }
}

/** @param call takes the arguments of `slow` and who is told of its progress */
export async function seeProgress(call) {
  const progress = [];
  await call({ ms: 200 }, (report) => progress.push(report.progress));
  expect(progress.length > 0, `slow reports progress (${progress.join(" ")})`);
  expect(progress.every((value, index) => index === 0 || value > progress[index - 1]), "progress only grows");
}

/** Cancels a call that takes minutes. @param call takes the arguments of `slow` and a signal */
export async function cancel(call) {
  const abort = new AbortController();
  const ended = call({ ms: 300_000 }, abort.signal).then(() => "answered", () => "cancelled");
  await ask("running");
  abort.abort();
  expect((await inTime(ended, "the call ends")) === "cancelled", "a call is cancelled");
  await ask("idle");
  console.log("ok the server has cancelled it too");
}

/** Gives up a call that takes minutes, by a client that does not cancel it. @param call takes the arguments of `slow` and a signal */
export async function giveUp(call) {
  const abort = new AbortController();
  const ended = call({ ms: 300_000 }, abort.signal).then(() => "answered", () => "given up");
  await ask("running");
  abort.abort();
  expect((await inTime(ended, "the call ends")) === "given up", "a call is given up");
  await call({ ms: 0 }); // What the client sent before has arrived by now.
  expect((await ask("calls")) === "1", "the server goes on with it");
}

/** What a client hears of the counter. */
export class Ear {
  #heard = 0;
  #wake = () => {};

  /** @param call calls a tool and returns its text */
  constructor(call) {
    this.call = call;
  }

  hear = (uri) => {
    if (uri === counter) {
      this.#heard++;
      this.#wake();
    }
  };

  /** How many changes it heard of. */
  get heard() {
    return this.#heard;
  }

  /** Changes the counter until that is heard: while a client has no stream, it may miss what happens. From then on it hears of every change. */
  async hears(when) {
    const until = Date.now() + deadline;
    while (!(await this.#hearsOne(200).catch(orRetryable))) {
      if (Date.now() > until) {
        throw new Error(`expected: changes are heard ${when}`);
      }
    }

    expect(await this.#hearsOne(deadline), `changes are heard ${when}`);
  }

  async #hearsOne(ms) {
    const before = this.#heard;
    await this.call("increment", {});
    if (this.#heard === before) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }

    return this.#heard > before;
  }
}

// A server that has just started on a busy machine may ask its client to try again.
function orRetryable(error) {
  if (!String(error).includes('"retryable":true')) {
    throw error;
  }

  console.log("tried again: the server was not ready yet");
  return false;
}

/** The text of a tool's result, or of a resource or prompt. */
export function text(result) {
  if (result.isError) {
    throw new Error(`the call failed: ${JSON.stringify(result.content)}`);
  }

  const blocks = result.content ?? result.contents ?? result.messages.map((message) => message.content);
  return blocks.map((block) => block.text).join("\n");
}
