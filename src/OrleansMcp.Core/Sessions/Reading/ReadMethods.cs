using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Reading;

/// <summary>
/// Runs the handlers of prompts, resources and completions within the SDK's filters, if the session may use them, under the same quotas and in the
/// same turns as tools. A request that a filter changed is checked again.
/// </summary>
internal sealed class ReadMethods(
    Catalogue catalogue, SessionAuthorization authorization, ReferencedSecrets secrets, HandlerEnvironment environment, CallAdmission admission,
    HandlerTurn turn, ReplyWriter replies)
{
    private McpRequestHandler<GetPromptRequestParams, GetPromptResult>? _getPrompt;
    private McpRequestHandler<ReadResourceRequestParams, ReadResourceResult>? _readResource;
    private McpRequestHandler<CompleteRequestParams, CompleteResult>? _complete;

    public async ValueTask<byte[]> GetPromptAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<GetPromptRequestParams>(call);
        var prompt = await PermitAsync(call, parameters);
        var handler = RequestFilters.Around(environment.Filters.GetPromptFilters, GetPromptAsync, ref _getPrompt);
        return await RunAsync(call, parameters, handler, prompt);
    }

    public async ValueTask<byte[]> ReadResourceAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<ReadResourceRequestParams>(call);
        var resource = Permit(call, parameters);
        var handler = RequestFilters.Around(environment.Filters.ReadResourceFilters, ReadResourceAsync, ref _readResource);
        return await RunAsync(call, parameters, handler, resource);
    }

    public async ValueTask<byte[]> CompleteAsync(RunningCall call)
    {
        if (catalogue.Completions is null && !environment.Upstreams.HasServers)
        {
            throw Failures.NoSuchMethod(call.Message.Method);
        }

        var parameters = RequestParameters.Read<CompleteRequestParams>(call);
        if (parameters.Ref is null || parameters.Argument is not { Name: not null, Value: not null })
        {
            throw Failures.InvalidParams("completion/complete needs the params ref and argument (with name and value).");
        }

        Permit(call, parameters.Ref);
        await secrets.EnsureReadAsync(call.Token);
        var handler = RequestFilters.Around(environment.Filters.CompleteFilters, CompleteAsync, ref _complete);
        return await MeterAsync(call, matched: null, async () => replies.Write(call, await environment.RunAsync(handler, call, parameters)));
    }

    private ValueTask<byte[]> MeterAsync(RunningCall call, IMcpServerPrimitive? matched, Func<ValueTask<byte[]>> run)
    {
        call.Conduct = catalogue.ConductOf(matched);
        return admission.RunAsync(
            call, (turn, run),
            static (call, to) => to.turn.RunAsync(call, to.run, static (call, run) =>
            {
                call.Token.ThrowIfCancellationRequested(); // The permission may have been revoked while the call was queued.
                return run();
            }),
            static answer => answer.Length);
    }

    private async ValueTask<byte[]> RunAsync<TParams, TResult>(
        RunningCall call, TParams parameters, McpRequestHandler<TParams, TResult> handler, IMcpServerPrimitive matched)
        where TParams : RequestParams
        where TResult : Result
    {
        await secrets.EnsureReadAsync(call.Token);
        RequestStates.CopyTo(parameters, call);
        return await MeterAsync(call, matched, () => AskOnAsync(call, parameters, handler, matched));
    }

    /// <summary>Runs a handler that may ask its user for input: again with the answers each time.</summary>
    private async ValueTask<byte[]> AskOnAsync<TParams, TResult>(
        RunningCall call, TParams parameters, McpRequestHandler<TParams, TResult> handler, IMcpServerPrimitive matched)
        where TParams : RequestParams
        where TResult : Result
    {
        for (var round = 1; ; round++)
        {
            try
            {
                return replies.Write(call, await environment.RunAsync(handler, call, parameters, matched));
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return environment.Inputs.Hold(call, e.Result);
                }

                await environment.Requests.AskAllAsync(call, e.Result, parameters, round);
            }
        }
    }

    private async ValueTask<GetPromptResult> GetPromptAsync(RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        var prompt = request.MatchedPrimitive as McpServerPrompt;
        if (prompt is null || !IsJudged(request, PermissionKind.Prompt, request.Params.Name) || prompt.ProtocolPrompt.Name != request.Params.Name)
        {
            prompt = await PermitAsync(CallServer.CallOf(request), request.Params);
        }

        try
        {
            return await prompt.GetAsync(request, cancellationToken);
        }
        catch (Exception e) when (ArgumentBinding.ProblemIn(prompt, request.Params.Arguments, e) is { } problem)
        {
            throw Failures.InvalidParams(problem);
        }
    }

    private ValueTask<ReadResourceResult> ReadResourceAsync(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var resource = request.MatchedPrimitive as McpServerResource;
        if (resource is null || !IsJudged(request, PermissionKind.Resource, request.Params.Uri) || !resource.IsMatch(request.Params.Uri))
        {
            resource = Permit(CallServer.CallOf(request), request.Params);
        }

        return resource.ReadAsync(request, cancellationToken);
    }

    private async ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        Permit(CallServer.CallOf(request), request.Params.Ref);
        return await environment.Upstreams.CompleteAsync(CallServer.CallOf(request), request.Params)
            ?? (catalogue.Completions is { } completions ? await completions.CompleteAsync(request, cancellationToken) : new CompleteResult());
    }

    /// <summary>Whether the call was permitted to use this name, or for a resource another spelling of this URI.</summary>
    private static bool IsJudged(MessageContext request, PermissionKind kind, string name) =>
        CallServer.CallOf(request).Need is { } need && need.Kind == kind
        && (need.Name == name || (kind == PermissionKind.Resource && ResourceUri.TryCanonicalise(need.Name, out var judged) && judged == name));

    private async ValueTask<McpServerPrompt> PermitAsync(RunningCall call, GetPromptRequestParams parameters)
    {
        var name = parameters.Name ?? "";
        authorization.Permit(call, PermissionKind.Prompt, name);
        var prompt = catalogue.Prompts.GetValueOrDefault(name) ?? await environment.Upstreams.FindPromptAsync(call, name) ?? throw Failures.InvalidParams($"Unknown prompt: '{Failures.Shown(name)}'");
        DropNulls(parameters);
        CheckArguments(prompt.ProtocolPrompt, parameters);
        return prompt;
    }

    private McpServerResource Permit(RunningCall call, ReadResourceRequestParams parameters)
    {
        var uri = parameters.Uri ?? throw Failures.InvalidParams("resources/read needs the param uri, a string.");
        var judged = authorization.PermitResource(call, uri);
        var resources = catalogue.Resources;
        if (resources.GetValueOrDefault(uri) is { } resource)
        {
            return resource;
        }

        if (judged is null)
        {
            throw Failures.NoSuchResource(uri, call.Meta.IsSessionless);
        }

        // The handler reads the URI in the spelling that was checked.
        parameters.Uri = judged;
        return environment.Upstreams.FindResources(judged) ?? resources.GetValueOrDefault(judged) ?? resources.Values.FirstOrDefault(one => one.IsTemplated && one.IsMatch(judged))
            ?? throw Failures.NoSuchResource(uri, call.Meta.IsSessionless);
    }

    /// <summary>
    /// Checks the permission for the prompt or resource that a completion is for: without it, a caller must not learn its arguments.
    /// </summary>
    private void Permit(RunningCall call, Reference reference)
    {
        if (reference is not ResourceTemplateReference { Uri: var uri })
        {
            authorization.Permit(call, PermissionKind.Prompt, (reference as PromptReference)?.Name ?? "");
            return;
        }

        var template = uri is null ? null : catalogue.Resources.GetValueOrDefault(uri);
        if (template is null && uri is not null && environment.Upstreams.FindResources(uri) is not null && authorization.MayYield(call.Caller, uri))
        {
            return;
        }

        if (template?.IsTemplated != true || !authorization.MayYield(call.Caller, template))
        {
            authorization.Permit(call, PermissionKind.Resource, uri ?? "");
        }
    }

    /// <summary>Arguments of prompts are strings; null means absent, as it does for all of them.</summary>
    private static void DropNulls(GetPromptRequestParams parameters)
    {
        if (parameters.Arguments is { } given && given.Values.Any(static value => value.ValueKind == JsonValueKind.Null))
        {
            parameters.Arguments = given.Where(static one => one.Value.ValueKind != JsonValueKind.Null).ToDictionary(StringComparer.Ordinal);
        }
    }

    private static void CheckArguments(Prompt prompt, GetPromptRequestParams parameters)
    {
        var declared = prompt.Arguments?.Select(static argument => argument.Name).ToArray() ?? [];
        foreach (var name in parameters.Arguments?.Keys ?? [])
        {
            if (!declared.Contains(name, StringComparer.Ordinal) && ArgumentSchema.OtherSpelling(name, declared) is { } problem)
            {
                throw Failures.InvalidParams(problem);
            }
        }

        foreach (var argument in prompt.Arguments ?? [])
        {
            if (argument.Required == true && parameters.Arguments?.ContainsKey(argument.Name) != true)
            {
                throw Failures.InvalidParams($"Missing required argument '{argument.Name}'.");
            }
        }
    }
}
