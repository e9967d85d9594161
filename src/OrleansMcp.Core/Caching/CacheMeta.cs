using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Caching;

/// <summary>How a result says that it was kept. Only this server says so: what a tool writes under these names is taken out.</summary>
internal static class CacheMeta
{
    /// <summary>True when the tool did not run.</summary>
    public const string Cached = OwnMetaKeys.Cached;

    /// <summary>How long ago it ran, seconds.</summary>
    public const string Age = OwnMetaKeys.Age;

    public static void Remove(CallToolResult result)
    {
        if (result.Meta is { } meta)
        {
            meta.Remove(Cached);
            meta.Remove(Age);
        }
    }

    public static void Add(CallToolResult result, TimeSpan age)
    {
        var meta = result.Meta ??= new JsonObject();
        meta[Cached] = true;
        meta[Age] = Math.Round(age.TotalSeconds, 3);
    }
}
