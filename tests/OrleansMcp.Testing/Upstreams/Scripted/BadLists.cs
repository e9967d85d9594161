using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Upstreams.Scripted;

/// <summary>Lists of tools that a client must survive, for <c>tools/list</c>.</summary>
internal static class BadLists
{
    /// <summary>One answer that goes on with tools for ever.</summary>
    public static Script Endless { get; } = async call =>
    {
        var parts = call.Response(new JsonObject { ["tools"] = new JsonArray("@") }).Split("\"@\"");
        call.Context.Response.ContentType = "application/json";
        await call.WriteAsync(Encoding.UTF8.GetBytes(parts[0]));
        for (var number = 0; ; number++)
        {
            await call.WriteAsync(Encoding.UTF8.GetBytes($"{Named(number).ToJsonString()},"));
        }
    };

    /// <summary>Each page has a tool and leads to another page.</summary>
    public static Script EndlessPages { get; } = call =>
    {
        var page = Start(call);
        return call.ResultAsync(Page([Named(page)], $"{page + 1}"));
    };

    /// <summary>Each page leads to itself.</summary>
    public static Script SameCursor { get; } = call => call.ResultAsync(Page([Named(0)], "again"));

    /// <summary>The same tool twice, in two definitions.</summary>
    public static Script Twice { get; } =
        call => call.ResultAsync(Page([DecentAnswers.Tool("echo", "The one."), DecentAnswers.Tool("echo", "The other.")], next: null));

    /// <summary>Entries that are no tools: without a name, without a schema, with a schema that is none, no object.</summary>
    public static Script Malformed { get; } = call => call.ResultAsync(new JsonObject
    {
        ["tools"] = new JsonArray(
            DecentAnswers.Tool("echo"),
            new JsonObject { ["inputSchema"] = new JsonObject { ["type"] = "object" } },
            new JsonObject { ["name"] = "no-schema" },
            new JsonObject { ["name"] = "bad-schema", ["inputSchema"] = "object" },
            new JsonObject { ["name"] = "", ["inputSchema"] = new JsonObject { ["type"] = "object" } },
            42),
    });

    /// <summary>So many tools, <c>tool000000</c> and so on, in pages.</summary>
    public static Script Many(int count = 100_000, int page = 1000) => call =>
    {
        var start = Start(call);
        var end = Math.Min(start + page, count);
        return call.ResultAsync(Page(Enumerable.Range(start, end - start).Select(Named), end < count ? $"{end}" : null));
    };

    /// <summary>These tools and no others.</summary>
    public static Script Of(params JsonObject[] tools) => Changing([tools]);

    /// <summary>The first list, then the second, and so on; the last one stays.</summary>
    public static Script Changing(params JsonObject[][] lists) =>
        call => call.ResultAsync(Page(lists[Math.Min(call.Number, lists.Length) - 1].Select(tool => (JsonObject)tool.DeepClone()), next: null));

    /// <summary>One tool with a description of so many bytes.</summary>
    public static Script Huge(long bytes = 20 << 20) => call =>
    {
        const string Mark = "@";
        var parts = call.Response(Page([DecentAnswers.Tool("echo", Mark)], next: null)).Split(Mark);
        return call.SendPaddedAsync(parts[0], bytes, parts[1]);
    };

    private static int Start(ScriptedCall call) =>
        call.Parameters?["cursor"] is { } cursor ? int.Parse(cursor.GetValue<string>(), CultureInfo.InvariantCulture) : 0;

    private static JsonObject Named(int number) => DecentAnswers.Tool(string.Create(CultureInfo.InvariantCulture, $"tool{number:D6}"));

    private static JsonObject Page(IEnumerable<JsonObject> tools, string? next)
    {
        var page = new JsonObject { ["tools"] = new JsonArray([.. tools]) };
        if (next is not null)
        {
            page["nextCursor"] = next;
        }

        return page;
    }
}
