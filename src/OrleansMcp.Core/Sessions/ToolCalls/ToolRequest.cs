using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Protocol.Keys;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>The tool and the arguments of a <c>tools/call</c>.</summary>
internal sealed class ToolRequest
{
    private ToolRequest(string name, JsonElement arguments) => (Name, Arguments) = (name, arguments);

    public string Name { get; }

    /// <summary>An object, or undefined when there are none. <see cref="ArgumentCheck"/> spells its whole numbers without point and exponent.</summary>
    public JsonElement Arguments { get; set; }

    /// <summary>The tool of the catalogue; null before <see cref="ToolLookup"/>, and for the tools that work on handles.</summary>
    public ToolEntry? Entry { get; set; }

    /// <summary>Whether there is a tool of this name, so that metrics may use it as a tag.</summary>
    public bool IsKnown { get; set; }

    /// <exception cref="ModelContextProtocol.McpProtocolException">The params are not those of a tool call.</exception>
    public static ToolRequest Read(McpMessage message)
    {
        if (message.Params.ValueKind != JsonValueKind.Object
            || !message.Params.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            throw Failures.InvalidParams("tools/call needs the param name, a string.");
        }

        if (message.Params.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind == JsonValueKind.Null)
        {
            arguments = default; // Real clients send null and mean absent.
        }

        if (KeyTwins.ProblemIn(arguments) is { } problem)
        {
            throw Failures.InvalidParams(problem);
        }

        return arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object
            ? new ToolRequest(name.GetString()!, arguments)
            : throw Failures.InvalidParams("The arguments of a tool call must be an object.");
    }

    /// <summary>The call as a filter changed it, to be checked again.</summary>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The arguments have keys that cannot be checked.</exception>
    public static ToolRequest Of(CallToolRequestParams changed)
    {
        var arguments = changed.Arguments is null ? default : JsonSerializer.SerializeToElement(changed.Arguments, Wire.Type<IDictionary<string, JsonElement>>());
        return KeyTwins.ProblemIn(arguments) is { } problem
            ? throw Failures.InvalidParams(problem)
            : new ToolRequest(changed.Name, arguments);
    }

    /// <summary>Whether the params are those that were checked.</summary>
    public bool IsIn(CallToolRequestParams parameters, bool isSessionless)
    {
        var given = parameters.Arguments?.Count ?? 0;
        var judged = 0;
        if (Arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in Arguments.EnumerateObject())
            {
                if (isSessionless && Entry!.HandleArgument is { } handle && argument.NameEquals(handle))
                {
                    continue;
                }

                judged++;
                if (parameters.Arguments?.TryGetValue(argument.Name, out var value) != true || !JsonElement.DeepEquals(value, argument.Value))
                {
                    return false;
                }
            }
        }

        return judged == given && parameters.Name == Name;
    }

    /// <summary>The params that the tool gets: without the handle that names the session.</summary>
    public static CallToolRequestParams ParamsOf(RunningCall call)
    {
        var (request, entry) = (call.Tool!, call.Tool!.Entry!);
        var parameters = new CallToolRequestParams { Name = entry.Name };
        if (request.Arguments.ValueKind == JsonValueKind.Object)
        {
            var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var argument in request.Arguments.EnumerateObject())
            {
                if (!(call.Meta.IsSessionless && entry.HandleArgument is { } handle && argument.NameEquals(handle)))
                {
                    given.Add(argument.Name, argument.Value);
                }
            }

            parameters.Arguments = given;
        }

        RequestStates.CopyTo(parameters, call);
        return parameters;
    }
}
