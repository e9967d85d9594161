using System.Numerics;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>A histogram of microseconds with buckets of about 3 %: 32 between any two powers of two.</summary>
internal sealed class Latencies
{
    private const int Bits = 5;
    private const int PerPower = 1 << Bits;

    private readonly int[] _counts = new int[PerPower * 32];

    public void Add(long microseconds) => _counts[BucketOf(microseconds)]++;

    public void Clear() => Array.Clear(_counts);

    public void Add(Latencies other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The latency that <paramref name="share"/> of all calls do not exceed, in microseconds; 0 without calls.</summary>
    public double Percentile(double share)
    {
        var left = share * _counts.Sum(count => (long)count);
        for (var i = 0; i < _counts.Length; i++)
        {
            left -= _counts[i];
            if (left <= 0 && _counts[i] > 0)
            {
                return MiddleOf(i);
            }
        }

        return 0;
    }

    private static int BucketOf(long microseconds)
    {
        if (microseconds < PerPower)
        {
            return (int)Math.Max(microseconds, 0);
        }

        var power = BitOperations.Log2((ulong)microseconds) - Bits;
        return Math.Min(((power + 1) * PerPower) + (int)(microseconds >> power) - PerPower, (PerPower * 32) - 1);
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < PerPower)
        {
            return bucket;
        }

        var power = (bucket / PerPower) - 1;
        var low = (long)(PerPower + (bucket % PerPower)) << power;
        return low + ((1L << power) / 2.0);
    }
}
