using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Input;

/// <summary>Checks that the client declared the capability that a request for input needs.</summary>
internal static class InputCapability
{
    public static void Require(ClientCapabilities declared, string method, JsonElement? parameters)
    {
        switch (method)
        {
            case RequestMethods.ElicitationCreate when IsUrl(parameters):
                if (declared.Elicitation?.Url is null)
                {
                    throw Failures.MissingCapability(new() { Elicitation = new() { Url = new() } });
                }

                break;
            case RequestMethods.ElicitationCreate:
                if (declared.Elicitation?.Form is null)
                {
                    throw Failures.MissingCapability(new() { Elicitation = new() { Form = new() } });
                }

                break;
            case RequestMethods.SamplingCreateMessage when declared.Sampling is null:
                throw Failures.MissingCapability(new() { Sampling = new() });
            case RequestMethods.RootsList when declared.Roots is null:
                throw Failures.MissingCapability(new() { Roots = new() });
        }
    }

    private static bool IsUrl(JsonElement? parameters) =>
        parameters is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("mode"u8, out var mode)
        && mode.ValueKind == JsonValueKind.String && mode.ValueEquals("url"u8);
}
