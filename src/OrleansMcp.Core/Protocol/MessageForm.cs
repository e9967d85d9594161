using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrleansMcp.Protocol.Keys;

namespace OrleansMcp.Protocol;

/// <summary>Judges whether JSON is a message: the form of JSON-RPC 2.0, and the keys that the protocol gives (<see cref="MessageKeys"/>).</summary>
internal static class MessageForm
{
    private const int MaxMethodLength = 128;

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="root">The same, parsed.</param>
    /// <param name="began">When parsing began, a time stamp.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, JsonElement root, long began, [NotNullWhen(true)] out McpMessage? message, out McpParseError error)
    {
        message = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            error = new(RpcError.InvalidRequest, "A JSON-RPC message is an object.");
            return false;
        }

        var parts = Parts.Of(root);
        error = new(RpcError.InvalidRequest, "The body is not a JSON-RPC 2.0 message.", parts.IdIsGood ? parts.Id : default);
        if (Problem(parts, root) is { } problem)
        {
            error = error with { Message = problem };
            return false;
        }

        if (parts.Method.ValueKind != JsonValueKind.Undefined)
        {
            return TryReadCall(utf8, parts, began, out message, ref error);
        }

        if (parts.Id.ValueKind == JsonValueKind.Undefined || parts.HasResult == parts.HasError)
        {
            return false;
        }

        message = new McpMessage(utf8, root, McpMessageKind.Response, "", parts.Id, default) { ParsedIn = TimeSince(began, utf8.Length) };
        error = default;
        return true;
    }

    private static string? Problem(in Parts parts, JsonElement root) =>
        parts.Version.ValueKind != JsonValueKind.String || !parts.Version.ValueEquals("2.0"u8) ? "The body is not a JSON-RPC 2.0 message."
        : !parts.IdIsGood ? RpcId.Form
        : parts.HasOthers ? MessageKeys.ProblemInMessage(root)
        : null;

    private static bool TryReadCall(
        ReadOnlyMemory<byte> utf8, in Parts parts, long began, [NotNullWhen(true)] out McpMessage? message, ref McpParseError error)
    {
        message = null;
        if (parts.Method.ValueKind != JsonValueKind.String || parts.Method.GetString() is not { Length: > 0 and <= MaxMethodLength } name)
        {
            error = error with { Message = "The method must be a short string." };
            return false;
        }

        if (parts.Params.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            error = error with { Code = RpcError.InvalidParams, Message = "The params must be an object." };
            return false;
        }

        if (MessageKeys.ProblemInParams(name, parts.Params) is { } problem)
        {
            error = error with { Code = RpcError.InvalidParams, Message = problem };
            return false;
        }

        var kind = parts.Id.ValueKind == JsonValueKind.Undefined ? McpMessageKind.Notification : McpMessageKind.Request;
        message = new McpMessage(utf8, parts.Root, kind, Methods.Intern(name), parts.Id, parts.Params) { ParsedIn = TimeSince(began, utf8.Length) };
        error = default;
        return true;
    }

    private static TimeSpan TimeSince(long began, int bytes) => bytes < JsonCost.Large ? TimeSpan.Zero : Stopwatch.GetElapsedTime(began);

    /// <summary>The parts of a message, each undefined where it is absent.</summary>
    private ref struct Parts
    {
        public JsonElement Root;
        public JsonElement Version;
        public JsonElement Id;
        public JsonElement Method;
        public JsonElement Params;
        public bool HasResult;
        public bool HasError;
        public bool HasOthers;

        public readonly bool IdIsGood => Id.ValueKind == JsonValueKind.Undefined || RpcId.IsId(Id);

        public static Parts Of(JsonElement root)
        {
            var parts = new Parts { Root = root };
            foreach (var property in root.EnumerateObject())
            {
                if (property.NameEquals("jsonrpc"u8)) { parts.Version = property.Value; }
                else if (property.NameEquals("id"u8)) { parts.Id = property.Value; }
                else if (property.NameEquals("method"u8)) { parts.Method = property.Value; }
                else if (property.NameEquals("params"u8)) { parts.Params = property.Value; }
                else if (property.NameEquals("result"u8)) { parts.HasResult = true; }
                else if (property.NameEquals("error"u8)) { parts.HasError = property.Value.ValueKind == JsonValueKind.Object; }
                else { parts.HasOthers = true; }
            }

            if (parts.Params.ValueKind == JsonValueKind.Null)
            {
                parts.Params = default; // Real clients send null and mean absent.
            }

            return parts;
        }
    }
}
