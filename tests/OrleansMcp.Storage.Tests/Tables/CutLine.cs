using Azure.Core;
using Azure.Core.Pipeline;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>The line to a table service, right above the wire.</summary>
internal sealed class CutLine : HttpPipelinePolicy
{
    private int _begun;
    private int _ended;
    private int _failed;

    /// <summary>Nothing gets through, and nobody says so.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is asked happens, and its answer does not get through.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The same, for what inserts a row.</summary>
    public bool LosesAnswersOfInserts { get; set; }

    /// <summary>Called with every request before it is sent.</summary>
    public Func<Azure.Core.Request, Task>? Before { get; set; }

    /// <summary>Requests that failed because of the line.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Waits until nothing is on its way, nor was a moment ago.</summary>
    public async Task QuietAsync()
    {
        int before;
        do
        {
            before = Volatile.Read(ref _begun);
            await Task.Delay(20);
        }
        while (Volatile.Read(ref _begun) != before || Volatile.Read(ref _ended) != before);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref _begun);
        try
        {
            ThrowIf(IsCut);
            await (Before?.Invoke(message.Request) ?? Task.CompletedTask);
            await ProcessNextAsync(message, pipeline);
            ThrowIf(LosesAnswers || (LosesAnswersOfInserts && IsInsert(message.Request)));
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private static bool IsInsert(Azure.Core.Request request) =>
        request.Method == RequestMethod.Post && !request.Uri.Path.EndsWith("/Tables", StringComparison.Ordinal);

    private void ThrowIf(bool isCut)
    {
        if (isCut)
        {
            Interlocked.Increment(ref _failed);
            throw new IOException("The line is dead.");
        }
    }
}
