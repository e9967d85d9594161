using OrleansMcp.Drill.History;

namespace OrleansMcp.Tests.Drill;

/// <summary>Writes histories by hand.</summary>
internal static class Histories
{
    public static DrillClient Alice { get; } = new("acme", "alice");

    public static DrillClient Bob { get; } = new("acme", "bob");

    public static DrillClient Carol { get; } = new("globex", "carol");

    public static RecordSpace Orders { get; } = new(Alice, "orders");

    public static Stamp Ok(long begin, long end, DrillClient? caller = null, int session = 1) => new(caller ?? Alice, session, begin, end, Outcome.Ok);

    public static Stamp Refused(long begin, long end, string code, DrillClient? caller = null, int session = 1) =>
        new(caller ?? Alice, session, begin, end, Outcome.Refused, code);

    public static Stamp Hindered(long begin, long end, HindranceKind kind, string name, DrillClient? caller = null, int session = 1) =>
        new(caller ?? Alice, session, begin, end, Outcome.Refused, "429", Hindrance: new(kind, name));

    public static Stamp Unknown(long begin, DrillClient? caller = null, int session = 1) => new(caller ?? Alice, session, begin, Stamp.Never, Outcome.Unknown);

    /// <summary>A committed transaction; <paramref name="parts"/> as in <c>"x=0 y=1 x:a z?2:b"</c>: read x at version 0, read y at 1 (whose value is
    /// <c>y1</c>), put a to x, put b to z over version 2, <c>x:-</c> deletes. Values are named after their keys and versions.</summary>
    public static Transaction Tx(long begin, long end, string parts, long version = 0, RecordSpace? space = null, DrillClient? caller = null) =>
        Of(Ok(begin, end, caller), parts, version, space);

    public static Transaction Of(Stamp stamp, string parts, long version = 0, RecordSpace? space = null)
    {
        var (reads, writes) = (new List<Read>(), new List<Write>());
        foreach (var part in parts.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                var found = Number(part[(equals + 1)..]);
                reads.Add(new(part[..equals], found, found == 0 ? null : $"{part[..equals]}{found}"));
            }
            else
            {
                var (key, value) = (part[..part.IndexOf(':', StringComparison.Ordinal)], part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                var expected = key.IndexOf('?', StringComparison.Ordinal) is > 0 and var question ? Number(key[(question + 1)..]) : (long?)null;
                key = key.Split('?')[0];
                writes.Add(new(key, value == "-" ? null : value == "" ? $"{key}{version}" : value, expected));
            }
        }

        return new(stamp, "test", space ?? Orders, reads, writes, version);
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
