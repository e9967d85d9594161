// The MCP client of the OpenAI Agents SDK (@openai/agents); no model is called: node openai-agents.mjs URL KEY
import { MCPServerStreamableHttp } from "@openai/agents";
import { ask, cancel, expect, inTime, main, patient, text, useContents, useTools } from "../clients/checks.mjs";

await main(async ({ url, headers }) => {
  const server = new MCPServerStreamableHttp({ name: "orleansmcp", url: url.href, requestInit: { headers }, reconnectionOptions: patient });
  await server.connect();
  const call = async (name, args, options) => text({ content: await server.callTool(name, args, undefined, options) });
  await useTools((await server.listTools()).map((tool) => tool.name), call);
  await useContents(async (uri) => text(await server.readResource(uri)));
  expect(!server.sessionId, "it has no session: it chooses 2026-07-28");

  let reports = 0;
  await call("slow", { ms: 50 }, { onprogress: () => reports++ });
  expect(reports === 0, "it does not ask for progress");
  expect(!("subscribeResource" in server), "it has no way to hear of changes");
  await cancel((args, signal) => call("slow", args, { signal }));

  const before = Number(await call("increment", {}));
  await ask("restart");
  const after = Number(await inTime(call("increment", {}), "a call after the restart is answered"));
  expect(after === before + 1, "the counter goes on after a restart");
  await server.close();
  expect((await ask("sessions")) === "0", "no session is left");
});
