using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Keys;
using OrleansMcp.Server.Commands;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Keys;

/// <summary>The file of the keys that sign session ids: what is in it, and what is left of it when something goes wrong.</summary>
public sealed class SessionIdKeyFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SessionIdKeyFile _file;

    public SessionIdKeyFileTests() => _file = new SessionIdKeyFile(_folder.Path, new Disk());

    [Fact]
    public void The_first_start_makes_one_key_and_the_next_ones_find_it()
    {
        var made = _file.ReadOrCreate();
        Assert.Single(made.Keys);
        Assert.Equal(32, new FileInfo(_file.FullPath).Length);
        Assert.True(_file.ReadOrCreate().Are(made));
    }

    [Fact]
    public void A_rotation_puts_a_new_key_first_and_keeps_the_others_in_order()
    {
        var first = _file.ReadOrCreate().Keys[0];
        var second = _file.Rotate().Keys[0];
        var third = _file.Rotate().Keys[0];
        Assert.Equal([third, second, first], _file.Read().Keys);
        Assert.Equal(3, _file.Read().Names.Distinct().Count());
    }

    [Fact]
    public void A_retirement_leaves_the_newest_key_alone()
    {
        _file.ReadOrCreate();
        _file.Rotate();
        var newest = _file.Rotate().Keys[0];
        Assert.Equal([newest], _file.Retire().Keys);
        Assert.Equal([newest], _file.Read().Keys);
    }

    [Fact]
    public void Nobody_else_can_read_the_keys()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes; the folder's rights are inherited.");
            return;
        }

        _file.ReadOrCreate();
        _file.Rotate();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file.FullPath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_file.FullPath)!));
    }

    [Fact]
    public void More_than_eight_keys_are_not_kept()
    {
        _file.ReadOrCreate();
        for (var keys = 2; keys <= 8; keys++)
        {
            Assert.Equal(keys, _file.Rotate().Keys.Count);
        }

        Assert.Contains("retire", Assert.Throws<SessionIdKeyException>(_file.Rotate).Message, StringComparison.Ordinal);
        Assert.Equal(8, _file.Read().Keys.Count);
    }

    [Fact]
    public void One_key_is_not_retired()
    {
        var only = _file.ReadOrCreate();
        Assert.Contains("nothing to retire", Assert.Throws<SessionIdKeyException>(_file.Retire).Message, StringComparison.Ordinal);
        Assert.True(_file.Read().Are(only));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut by a byte")]
    [InlineData("cut by a key")]
    [InlineData("longer by a byte")]
    [InlineData("longer by a key")]
    [InlineData("far too long")]
    [InlineData("a byte changed")]
    [InlineData("zeroes")]
    [InlineData("zeroes of one key's length")]
    public void A_damaged_file_is_refused_and_left_as_it_is(string damage)
    {
        _file.ReadOrCreate();
        _file.Rotate();
        _file.Rotate();
        var bytes = File.ReadAllBytes(_file.FullPath);
        var damaged = damage switch
        {
            "empty" => [],
            "cut by a byte" => bytes[..^1],
            "cut by a key" => bytes[..^32],
            "longer by a byte" => [.. bytes, 1],
            "longer by a key" => [.. bytes, .. bytes[..32]],
            "far too long" => new byte[1_000_000],
            "a byte changed" => [.. bytes[..40], (byte)(bytes[40] ^ 1), .. bytes[41..]],
            "zeroes" => new byte[bytes.Length],
            _ => new byte[32],
        };
        File.WriteAllBytes(_file.FullPath, damaged);
        foreach (var operation in new Func<SessionIdKeys>[] { _file.Read, _file.ReadOrCreate, _file.Rotate, _file.Retire })
        {
            var problem = Assert.Throws<SessionIdKeyException>(operation);
            Assert.Contains(_file.FullPath, problem.Message, StringComparison.Ordinal);
            Assert.Contains("damaged", problem.Message, StringComparison.Ordinal);
        }

        Assert.Equal(damaged, File.ReadAllBytes(_file.FullPath));
    }

    [Fact]
    public void What_a_killed_change_left_behind_is_in_nobodys_way()
    {
        var before = _file.ReadOrCreate();
        File.WriteAllText(_file.FullPath + ".tmp", "half a fi");
        Assert.True(_file.Read().Are(before));
        Assert.Equal(before.Keys[0], _file.Rotate().Keys[1]);
        Assert.False(File.Exists(_file.FullPath + ".tmp"));
    }

    [Theory]
    [InlineData("write")]
    [InlineData("rename")]
    public void A_change_that_a_full_disk_stops_leaves_the_former_keys(string where)
    {
        var before = _file.ReadOrCreate();
        var failing = new SessionIdKeyFile(_folder.Path, new StoppedDisk(where));
        Assert.Throws<IOException>(failing.Rotate);
        Assert.True(_file.Read().Are(before));
        Assert.Equal(2, _file.Rotate().Keys.Count);
    }

    [Fact]
    public async Task Changes_at_the_same_time_lose_none_of_each_other()
    {
        _file.ReadOrCreate();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            try
            {
                new SessionIdKeyFile(_folder.Path, new Disk()).Rotate();
                Interlocked.Increment(ref done);
            }
            catch (SessionIdKeyException)
            {
                // Somebody else was changing them.
            }
        })));
        Assert.InRange(done, 1, 4);
        Assert.Equal(1 + done, _file.Read().Keys.Count);
    }

    [Fact]
    public void A_change_while_another_is_under_way_says_so()
    {
        _file.ReadOrCreate();
        SessionIdKeyException? refused = null;
        var disk = new WatchedDisk(() => refused = Assert.Throws<SessionIdKeyException>(_file.Rotate));
        Assert.Equal(2, new SessionIdKeyFile(_folder.Path, disk).Rotate().Keys.Count);
        Assert.Contains("somebody else", refused!.Message, StringComparison.Ordinal);
        Assert.Equal(2, _file.Read().Keys.Count);
    }

    [Fact]
    public void The_commands_say_what_they_did_and_never_a_key()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var former = _file.ReadOrCreate();
        Assert.Equal(0, KeysCommand.Rotate(_folder.Path, output, error));
        var keys = _file.Read();
        Assert.Contains(keys.Names[0], output.ToString(), StringComparison.Ordinal);
        Assert.Contains(former.Names[0], output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, KeysCommand.Retire(_folder.Path, output, error));
        Assert.Equal(1, KeysCommand.Retire(_folder.Path, output, error));
        Assert.Contains("nothing to retire", error.ToString(), StringComparison.Ordinal);
        Assert.All(keys.Keys, key => Assert.DoesNotContain(Convert.ToHexStringLower(key)[..16], output + error.ToString(), StringComparison.OrdinalIgnoreCase));
        Assert.All(keys.Keys, key => Assert.DoesNotContain(Convert.ToBase64String(key)[..16], output + error.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nowhere")]
    public void A_folder_without_keys_is_refused_and_nothing_is_made_there(string below)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var folder = Path.Combine(_folder.Path, below);
        Assert.Equal(1, KeysCommand.Rotate(folder, output, error));
        Assert.Equal(1, KeysCommand.Retire(folder, output, error));
        Assert.Contains("There are no keys", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.Empty(output.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private sealed class WatchedDisk(Action beforeWriting) : Disk
    {
        public override void WriteNewPrivate(string path, ReadOnlySpan<byte> content)
        {
            beforeWriting();
            base.WriteNewPrivate(path, content);
        }
    }

    private sealed class StoppedDisk(string where) : Disk
    {
        public override void WriteNewPrivate(string path, ReadOnlySpan<byte> content)
        {
            base.WriteNewPrivate(path, where == "write" ? content[..10] : content);
            if (where == "write")
            {
                throw new IOException("No space left on device.");
            }
        }

        public override void Rename(string from, string to) => throw new IOException("No space left on device.");
    }
}
