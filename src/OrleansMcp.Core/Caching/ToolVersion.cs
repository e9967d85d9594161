using System.Security.Cryptography;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Caching;

/// <summary>Tells one declaration of a tool from another, the same in every process. A result of the former does not answer for the latter.</summary>
internal static class ToolVersion
{
    public static string Of(Tool tool) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(tool, Wire.Type<Tool>())));
}
