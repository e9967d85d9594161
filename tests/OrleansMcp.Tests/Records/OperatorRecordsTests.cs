using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Tests.Upstreams.Pins;

namespace OrleansMcp.Tests.Records;

/// <summary>What actors keep for operators, on a store that fails.</summary>
public sealed class OperatorRecordsTests : IAsyncDisposable
{
    private static readonly JsonTypeInfo<string> s_type = (JsonTypeInfo<string>)JsonSerializerOptions.Web.GetTypeInfo(typeof(string));

    private readonly FailingRecords _store = new();
    private readonly OperatorRecords<string> _records;

    public OperatorRecordsTests() => _records = Open();

    public ValueTask DisposeAsync() => _records.DisposeAsync();

    [Fact]
    public async Task What_is_written_is_there_for_the_next_one()
    {
        Assert.Empty(await _records.LoadAsync(CancellationToken.None));
        await WriteAsync("one");
        await WriteAsync("two");
        await _records.WriteAsync(["three"], ["one"], "olga", DateTimeOffset.UnixEpoch);
        Assert.Equal(3, _records.Version);
        await using var next = Open();
        Assert.Equal(["three", "two"], (await next.LoadAsync(CancellationToken.None)).Order(StringComparer.Ordinal));
        Assert.Equal(3, next.Version);
    }

    [Fact]
    public async Task Before_they_are_read_nothing_is_written()
    {
        await Assert.ThrowsAsync<RecordLogLostException>(() => WriteAsync("one"));
        _store.ReadProblem = static _ => new IOException("The disk does not answer.");
        await Assert.ThrowsAsync<IOException>(() => _records.LoadAsync(CancellationToken.None));
        await Assert.ThrowsAsync<RecordLogLostException>(() => WriteAsync("one"));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public async Task After_a_write_that_the_store_refused_the_next_one_is_made()
    {
        await _records.LoadAsync(CancellationToken.None);
        _store.WriteProblem = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => WriteAsync("one"));
        _store.WriteProblem = null;
        await WriteAsync("two");
        Assert.Equal(["two"], await _records.LoadAsync(CancellationToken.None));
    }

    public static TheoryData<Exception> Unknown { get; } = new((Exception[])[new RecordLogLostException("Another actor serves this namespace."), new TimeoutException("No answer came.")]);

    [Theory]
    [MemberData(nameof(Unknown))]
    public async Task After_a_write_of_which_nobody_knows_whether_it_was_made_all_is_read_again_first(Exception problem)
    {
        await _records.LoadAsync(CancellationToken.None);
        _store.WriteProblem = problem;
        await Assert.ThrowsAsync<RecordLogLostException>(() => WriteAsync("one"));
        _store.WriteProblem = null;
        await Assert.ThrowsAsync<RecordLogLostException>(() => WriteAsync("two"));
        Assert.Equal(0, _store.Writes);
        await _records.LoadAsync(CancellationToken.None);
        await WriteAsync("two");
    }

    private OperatorRecords<string> Open() => new(_store, RecordSpaceKey.OfOperators("acme", "test"), s_type, static entry => entry, "It cannot be read.");

    private Task WriteAsync(string entry) => _records.WriteAsync([entry], [], "olga", DateTimeOffset.UnixEpoch);
}
