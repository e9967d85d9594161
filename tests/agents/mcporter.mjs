// MCPorter's runtime (mcporter): node mcporter.mjs URL KEY
import { createRuntime } from "mcporter";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { ask, counter, Ear, expect, inTime, main, text, useContents, useTools } from "../clients/checks.mjs";

await main(async ({ url, headers }) => {
  const runtime = await createRuntime({ servers: [{ name: "orleansmcp", command: { kind: "http", url, headers } }] });
  const call = async (name, args, timeoutMs) => text(await runtime.callTool("orleansmcp", name, { args, timeoutMs }));
  await useTools((await runtime.listTools("orleansmcp")).map((tool) => tool.name), call);
  await useContents(async (uri) => text(await runtime.readResource("orleansmcp", uri)));

  const ear = new Ear(call);
  const { client } = await runtime.connect("orleansmcp", { allowCachedAuth: true }); // as its calls do: another connection replaces theirs
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => ear.hear(params.uri));
  await client.subscribeResource({ uri: counter });
  await ear.hears("at once");

  const before = Number(await call("increment", {}));
  await ask("restart held");
  const after = Number(await inTime(call("increment", {}), "a call after the restart is answered"));
  expect(after === before + 1, "the counter goes on after a restart");
  await ear.hears("after a restart");

  const late = call("slow", { ms: 300_000 }, 5_000).then(() => "answered", String);
  await ask("running");
  expect(/timed out/i.test(await inTime(late, "the call times out")), "a call is given up by its timeout");
  expect(Number(await call("increment", {})) === 1, "it goes on with another session");
  expect((await ask("calls")) === "1", "the server goes on with the call");
  await runtime.close();
  expect((await ask("sessions")) === "2", "it leaves its sessions behind");
});
