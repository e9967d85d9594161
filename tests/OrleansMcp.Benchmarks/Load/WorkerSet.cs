using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>Workers against one target, each on a connection of its own.</summary>
internal sealed class WorkerSet : IDisposable
{
    private readonly List<Worker> _workers = [];

    public IReadOnlyList<Worker> Workers => _workers;

    public static async Task<WorkerSet> ConnectAsync(
        Target target, int count, Func<int, ICall> call, CancellationToken cancellationToken)
    {
        var set = new WorkerSet();
        try
        {
            for (var number = 0; number < count; number++)
            {
                set._workers.Add(new Worker(await target.ConnectAsync(cancellationToken), call(number)));
            }

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Adds what was answered wrongly to the report, and how many calls were checked.</summary>
    public void Settle(string what, Report report)
    {
        report.Checked(_workers.Sum(worker => worker.Completed + worker.Wrong));
        var wrong = _workers.Sum(worker => worker.Wrong);
        if (wrong > 0)
        {
            report.Failed($"{what}: {wrong} wrong replies, the first: {_workers.Select(worker => worker.FirstWrong).First(text => text is not null)}");
        }
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }
}
