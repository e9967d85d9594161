using System.Collections.Frozen;
using System.Reflection;
using System.Security.Claims;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tools;

/// <summary>The tools at one moment: by name for calls, and as the lists each era shows.</summary>
internal sealed class ToolSet
{
    private readonly FrozenDictionary<string, ToolEntry> _byName;

    /// <exception cref="ToolNameException">A tool has a name that clients refuse.</exception>
    public ToolSet(IEnumerable<McpServerTool> tools)
    {
        var entries = new Dictionary<string, ToolEntry>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            if (!ToolName.IsValid(tool.ProtocolTool.Name))
            {
                throw new ToolNameException(tool.ProtocolTool.Name);
            }

            if (!entries.TryAdd(tool.ProtocolTool.Name, new ToolEntry(tool)))
            {
                throw new ArgumentException($"Two tools are named '{tool.ProtocolTool.Name}'.", nameof(tools));
            }
        }

        _byName = entries.ToFrozenDictionary(StringComparer.Ordinal);
        All = [.. entries.Values];
    }

    public IReadOnlyList<ToolEntry> All { get; }

    public ToolEntry? Find(string name) => _byName.GetValueOrDefault(name);

    public ToolSet With(McpServerTool tool) =>
        new(All.Select(entry => entry.Tool).Where(other => other.ProtocolTool.Name != tool.ProtocolTool.Name).Append(tool));

    public ToolSet Without(string name) => new(All.Select(entry => entry.Tool).Where(tool => tool.ProtocolTool.Name != name));
}

/// <summary>A tool and what was worked out about it once.</summary>
internal sealed class ToolEntry
{
    private readonly bool _isRepeatable;

    public ToolEntry(McpServerTool tool)
    {
        Tool = tool;
        HandleArgument = SessionHandles.ArgumentOf(tool);
        Arguments = new ArgumentSchema(tool.ProtocolTool.InputSchema);
        HeaderParameters = HeaderParameter.Of(tool.ProtocolTool);
        SessionListing = LegacyOutput.Listing(tool.ProtocolTool);
        _isRepeatable = tool.ProtocolTool.Annotations is { ReadOnlyHint: true } or { IdempotentHint: true };
        IsRedeliverable = _isRepeatable || tool.Metadata.OfType<RedeliverableAttribute>().Any();
        CachedOutput = tool.Metadata.OfType<CachedOutputAttribute>().FirstOrDefault();
        SeesUser = !tool.Metadata.OfType<MethodInfo>().Any() || tool.Metadata.OfType<MethodInfo>().Any(SeesUserOf);
        SessionlessListing = HandleArgument is { } argument ? SessionHandles.Listing(tool.ProtocolTool, argument) : tool.ProtocolTool;
    }

    public McpServerTool Tool { get; }

    /// <summary>How its calls treat the thread they are made on.</summary>
    public HandlerConduct Conduct { get; } = new();

    public string Name => Tool.ProtocolTool.Name;

    /// <summary>The argument by which a sessionless call may name the session that it works in; null when it may not.</summary>
    public string? HandleArgument { get; }

    /// <summary>Whether a call whose answer was lost may be run again under the same delivery.</summary>
    public bool IsRedeliverable { get; }

    /// <summary>How its author says that its results are kept; null: not at all.</summary>
    public CachedOutputAttribute? CachedOutput { get; }

    /// <summary>Tells this declaration of the tool from another.</summary>
    public string Version => field ??= Caching.ToolVersion.Of(Tool.ProtocolTool);

    public ArgumentSchema Arguments { get; }

    public IReadOnlyList<HeaderParameter> HeaderParameters { get; }

    /// <summary>Whether it may look at the <c>ClaimsPrincipal</c> of its caller. Others are not given one: most calls need none.</summary>
    public bool SeesUser { get; }

    /// <summary>As listed to clients of the session revisions.</summary>
    public Tool SessionListing { get; }

    /// <summary>As listed to clients of 2026-07-28.</summary>
    public Tool SessionlessListing { get; }

    /// <summary>
    /// Whether the client may send a call again that may have run: it then is another delivery, unless the client named both.
    /// </summary>
    public bool IsRepeatable(McpMessage call) => _isRepeatable || (IsRedeliverable && DeliveryMeta.Of(call) is not null);

    private static bool SeesUserOf(MethodInfo method) => method.GetParameters().Any(parameter =>
        parameter.ParameterType == typeof(ClaimsPrincipal)
        || (parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(RequestContext<>)));
}
