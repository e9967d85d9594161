namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Everything a hostile or broken client may send, the same every time. Made as it is used: some of it is large.</summary>
internal static class HostileCorpus
{
    private static readonly Func<Target, IEnumerable<HostileRequest>>[] s_parts =
    [
        Truncations.Of, FieldTypes.Of, ModernFieldTypes.Of, Keys.Of, Numbers.Of, Encodings.Of, Shapes.Of, Sizes.Of, Verbs.Of, Framing.Of, Batches.Of,
        Envelopes.Of, SessionIds.Of, EventIds.Of, Uncalled.Of, Mutations.Of,
    ];

    public static IEnumerable<HostileRequest> Of(Target target) => s_parts.SelectMany(part => part(target));
}
