using System.Globalization;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Embedded.Audit;

/// <summary>Reads the chains of a data folder and says what does not fit. Takes no lock: the server may be writing.</summary>
public sealed class AuditVerification
{
    private readonly string _audit;

    private AuditVerification(string audit) => _audit = audit;

    /// <summary>The chains, by tenant; <c>_</c> is the operator's.</summary>
    public IReadOnlyList<string> Chains => AuditFolder.Chains(_audit);

    /// <summary>Day files of a former version, which are not chained and cannot be verified.</summary>
    public IReadOnlyList<string> Unchained => AuditFolder.Unchained(_audit);

    /// <summary>The audit of a data folder; null when there is none.</summary>
    public static AuditVerification? Find(string dataFolder)
    {
        var audit = Path.Combine(dataFolder, "audit");
        return Directory.Exists(audit) ? new AuditVerification(audit) : null;
    }

    /// <summary>Reads one chain. One that is not there has no entries, which is a finding if any are expected.</summary>
    public AuditChainCheck Verify(string chain, IEnumerable<AuditHead> expected)
    {
        var folder = AuditFolder.Of(_audit, chain);
        var check = new AuditChainCheck(chain);
        foreach (var head in expected)
        {
            check.Expect(head);
        }

        // The head first: entries that come while the files are read are behind it.
        if (Directory.Exists(folder) && AuditFolder.ReadHead(folder) is { } stored)
        {
            check.Anchor(stored);
        }

        var days = AuditFolder.Days(folder);
        for (var day = 0; day < days.Count; day++)
        {
            Read(check, days[day], isLast: day == days.Count - 1);
        }

        check.Complete(Shown(Path.Combine(folder, AuditFolder.HeadFile)));
        return check;
    }

    private void Read(AuditChainCheck check, string path, bool isLast)
    {
        var number = 0L;
        foreach (var (line, isWhole) in AuditLines.Read(path))
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{Shown(path)}:{++number}");
            if (!isWhole)
            {
                if (!isLast)
                {
                    check.Note(place, "the last line has no end.");
                }

                return; // Being written, or left by a crash: the server cuts it off when it starts.
            }

            if (AuditLine.TryRead(line.Span, out var entry))
            {
                check.Add(entry, place);
            }
            else
            {
                check.Note(place, "this line is no entry.");
            }
        }
    }

    private string Shown(string path) => Path.GetRelativePath(_audit, path);
}
