using Xunit.Sdk;
using Xunit.v3;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// Begins with the classes that take longest, most of it waiting for processes: begun last, one of them would run by itself when all others have ended.
/// The others come in xunit's order, which is another one each time it is asked.
/// </summary>
public abstract class LongestFirst(params Type[] longest) : ITestCollectionOrderer
{
    private readonly string[] _longest = [.. longest.Select(type => type.FullName!)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderBy(RankOf)];

    /// <summary>A class that names no collection is one by itself, which has its name.</summary>
    private int RankOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(_longest, name => collection.TestCollectionDisplayName.Split(' ').Contains(name, StringComparer.Ordinal));
        return rank < 0 ? _longest.Length : rank;
    }
}
