// The MCP client of Vercel's AI SDK (@ai-sdk/mcp), in both eras: node ai-sdk.mjs URL KEY
import { createMCPClient } from "@ai-sdk/mcp";
import { ask, cancel, expect, giveUp, inTime, main, text, useContents, useTools } from "../clients/checks.mjs";

async function connected({ url, headers }, protocolVersionDiscovery) {
  const client = await createMCPClient({
    transport: { type: "http", url: url.href, headers },
    protocolVersionDiscovery,
  });
  const call = async (name, args, options) => text(await client.callTool({ name, arguments: args, options }));
  const tools = await client.tools();
  await useTools(Object.keys(tools), call);
  expect(text(await tools.echo.execute({ text: "as a tool" }, { toolCallId: "1", messages: [] })) === "as a tool", "a tool of the SDK calls");
  await useContents(async (uri) => text(await client.readResource({ uri })), async (name, args) => text(await client.getPrompt({ name, arguments: args })));

  let reports = 0;
  await call("slow", { ms: 50 }, { onprogress: () => reports++ });
  expect(reports === 0, "it does not ask for progress");
  expect(!("subscribeResource" in client) && !("setNotificationHandler" in client), "it hears no notifications");
  await (protocolVersionDiscovery ? cancel : giveUp)((args, signal) => call("slow", args, { signal }));

  const before = Number(await call("increment", {}));
  await ask("restart");
  const after = Number(await inTime(call("increment", {}), "a call after the restart is answered"));
  expect(after === before + 1, "the counter goes on after a restart");
  await client.close();
  expect((await ask("sessions")) === "0", "no session is left once the client was closed");
}

await main(async (server) => {
  await connected(server, false);
  await connected(server, true);
});
