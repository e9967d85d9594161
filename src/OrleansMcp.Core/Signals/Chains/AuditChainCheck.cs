using System.Globalization;

namespace OrleansMcp.Signals.Chains;

/// <summary>Reads a chain from its first entry to its last and notes what does not fit.</summary>
/// <remarks>
/// The hashes have no key: they show whoever changes a part of the audit. Somebody who can rewrite all of it with its head can forge all of
/// it, unless a head was noted elsewhere and is given to <see cref="Expect"/>.
/// </remarks>
/// <param name="chain">The chain's name; entries of others do not belong here.</param>
public sealed class AuditChainCheck(string chain)
{
    private readonly List<AuditFinding> _findings = [];
    private readonly List<AuditHead> _expected = [];
    private readonly HashSet<AuditHead> _met = [AuditHead.None];
    private AuditHead? _anchor;

    /// <summary>What does not fit, in the order of the entries.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    /// <summary>Entries read.</summary>
    public long Entries { get; private set; }

    /// <summary>The last entry read.</summary>
    public AuditHead Head { get; private set; } = AuditHead.None;

    /// <summary>When the first entry happened.</summary>
    public DateTimeOffset? First { get; private set; }

    /// <summary>When the last entry happened.</summary>
    public DateTimeOffset? Last { get; private set; }

    /// <summary>Notes the head that was stored beside the chain. It must be read before the entries, which may grow meanwhile.</summary>
    public void Anchor(AuditHead head) => _anchor = head;

    /// <summary>Notes a head that was seen earlier; its entry must be there. Called before the entries are read.</summary>
    public void Expect(AuditHead head) => _expected.Add(head);

    /// <summary>Takes the next entry.</summary>
    public void Add(AuditLine line, string place)
    {
        Judge(line, place);
        if (_expected.Contains(line.Head) || line.Head == _anchor)
        {
            _met.Add(line.Head);
        }

        Entries++;
        (First, Last, Head) = (First ?? line.At, line.At, line.Head);
    }

    /// <summary>Notes something that is not an entry at all.</summary>
    public void Note(string place, string problem) => _findings.Add(new AuditFinding(place, problem));

    /// <summary>Compares the end with the heads. Called once, after the last entry.</summary>
    /// <param name="place">Where the stored head is.</param>
    public void Complete(string place)
    {
        if (_anchor is { } anchor)
        {
            Compare(anchor, place, "the stored head");
        }
        else if (Entries > 0)
        {
            Note(place, "the stored head is missing or unreadable: whether entries were cut off the end cannot be told.");
        }

        foreach (var expected in _expected)
        {
            Compare(expected, place, "the head that was expected");
        }
    }

    private void Judge(AuditLine line, string place)
    {
        if (!line.IsIntact)
        {
            Note(place, Text($"entry {line.Head.Sequence} was changed."));
        }
        else if (line.Chain != chain)
        {
            Note(place, Text($"entry {line.Head.Sequence} belongs to another chain."));
        }

        var missing = line.Previous.Sequence - Head.Sequence;
        if (missing > 0)
        {
            Note(place, missing == 1
                ? Text($"entry {Head.Sequence + 1} is missing before entry {line.Head.Sequence}.")
                : Text($"entries {Head.Sequence + 1} to {line.Previous.Sequence} are missing before entry {line.Head.Sequence}."));
        }
        else if (missing < 0)
        {
            Note(place, Text($"entry {line.Head.Sequence} was inserted or moved: it comes after entry {Head.Sequence}."));
        }
        else if (line.Previous != Head)
        {
            Note(place, Text($"entry {line.Head.Sequence} does not follow the entry before it, which was changed or exchanged."));
        }
    }

    private void Compare(AuditHead head, string place, string what)
    {
        if (_met.Contains(head))
        {
            return;
        }

        Note(place, head.Sequence > Head.Sequence
            ? Text($"the end was cut off: {what} is entry {head.Sequence}, the last entry is {Head.Sequence}.")
            : Text($"entry {head.Sequence} is not the one of {what}: the chain was written anew."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Something that does not fit in a chain.</summary>
/// <param name="Place">Where, for a person who looks: file and line, or row.</param>
/// <param name="Problem">What.</param>
public sealed record AuditFinding(string Place, string Problem);
