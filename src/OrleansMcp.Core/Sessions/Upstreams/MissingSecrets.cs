using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// Asks the users of one session for the secrets that servers lack: their client shows them the URL where the account can be connected (URL mode
/// elicitation), and the call that needs a secret goes on once the session has it. Calls that need the same one at the same time ask once.
/// </summary>
internal sealed class MissingSecrets(TimeProvider time)
{
    private readonly Lock _gate = new(); // guards _asking
    private Dictionary<string, Task<Outcome>>? _asking; // by the secrets' names

    private enum Outcome
    {
        /// <summary>The call that asked was cancelled: another may ask.</summary>
        Abandoned,
        Refused,
        Obtained,
    }

    /// <summary>Returns when the session holds the secret.</summary>
    /// <param name="call">The call that needs it.</param>
    /// <param name="server">The server that needs it.</param>
    /// <param name="missing">What was missed.</param>
    /// <param name="environment">What of the session is asked.</param>
    /// <exception cref="SecretUnavailableException">Nobody can be asked, the user declined, or it did not come in time.</exception>
    public async ValueTask ObtainAsync(RunningCall call, UpstreamConfiguration server, SecretUnavailableException missing, HandlerEnvironment environment)
    {
        if (server.Credential is not { Secret: { } secret } credential || secret != missing.Name)
        {
            throw missing;
        }

        if (credential.Connect is { } connect && MayAsk(call) && MayPut(credential, secret, environment.Vault))
        {
            var question = new Question(server.Name, secret, connect);
            var outcome = Outcome.Abandoned;
            while (outcome == Outcome.Abandoned && !IsHeld())
            {
                call.Token.ThrowIfCancellationRequested();
                outcome = await AskOrJoinAsync(call, question, environment);
            }

            if (IsHeld())
            {
                return;
            }
        }

        throw SecretUnavailableException.OfServer(server.Name, secret);

        bool IsHeld() => environment.Vault.Find()?.Has(secret) == true;
    }

    private static bool MayAsk(RunningCall call) => call.Meta.Capabilities.Elicitation?.Url is not null
        && call.Message.Method is RequestMethods.ToolsCall or RequestMethods.PromptsGet or RequestMethods.ResourcesRead;

    /// <summary>Whether the client may put the secret. One that the operator gives to this client is missing because it cannot be read.</summary>
    private static bool MayPut(UpstreamCredential credential, string secret, SessionVault vault) =>
        credential.From != SecretOrigin.Operator && !vault.References.ContainsKey(secret);

    private async Task<Outcome> AskOrJoinAsync(RunningCall call, Question question, HandlerEnvironment environment)
    {
        var own = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Outcome> asking;
        lock (_gate)
        {
            _asking ??= new(StringComparer.Ordinal);
            if (!_asking.TryGetValue(question.Secret, out asking!))
            {
                _asking.Add(question.Secret, asking = own.Task);
            }
        }

        if (asking != own.Task)
        {
            using var waiting = call.Clock?.Pause() ?? default;
            return await asking.WaitAsync(call.Token);
        }

        var outcome = Outcome.Abandoned;
        try
        {
            return outcome = await AskAsync(call, question, environment) ? Outcome.Obtained : Outcome.Refused;
        }
        finally
        {
            lock (_gate)
            {
                _asking.Remove(question.Secret);
            }

            own.SetResult(outcome);
        }
    }

    /// <summary>Asks, and waits until the session has the secret. False when it does not come.</summary>
    private async Task<bool> AskAsync(RunningCall call, Question question, HandlerEnvironment environment)
    {
        // 2026-07-28 knows neither ids of elicitations nor that they complete.
        var id = call.Meta.IsSessionless ? null : RandomNumberGenerator.GetHexString(32, lowercase: true);
        try
        {
            var answer = await environment.AskAsync(call, new JsonRpcRequest { Method = RequestMethods.ElicitationCreate, Params = question.ToParams(id) }, call.Token);
            if (!IsAccepted(answer.Result))
            {
                return false;
            }

            // That the user went there does not say that the secret came (2025-11-25, client/elicitation, URL Mode).
            using var waiting = call.Clock?.Pause() ?? default;
            await environment.Vault.Open().Vault.WhenHeldAsync(question.Secret).WaitAsync(environment.Configuration.Current.Sessions.InputTimeout, time, call.Token);
        }
        catch (Exception e) when (e is TimeoutException or McpException || (e is OperationCanceledException && !call.Token.IsCancellationRequested))
        {
            return false;
        }

        if (id is not null)
        {
            var complete = new JsonRpcNotification { Method = NotificationMethods.ElicitationCompleteNotification, Params = new JsonObject { ["elicitationId"] = id } };
            await environment.Notifier.SendAsync(call, complete, call.Token);
        }

        return true;
    }

    private static bool IsAccepted(JsonNode? result) =>
        result is JsonObject answer && answer["action"] is JsonValue action && action.TryGetValue(out string? text) && text == "accept";

    private sealed record Question(string Server, string Secret, Uri Connect)
    {
        public JsonObject ToParams(string? id)
        {
            var parameters = new JsonObject
            {
                ["mode"] = "url",
                ["message"] = $"{Server}: to go on, connect your account there. The session holds no secret '{Secret}' yet.",
                ["url"] = Connect.OriginalString,
            };
            if (id is not null)
            {
                parameters["elicitationId"] = id;
            }

            return parameters;
        }
    }
}
