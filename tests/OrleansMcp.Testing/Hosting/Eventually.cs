using System.Diagnostics;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Waits for what another thread or the other end of a connection brings about.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static async Task Holds(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"Did not happen within {Deadline.TotalSeconds} s: {what}.");
            await Task.Delay(10);
        }
    }

    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"Did not happen within {Deadline.TotalSeconds} s: {what}.");
            await Task.Delay(10);
        }
    }

    /// <summary>Fails instead of hanging.</summary>
    public static async Task<T> InTime<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Deadline, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Did not happen within {Deadline.TotalSeconds} s: {what}.", e);
        }
    }

    public static async Task InTime(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Deadline, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Did not happen within {Deadline.TotalSeconds} s: {what}.", e);
        }
    }
}
