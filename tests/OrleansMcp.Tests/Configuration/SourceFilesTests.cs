using System.Text;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Configuration;

public sealed class SourceFilesTests : IDisposable
{
    private const string Denying = "version: \"1\"\ntools:\n  echo: { rules: [{ name: r, conditions: [{ path: args.city, op: not_in, value: [Zürich] }] }] }\n";

    private readonly ScratchFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "file.yaml");

    [Fact]
    public void A_file_in_another_encoding_is_refused_where_it_differs_because_what_it_forbids_would_be_allowed()
    {
        System.IO.File.WriteAllText(File, Denying, Encoding.Latin1);
        AssertRefused(3, "a character is not one of utf-8. Save the file as UTF-8.", () => PolicyFile.Load([File]));
        System.IO.File.WriteAllText(File, Denying, Encoding.UTF8);
        Assert.Single(PolicyFile.Load([File]).Policies);
    }

    [Fact]
    public void A_byte_order_mark_says_the_encoding()
    {
        foreach (var encoding in (Encoding[])[new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            System.IO.File.WriteAllText(File, "tenants: { acme: {} }", encoding);
            Assert.Equal("acme", Assert.Single(ConfigurationFile.Load(File).Tenants).Key);
        }
    }

    [Fact]
    public void Half_a_character_behind_a_byte_order_mark_is_refused_with_its_line()
    {
        byte[] half = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("# a\n# "), 0x00, 0xd8, .. Encoding.Unicode.GetBytes("\n")];
        System.IO.File.WriteAllBytes(File, half);
        AssertRefused(2, "a character is not one of utf-16. Save the file as UTF-8.", () => ConfigurationFile.Load(File));
    }

    [Fact]
    public void What_is_no_file_is_told_as_what_it_is()
    {
        AssertRefused(1, "does not exist.", () => ConfigurationFile.Load(File));
        Directory.CreateDirectory(File);
        AssertRefused(1, "is a folder.", () => ConfigurationFile.Load(File));
        Directory.Delete(File);
        System.IO.File.CreateSymbolicLink(File, File);
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(File)).Errors);
        Assert.StartsWith("cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(long line, string message, Action load) =>
        Assert.Equal(new ConfigurationError(File, line, "", message), Assert.Single(Assert.Throws<ConfigurationException>(load).Errors));
}
