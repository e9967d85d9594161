// LangChain's MCP adapters (@langchain/mcp-adapters): node langchain.mjs URL KEY
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { ask, cancel, counter, Ear, expect, main, seeProgress, text, useContents, useTools } from "../clients/checks.mjs";

await main(async ({ url, headers }) => {
  let progress = () => {};
  let heard = () => {};
  const client = new MultiServerMCPClient({
    mcpServers: { orleansmcp: { transport: "http", url: url.href, headers, reconnect: { enabled: true, maxAttempts: 2_000, delayMs: 50 } } },
    onProgress: (report) => progress(report),
    onResourcesUpdated: ({ uri }) => heard(uri),
  });
  const tools = new Map((await client.getTools()).map((tool) => [tool.name, tool]));
  const call = (name, args, options) => tools.get(name).invoke(args, options);
  await useTools([...tools.keys()], call);

  const inner = await client.getClient("orleansmcp");
  await useContents(
    async (uri) => (await client.readResource("orleansmcp", uri)).map((content) => content.text).join(""),
    async (name, args) => text(await inner.getPrompt({ name, arguments: args })));
  await seeProgress(async (args, onprogress) => {
    progress = onprogress;
    await call("slow", args);
  });
  await cancel((args, signal) => call("slow", args, { signal }));

  const ear = new Ear(call);
  heard = ear.hear;
  await inner.subscribeResource({ uri: counter });
  await ear.hears("at once");
  await ask("nap");
  await ear.hears("after a nap");
  await ask("restart");
  await ear.hears("after a restart");
  await client.close();
  expect((await ask("sessions")) === "1", "it leaves its session behind");
});
