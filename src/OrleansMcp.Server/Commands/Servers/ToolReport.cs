using System.Globalization;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Server.Commands.Servers;

/// <summary>What <c>servers tools</c> prints.</summary>
internal static class ToolReport
{
    /// <summary>Prints the tools, and what to type to approve those that wait. True when some wait.</summary>
    public static bool Write(TextWriter output, ServerTools tools)
    {
        foreach (var tool in tools.Tools)
        {
            Write(output, tool);
        }

        var waiting = tools.Waiting;
        output.WriteLine(waiting.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{tools.Tools.Count} tools, all of them approved.")
            : string.Create(CultureInfo.InvariantCulture, $"{tools.Tools.Count} tools, {waiting.Count} of them withheld. To approve all of these as they are shown here: servers approve --all {ToolDigest.OfAll(waiting)}"));
        return waiting.Count > 0;
    }

    private static void Write(TextWriter output, ServerTool tool)
    {
        output.WriteLine($"{LookAlike.Visible(tool.Tool)}: {StateOf(tool)}");
        if (tool.Candidate is not { } candidate)
        {
            return;
        }

        if (tool.Approved is { } approved)
        {
            output.WriteLine($"  was approved by {Shown(approved.By)}, {Shown(approved.ApprovedAt)}");
        }

        if (tool.Pending is { } pending)
        {
            output.WriteLine($"  was first seen so {Shown(pending.SeenAt)}");
        }

        WriteDifference(output, ReferenceEquals(tool.Approved, candidate) ? null : tool.Approved, candidate);
        if (candidate.Cut)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ! Only the beginning is kept of this definition of {candidate.Bytes} bytes. Ask the server itself for the rest."));
        }

        output.WriteLine($"  to approve it: servers approve {LookAlike.Visible(tool.Tool)}={LookAlike.Visible(candidate.Digest)}");
    }

    private static string StateOf(ServerTool tool) => tool switch
    {
        { Candidate: null, Approved: { } approved } => $"approved by {Shown(approved.By)}, {Shown(approved.ApprovedAt)}",
        { State: "changed" } => "CHANGED",
        _ => "WAITS for an operator",
    };

    private static void WriteDifference(TextWriter output, ServerDefinition? former, ServerDefinition candidate)
    {
        var (before, after) = (former is null ? [] : DefinitionLines.Of(former), DefinitionLines.Of(candidate));
        var changed = InlineDiffBuilder.Diff(string.Join('\n', before), string.Join('\n', after), ignoreWhiteSpace: false).Lines
            .Where(static line => line.Type is ChangeType.Deleted or ChangeType.Inserted && line.Text.Length > 0).ToList();
        foreach (var line in changed)
        {
            output.WriteLine($"  {(line.Type == ChangeType.Deleted ? '-' : '+')} {line.Text}");
        }

        if (changed.Count == 0)
        {
            output.WriteLine("  ! What differs is not in the part of the definitions that is kept.");
        }
    }

    private static string Shown(Approver? by) => by switch
    {
        { Operator: { } name } => $"operator {LookAlike.Shown(name)}",
        { Client: { } client, Subject: { } subject } => $"the first use, of client {LookAlike.Shown(client)} for {LookAlike.Shown(subject)}",
        _ => "nobody",
    };

    private static string Shown(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";
}
