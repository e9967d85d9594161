// What the TypeScript SDK of the session revisions does whatever it is connected through.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { counter, Ear, seeProgress, text, useContents, useTools } from "./checks.mjs";

/** Connects, uses what the server offers, and hears when the counter changes. Returns the client, its way to call a tool and its ear. */
export const begin = async (name, transport) => {
  const client = new Client({ name, version: "1.0.0" });
  const call = async (tool, args, options) => text(await client.callTool({ name: tool, arguments: args }, undefined, options));
  await client.connect(transport);
  await useTools((await client.listTools()).tools.map((tool) => tool.name), call);
  await useContents(
    async (uri) => text(await client.readResource({ uri })), async (prompt, args) => text(await client.getPrompt({ name: prompt, arguments: args })));
  await seeProgress((args, onprogress) => call("slow", args, { onprogress }));

  const ear = new Ear(call);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => ear.hear(params.uri));
  await client.subscribeResource({ uri: counter });
  await ear.hears("at once");
  return { client, call, ear };
};
