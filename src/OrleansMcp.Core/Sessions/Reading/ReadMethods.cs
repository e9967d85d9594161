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
/// Runs the handlers of prompts, resources and completions within the SDK's filters, if the session may use them. A request that a filter
/// changed is checked again.
/// </summary>
internal sealed class ReadMethods
{
    private readonly Catalogue _catalogue;
    private readonly SessionAuthorization _authorization;
    private readonly ReferencedSecrets _secrets;
    private readonly HandlerEnvironment _environment;
    private readonly ReplyWriter _replies;
    private readonly FilteredMethod<GetPromptRequestParams, GetPromptResult> _getPrompt;
    private readonly FilteredMethod<ReadResourceRequestParams, ReadResourceResult> _readResource;
    private readonly FilteredMethod<CompleteRequestParams, CompleteResult> _complete;

    public ReadMethods(
        Catalogue catalogue, SessionAuthorization authorization, ReferencedSecrets secrets, HandlerEnvironment environment, ReplyWriter replies)
    {
        (_catalogue, _authorization, _secrets, _environment, _replies) = (catalogue, authorization, secrets, environment, replies);
        var filters = environment.ServerOptions.Filters.Request;
        _getPrompt = new(filters.GetPromptFilters, GetPromptAsync, environment);
        _readResource = new(filters.ReadResourceFilters, ReadResourceAsync, environment);
        _complete = new(filters.CompleteFilters, CompleteAsync, environment);
    }

    public async ValueTask<byte[]> GetPromptAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<GetPromptRequestParams>(call);
        var prompt = Permit(call, parameters);
        return await RunAsync(call, parameters, _getPrompt, prompt);
    }

    public async ValueTask<byte[]> ReadResourceAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<ReadResourceRequestParams>(call);
        var resource = Permit(call, parameters);
        return await RunAsync(call, parameters, _readResource, resource);
    }

    public async ValueTask<byte[]> CompleteAsync(RunningCall call)
    {
        if (_catalogue.Completions is null)
        {
            throw Failures.NoSuchMethod(call.Message.Method);
        }

        var parameters = RequestParameters.Read<CompleteRequestParams>(call);
        if (parameters.Ref is null || parameters.Argument is not { Name: not null, Value: not null })
        {
            throw Failures.InvalidParams("completion/complete needs the params ref and argument (with name and value).");
        }

        Permit(call, parameters.Ref);
        await _secrets.EnsureReadAsync(call.Token);
        return _replies.Write(call, await _complete.InvokeAsync(call, parameters));
    }

    /// <summary>Runs a handler that may ask its user for input.</summary>
    private async ValueTask<byte[]> RunAsync<TParams, TResult>(
        RunningCall call, TParams parameters, FilteredMethod<TParams, TResult> method, IMcpServerPrimitive matched)
        where TParams : RequestParams
        where TResult : Result
    {
        await _secrets.EnsureReadAsync(call.Token);
        RequestStates.CopyTo(parameters, call);
        for (var round = 1; ; round++)
        {
            try
            {
                return _replies.Write(call, await method.InvokeAsync(call, parameters, matched));
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return _environment.Inputs.Hold(call, e.Result);
                }

                await _environment.Requests.AskAllAsync(call, e.Result, parameters, round);
            }
        }
    }

    private ValueTask<GetPromptResult> GetPromptAsync(RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        var prompt = request.MatchedPrimitive as McpServerPrompt;
        if (prompt is null || !IsJudged(request, PermissionKind.Prompt, request.Params.Name) || prompt.ProtocolPrompt.Name != request.Params.Name)
        {
            prompt = Permit(CallServer.CallOf(request), request.Params);
        }

        return prompt.GetAsync(request, cancellationToken);
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

    private ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        Permit(CallServer.CallOf(request), request.Params.Ref);
        return _catalogue.Completions!.CompleteAsync(request, cancellationToken);
    }

    /// <summary>Whether the call was permitted to use this name, or for a resource another spelling of this URI.</summary>
    private static bool IsJudged(MessageContext request, PermissionKind kind, string name) =>
        CallServer.CallOf(request).Need is { } need && need.Kind == kind
        && (need.Name == name || (kind == PermissionKind.Resource && ResourceUri.TryCanonicalise(need.Name, out var judged) && judged == name));

    private McpServerPrompt Permit(RunningCall call, GetPromptRequestParams parameters)
    {
        var name = parameters.Name ?? "";
        _authorization.Permit(call, PermissionKind.Prompt, name);
        var prompt = _catalogue.Prompts.GetValueOrDefault(name) ?? throw Failures.InvalidParams($"Unknown prompt: '{Failures.Shown(name)}'");
        RequireArguments(prompt.ProtocolPrompt, parameters);
        return prompt;
    }

    private McpServerResource Permit(RunningCall call, ReadResourceRequestParams parameters)
    {
        var uri = parameters.Uri ?? throw Failures.InvalidParams("resources/read needs the param uri, a string.");
        var judged = _authorization.PermitResource(call, uri);
        var resources = _catalogue.Resources;
        if (resources.GetValueOrDefault(uri) is { } resource)
        {
            return resource;
        }

        // The handler reads the URI in the spelling that was checked.
        parameters.Uri = judged;
        return resources.GetValueOrDefault(judged) ?? resources.Values.FirstOrDefault(one => one.IsTemplated && one.IsMatch(judged))
            ?? throw Failures.NoSuchResource(uri, call.Meta.IsSessionless);
    }

    /// <summary>
    /// Checks the permission for the prompt or resource that a completion is for: without it, a caller must not learn its arguments.
    /// </summary>
    private void Permit(RunningCall call, Reference reference)
    {
        if (reference is not ResourceTemplateReference { Uri: var uri })
        {
            _authorization.Permit(call, PermissionKind.Prompt, (reference as PromptReference)?.Name ?? "");
            return;
        }

        var template = uri is null ? null : _catalogue.Resources.GetValueOrDefault(uri);
        if (template?.IsTemplated != true || !_authorization.MayYield(call.Caller, template))
        {
            _authorization.Permit(call, PermissionKind.Resource, uri ?? "");
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
}
