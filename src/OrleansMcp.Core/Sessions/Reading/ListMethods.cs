using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Permissions;
using OrleansMcp.Policies;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Reading;

/// <summary>Lists what of the catalogue a session may use.</summary>
internal sealed class ListMethods(
    Catalogue catalogue, SessionAuthorization authorization, SessionPolicy policy, IConfigurationSource configuration, ReplyWriter replies)
{
    private const int PageSize = 200;

    public byte[] Discover(RunningCall call) => replies.Write(call, Greeting.Discover(catalogue));

    public byte[] ListTools(RunningCall call)
    {
        var sessionless = call.Meta.IsSessionless;
        IEnumerable<Tool> tools = catalogue.Tools.All.Select(entry => sessionless ? entry.SessionlessListing : entry.SessionListing);
        if (sessionless)
        {
            var limits = configuration.Current.Sessions;
            tools = tools.Append(SessionHandles.OpenListing(limits.IdleTimeout, limits.Lifetime)).Append(SessionHandles.CloseListing);
        }

        var by = policy.List();
        var shown = tools.Where(tool => authorization.Allows(call.Caller, PermissionKind.Tool, tool.Name) && by?.Shows(tool.Name) != false);
        var (page, next) = Page(call, shown.OrderBy(tool => tool.Name, StringComparer.Ordinal));

        // What one client is shown under a policy is no answer to another.
        return replies.Write(call, new ListToolsResult { Tools = page, NextCursor = next, CacheScope = by is null ? null : CacheScope.Private });
    }

    public byte[] ListPrompts(RunningCall call)
    {
        var (page, next) = Page(call, catalogue.Prompts.Values.Select(one => one.ProtocolPrompt)
            .Where(one => authorization.Allows(call.Caller, PermissionKind.Prompt, one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal));
        return replies.Write(call, new ListPromptsResult { Prompts = page, NextCursor = next });
    }

    public byte[] ListResources(RunningCall call)
    {
        var (page, next) = Page(call, catalogue.Resources.Values
            .Select(one => one.ProtocolResource).OfType<Resource>()
            .Where(one => authorization.Allows(call.Caller, PermissionKind.Resource, one.Uri)).OrderBy(one => one.Uri, StringComparer.Ordinal));
        return replies.Write(call, new ListResourcesResult { Resources = page, NextCursor = next });
    }

    public byte[] ListResourceTemplates(RunningCall call)
    {
        var (page, next) = Page(call, catalogue.Resources.Values.Where(one => one.IsTemplated && authorization.MayYield(call.Caller, one))
            .Select(one => one.ProtocolResourceTemplate).OrderBy(one => one.UriTemplate, StringComparer.Ordinal));
        return replies.Write(call, new ListResourceTemplatesResult { ResourceTemplates = page, NextCursor = next });
    }

    /// <summary>One page of a list. The cursor is the position, which stays meaningful while the list does not change.</summary>
    private static (List<T> Page, string? Next) Page<T>(RunningCall call, IEnumerable<T> all)
    {
        var start = 0;
        if (call.Message.Params.ValueKind == JsonValueKind.Object
            && call.Message.Params.TryGetProperty("cursor"u8, out var cursor) && cursor.ValueKind != JsonValueKind.Null)
        {
            start = cursor.ValueKind == JsonValueKind.String ? Position(cursor.GetString()!) : throw Failures.InvalidParams("Invalid cursor.");
        }

        var rest = all.Skip(start).Take(PageSize + 1).ToList();
        if (rest.Count <= PageSize)
        {
            return (rest, null);
        }

        rest.RemoveAt(PageSize);
        return (rest, Base64Url.EncodeToString(Encoding.ASCII.GetBytes((start + PageSize).ToString(CultureInfo.InvariantCulture))));
    }

    private static int Position(string cursor)
    {
        Span<byte> text = stackalloc byte[16];
        return cursor.Length <= 16 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, text, out var length)
            && int.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw Failures.InvalidParams("Invalid cursor.");
    }
}
