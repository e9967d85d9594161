using System.Text.Json.Nodes;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Upstreams;

namespace OrleansMcp.Tests.Drill.Model;

/// <summary>
/// A server in memory that answers the drill's requests, handles one at a time, and has one <see cref="Fault"/> or none. Between the
/// arrival of a request, its effect and its answer it handles other requests.
/// </summary>
internal sealed partial class ModelServer(Fault fault, int seed) : IDrillTarget
{
    private static readonly string[] s_tools =
    [
        "whoami", "increment", "secret_sign", "cache_stamp", "cache_shared", "toollog_recent", "drill__echo", "drill__count", "records_put", "records_get", "records_read",
        "records_query", "records_delete", "records_transact", "records_share",
    ];

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, ModelSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _signals = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tool, string? Tenant, string? Client, string Text), JsonObject> _cache = [];
    private readonly List<(DrillClient Client, string Tool)> _log = [];
    private readonly Dictionary<DrillClient, UpstreamSession> _sharedUpstreams = [];
    private long _stamps;

    public async Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken)
    {
        await OthersAsync();
        var reply = request switch
        {
            { Session: null } => Open(request.Client),
            { Kind: RequestKind.Post } => await PostAsync(request, JsonNode.Parse(request.Body!)!),
            _ => Handle(request),
        };
        await OthersAsync();
        return reply;
    }

    public Task<SignalReading> SignalsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(new SignalReading(new Dictionary<string, long>(_signals, StringComparer.Ordinal), Problem: null));
        }
    }

    private static DrillReply NotFound => new(404, """{"error":"Session not found"}""");

    private async Task OthersAsync()
    {
        int turns;
        lock (_gate)
        {
            turns = _random.Next(4);
        }

        for (var turn = 0; turn < turns; turn++)
        {
            await Task.Yield();
        }
    }

    private DrillReply Open(DrillClient caller)
    {
        lock (_gate)
        {
            var id = Guid.NewGuid().ToString();
            _sharedUpstreams.TryAdd(caller, new());
            _sessions[id] = new(caller, fault == Fault.SharedUpstream ? _sharedUpstreams[caller] : new());
            return new(200, Result([]), id);
        }
    }

    private ModelSession? Find(DrillRequest request)
    {
        if (!_sessions.TryGetValue(request.Session!, out var session))
        {
            Raise("forged_session_id");
            return null;
        }

        if (session.Owner != request.Client && fault != Fault.NoOwnerCheck)
        {
            Raise(session.Owner.Tenant == request.Client.Tenant ? "cross_session_attempt" : "cross_tenant_attempt");
            return null;
        }

        return session.IsEnded ? null : session;
    }

    private void Raise(string signal) => _signals[signal] = _signals.GetValueOrDefault(signal) + 1;

    private DrillReply Handle(DrillRequest request)
    {
        lock (_gate)
        {
            if (Find(request) is not { } session)
            {
                return NotFound;
            }

            switch (request.Kind)
            {
                case RequestKind.EndSession:
                    session.IsEnded = true;
                    break;
                case RequestKind.PutSecret:
                    session.Secrets[request.Argument!] = request.Body!;
                    break;
            }

            return new(200, "");
        }
    }

    private async Task<DrillReply> PostAsync(DrillRequest request, JsonNode message)
    {
        ModelSession? session;
        lock (_gate)
        {
            session = Find(request);
        }

        return session is null ? NotFound
            : message["id"] is null ? new(202, "")
            : (string)message["method"]! == "tools/list" ? new(200, Result(new() { ["tools"] = new JsonArray([.. s_tools.Select(Named)]) }))
            : new(200, await CallAsync(session, (string)message["params"]!["name"]!, message["params"]!["arguments"]!.AsObject()));

        static JsonNode Named(string tool) => new JsonObject { ["name"] = tool };
    }

    private async Task<string> CallAsync(ModelSession session, string tool, JsonObject arguments)
    {
        lock (_gate)
        {
            _log.Add((session.Owner, tool));
        }

        return tool.StartsWith("records_", StringComparison.Ordinal)
            ? await RecordsAsync(session.Owner, tool["records_".Length..], arguments)
            : Simple(session, tool, arguments);
    }

    private string Simple(ModelSession session, string tool, JsonObject arguments)
    {
        lock (_gate)
        {
            return tool switch
            {
                _ when session.IsEnded => Failure("session_ended"),
                "increment" => Told((session.Counter += (long)arguments["by"]!).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                "secret_sign" => session.Secrets.TryGetValue((string)arguments["secret"]!, out var secret)
                    ? Told(SecretCheck.Sign(secret, (string)arguments["text"]!))
                    : Failure("secret_unavailable"),
                "whoami" => Structured(new() { ["tenant"] = session.Owner.Tenant, ["client"] = session.Owner.Name }),
                "drill__echo" => Structured(new() { ["text"] = arguments["text"]!.DeepClone(), ["session"] = session.Upstream.Name }),
                "drill__count" => Structured(new() { ["count"] = session.Upstream.Count(), ["session"] = session.Upstream.Name }),
                "toollog_recent" => Structured(new() { ["entries"] = new JsonArray([.. EntriesOf(session.Owner)]) }),
                _ => Structured(Cached(session.Owner, tool, (string)arguments["text"]!)),
            };
        }
    }

    private IEnumerable<JsonNode> EntriesOf(DrillClient caller) => _log.Where(entry => entry.Client.Tenant == caller.Tenant).TakeLast(20)
        .Select(entry => (JsonNode)new JsonObject { ["tenant"] = entry.Client.Tenant, ["client"] = entry.Client.Name, ["tool"] = entry.Tool });

    private JsonObject Cached(DrillClient caller, string tool, string text)
    {
        var client = tool == "cache_stamp" ? caller.Name : null;
        var key = (tool, fault == Fault.CacheWithoutTenant ? null : caller.Tenant, client, text);
        if (!_cache.TryGetValue(key, out var made))
        {
            _cache[key] = made = new() { ["text"] = text, ["tenant"] = caller.Tenant, ["client"] = client, ["stamp"] = ++_stamps };
        }

        return made.DeepClone().AsObject();
    }

    private static string Result(JsonObject result) => new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = result }.ToJsonString();

    private static string Told(string text) =>
        Result(new() { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) });

    private static string Structured(JsonObject content) => Result(new() { ["structuredContent"] = content });

    private static string Failure(string code) => Result(new() { ["isError"] = true, ["structuredContent"] = new JsonObject { ["code"] = code } });

    private sealed class ModelSession(DrillClient owner, UpstreamSession upstream)
    {
        public DrillClient Owner => owner;

        /// <summary>Its session at another server.</summary>
        public UpstreamSession Upstream => upstream;

        public long Counter { get; set; }

        public bool IsEnded { get; set; }

        public Dictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);
    }
}
