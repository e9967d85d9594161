using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>The session as one server meets it outside requests: what it sends reaches the client of this session, and is said to be of this server.</summary>
internal sealed class UpstreamSide(
    string server, SessionChanges changes, ClientRequests requests, NegotiatedClient client, SessionAccount account, SessionVault vault, TimeProvider time) : IUpstreamSession, IUpstreamSecrets
{
    /// <summary>Called when a list of the server has changed, before the client is told.</summary>
    public Action<CatalogueList>? ListChanged { get; set; }

    public IUpstreamSecrets Secrets => this;

    public async ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case NotificationMethods.ToolListChangedNotification:
                Tell(CatalogueList.Tools);
                break;
            case NotificationMethods.PromptListChangedNotification:
                Tell(CatalogueList.Prompts);
                break;
            case NotificationMethods.ResourceListChangedNotification:
                Tell(CatalogueList.Resources);
                break;
            case NotificationMethods.ResourceUpdatedNotification when TextOf(parameters, "uri"u8) is { } uri:
                await changes.SendResourceUpdatedAsync(UpstreamUris.Of(server, uri), cancellationToken);
                break;
            case NotificationMethods.ElicitationCompleteNotification when TextOf(parameters, "elicitationId"u8) is { } id:
                await changes.SendToOwnAsync(method, new JsonObject { ["elicitationId"] = UpstreamWords.Elicitation(server, id) }, cancellationToken);
                break;
        }
    }

    public async ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken)
    {
        if (!UpstreamWords.IsQuestion(method))
        {
            throw new McpProtocolException("There is no such method.", McpErrorCode.MethodNotFound);
        }

        if (client.Meta is not { } meta)
        {
            throw new McpException("The client takes no requests outside its own.");
        }

        InputCapability.Require(meta.Capabilities, method, parameters.ValueKind == JsonValueKind.Undefined ? null : parameters);
        var answer = await requests.AskAsync(new JsonRpcRequest { Method = method, Params = UpstreamWords.Question(server, method, parameters) }, cancellationToken);
        return JsonSerializer.SerializeToElement(answer, Wire.Type<JsonElement>());
    }

    public void Charge(long bytes) => account.Meter.Charge(Quota.EgressBytes, bytes);

    bool IUpstreamSecrets.Has(string name) => vault.Find()?.Has(name) == true;

    TResult IUpstreamSecrets.Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read) =>
        (vault.Find() ?? throw new SecretUnavailableException(name)).Use(name, state, read);

    void IUpstreamSecrets.Keep(string name, byte[] secret, TimeSpan lifetime) => vault.Open().Vault.PutReferenced(name, secret, lifetime, time);

    void IUpstreamSecrets.Forget(string name) => vault.Find()?.Remove(name);

    private void Tell(CatalogueList list)
    {
        ListChanged?.Invoke(list);
        changes.TellListChanged(list);
    }

    private static string? TextOf(JsonElement parameters, ReadOnlySpan<byte> name) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
