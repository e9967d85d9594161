using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Storage.Tests.Sqlite;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>
/// Folders with the same two tenants: as they were, as they are (closed in order), as they are with the journal of a process that was killed,
/// and one of another server. Tests damage copies.
/// </summary>
public sealed class SqliteScene : IAsyncLifetime
{
    /// <summary>What the key ring is called among the parts: it is nobody's.</summary>
    public const string Keys = "keys";

    private const int Filling = 40;
    private const string Memory = "/dev/shm";

    /// <summary>In memory where there is such a disk: nothing here is about what survives a power failure.</summary>
    private readonly string _root = Directory.Exists(Memory) ? Path.Combine(Memory, $"orleansmcp-tests-{Guid.NewGuid():n}") : Directory.CreateTempSubdirectory("orleansmcp-tests-").FullName;

    /// <summary>The first tenant.</summary>
    internal static TenantContent Acme { get; } = new("acme");

    /// <summary>The other one.</summary>
    internal static TenantContent Globex { get; } = new("globex");

    /// <summary>Before the grant was taken back, and a session ended.</summary>
    public string Before => Path.Combine(_root, "before");

    /// <summary>As it is, closed in order.</summary>
    public string Closed => Path.Combine(_root, "closed");

    /// <summary>As it is, killed: what happened last is in the journal only.</summary>
    public string Killed => Path.Combine(_root, "killed");

    /// <summary>Another server's, also killed.</summary>
    public string Foreign => Path.Combine(_root, "foreign");

    /// <summary>What every part holds, by <c>tenant part</c>.</summary>
    internal IReadOnlyDictionary<string, string> Whole { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_root);
        await WriteAsync("live", Killed, Closed);
        await WriteAsync("other", Foreign, closed: null);
        Whole = await ReadAndDeleteAsync(Copy(Closed));
        Assert.DoesNotContain(Whole.Values, static text => text.StartsWith(Part.Damaged, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy of a folder, which the test may damage.</summary>
    public string Copy(string folder)
    {
        var copy = Path.Combine(_root, Guid.NewGuid().ToString("n"));
        CopyTo(folder, copy);
        return copy;
    }

    /// <summary>Starts on a folder, and reads everything. When the start is refused, that is what every part says. The folder is gone afterwards.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadAndDeleteAsync(string folder)
    {
        try
        {
            return await ReadAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Reads everything of an open store.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadAsync(SqliteStore store)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var content in (TenantContent[])[Acme, Globex])
        {
            foreach (var part in TenantContent.Parts)
            {
                read[$"{content.Tenant} {part}"] = await Part.ReadAsync(() => content.ReadAsync(store, part));
            }
        }

        read[Keys] = await Part.ReadAsync(() => Task.FromResult(string.Join(' ', store.Keys.ReadOrCreate().Names)));
        return read;
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(string folder)
    {
        SqliteStore store;
        try
        {
            store = new SqliteStore(folder);
        }
        catch (StoreDamagedException e)
        {
            var names = new[] { Acme, Globex }.SelectMany(content => TenantContent.Parts.Select(part => $"{content.Tenant} {part}")).Append(Keys);
            return names.ToDictionary(static name => name, _ => Part.OfDamage(e), StringComparer.Ordinal);
        }

        using (store)
        {
            return await ReadAsync(store);
        }
    }

    private async Task WriteAsync(string name, string killed, string? closed)
    {
        var live = Path.Combine(_root, name);
        using (var store = new SqliteStore(live))
        {
            _ = store.Keys.ReadOrCreate();
            await Acme.BeginAsync(store, Filling);
            await Globex.BeginAsync(store, Filling);
        }

        if (closed is not null)
        {
            CopyTo(live, Before);
        }

        using (var store = new SqliteStore(live))
        {
            store.Keys.Rotate();
            store.Keys.Retire();
            await Acme.EndAsync(store);
            await Globex.EndAsync(store);
            CopyTo(live, killed);
        }

        if (closed is not null)
        {
            CopyTo(live, closed);
        }
    }

    private static void CopyTo(string folder, string copy)
    {
        PrivateFiles.CreateFolder(copy);
        foreach (var file in Directory.EnumerateFiles(folder).Where(static file => Path.GetFileName(file) != "lock"))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), ReadShared(file));
        }
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
