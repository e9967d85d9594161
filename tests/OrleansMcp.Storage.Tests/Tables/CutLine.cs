using Azure.Core;
using Azure.Core.Pipeline;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>The line to a table service, right above the wire.</summary>
internal sealed class CutLine : HttpPipelinePolicy
{
    private int _failed;

    /// <summary>Nothing gets through, and nobody says so.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is asked happens, and its answer does not get through.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Requests that failed because of the line.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ThrowIf(IsCut);
        await ProcessNextAsync(message, pipeline);
        ThrowIf(LosesAnswers);
    }

    private void ThrowIf(bool isCut)
    {
        if (isCut)
        {
            Interlocked.Increment(ref _failed);
            throw new IOException("The line is dead.");
        }
    }
}
