using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Permissions;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Reading;

/// <summary>Runs the handlers of prompts, resources and completions, for what a session may use.</summary>
internal sealed class ReadMethods(
    Catalogue catalogue, SessionAuthorization authorization, ReferencedSecrets secrets, HandlerEnvironment environment, ReplyWriter replies)
{
    public async ValueTask<byte[]> GetPromptAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<GetPromptRequestParams>(call);
        authorization.Permit(call, PermissionKind.Prompt, parameters.Name ?? "");
        var prompt = catalogue.Prompts.GetValueOrDefault(parameters.Name ?? "")
            ?? throw Failures.InvalidParams($"Unknown prompt: '{Failures.Shown(parameters.Name ?? "")}'");
        RequireArguments(prompt.ProtocolPrompt, parameters);
        return await RunAsync(call, parameters, async request =>
        {
            request.MatchedPrimitive = prompt;
            return replies.Write(call, await prompt.GetAsync(request, call.Token));
        });
    }

    public async ValueTask<byte[]> ReadResourceAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<ReadResourceRequestParams>(call);
        var uri = parameters.Uri ?? throw Failures.InvalidParams("resources/read needs the param uri, a string.");
        var judged = authorization.PermitResource(call, uri);
        var resources = catalogue.Resources;
        if (resources.GetValueOrDefault(uri) is not { } resource)
        {
            // What was judged is what is read: the handler gets no other spelling of it.
            resource = resources.GetValueOrDefault(judged) ?? resources.Values.FirstOrDefault(one => one.IsTemplated && one.IsMatch(judged))
                ?? throw Failures.NoSuchResource(uri, call.Meta.IsSessionless);
            parameters.Uri = judged;
        }

        return await RunAsync(call, parameters, async request =>
        {
            request.MatchedPrimitive = resource;
            return replies.Write(call, await resource.ReadAsync(request, call.Token));
        });
    }

    public async ValueTask<byte[]> CompleteAsync(RunningCall call)
    {
        var completions = catalogue.Completions ?? throw Failures.NoSuchMethod(call.Message.Method);
        var parameters = RequestParameters.Read<CompleteRequestParams>(call);
        if (parameters.Ref is null || parameters.Argument is not { Name: not null, Value: not null })
        {
            throw Failures.InvalidParams("completion/complete needs the params ref and argument (with name and value).");
        }

        PermitCompletion(call, parameters.Ref);
        await secrets.EnsureReadAsync(call.Token);
        using var services = new CallServices(call, environment);
        var request = new RequestContext<CompleteRequestParams>(services.Server, SdkRequest.Of(call.Message), parameters);
        return replies.Write(call, await completions.CompleteAsync(request, call.Token));
    }

    /// <summary>Runs a handler that may ask its user for input.</summary>
    private async ValueTask<byte[]> RunAsync<TParams>(
        RunningCall call, TParams parameters, Func<RequestContext<TParams>, ValueTask<byte[]>> handler) where TParams : RequestParams
    {
        await secrets.EnsureReadAsync(call.Token);
        using var services = new CallServices(call, environment);
        RequestStates.CopyTo(parameters, call);
        var request = new RequestContext<TParams>(services.Server, SdkRequest.Of(call.Message), parameters);
        for (var round = 1; ; round++)
        {
            try
            {
                return await handler(request);
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

    /// <summary>Completions are about a prompt or a resource: a caller that may not use it learns nothing of its arguments.</summary>
    private void PermitCompletion(RunningCall call, Reference reference)
    {
        if (reference is not ResourceTemplateReference { Uri: var uri })
        {
            authorization.Permit(call, PermissionKind.Prompt, (reference as PromptReference)?.Name ?? "");
            return;
        }

        var template = uri is null ? null : catalogue.Resources.GetValueOrDefault(uri);
        if (template?.IsTemplated != true || !authorization.MayYield(call.Caller, template))
        {
            authorization.Permit(call, PermissionKind.Resource, uri ?? "");
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
