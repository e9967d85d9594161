using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Lists and reads what the catalogue offers.</summary>
public sealed partial class Session
{
    private const int PageSize = 200;

    private ValueTask<byte[]> Discover(RunningCall call) => new(Reply(call, _host.Discover()));

    private ValueTask<byte[]> ListTools(RunningCall call)
    {
        var sessionless = call.Meta.IsSessionless;
        IEnumerable<Tool> tools = _host.Catalogue.Tools.All.Select(entry => sessionless ? entry.SessionlessListing : entry.SessionListing);
        if (sessionless)
        {
            var limits = _host.Configuration.Sessions;
            tools = tools.Append(SessionHandles.OpenListing(limits.IdleTimeout, limits.Lifetime)).Append(SessionHandles.CloseListing);
        }

        var policy = Policy;
        (_shownBy, _hasShown) = (policy, true);
        var shown = tools.Where(tool => Permits(call.Caller, PermissionKind.Tool, tool.Name) && policy?.Shows(tool.Name) != false);
        var (page, next) = Page(call, shown.OrderBy(tool => tool.Name, StringComparer.Ordinal));

        // What one client is shown under a policy is no answer to another.
        return new(Reply(call, new ListToolsResult { Tools = page, NextCursor = next, CacheScope = policy is null ? null : CacheScope.Private }));
    }

    private ValueTask<byte[]> ListPrompts(RunningCall call)
    {
        var (page, next) = Page(call, _host.Catalogue.Prompts.Values.Select(one => one.ProtocolPrompt)
            .Where(one => Permits(call.Caller, PermissionKind.Prompt, one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal));
        return new(Reply(call, new ListPromptsResult { Prompts = page, NextCursor = next }));
    }

    private ValueTask<byte[]> ListResources(RunningCall call)
    {
        var (page, next) = Page(call, _host.Catalogue.Resources.Values
            .Select(one => one.ProtocolResource).OfType<Resource>()
            .Where(one => Permits(call.Caller, PermissionKind.Resource, one.Uri)).OrderBy(one => one.Uri, StringComparer.Ordinal));
        return new(Reply(call, new ListResourcesResult { Resources = page, NextCursor = next }));
    }

    private ValueTask<byte[]> ListResourceTemplates(RunningCall call)
    {
        var (page, next) = Page(call, _host.Catalogue.Resources.Values.Where(one => one.IsTemplated && MayYield(call.Caller, one))
            .Select(one => one.ProtocolResourceTemplate).OrderBy(one => one.UriTemplate, StringComparer.Ordinal));
        return new(Reply(call, new ListResourceTemplatesResult { ResourceTemplates = page, NextCursor = next }));
    }

    private async ValueTask<byte[]> GetPromptAsync(RunningCall call)
    {
        var parameters = Params<GetPromptRequestParams>(call);
        Permit(call, PermissionKind.Prompt, parameters.Name ?? "");
        var prompt = _host.Catalogue.Prompts.GetValueOrDefault(parameters.Name ?? "")
            ?? throw Failures.InvalidParams($"Unknown prompt: '{Failures.Shown(parameters.Name ?? "")}'");
        RequireArguments(prompt.ProtocolPrompt, parameters);
        return await RunAsync(call, parameters, async request =>
        {
            request.MatchedPrimitive = prompt;
            return Reply(call, await prompt.GetAsync(request, call.Token));
        });
    }

    private async ValueTask<byte[]> ReadResourceAsync(RunningCall call)
    {
        var parameters = Params<ReadResourceRequestParams>(call);
        var uri = parameters.Uri ?? throw Failures.InvalidParams("resources/read needs the param uri, a string.");
        var judged = PermitResource(call, uri);
        var resources = _host.Catalogue.Resources;
        if (resources.GetValueOrDefault(uri) is not { } resource)
        {
            // What was judged is what is read: the handler gets no other spelling of it.
            resource = resources.GetValueOrDefault(judged) ?? resources.Values.FirstOrDefault(one => one.IsTemplated && one.IsMatch(judged))
                ?? throw NoSuchResource(call, uri);
            parameters.Uri = judged;
        }

        return await RunAsync(call, parameters, async request =>
        {
            request.MatchedPrimitive = resource;
            return Reply(call, await resource.ReadAsync(request, call.Token));
        });
    }

    private async ValueTask<byte[]> CompleteAsync(RunningCall call)
    {
        var completions = _host.Catalogue.Completions ?? throw Failures.NoSuchMethod(call.Message.Method);
        var parameters = Params<CompleteRequestParams>(call);
        if (parameters.Ref is null || parameters.Argument is not { Name: not null, Value: not null })
        {
            throw Failures.InvalidParams("completion/complete needs the params ref and argument (with name and value).");
        }

        PermitCompletion(call, parameters.Ref);
        await ReadReferencesAsync(call);
        using var services = new CallServices(call);
        var request = new RequestContext<CompleteRequestParams>(services.Server, ToolCall.Request(call.Message), parameters);
        return Reply(call, await completions.CompleteAsync(request, call.Token));
    }

    /// <summary>Runs a handler that may ask its user for input.</summary>
    private async ValueTask<byte[]> RunAsync<TParams>(
        RunningCall call, TParams parameters, Func<RequestContext<TParams>, ValueTask<byte[]>> handler) where TParams : RequestParams
    {
        await ReadReferencesAsync(call);
        using var services = new CallServices(call);
        RequestStates.CopyTo(parameters, call);
        var request = new RequestContext<TParams>(services.Server, ToolCall.Request(call.Message), parameters);
        while (true)
        {
            try
            {
                return await handler(request);
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return AskThroughResult(call, e.Result);
                }

                await AskThroughRequestsAsync(call, e.Result, parameters);
            }
        }
    }

    private static void RequireArguments(Prompt prompt, GetPromptRequestParams parameters)
    {
        foreach (var argument in prompt.Arguments ?? [])
        {
            if (argument.Required == true && parameters.Arguments?.ContainsKey(argument.Name) != true)
            {
                throw Failures.InvalidParams($"Missing required argument '{argument.Name}'.");
            }
        }
    }

    private static McpProtocolException NoSuchResource(RunningCall call, string uri) =>
        Failures.NoSuchResource(uri, call.Meta.IsSessionless);

    private static T Params<T>(RunningCall call) where T : class =>
        call.Message.Params.ValueKind == JsonValueKind.Object
            ? Wire.Read<T>(call.Message.Params)
            : throw Failures.InvalidParams("The request needs params.");

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
