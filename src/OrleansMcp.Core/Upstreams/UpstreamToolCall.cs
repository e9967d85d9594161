using System.Runtime.InteropServices;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Upstreams;

/// <summary>A call of a tool, with the arguments that were judged.</summary>
/// <param name="tool">The tool.</param>
/// <param name="arguments">An object, or undefined.</param>
/// <param name="handle">The argument that names a session, which is not the server's to see; null when there is none.</param>
/// <param name="retry">The state and the answers of a retry; null where there are none.</param>
internal sealed class UpstreamToolCall(UpstreamTool tool, JsonElement arguments, string? handle, RequestParams? retry) : UpstreamRequest(RequestMethods.ToolsCall)
{
    public override string Name => tool.OriginalName;

    public override IEnumerable<KeyValuePair<string, string>> Headers => tool.HeaderParameters.Count == 0 ? [] : Repeated();

    public override void WriteParams(Utf8JsonWriter writer)
    {
        writer.WriteString("name"u8, tool.OriginalName);
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            WriteArguments(writer);
        }

        if (retry?.RequestState is { } state)
        {
            writer.WriteString("requestState"u8, state);
        }

        if (retry?.InputResponses is { Count: > 0 } answers)
        {
            writer.WritePropertyName("inputResponses"u8);
            JsonSerializer.Serialize(writer, answers, Wire.Type<IDictionary<string, InputResponse>>());
        }
    }

    private void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("arguments"u8);
        if (handle is null || !arguments.TryGetProperty(handle, out _))
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(arguments), skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        foreach (var argument in arguments.EnumerateObject())
        {
            if (!argument.NameEquals(handle))
            {
                argument.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private IEnumerable<KeyValuePair<string, string>> Repeated()
    {
        foreach (var parameter in tool.HeaderParameters)
        {
            var value = parameter.ValueIn(arguments);
            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                yield return new(parameter.Header, McpHeaderEncoder.EncodeValue(text) ?? "");
            }
        }
    }
}
