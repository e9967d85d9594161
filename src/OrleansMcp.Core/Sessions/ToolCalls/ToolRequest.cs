using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>What a <c>tools/call</c> asks for: a tool by name, and its arguments as they came.</summary>
internal sealed class ToolRequest
{
    private ToolRequest(string name, JsonElement arguments) => (Name, Arguments) = (name, arguments);

    public string Name { get; }

    /// <summary>An object, or undefined when there are none.</summary>
    public JsonElement Arguments { get; }

    /// <summary>The tool of the catalogue; null before <see cref="ToolLookup"/>, and for the tools that work on handles.</summary>
    public ToolEntry? Entry { get; set; }

    /// <summary>Whether there is a tool of this name: it may then be named in metrics.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Set while the handler keeps the thread that it began on.</summary>
    public bool HoldsThread { get; set; }

    /// <exception cref="ModelContextProtocol.McpProtocolException">The params are not those of a tool call.</exception>
    public static ToolRequest Read(McpMessage message)
    {
        if (message.Params.ValueKind != JsonValueKind.Object
            || !message.Params.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            throw Failures.InvalidParams("tools/call needs the param name, a string.");
        }

        message.Params.TryGetProperty("arguments"u8, out var arguments);
        if (ArgumentKeys.ProblemIn(arguments) is { } problem)
        {
            throw Failures.InvalidParams(problem);
        }

        return arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object
            ? new ToolRequest(name.GetString()!, arguments)
            : throw Failures.InvalidParams("The arguments of a tool call must be an object.");
    }

    /// <summary>What a filter made of the call: it is judged again.</summary>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The arguments are none that can be judged.</exception>
    public static ToolRequest Of(CallToolRequestParams changed)
    {
        var arguments = changed.Arguments is null ? default : JsonSerializer.SerializeToElement(changed.Arguments, Wire.Type<IDictionary<string, JsonElement>>());
        return ArgumentKeys.ProblemIn(arguments) is { } problem
            ? throw Failures.InvalidParams(problem)
            : new ToolRequest(changed.Name, arguments);
    }

    /// <summary>Whether the params are still those that were judged.</summary>
    public bool IsIn(CallToolRequestParams parameters, bool isSessionless)
    {
        var given = parameters.Arguments?.Count ?? 0;
        var judged = 0;
        if (Arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in Arguments.EnumerateObject())
            {
                if (isSessionless && Entry!.TakesHandle && argument.NameEquals(SessionHandles.Argument))
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

    /// <summary>The params as the tool gets them: what names the session is none of the tool's.</summary>
    public static CallToolRequestParams ParamsOf(RunningCall call)
    {
        var (request, entry) = (call.Tool!, call.Tool!.Entry!);
        var parameters = new CallToolRequestParams { Name = entry.Name };
        if (request.Arguments.ValueKind == JsonValueKind.Object)
        {
            var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var argument in request.Arguments.EnumerateObject())
            {
                if (!(call.Meta.IsSessionless && entry.TakesHandle && argument.NameEquals(SessionHandles.Argument)))
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
