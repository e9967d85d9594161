// What every client does with the server, whichever SDK it is built on.

export function arguments_() {
  const [url, key] = process.argv.slice(2);
  if (!url || !key) {
    console.error(`usage: node ${process.argv[1]} URL KEY`);
    process.exit(2);
  }

  return { url: new URL(url), headers: { Authorization: `Bearer ${key}` } };
}

export function expect(condition, what) {
  if (!condition) {
    throw new Error(`expected: ${what}`);
  }

  console.log(`ok ${what}`);
}

export async function useTools(client) {
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  for (const name of ["echo", "increment", "slow", "whoami"]) {
    expect(names.includes(name), `the tool ${name} is listed`);
  }

  const said = "grüße, \u{1F30D}";
  expect(text(await client.callTool({ name: "echo", arguments: { text: said } })).includes(said), "echo says what it was told");

  const before = number(await client.callTool({ name: "increment", arguments: {} }));
  const after = number(await client.callTool({ name: "increment", arguments: { by: 5 } }));
  expect(after === before + 5, `increment goes on from ${before} to ${before + 5}`);
}

/** Calls `slow` and returns what it reported; `call` is the SDK's callTool with progress handling. */
export async function seeProgress(call) {
  const progress = [];
  const result = await call({ name: "slow", arguments: { ms: 600 } }, (report) => progress.push(report.progress));
  expect(!result.isError, "slow succeeds");
  expect(progress.length > 0, `slow reports progress (${progress.join(" ")})`);
  expect(progress.every((value, index) => index === 0 || value > progress[index - 1]), "progress only grows");
}

export async function main(run) {
  try {
    await run();
    console.log("all checks passed");
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

function text(result) {
  if (result.isError) {
    throw new Error(`the call failed: ${JSON.stringify(result.content)}`);
  }

  return result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
}

const number = (result) => Number(text(result).replace(/[^0-9-]/g, ""));
