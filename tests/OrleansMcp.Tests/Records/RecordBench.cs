using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Records;

/// <summary>One namespace's actor on a log that a test can hold, fail and read, and which outlives the actor.</summary>
internal sealed class RecordBench : ITenantDirectory, ISignals
{
    private static readonly Caller s_owner = new("acme", "alice", "alice");

    private readonly ITenant _tenant = DispatchProxy.Create<ITenant, FreeTenant>();

    public RecordBench(string name = "orders")
    {
        Assert.True(RecordSpaceKey.TryOf(s_owner, name, out var key));
        (Key, Log) = (key, new HeldLog(key));
        Host = new RecordHost(this, this, new InterferenceDetector(this, Time), new TestConfigurationSource(TestConfiguration.With()), Time, NullLogger<RecordSpace>.Instance);
        Space = NewSpace();
    }

    public RecordSpaceKey Key { get; }

    public FakeTimeProvider Time { get; } = new();

    public HeldLog Log { get; }

    public RecordHost Host { get; }

    public RecordSpace Space { get; private set; }

    public List<Signal> Signals { get; } = [];

    /// <summary>What charging waits for.</summary>
    public Task Charging
    {
        get => ((FreeTenant)(object)_tenant).Held;
        set => ((FreeTenant)(object)_tenant).Held = value;
    }

    /// <summary>What the namespace is charged for, bytes.</summary>
    public long Kept => ((FreeTenant)(object)_tenant).Kept;

    public static RecordAuthor Alice { get; } = new("acme", "alice", "alice", "session-a");

    public static RecordAuthor Bob { get; } = new("acme", "bob", "bob", "session-b");

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    public ITenant Get(string tenant) => _tenant;

    public void Raise(Signal signal)
    {
        lock (Signals)
        {
            Signals.Add(signal);
        }
    }

    /// <summary>The actor is lost; the next one reads the log.</summary>
    public void Restart() => Space = NewSpace();

    public async Task<RecordReply> ExecuteAsync(RecordRequest request) =>
        await Space.ExecuteAsync(request, CancellationToken.None) ?? RecordReply.Unavailable;

    public Task<RecordReply> PutAsync(string key, string value, RecordAuthor? by = null, Guid? id = null, long? version = null) =>
        TransactAsync([new RecordWrite(key, Json(value), version)], [], by, id);

    public Task<RecordReply> TransactAsync(RecordWrite[] writes, RecordRead[] reads, RecordAuthor? by = null, Guid? id = null) => ExecuteAsync(
        new RecordRequest(RecordOperation.Transact, by ?? Alice) { Id = id ?? Guid.NewGuid(), Writes = writes, Reads = reads });

    public Task<RecordReply> ShareAsync(RecordAccess access) => ExecuteAsync(
        new RecordRequest(RecordOperation.Share, Alice) { Id = Guid.NewGuid(), Grant = new RecordGrant("bob", access) });

    public async Task<string?> ValueAsync(string key, RecordAuthor? by = null) =>
        (await ReadAsync([key], by: by)).Records.FirstOrDefault()?.Value.GetRawText();

    public Task<RecordReply> ReadAsync(string[] keys, long? snapshot = null, RecordAuthor? by = null) =>
        ExecuteAsync(new RecordRequest(RecordOperation.Read, by ?? Alice) { Keys = keys, Snapshot = snapshot });

    private RecordSpace NewSpace() => new(Key, Log, Host);

    /// <summary>A tenant that refuses a namespace nothing; nothing else is asked of it.</summary>
#pragma warning disable MA0053 // the proxy is a class derived from it
    public class FreeTenant : DispatchProxy
#pragma warning restore MA0053
    {
        public Task Held { get; set; } = Task.CompletedTask;

        public long Kept { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(ITenant.KeepAsync) ? KeepAsync((long)args![2]!) : throw new NotSupportedException(targetMethod.Name);

        private async ValueTask<StateCharge> KeepAsync(long bytes)
        {
            await Held;
            Kept = bytes;
            return new StateCharge(bytes);
        }
    }
}

/// <summary>A log in memory whose writes wait, fail, or fail without a word after they happened.</summary>
internal sealed class HeldLog(RecordSpaceKey key) : IRecordLog
{
    private readonly RecordGuard _guard = new(key);
    private readonly RecordImageBuilder _image = new();

    /// <summary>What writes wait for.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>What the next write comes to.</summary>
    public Exception? Fails { get; set; }

    /// <summary>Whether the failing write happens all the same.</summary>
    public bool HappensAllTheSame { get; set; }

    /// <summary>What is found instead of the namespace.</summary>
    public Exception? LoadFails { get; set; }

    /// <summary>Writes that were made.</summary>
    public int Writes { get; private set; }

    /// <summary>Writes that were begun, whatever came of them.</summary>
    public int Begun { get; private set; }

    /// <summary>How many transactions each write carried.</summary>
    public List<int> Batches { get; } = [];

    public ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
    {
        if (LoadFails is { } failure)
        {
            throw failure;
        }

        var image = _image.IsBlank ? null : _image.Build();
        _guard.Read(key.Tenant, key.Owner, key.Name, image?.Grants ?? []);
        return new(image);
    }

    public async ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
    {
        Begun++;
        await Held;
        var written = _guard.Write(commits);
        if (Fails is null || HappensAllTheSame)
        {
            foreach (var commit in commits)
            {
                _image.Apply(commit, recent);
            }

            written();
        }

        if (Fails is { } failure)
        {
            Fails = null;
            throw failure;
        }

        Writes++;
        Batches.Add(commits.Count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
