using System.Buffers.Binary;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>What a page of a database file is for (sqlite.org/fileformat2.html).</summary>
internal enum PageKind
{
    /// <summary>The first page: the header of the file, and the root of the schema.</summary>
    First,

    /// <summary>Inner pages of tables.</summary>
    TableInterior,

    /// <summary>Pages of tables with rows.</summary>
    TableLeaf,

    /// <summary>Inner pages of indexes, and of tables without row ids.</summary>
    IndexInterior,

    /// <summary>Pages of indexes with entries, or of tables without row ids with rows.</summary>
    IndexLeaf,

    /// <summary>What did not fit into a page of rows.</summary>
    Overflow,

    /// <summary>Pages that are not used: lists of them, and they themselves.</summary>
    Free,
}

/// <summary>A database file by its pages.</summary>
internal sealed class DatabasePages
{
    private const int HeaderLength = 100;

    private readonly byte[] _bytes;

    public DatabasePages(byte[] bytes)
    {
        _bytes = bytes;
        Size = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16)) is var size and > 1 ? size : 65_536;
        var free = Free();
        Kinds = [.. Enumerable.Range(1, bytes.Length / Size).Select(number => free.Contains(number) ? PageKind.Free : KindOf(number))];
    }

    /// <summary>Bytes of a page.</summary>
    public int Size { get; }

    /// <summary>The kinds of all pages; that of page 1 first.</summary>
    public IReadOnlyList<PageKind> Kinds { get; }

    /// <summary>The numbers of the pages of a kind; the first page is 1.</summary>
    public IReadOnlyList<int> Of(PageKind kind) => [.. Enumerable.Range(1, Kinds.Count).Where(number => Kinds[number - 1] == kind)];

    /// <summary>Where a page begins.</summary>
    public int At(int number) => (number - 1) * Size;

    private PageKind KindOf(int number) => number == 1 ? PageKind.First : _bytes[At(number)] switch
    {
        2 => PageKind.IndexInterior,
        5 => PageKind.TableInterior,
        10 => PageKind.IndexLeaf,
        13 => PageKind.TableLeaf,
        _ => PageKind.Overflow,
    };

    /// <summary>The pages that list unused ones, and those they list.</summary>
    private HashSet<int> Free()
    {
        var free = new HashSet<int>();
        Assert.True(_bytes.Length > HeaderLength);
        for (var list = Number(32); list != 0; list = Number(At(list)))
        {
            free.Add(list);
            free.UnionWith(Enumerable.Range(0, Number(At(list) + 4)).Select(entry => Number(At(list) + 8 + (4 * entry))));
        }

        return free;
    }

    private int Number(int at) => BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at));
}
