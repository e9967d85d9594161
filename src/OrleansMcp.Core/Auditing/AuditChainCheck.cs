using System.Globalization;

namespace OrleansMcp.Auditing;

/// <summary>Checks a chain from its first entry to its last and collects findings.</summary>
/// <remarks>
/// The hashes have no key: they show changes to a part of the audit. An attacker who can rewrite the whole chain and its head can forge it,
/// unless a head was noted elsewhere and is given to <see cref="Expect"/>.
/// </remarks>
/// <param name="chain">The chain's name; an entry of another chain is a finding.</param>
public sealed class AuditChainCheck(string chain)
{
    private readonly List<AuditFinding> _findings = [];
    private readonly List<AuditHead> _expected = [];
    private readonly HashSet<AuditHead> _met = [AuditHead.None];
    private AuditHead? _anchor;

    /// <summary>The findings, in the order of the entries.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    /// <summary>Entries read.</summary>
    public long Entries { get; private set; }

    /// <summary>The last entry read.</summary>
    public AuditHead Head { get; private set; } = AuditHead.None;

    /// <summary>When the first entry happened.</summary>
    public DateTimeOffset? First { get; private set; }

    /// <summary>When the last entry happened.</summary>
    public DateTimeOffset? Last { get; private set; }

    /// <summary>
    /// Sets the head that is stored beside the chain. The caller reads it before the entries, because the chain may grow meanwhile.
    /// </summary>
    public void Anchor(AuditHead head) => _anchor = head;

    /// <summary>Adds a head that was noted earlier; a missing entry is a finding. Called before the first <see cref="Add"/>.</summary>
    public void Expect(AuditHead head) => _expected.Add(head);

    /// <summary>Checks the next entry.</summary>
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

    /// <summary>Adds a finding about data that is not an entry.</summary>
    public void Note(string place, string problem) => _findings.Add(new AuditFinding(place, problem));

    /// <summary>Compares the chain with the heads. Called once, after the last entry.</summary>
    /// <param name="place">The location of the stored head.</param>
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

/// <summary>A finding of <see cref="AuditChainCheck"/>.</summary>
/// <param name="Place">The location for a person: file and line, or row.</param>
/// <param name="Problem">The problem, as a sentence.</param>
public sealed record AuditFinding(string Place, string Problem);
