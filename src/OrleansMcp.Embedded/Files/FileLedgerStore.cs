using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Quotas;

namespace OrleansMcp.Embedded.Files;

/// <summary>One file a tenant. The calls that a process admitted end with it, so nothing is out when the next one begins.</summary>
internal sealed class FileLedgerStore(DataFolder folder, WriteQueue queue, Disk disk) : ILedgerStore
{
    private const string Suffix = ".ledgers";

    public bool SessionsOutliveTenant => false;

    public ILedger Open(string tenant) => new FileLedger(folder, queue, disk, Path.Combine(folder.Ledgers, tenant + Suffix));
}

/// <summary>A line with the hash of what follows, then the ledgers. Written beside, flushed and renamed like session files.</summary>
internal sealed class FileLedger(DataFolder folder, WriteQueue queue, Disk disk, string path) : ILedger
{
    private const string Magic = "orleansmcp-ledgers-1 ";
    private const int HashLength = 64;

    public async ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Read(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The ledgers cannot be read.", e);
        }
    }

    public ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        var payload = record.ToBytes();
        byte[] content = [.. Encoding.ASCII.GetBytes($"{Magic}{Convert.ToHexStringLower(SHA256.HashData(payload))}\n"), .. payload];
        return queue.RunAsync(() => Replace(content));
    }

    private static LedgerRecord Read(byte[] file)
    {
        var head = Magic.Length + HashLength + 1;
        if (file.Length < head || !file.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Magic))
            || Encoding.ASCII.GetString(file, Magic.Length, HashLength) != Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(head))))
        {
            throw new InvalidDataException("The file of the ledgers was cut short or changed.");
        }

        return LedgerRecord.Read(file.AsSpan(head));
    }

    // The keeper of a tenant makes one write at a time.
    private void Replace(byte[] content)
    {
        disk.Replace(path, content);
        disk.FlushFolder(folder.Ledgers);
    }
}
