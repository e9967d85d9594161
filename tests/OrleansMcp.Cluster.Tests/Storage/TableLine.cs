using System.Diagnostics.CodeAnalysis;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>How a table service fails.</summary>
public enum Fault
{
    /// <summary>It says that it is busy (503).</summary>
    Busy,

    /// <summary>It says nothing.</summary>
    Silent,

    /// <summary>Nobody issues a token for it.</summary>
    NoCredential,
}

/// <summary>The line to a table service, right above the wire: a test cuts it, or comes in between.</summary>
internal sealed class TableLine : HttpPipelinePolicy
{
    private Fault[] _faults = [];
    private int _attempts;

    /// <summary>Attempts that failed because of the line.</summary>
    public int Failed { get; private set; }

    /// <summary>Called with every request before it is sent.</summary>
    public Func<Azure.Core.Request, Task>? Before { get; set; }

    /// <summary>Transactions do not get through, and nobody says so.</summary>
    public bool RefusesWrites { get; set; }

    /// <summary>Transactions happen, and their answers do not get through.</summary>
    public bool LosesAnswersOfWrites { get; set; }

    /// <summary>From here on attempts fail in these ways, in turn.</summary>
    public void Cut(params Fault[] faults) => (_faults, _attempts) = (faults, 0);

    public void Mend() => _faults = [];

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (_faults is { Length: > 0 } faults)
        {
            Failed++;
            await FailAsync(message, faults[_attempts++ % faults.Length]);
            return;
        }

        if (Before is { } before)
        {
            await before(message.Request);
        }

        var isWrite = message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
        if (isWrite && RefusesWrites)
        {
            throw new IOException("The line is dead.");
        }

        await ProcessNextAsync(message, pipeline);
        if (isWrite && LosesAnswersOfWrites)
        {
            throw new IOException("The line went dead.");
        }
    }

    private static async Task FailAsync(HttpMessage message, Fault fault)
    {
        switch (fault)
        {
            case Fault.Busy:
                message.Response = new BusyResponse();
                return;
            case Fault.Silent:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, message.CancellationToken);
                return;
            default:
                throw new AuthenticationFailedException("The identity endpoint does not answer.");
        }
    }

    /// <summary>What a service says that is overloaded.</summary>
    private sealed class BusyResponse : Azure.Response
    {
        public override int Status => 503;

        public override bool IsError => true;

        public override string ReasonPhrase => "Service Unavailable";

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => (value = null) is not null;

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
            (values = null) is not null;
    }
}
