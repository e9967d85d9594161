using System.Diagnostics;
using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Bare;

/// <summary>The limit of what is durable: lines appended to files, each flushed to the disk before the next, and nothing else.</summary>
internal static class FlushedAppends
{
    /// <param name="files">How many files, one after the other in turn, and how many threads share them.</param>
    /// <param name="threads">How many write at once.</param>
    /// <param name="bytes">The length of a line.</param>
    /// <param name="length">For how long.</param>
    public static LoadResult Run(int files, int threads, int bytes, TimeSpan length)
    {
        using var folder = new TemporaryFolder();
        var (line, end) = (new byte[bytes], Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency));
        var (latencies, calls, watch) = (new Latencies(), 0L, Stopwatch.StartNew());
        var writers = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            var handles = Enumerable.Range(0, files / threads)
                .Select(file => File.OpenHandle(Path.Combine(folder.Path, $"{number}-{file}"), FileMode.Create, FileAccess.Write)).ToArray();
            var (mine, count) = (new Latencies(), 0L);
            for (var offset = 0L; Stopwatch.GetTimestamp() < end; offset += bytes)
            {
                foreach (var handle in handles)
                {
                    var begun = Stopwatch.GetTimestamp();
                    RandomAccess.Write(handle, line, offset);
                    RandomAccess.FlushToDisk(handle);
                    mine.Add((long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
                    count++;
                }
            }

            Array.ForEach(handles, handle => handle.Dispose());
            lock (latencies)
            {
                latencies.Add(mine);
                calls += count;
            }
        })).ToArray();
        Array.ForEach(writers, writer => writer.Start());
        Array.ForEach(writers, writer => writer.Join());
        return new LoadResult(calls, watch.Elapsed, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, latencies);
    }
}
