// Mastra's MCP client (@mastra/mcp), in both eras: node mastra.mjs URL KEY
import { MCPClient } from "@mastra/mcp";
import { ask, cancel, counter, Ear, expect, main, seeProgress, text, useContents, useTools } from "../clients/checks.mjs";

const name = "orleansmcp";

async function connected({ url, headers }, era, use) {
  const mcp = new MCPClient({
    id: era,
    servers: { [name]: { url, requestInit: { headers }, enableProgressTracking: true, ...(era === "legacy" ? { protocolVersion: "legacy" } : {}) } },
  });
  const tools = await mcp.listTools();
  const call = async (tool, args, context) => text(await tools[`${name}_${tool}`].execute(args, context));
  await useTools(Object.keys(tools).map((tool) => tool.slice(name.length + 1)), call);
  await useContents(
    async (uri) => text(await mcp.resources.read(name, uri)),
    async (prompt, args) => text(await mcp.prompts.get({ serverName: name, name: prompt, args })));
  await seeProgress(async (args, onprogress) => {
    await mcp.progress.onUpdate(name, onprogress);
    await call("slow", args);
  });
  await cancel((args, abortSignal) => call("slow", args, { abortSignal }));
  await use(mcp, new Ear(call));
  await mcp.disconnect();
}

await main(async (server) => {
  await connected(server, "legacy", async (mcp, ear) => {
    const refused = await mcp.resources.subscribe(name, counter).then(() => "", String);
    expect(refused, `it does not subscribe in the legacy era (${refused})`);
    await ask("restart");
    expect(Number(await ear.call("increment", {})) > 1, "the counter goes on after a restart");
  });
  expect((await ask("sessions")) === "1", "it leaves its session behind");

  await connected(server, "modern", async (mcp, ear) => {
    await mcp.resources.onUpdated(name, ({ uri }) => ear.hear(uri));
    await mcp.resources.subscribe(name, counter);
    await ear.hears("at once");
    await ask("restart");
    const before = ear.heard;
    await ear.call("increment", {});
    await ear.call("increment", {});
    expect(ear.heard === before, "it does not listen again by itself after a restart");
    await mcp.resources.subscribe(name, counter);
    await ear.hears("after a restart, by another subscription");
  });
});
